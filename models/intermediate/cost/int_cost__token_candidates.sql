{{
    config(
        materialized='incremental',
        incremental_strategy='stale_days',
        on_schema_change='fail'
    )
}}

{% set stale = stale_by(
    token_landings(),
    causes=['people', 'prices', 'channels'],
    margin=1,
) %}
{% set days = stale_days(stale) %}
with

report_rows as (

    select * from {{ ref('int_cost__priced_usage') }}
    where {{ in_days('date_day', days) }}

),

telemetry as (

    select * from {{ ref('int_cost__telemetry_requests') }}
    where {{ in_days('date_day', days) }}

),

precedence as (

    select * from {{ ref('int_cost__source_precedence') }}

),

covered_days as (

    select * from {{ ref('int_cost__covered_days') }}

),

-- Somebody of whom only an installation is known.
unresolved_people as (

    select person_key
    from {{ ref('int_identity__aliases') }}
    group by person_key
    having max(case when is_resolved then 1 else 0 end) = 0

),

reports as (

    select
        date_day,
        person_key,
        actor_key,
        channel,
        cast(null as {{ dbt.type_string() }}) as organization_id,
        surface,
        claude_model_id,
        workspace_key,
        source_id,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_5m_tokens) as cache_write_5m_tokens,
        sum(cache_write_1h_tokens) as cache_write_1h_tokens,
        sum(web_search_count) as web_search_count,
        sum(request_count) as request_count,
        sum(
            case when list_cost_usd is not null then request_count else request_count * 0 end
        ) as priced_request_count,
        sum(
            case when reported_cost_usd is not null then request_count else request_count * 0 end
        ) as reported_request_count,
        count(*) as part_count,
        count(list_cost_usd) as priced_part_count,
        sum(reported_cost_usd) as reported_cost_usd,
        sum(list_cost_usd) as list_cost_usd,
        sum(list_cost_at_lowest_price_usd) as list_cost_at_lowest_price_usd

    from report_rows

    group by
        date_day,
        person_key,
        actor_key,
        channel,
        surface,
        claude_model_id,
        workspace_key,
        source_id

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
        candidates.person_key = '-1' and candidates.actor_key = '-1' as is_of_nobody

    from candidates

    left join precedence
        on
            candidates.surface = precedence.surface
            and candidates.channel = precedence.channel
            and case candidates.source_id
                when 'local_logs' then 'otel_events' else candidates.source_id
            end = precedence.source_id

),

-- Only where a surface has several sources is there anything to choose.
contested_surfaces as (

    select distinct surface
    from precedence
    where precedence_rank > 1

),

best as (

    select
        date_day,
        person_key,
        actor_key,
        channel,
        surface,
        min(precedence_rank) as precedence_rank

    from ranked

    where
        not is_of_nobody
        and surface in (select contested_surfaces.surface from contested_surfaces)

    group by date_day, person_key, actor_key, channel, surface

),

best_of_vendor as (

    select distinct
        date_day,
        person_key,
        actor_key,
        surface

    from ranked

    where sees_everybody and not is_of_nobody and channel in ('enterprise', 'team', 'console')

),

judged as (

    select
        ranked.*,
        case
            when
                not ranked.sees_everybody
                and covered_days.date_day is not null
                and (ranked.is_of_nobody or unresolved_people.person_key is not null)
                then 'suppressed'
            when best.precedence_rank < ranked.precedence_rank then 'outranked'
            when ranked.channel = 'unknown' and best_of_vendor.date_day is not null
                then 'outranked'
            else 'chosen'
        end as candidate_status

    from ranked

    left join best
        on
            ranked.date_day = best.date_day
            and ranked.person_key = best.person_key
            and ranked.actor_key = best.actor_key
            and ranked.channel = best.channel
            and ranked.surface = best.surface

    left join best_of_vendor
        on
            ranked.date_day = best_of_vendor.date_day
            and ranked.person_key = best_of_vendor.person_key
            and ranked.actor_key = best_of_vendor.actor_key
            and ranked.surface = best_of_vendor.surface

    left join covered_days
        on
            ranked.date_day = covered_days.date_day
            and ranked.channel = covered_days.channel
            and ranked.surface = covered_days.surface

    left join unresolved_people
        on ranked.person_key = unresolved_people.person_key

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
        candidate_status,
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
