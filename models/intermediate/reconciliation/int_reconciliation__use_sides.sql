{% set telemetry_measures = [] %}
{% for measure in compared_measures() if measure != 'cost_usd' %}
{% do telemetry_measures.append(measure) %}
{% endfor %}

-- Each side of a pair, by somebody's day: a source that is compared is a branch here, and a pair of
-- them a row of the seeds. Clients are compared by their version, and with a report in the channel
-- that the report tells of.
with

pairs as (

    {% for side in ('left', 'right') %}
    select distinct
        pair_id,
        pair_kind,
        '{{ side }}' as side,
        {{ side }}_side_id as side_id,
        {% if side == 'left' -%}
        cast(null as {{ dbt.type_string() }}) as told_channel,
        {%- else -%}
        compared_channel as told_channel,
        {%- endif %}
        is_by_model,
        first_day
    from {{ ref('int_reconciliation__pairs') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

use_of_sides as (

    select
        source_total_key as row_key,
        date_day,
        source_id as side_id,
        channel,
        person_key,
        '-1' as actor_key,
        claude_model_id,
        client_version,
        0 as unpriced_count,
        0 as unseen_search_request_count,
        {{- measure_columns(telemetry_measures) }}
    from {{ ref('int_claude_code__source_totals') }}
    where source_id != 'priced_requests'

    union all

    select
        source_total_key as row_key,
        date_day,
        'list_cost' as side_id,
        channel,
        person_key,
        '-1' as actor_key,
        claude_model_id,
        client_version,
        case when list_cost_usd is null then 1 else 0 end as unpriced_count,
        unseen_search_request_count,
        {{- measure_columns(['cost_usd'], prefix='list_') }}
    from {{ ref('int_claude_code__source_totals') }}
    where source_id = 'priced_requests'

    union all

    select
        source_total_key as row_key,
        date_day,
        'reported_cost' as side_id,
        channel,
        person_key,
        '-1' as actor_key,
        claude_model_id,
        client_version,
        0 as unpriced_count,
        0 as unseen_search_request_count,
        {{- measure_columns(['cost_usd'], prefix='reported_') }}
    from {{ ref('int_claude_code__source_totals') }}
    where source_id = 'priced_requests'

    union all

    select
        row_key,
        date_day,
        source_id as side_id,
        channel,
        person_key,
        actor_key,
        claude_model_id,
        cast(null as {{ dbt.type_string() }}) as client_version,
        0 as unpriced_count,
        0 as unseen_search_request_count,
        {{- measure_columns(compared_measures()) }}
    from {{ ref('int_reconciliation__reported_use') }}

),

final as (

    select
        use_of_sides.row_key,
        use_of_sides.date_day,
        pairs.pair_id,
        pairs.side,
        case when pairs.pair_kind = 'reports' then use_of_sides.channel else '-1' end as cut_key,
        use_of_sides.person_key,
        use_of_sides.actor_key,
        case when pairs.is_by_model then use_of_sides.claude_model_id else '-1' end
            as claude_model_id,
        case when pairs.pair_kind = 'clients' then use_of_sides.client_version end
            as client_version,
        {% for measure in compared_measures() -%}
        use_of_sides.{{ measure }},
        {% endfor -%}
        use_of_sides.unpriced_count,
        use_of_sides.unseen_search_request_count

    from use_of_sides

    inner join pairs
        on
            use_of_sides.side_id = pairs.side_id
            and use_of_sides.date_day >= pairs.first_day
            and use_of_sides.channel = coalesce(pairs.told_channel, use_of_sides.channel)

)

select * from final
