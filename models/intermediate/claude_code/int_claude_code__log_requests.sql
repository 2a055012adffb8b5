{{ config(materialized='incremental', incremental_strategy='stale_days') }}

-- One transcript line per content block, forks and resumed sessions copy lines, streaming leaves
-- partial counts: a request is the maximum of each field over its copies, never their sum.
-- Blocks of one response can fall on either side of midnight, hence the neighbouring days.
{% set input_days = stale_days(stale_by(telemetry_landings(), margin=1), reach=1) %}
with

lines as (

    select * from {{ ref('stg_claude_code_logs__usage_lines') }}
    where
        not is_synthetic
        and {{ in_days('date_day', input_days) }}

),

-- A copy that was partial when it was written has a smaller total; the session whose copy holds
-- the whole usage made the request. Equal copies: the one that landed first.
ranked as (

    select
        *,
        coalesce(message_id, line_uuid) as response_id,
        row_number() over (
            partition by coalesce(message_id, line_uuid), request_id
            order by
                (
                    coalesce(input_tokens, 0) + coalesce(output_tokens, 0)
                    + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0)
                ) desc,
                is_sidechain asc,
                loaded_at asc,
                logged_at asc,
                session_id asc
        ) as copy_rank

    from lines

),

collapsed as (

    select
        response_id,
        request_id,
        min(case when copy_rank = 1 then session_id end) as session_id,
        min(case when copy_rank = 1 then project_dir_key end) as project_dir_key,
        min(case when copy_rank = 1 then raw_claude_model_id end) as raw_claude_model_id,
        min(case when copy_rank = 1 then client_version end) as client_version,
        min(case when copy_rank = 1 then entrypoint end) as entrypoint,
        min(case when copy_rank = 1 then service_tier end) as service_tier,
        min(case when copy_rank = 1 then speed end) as speed,
        min(case when copy_rank = 1 then inference_geo end) as inference_geo,
        max(case when copy_rank = 1 and is_sidechain then 1 else 0 end) = 1 as is_sidechain,
        max(case when copy_rank = 1 and is_subagent_file then 1 else 0 end) = 1
            as is_subagent_file,
        min(logged_at) as requested_at,
        min(date_day) as date_day,
        max(input_tokens) as input_tokens,
        max(output_tokens) as output_tokens,
        max(cache_read_tokens) as cache_read_tokens,
        max(cache_write_tokens) as cache_write_tokens,
        max(cache_write_5m_tokens) as cache_write_5m_tokens,
        max(cache_write_1h_tokens) as cache_write_1h_tokens,
        max(web_search_count) as web_search_count,
        max(reported_cost_usd) as reported_cost_usd

    from ranked

    group by response_id, request_id

),

-- A side question replays the parent's messages under a new request id; the response was paid once.
own_responses as (

    select distinct response_id
    from collapsed
    where not is_sidechain

),

final as (

    select
        {{ surrogate_key(['collapsed.response_id', 'collapsed.request_id']) }}
            as log_request_key,
        collapsed.request_id,
        collapsed.session_id,
        collapsed.project_dir_key,
        collapsed.raw_claude_model_id,
        collapsed.client_version,
        collapsed.entrypoint,
        collapsed.service_tier,
        collapsed.speed,
        collapsed.inference_geo,
        collapsed.is_sidechain,
        collapsed.is_subagent_file,
        collapsed.requested_at,
        collapsed.date_day,
        collapsed.input_tokens,
        collapsed.output_tokens,
        collapsed.cache_read_tokens,
        collapsed.cache_write_tokens,
        collapsed.cache_write_5m_tokens,
        collapsed.cache_write_1h_tokens,
        collapsed.web_search_count,
        collapsed.reported_cost_usd,
        {{ observed_through_at() }} as observed_through_at

    from collapsed

    left join own_responses
        on collapsed.response_id = own_responses.response_id

    where
        (not collapsed.is_sidechain or own_responses.response_id is null)

)

select * from final
