{#- Asks for the stretches of stale days; one of nulls says that all of history must be built. -#}
{% macro stale_days_query(stale) -%}
with

built as (

    select
        max(built_through_at) as through_at,
        max(case when code = '{{ code_below() }}' then built_through_at end) as through_this_code_at

    from {{ ref('int_days__ledger') }}

    where model_name = '{{ model.name }}'

),

news as (

    select
        causes.first_day,
        causes.last_day,
        {{ stale.margin }} as margin
    from {{ ref(stale.causes_model) }} as causes
    inner join built
        on causes.changed_at > built.through_at
    where
        causes.cause in ('{{ stale.causes | join("', '") }}')
        or (
            causes.cause = 'landing'
            and causes.subject in ('{{ stale.landings | join("', '") }}')
        )
    {%- for name, margin in stale.inputs.items() %}

    union all

    select
        rebuilt.first_day,
        rebuilt.last_day,
        {{ margin }} as margin
    from {{ ref('int_days__ledger') }} as rebuilt
    inner join built
        on rebuilt.built_through_at > built.through_at
    where rebuilt.model_name = '{{ name }}'
    {%- endfor %}
    {%- for query in stale.also %}

    union all

    select
        also.date_day as first_day,
        also.date_day as last_day,
        0 as margin
    from ({{ query }}) as also
    where
        exists (
            select 1
            from {{ ref(stale.causes_model) }} as causes
            inner join built
                on causes.changed_at > built.through_at
        )
    {%- endfor %}

),

widened as (

    select distinct
        cast({{ dbt.dateadd('day', '-margin', 'first_day') }} as date) as first_day,
        cast(
            {{ dbt.dateadd('day', 'margin', "least(last_day, cast('9998-12-31' as date))") }} as date
        ) as last_day

    from news

),

in_order as (

    select
        first_day,
        last_day,
        max(last_day) over (
            order by first_day, last_day
            rows between unbounded preceding and 1 preceding
        ) as reached_day

    from widened

),

numbered as (

    select
        first_day,
        last_day,
        sum(
            case when first_day <= {{ dbt.dateadd('day', 1, 'reached_day') }} then 0 else 1 end
        ) over (order by first_day, last_day rows unbounded preceding) as stretch_number

    from in_order

),

stretches as (

    select
        min(numbered.first_day) as first_day,
        max(numbered.last_day) as last_day

    from numbered

    inner join built
        on built.through_at = built.through_this_code_at

    group by numbered.stretch_number

    union all

    select
        cast(null as date) as first_day,
        cast(null as date) as last_day

    from built

    where through_at is null or through_this_code_at is null or through_this_code_at < through_at

)

select
    first_day,
    last_day

from stretches

order by first_day
{%- endmacro %}
