{#-
    Writes into the ledger which stretches of days of the calling model are built now; none means all.
    Part of the strategy, and a hook of every model, which does nothing but after a first or full build.
-#}
{% macro note_built(days='full build') -%}
    {%- if days == 'full build' and (
        config.get('incremental_strategy') != 'stale_days' or is_incremental()
    ) -%}
        {{ return('') }}
    {%- endif -%}
    {%- if days is none or days == 'full build' -%}
        {%- set days = [('1900-01-01', '9998-12-31')] -%}
    {%- endif -%}
    {%- if days -%}
    insert into {{ ref('int_days__ledger') }} (
        model_name, first_day, last_day, built_through_at, code
    )
    select
        '{{ model.name }}' as model_name,
        stretches.first_day,
        stretches.last_day,
        {{ next_moment() }} as built_through_at,
        '{{ code_below() }}' as code
    from (
        {%- for first_day, last_day in days %}
        select
            cast('{{ first_day }}' as date) as first_day,
            cast('{{ last_day }}' as date) as last_day
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as stretches
    {%- else -%}
    select 1
    {%- endif -%}
{%- endmacro %}
