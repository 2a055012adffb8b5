{#-
    One part of a model id as clients, clouds and gateways write it:
    `id` the bare id, to be looked up whole in the aliases; `endpoint_scope` the Bedrock region
    prefix, `regional` for a Bedrock id without one, null elsewhere; `speed` `fast` or `standard`;
    `price_platform` the platform whose price rows come first. Regular expressions differ by warehouse.
-#}
{% macro claude_model_id_part(raw_id, part) -%}
    {{ return(adapter.dispatch('claude_model_id_part', 'claude_analytics')(raw_id, part)) }}
{%- endmacro %}

{% macro default__claude_model_id_part(raw_id, part) -%}
    {%- set scopes = "global|us|eu|jp|apac|au|us-gov" -%}
    {#- The part after the last slash drops gateway prefixes and resolves inference-profile ARNs. -#}
    {%- set tail = "replace(regexp_replace(lower(trim(" ~ raw_id ~ ")), '^.*/', ''), '[1m]', '')" -%}
    {%- set unscoped = "regexp_replace(" ~ tail ~ ", '^(" ~ scopes ~ ")[.]', '')" -%}
    {%- set bare = "regexp_replace(" ~ unscoped ~ ", '^anthropic[.]', '')" -%}
    {%- set undefaulted = "regexp_replace(regexp_replace(" ~ bare ~ ", '-v[0-9]+(:[0-9]+)?$', ''), '@default$', '')" -%}
    {%- set dated = "regexp_replace(" ~ undefaulted ~ ", '@([0-9]{8})$', '-\\1')" -%}
    {%- set hyphened = "regexp_replace(" ~ dated ~ ", '([0-9])[.]([0-9])', '\\1-\\2')" -%}
    {%- if part == 'id' -%}
    regexp_replace({{ hyphened }}, '-fast$', '')
    {%- elif part == 'endpoint_scope' -%}
    case
        when {{ tail }} != {{ unscoped }} then {{ dbt.split_part(tail, "'.'", 1) }}
        when {{ unscoped }} like 'anthropic.%' then 'regional'
    end
    {%- elif part == 'speed' -%}
    case when {{ hyphened }} like '%-fast' then 'fast' else 'standard' end
    {%- elif part == 'price_platform' -%}
    case
        when {{ unscoped }} like 'anthropic.%' then 'bedrock'
        when {{ bare }} like '%@%' then 'google_cloud'
        else 'anthropic'
    end
    {%- else -%}
    {{ exceptions.raise_compiler_error("claude_model_id_part: unknown part '" ~ part ~ "'") }}
    {%- endif -%}
{%- endmacro %}
