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

newer_causes as (

    select causes.*

    from {{ ref(stale.causes_model) }} as causes

    inner join built
        on causes.changed_at > built.through_at

),

anything_new as (

    select built.through_at

    from built

    where
        exists (select 1 from newer_causes)
        or built.through_at < (
            select max(looks.observed_at) from {{ ref('stg_ingestion__observed_days') }} as looks
        )

),

rebuilt as (

    select ledger.*

    from {{ ref('int_days__ledger') }} as ledger

    inner join built
        on ledger.built_through_at > built.through_at

),

stale_stretches as (

    select
        first_day,
        last_day,
        {{ margins(stale.margin) }}
    from newer_causes
    where
        cause in ('{{ stale.causes | join("', '") }}')
        or (cause = 'landing' and subject in ('{{ stale.landings | join("', '") }}'))
    {%- for name, margin in stale.inputs.items() %}

    union all

    select
        first_day,
        last_day,
        {{ margins(margin) }}
    from rebuilt
    where model_name = '{{ name }}'
    {%- endfor %}
    {%- for name, condition in stale.also.items() %}

    union all

    select
        also.date_day as first_day,
        also.date_day as last_day,
        {{ margins(0) }}
    from {{ this if name == model.name else ref(name) }} as also
    where {{ condition }}
    {%- endfor %}

),

widened as (

    select distinct
        cast({{ dbt.dateadd('day', '-days_before', 'first_day') }} as date) as first_day,
        cast(
            {{ dbt.dateadd('day', 'days_after', "least(last_day, cast('9998-01-01' as date))") }}
            as date
        ) as last_day

    from stale_stretches

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

)

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

order by first_day
{%- endmacro %}
