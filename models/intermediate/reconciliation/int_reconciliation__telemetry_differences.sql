{{
    config(
        materialized='incremental',
        incremental_strategy='stale_days',
        on_schema_change='fail'
    )
}}

{% set token_measures = [
    'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens',
] %}
{% set measures_of = {
    'otel_events': ['request_count'] + token_measures + ['reported_cost_usd'],
    'otel_metrics': token_measures + ['reported_cost_usd'],
    'local_logs': ['request_count'] + token_measures,
} %}
{% set pairs = [
    ('otel_events', 'otel_metrics'), ('otel_events', 'local_logs'), ('otel_metrics', 'local_logs'),
] %}
{% set comparisons = [('list_cost', 'reported_cost', 'cost_usd')] %}
{% for left_side, right_side in pairs %}
{% for measure in measures_of[left_side] if measure in measures_of[right_side] %}
{% do comparisons.append((left_side, right_side, measure)) %}
{% endfor %}
{% endfor %}
{% set cell = ['pair_id', 'measure', 'person_key', 'claude_model_id', 'client_version'] %}

-- A difference put down to lag is judged again until the late side has caught up.
{% set stale = stale_by(
    telemetry_landings(),
    causes=['people', 'prices', 'source_starts'],
    margin=2,
    inputs={'int_claude_code__source_totals': 1},
    also={model.name: "cause_code = 'lag' and exists (select 1 from anything_new)"},
) %}
{% set input_days = stale_days(stale, reach=1) %}
with

totals as (

    select * from {{ ref('int_claude_code__source_totals') }}
    where {{ in_days('date_day', input_days) }}

),

pairs as (

    select * from {{ ref('int_reconciliation__pairs') }}

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

search_prices as (

    select
        claude_model_id,
        web_search_usd,
        valid_from_date,
        until_date

    from {{ ref('int_pricing__token_prices') }}

    where
        platform = 'anthropic'
        and speed = 'standard'
        and from_prompt_tokens = 0

),

cells as (

    select
        date_day,
        person_key,
        claude_model_id,
        client_version,
        {% for source_id, measures in measures_of.items() -%}
        {% for measure in measures -%}
        sum(case when source_id = '{{ source_id }}' then {{ measure }} end)
            as {{ source_id }}__{{ measure }},
        {% endfor -%}
        {% endfor -%}
        sum(case when source_id = 'priced_requests' then reported_cost_usd end)
            as reported_cost__cost_usd,
        case
            when
                count(case when source_id = 'priced_requests' then list_cost_usd end)
                = count(case when source_id = 'priced_requests' then source_id end)
                then sum(case when source_id = 'priced_requests' then list_cost_usd end)
        end as list_cost__cost_usd,
        coalesce(sum(unseen_search_request_count), 0) as unseen_search_request_count

    from totals

    group by date_day, person_key, claude_model_id, client_version

),

seen as (

    select
        date_day,
        person_key,
        {% for source_id in measures_of -%}
        max(case when source_id = '{{ source_id }}' then 1 else 0 end) as {{ source_id }}__seen
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from totals

    group by date_day, person_key

),

-- A source that saw the person on that day counted zero; one that did not knows nothing.
filled as (

    select
        cells.date_day,
        cells.person_key,
        cells.claude_model_id,
        cells.client_version,
        {% for source_id, measures in measures_of.items() -%}
        {% for measure in measures -%}
        coalesce(
            cells.{{ source_id }}__{{ measure }},
            case when seen.{{ source_id }}__seen = 1 then 0 end
        ) as {{ source_id }}__{{ measure }},
        {% endfor -%}
        {% endfor -%}
        cells.reported_cost__cost_usd,
        cells.list_cost__cost_usd,
        cells.unseen_search_request_count

    from cells

    inner join seen
        on
            cells.date_day = seen.date_day
            and cells.person_key = seen.person_key

),

-- What agrees is kept as one total of the day; only what differs is looked at cell by cell.
agreeing as (

    select
        {% for left_side, right_side, measure in comparisons -%}
        {% set left_value = left_side ~ '__' ~ measure -%}
        {% set right_value = right_side ~ '__' ~ measure -%}
        sum(case when {{ left_value }} = {{ right_value }} then {{ left_value }} end)
            as {{ left_side }}__{{ right_side }}__{{ measure }},
        count(case when {{ left_value }} = {{ right_value }} and {{ left_value }} != 0 then 1 end)
            as {{ left_side }}__{{ right_side }}__{{ measure }}__cells,
        {% endfor -%}
        date_day

    from filled

    group by date_day

),

agreed as (

    {% for left_side, right_side, measure in comparisons %}
    select
        date_day,
        '{{ left_side }}:{{ right_side }}' as pair_id,
        '{{ measure }}' as measure,
        {{ left_side }}__{{ right_side }}__{{ measure }} as agreed_value,
        {{ left_side }}__{{ right_side }}__{{ measure }}__cells as cell_count
    from agreeing
    where {{ left_side }}__{{ right_side }}__{{ measure }}__cells > 0
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

apart as (

    {% for left_side, right_side, measure in comparisons %}
    {%- set left_value = left_side ~ '__' ~ measure %}
    {%- set right_value = right_side ~ '__' ~ measure %}
    select
        date_day,
        '{{ left_side }}:{{ right_side }}' as pair_id,
        '{{ measure }}' as measure,
        person_key,
        claude_model_id,
        client_version,
        unseen_search_request_count,
        {{ left_value }} as left_value,
        {{ right_value }} as right_value,
        coalesce({{ left_value }}, 0) - coalesce({{ right_value }}, 0) as net_difference
    from filled
    where
        (
            {{ left_value }} != {{ right_value }}
            or {{ left_value }} is null
            or {{ right_value }} is null
        )
        and (coalesce({{ left_value }}, 0) != 0 or coalesce({{ right_value }}, 0) != 0)
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

tolerated as (

    select
        apart.*,
        pairs.left_side_id,
        pairs.is_timed_apart,
        pairs.absolute_tolerance,
        pairs.left_complete_until_at,
        pairs.right_complete_until_at,
        search_prices.web_search_usd,
        case
            when
                pairs.absolute_tolerance
                > pairs.relative_tolerance * cast(abs(coalesce(apart.right_value, 0)) as double)
                then pairs.absolute_tolerance
            else pairs.relative_tolerance * cast(abs(coalesce(apart.right_value, 0)) as double)
        end as tolerance

    from apart

    inner join pairs
        on
            apart.pair_id = pairs.pair_id
            and apart.measure = pairs.measure
            and apart.date_day >= pairs.first_day

    left join search_prices
        on
            apart.measure = 'cost_usd'
            and apart.claude_model_id = search_prices.claude_model_id
            and apart.date_day >= search_prices.valid_from_date
            and apart.date_day < search_prices.until_date

),

-- An export interval across midnight adds to one day what it takes from the other.
balanced as (

    select
        *,
        {{ neighbour_difference('lag', cell) }} as previous_net,
        {{ neighbour_difference('lead', cell) }} as next_net

    from tolerated

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
            {{ caused_by(
                'unknown_price',
                "balanced.left_side_id = 'list_cost' and balanced.left_value is null"
            ) }}
            {{ caused_by(
                'overlap',
                "balanced.is_timed_apart
                and abs(balanced.net_difference) > balanced.tolerance
                and (
                    abs(balanced.net_difference + balanced.previous_net) <= balanced.tolerance
                    or abs(balanced.net_difference + balanced.next_net) <= balanced.tolerance
                    or abs(balanced.net_difference + balanced.previous_net + balanced.next_net)
                    <= balanced.tolerance
                )"
            ) }}
            {{ caused_by(
                'missing_population',
                "balanced.left_side_id != 'list_cost'
                and (balanced.left_value is null or balanced.right_value is null)"
            ) }}
            -- The client's estimate has whole searches that its events do not count.
            {{ caused_by(
                'unseen_searches',
                "balanced.unseen_search_request_count > 0
                and balanced.web_search_usd > 0
                and -balanced.net_difference > balanced.absolute_tolerance
                and abs(
                    balanced.net_difference
                    + round(-balanced.net_difference / balanced.web_search_usd, 0)
                    * balanced.web_search_usd
                ) <= balanced.absolute_tolerance"
            ) }}
            {{ caused_by('rounding', 'abs(balanced.net_difference) <= balanced.tolerance') }}
            {{ caused_by('client_version', 'faulty.pair_id is not null') }}
            {{ caused_by(
                'lag',
                "balanced.net_difference < 0
                and balanced.left_complete_until_at < "
                ~ dbt.dateadd('day', 1, 'balanced.date_day')
                ~ " or balanced.net_difference > 0
                and balanced.right_complete_until_at < "
                ~ dbt.dateadd('day', 1, 'balanced.date_day')
            ) }}
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

),

differences as (

    select
        date_day,
        pair_id,
        measure,
        person_key,
        claude_model_id,
        client_version,
        '-1' as cut_key,
        cast(left_value as double) as left_value,
        cast(right_value as double) as right_value,
        tolerance,
        cause_code,
        cast(1 as bigint) as cell_count

    from judged

    union all

    select
        agreed.date_day,
        agreed.pair_id,
        agreed.measure,
        '-1' as person_key,
        '-1' as claude_model_id,
        cast(null as {{ dbt.type_string() }}) as client_version,
        'agreed' as cut_key,
        cast(agreed.agreed_value as double) as left_value,
        cast(agreed.agreed_value as double) as right_value,
        cast(0 as double) as tolerance,
        'none' as cause_code,
        cast(agreed.cell_count as bigint) as cell_count

    from agreed

    inner join pairs
        on
            agreed.pair_id = pairs.pair_id
            and agreed.measure = pairs.measure
            and agreed.date_day >= pairs.first_day

),

final as (

    select
        {{
            surrogate_key([
                'date_day', 'pair_id', 'measure', 'person_key', 'claude_model_id',
                'client_version', 'cut_key'
            ])
        }} as telemetry_difference_key,
        date_day,
        pair_id,
        measure,
        '-1' as org_unit_key,
        '-1' as actor_key,
        person_key,
        claude_model_id,
        client_version,
        cut_key,
        left_value,
        right_value,
        tolerance,
        cause_code,
        cell_count,
        {{ observed_through_at() }} as observed_through_at

    from differences

)

select * from final
