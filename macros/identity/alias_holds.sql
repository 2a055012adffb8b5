{#-
    Whether an identity is somebody's on a day; to be joined with the kind and the value of the
    identity. Validity is half-open, and never null.
-#}
{% macro alias_holds(day, aliases) -%}
    {{ day }} >= {{ aliases }}.valid_from_date and {{ day }} < {{ aliases }}.until_date
{%- endmacro %}
