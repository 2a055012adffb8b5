{{ config(materialized='incremental', incremental_strategy='stale_days') }}

{% set stale = stale_by(
    token_landings(),
    causes=['people', 'prices', 'channels'],
    margin=1,
) %}
{% set days = stale_days(stale) %}
with

reports as (

    select * from {{ ref('int_cost__reported_tokens') }}
    where {{ in_days('date_day', days) }}

),

telemetry as (

    select * from {{ ref('int_cost__telemetry_requests') }}
    where {{ in_days('date_day', days) }}

),

precedence as (

    select * from {{ ref('int_counting__source_precedence') }}
    where measure_kind = 'tokens'

),

covered_days as (

    select * from {{ ref('int_counting__covered_days') }}
    where measure_kind = 'tokens'

),

unresolved_people as (

    select * from {{ ref('int_counting__unresolved_people') }}

),

candidates as (

    select * from reports

    union all

    select
        date_day,
        person_key,
        actor_key,
        channel,
        organization_id,
        surface,
        claude_model_id,
        workspace_key,
        source_id,
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        web_search_count,
        request_count,
        priced_request_count,
        reported_request_count,
        request_count as part_count,
        priced_request_count as priced_part_count,
        reported_cost_usd,
        list_cost_usd,
        cast(null as decimal(18, 10)) as list_cost_at_lowest_price_usd

    from telemetry

),

-- A request that telemetry and a transcript saw is one request already, so what is left of the
-- transcripts has the rank of telemetry and adds to it.
ranked as (

    select
        candidates.*,
        coalesce(precedence.precedence_rank, 99) as precedence_rank,
        coalesce(precedence.sees_everybody, false) as sees_everybody,
        coalesce(precedence.is_contested, false) as is_contested,
        candidates.person_key = '-1' and candidates.actor_key = '-1' as is_of_nobody,
        not coalesce(precedence.sees_everybody, false)
        and covered_days.date_day is not null
        and (
            (candidates.person_key = '-1' and candidates.actor_key = '-1')
            or unresolved_people.person_key is not null
        ) as is_suppressed

    from candidates

    left join precedence
        on
            candidates.surface = precedence.surface
            and candidates.channel = precedence.channel
            and case candidates.source_id
                when 'local_logs' then 'otel_events' else candidates.source_id
            end = precedence.source_id

    left join covered_days
        on
            candidates.date_day = covered_days.date_day
            and candidates.channel = covered_days.channel
            and candidates.surface = covered_days.surface

    left join unresolved_people
        on candidates.person_key = unresolved_people.person_key

),

-- Of nobody a report tells what is left over, which is not what telemetry tells of nobody.
best_ranks as (

    select
        date_day,
        person_key,
        actor_key,
        channel,
        surface,
        min(precedence_rank) as precedence_rank

    from ranked

    where is_contested and not is_suppressed and not is_of_nobody

    group by date_day, person_key, actor_key, channel, surface

),

-- Requests of telemetry and of transcripts are different ones: only reports tell of both.
vendor_days as (

    select distinct
        date_day,
        person_key,
        actor_key,
        surface

    from ranked

    where sees_everybody and not is_of_nobody and {{ is_served_by_vendor('channel') }}

),

judged as (

    select
        ranked.*,
        vendor_days.date_day is not null and ranked.channel = 'unknown' as is_told_by_vendor,
        best_ranks.precedence_rank as best_precedence_rank

    from ranked

    left join best_ranks
        on
            ranked.date_day = best_ranks.date_day
            and ranked.person_key = best_ranks.person_key
            and ranked.actor_key = best_ranks.actor_key
            and ranked.channel = best_ranks.channel
            and ranked.surface = best_ranks.surface

    left join vendor_days
        on
            ranked.date_day = vendor_days.date_day
            and ranked.person_key = vendor_days.person_key
            and ranked.actor_key = vendor_days.actor_key
            and ranked.surface = vendor_days.surface

),

final as (

    select
        {{
            surrogate_key([
                'date_day', 'person_key', 'actor_key', 'channel', 'surface', 'claude_model_id',
                'workspace_key', 'source_id'
            ])
        }} as token_candidate_key,
        date_day,
        person_key,
        actor_key,
        channel,
        organization_id,
        surface,
        claude_model_id,
        workspace_key,
        source_id,
        precedence_rank,
        {{ candidate_status('precedence_rank', 'best_precedence_rank') }} as candidate_status,
        cast(input_tokens as bigint) as input_tokens,
        cast(output_tokens as bigint) as output_tokens,
        cast(cache_read_tokens as bigint) as cache_read_tokens,
        cast(cache_write_5m_tokens as bigint) as cache_write_5m_tokens,
        cast(cache_write_1h_tokens as bigint) as cache_write_1h_tokens,
        cast(web_search_count as bigint) as web_search_count,
        cast(request_count as bigint) as request_count,
        cast(priced_request_count as bigint) as priced_request_count,
        cast(reported_request_count as bigint) as reported_request_count,
        cast(part_count as bigint) as part_count,
        cast(priced_part_count as bigint) as priced_part_count,
        cast(reported_cost_usd as decimal(18, 10)) as reported_cost_usd,
        cast(list_cost_usd as decimal(18, 10)) as list_cost_usd,
        cast(list_cost_at_lowest_price_usd as decimal(18, 10)) as list_cost_at_lowest_price_usd,
        {{ observed_through_at() }} as observed_through_at

    from judged

)

select * from final
