{#- A whole number that stands in a text; null for any other text. -#}
{% macro whole_number(text) -%}
    {{ return(adapter.dispatch('whole_number', 'claude_analytics')(text)) }}
{%- endmacro %}

{% macro default__whole_number(text) -%} try_cast({{ text }} as bigint) {%- endmacro %}

{% macro postgres__whole_number(text) -%}
    case when {{ text }} ~ '^[0-9]{1,18}$' then cast({{ text }} as bigint) end
{%- endmacro %}
