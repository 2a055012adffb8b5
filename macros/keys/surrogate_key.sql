{#-
    Deterministic key over the columns of a grain. A null part becomes a sentinel,
    so (null, 'a') and ('a', null) differ. One call puts all parts together: each `||` copies them.
-#}
{% macro surrogate_key(parts) -%}
    {{ return(adapter.dispatch('surrogate_key', 'claude_analytics')(parts)) }}
{%- endmacro %}

{% macro default__surrogate_key(parts) -%}
    {%- set pieces = [] -%}
    {%- for part in parts -%}
        {%- do pieces.append(
            "coalesce(cast(" ~ part ~ " as " ~ dbt.type_string() ~ "), '~null~')"
        ) -%}
        {%- if not loop.last -%}{%- do pieces.append("'|'") -%}{%- endif -%}
    {%- endfor -%}
    {{ dbt.hash('concat(' ~ pieces | join(', ') ~ ')') }}
{%- endmacro %}
