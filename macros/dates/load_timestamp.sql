{#- UTC timestamp of a dlt load id, which is epoch seconds as text. -#}
{% macro load_timestamp(load_id) -%}
    {{ return(adapter.dispatch('load_timestamp', 'claude_analytics')(load_id)) }}
{%- endmacro %}

{% macro default__load_timestamp(load_id) -%}
    make_timestamp(cast(cast({{ load_id }} as {{ type_double() }}) * 1000000 as bigint))
{%- endmacro %}

{% macro postgres__load_timestamp(load_id) -%}
    cast(to_timestamp(cast({{ load_id }} as {{ type_double() }})) at time zone 'UTC' as timestamp)
{%- endmacro %}
