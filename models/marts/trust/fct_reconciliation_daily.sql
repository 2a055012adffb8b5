{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='date_day',
        on_schema_change='fail',
        post_hook="{{ delete_stale_days(telemetry_landings(), margin=2) }}"
    )
}}

{% set measures = [
    'request_count', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens',
    'reported_cost_usd',
] %}

-- depends_on: {{ ref('int_claude_code__metric_days') }}, {{ ref('int_pricing__price_version') }}
with

{% if is_incremental() %}
-- A difference put down to lag is judged again until the late side has caught up.
output_days as (

    {{ changed_days(telemetry_landings(), margin=2) }}
    union
    {{ changed_metric_days(margin=1) }}
    union
    select built.date_day
    from {{ this }} as built
    where
        built.cause_code = 'lag'
        or built.price_version != ({{ price_version() }})

),

input_days as (

    {% for offset in (-1, 0, 1) %}
    select cast({{ dbt.dateadd('day', offset, 'output_days.date_day') }} as date) as date_day
    from output_days
    {% if not loop.last %}union{% endif %}
    {% endfor %}

),

{% endif %}
totals as (

    select * from {{ ref('int_claude_code__source_totals') }}
    {% if is_incremental() %}
    where date_day in (select input_days.date_day from input_days)
    {% endif %}

),

tolerances as (

    select * from {{ ref('reconciliation_tolerances') }}

),

faults as (

    select
        pair_id,
        measure,
        claude_model_id,
        larger_side,
        {{ client_version_number('from_client_version') }} as from_version_number,
        {{ client_version_number('to_client_version') }} as to_version_number

    from {{ ref('client_faults') }}

),

horizons as (

    select * from {{ ref('int_ingestion__source_horizons') }}

),

sides as (

    {% for measure in measures %}
    select
        date_day,
        source_id as side_id,
        '{{ measure }}' as measure,
        person_key,
        claude_model_id,
        client_version,
        {{ measure }} as measure_value
    from totals
    where source_id != 'priced_requests'

    union all
    {% endfor %}
    {% for side, measure in [
        ('list_cost', 'list_cost_usd'), ('reported_cost', 'reported_cost_usd')
    ] %}
    select
        date_day,
        '{{ side }}' as side_id,
        'cost_usd' as measure,
        person_key,
        claude_model_id,
        client_version,
        {{ measure }} as measure_value
    from totals
    where source_id = 'priced_requests'

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

paired as (

    select
        sides.date_day,
        tolerances.pair_id,
        sides.measure,
        tolerances.left_side_id,
        tolerances.right_side_id,
        tolerances.is_timed_apart,
        tolerances.absolute_tolerance,
        tolerances.relative_tolerance,
        sides.person_key,
        sides.claude_model_id,
        sides.client_version,
        sum(case when sides.side_id = tolerances.left_side_id then sides.measure_value end)
            as left_value,
        sum(case when sides.side_id = tolerances.right_side_id then sides.measure_value end)
            as right_value

    from sides

    inner join tolerances
        on
            sides.measure = tolerances.measure
            and sides.side_id in (tolerances.left_side_id, tolerances.right_side_id)

    group by
        sides.date_day,
        tolerances.pair_id,
        sides.measure,
        tolerances.left_side_id,
        tolerances.right_side_id,
        tolerances.is_timed_apart,
        tolerances.absolute_tolerance,
        tolerances.relative_tolerance,
        sides.person_key,
        sides.claude_model_id,
        sides.client_version

),

seen as (

    select distinct
        date_day,
        person_key,
        source_id

    from totals

),

-- A source that saw the person on that day counted zero; one that did not knows nothing.
filled as (

    select
        paired.date_day,
        paired.pair_id,
        paired.measure,
        paired.left_side_id,
        paired.right_side_id,
        paired.is_timed_apart,
        paired.absolute_tolerance,
        paired.relative_tolerance,
        paired.person_key,
        paired.claude_model_id,
        paired.client_version,
        coalesce(paired.left_value, case when left_seen.source_id is not null then 0 end)
            as left_value,
        coalesce(paired.right_value, case when right_seen.source_id is not null then 0 end)
            as right_value,
        coalesce(paired.left_value, 0) - coalesce(paired.right_value, 0) as net_difference,
        case
            when
                cast(paired.absolute_tolerance as double)
                > cast(paired.relative_tolerance as double)
                * cast(abs(coalesce(paired.right_value, 0)) as double)
                then cast(paired.absolute_tolerance as double)
            else
                cast(paired.relative_tolerance as double)
                * cast(abs(coalesce(paired.right_value, 0)) as double)
        end as tolerance

    from paired

    left join seen as left_seen
        on
            paired.date_day = left_seen.date_day
            and paired.person_key = left_seen.person_key
            and paired.left_side_id = left_seen.source_id

    left join seen as right_seen
        on
            paired.date_day = right_seen.date_day
            and paired.person_key = right_seen.person_key
            and paired.right_side_id = right_seen.source_id

    where
        coalesce(paired.left_value, 0) != 0
        or coalesce(paired.right_value, 0) != 0

),

neighbours as (

    select
        *,
        lag(net_difference) over (
            partition by pair_id, measure, person_key, claude_model_id, client_version
            order by date_day
        ) as previous_difference,
        lag(date_day) over (
            partition by pair_id, measure, person_key, claude_model_id, client_version
            order by date_day
        ) as previous_day,
        lead(net_difference) over (
            partition by pair_id, measure, person_key, claude_model_id, client_version
            order by date_day
        ) as next_difference,
        lead(date_day) over (
            partition by pair_id, measure, person_key, claude_model_id, client_version
            order by date_day
        ) as next_day

    from filled

),

-- An export interval across midnight adds to one day what it takes from the other.
balanced as (

    select
        *,
        case
            when previous_day = {{ dbt.dateadd('day', -1, 'date_day') }} then previous_difference
            else 0
        end as previous_net,
        case
            when next_day = {{ dbt.dateadd('day', 1, 'date_day') }} then next_difference
            else 0
        end as next_net

    from neighbours

),

faulty as (

    select distinct
        balanced.date_day,
        balanced.pair_id,
        balanced.measure,
        balanced.person_key,
        balanced.claude_model_id,
        balanced.client_version

    from balanced

    inner join faults
        on
            balanced.pair_id = faults.pair_id
            and balanced.measure = coalesce(faults.measure, balanced.measure)
            and balanced.claude_model_id
            = coalesce(faults.claude_model_id, balanced.claude_model_id)
            and {{ client_version_number('balanced.client_version') }}
            between faults.from_version_number and faults.to_version_number
            and (faults.larger_side = 'left') = (balanced.net_difference > 0)

),

judged as (

    select
        balanced.*,
        case
            when balanced.left_side_id = 'list_cost' and balanced.left_value is null
                then 'unknown_price'
            when
                balanced.is_timed_apart
                and abs(balanced.net_difference) > balanced.tolerance
                and (
                    abs(balanced.net_difference + balanced.previous_net) <= balanced.tolerance
                    or abs(balanced.net_difference + balanced.next_net) <= balanced.tolerance
                    or abs(balanced.net_difference + balanced.previous_net + balanced.next_net)
                    <= balanced.tolerance
                )
                then 'overlap'
            when balanced.left_value is null or balanced.right_value is null
                then 'missing_population'
            when balanced.net_difference = 0 then 'none'
            when abs(balanced.net_difference) <= balanced.tolerance then 'rounding'
            when faulty.pair_id is not null then 'client_version'
            when
                balanced.net_difference < 0
                and left_horizon.complete_until_at
                < {{ dbt.dateadd('day', 1, 'balanced.date_day') }}
                then 'lag'
            when
                balanced.net_difference > 0
                and right_horizon.complete_until_at
                < {{ dbt.dateadd('day', 1, 'balanced.date_day') }}
                then 'lag'
            else 'unexplained'
        end as cause_code

    from balanced

    left join faulty
        on
            balanced.date_day = faulty.date_day
            and balanced.pair_id = faulty.pair_id
            and balanced.measure = faulty.measure
            and balanced.person_key = faulty.person_key
            and balanced.claude_model_id = faulty.claude_model_id
            and balanced.client_version = faulty.client_version

    left join horizons as left_horizon
        on balanced.left_side_id = left_horizon.source_id

    left join horizons as right_horizon
        on balanced.right_side_id = right_horizon.source_id

),

final as (

    select
        {{
            surrogate_key([
                'date_day', 'pair_id', 'measure', 'person_key', 'claude_model_id', 'client_version'
            ])
        }} as reconciliation_day_key,
        date_day,
        pair_id,
        measure,
        '-1' as org_unit_key,
        '-1' as actor_key,
        person_key,
        claude_model_id,
        client_version,
        cause_code,
        cause_code != 'unexplained' as is_explained,
        cast(left_value as double) as left_value,
        cast(right_value as double) as right_value,
        cast(left_value - right_value as double) as difference,
        cast(tolerance as double) as tolerance,
        ({{ price_version() }}) as price_version,
        {{ observed_through_at() }} as observed_through_at

    from judged

    {% if is_incremental() %}
    where date_day in (select output_days.date_day from output_days)
    {% endif %}

)

select * from final
