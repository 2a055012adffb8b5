{#- The begin of what has always been so. -#}
{% macro earliest_date() -%} cast('1900-01-01' as date) {%- endmacro %}
