{#- The end of what has no end. -#}
{% macro latest_date() -%} cast('9999-12-31' as date) {%- endmacro %}
