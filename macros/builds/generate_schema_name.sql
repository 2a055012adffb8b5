{#-
    In `prod`, `ci` and `postgres` a model lives in the plain schema of its layer (`marts`); elsewhere
    the developer's target schema goes in front, so two developers share one warehouse without collision.
-#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if custom_schema_name is none -%}
        {{ target.schema }}
    {%- elif target.name in ('prod', 'ci', 'postgres') -%}
        {{ custom_schema_name | trim }}
    {%- else -%}
        {{ target.schema }}_{{ custom_schema_name | trim }}
    {%- endif -%}
{%- endmacro %}
