{#- Type of a floating-point number of eight bytes; dbt's own `type_float` is one of four in DuckDB. -#}
{% macro type_double() -%} {{ return(adapter.dispatch('type_double', 'claude_analytics')()) }} {%- endmacro %}

{% macro default__type_double() -%} double {%- endmacro %}

{% macro postgres__type_double() -%} double precision {%- endmacro %}
