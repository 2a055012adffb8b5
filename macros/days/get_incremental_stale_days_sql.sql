{#-
    dbt's hook for the strategy `stale_days`: the stale days go, those that vanished included, and what
    the query gives for them comes; output of other days is cut off. The ledger is written with them.
    `meta` says what is different: `unit`, a key that is no day, of which the query gives all rows;
    `span`, first and last day of such a key, to find those that are no more; `whole`, a condition for
    rows that are made anew whenever anything is.
-#}
{% macro get_incremental_stale_days_sql(arguments) -%}
    {{ return(adapter.dispatch('get_incremental_stale_days_sql', 'claude_analytics')(arguments)) }}
{%- endmacro %}

{% macro default__get_incremental_stale_days_sql(arguments) -%}
    {%- set meta = config.get('meta') -%}
    {%- set days = stale_days_noted() -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {%- if 'unit' in meta and days is not none -%}
        {%- set replaced = meta.unit ~ ' in (select ' ~ meta.unit ~ ' from ' ~ arguments.temp_relation ~ ')' -%}
        {%- if 'span' in meta -%}
            {%- set replaced = replaced ~ ' or ' ~ spans_days(meta.span[0], meta.span[1], days) -%}
        {%- endif -%}
    {%- else -%}
        {%- set replaced = in_days('date_day', days) -%}
        {%- if 'whole' in meta and days -%}
            {%- set replaced = replaced ~ ' or ' ~ meta.whole -%}
        {%- endif -%}
    {%- endif %}
    delete from {{ arguments.target_relation }} where {{ replaced }};
    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }} from {{ arguments.temp_relation }} where {{ replaced }};
    {{ note_built(days) }}
{%- endmacro %}
