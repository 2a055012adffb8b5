{{ config(materialized='incremental', incremental_strategy='stale_days') }}

-- Telemetry and transcript of one request can fall on either side of midnight, so a changed day
-- rebuilds its neighbours too, from one more day of input on both sides.
{% set input_days = stale_days(stale_by(telemetry_landings(), margin=1), reach=1) %}
with

otel_requests as (

    select * from {{ ref('stg_claude_code_otel__events') }}
    where
        event_name = 'api_request'
        and {{ in_days('date_day', input_days) }}

),

log_requests as (

    select * from {{ ref('int_claude_code__log_requests') }}
    where {{ in_days('date_day', input_days) }}

),

matches as (

    select
        event_key,
        log_request_key,
        is_first_record

    from {{ ref('int_claude_code__request_matches') }}
    where {{ in_days('date_day', input_days) }}

),

seen_by_telemetry as (

    select
        {{ surrogate_key(["'otel'", 'otel_requests.event_key']) }} as request_key,
        otel_requests.session_id,
        otel_requests.organization_id,
        otel_requests.provider,
        otel_requests.identity_kind,
        otel_requests.identity_value,
        otel_requests.raw_claude_model_id,
        coalesce(otel_requests.client_version, log_requests.client_version) as client_version,
        coalesce(otel_requests.speed, log_requests.speed) as speed,
        log_requests.service_tier,
        log_requests.inference_geo,
        otel_requests.query_source,
        coalesce(
            log_requests.is_sidechain or log_requests.is_subagent_file,
            otel_requests.query_source = 'subagent',
            false
        ) as is_subagent,
        otel_requests.repository_url,
        log_requests.project_dir_key,
        otel_requests.event_at as requested_at,
        otel_requests.date_day,
        otel_requests.input_tokens,
        otel_requests.output_tokens,
        otel_requests.cache_read_tokens,
        otel_requests.cache_write_tokens,
        coalesce(otel_requests.cache_write_5m_tokens, log_requests.cache_write_5m_tokens)
            as measured_5m_tokens,
        coalesce(otel_requests.cache_write_1h_tokens, log_requests.cache_write_1h_tokens)
            as measured_1h_tokens,
        log_requests.web_search_count,
        otel_requests.reported_cost_usd,
        true as is_in_otel_events,
        log_requests.log_request_key is not null as is_in_local_logs

    from otel_requests

    left join matches
        on
            otel_requests.event_key = matches.event_key
            and matches.is_first_record

    left join log_requests
        on matches.log_request_key = log_requests.log_request_key

),

logged_only as (

    select log_requests.*
    from log_requests

    left join matches
        on log_requests.log_request_key = matches.log_request_key

    where matches.log_request_key is null

),

-- A transcript names no person; telemetry of the same session, on the same day or the day beside
-- it, does. The ladder's kinds sort by strength.
session_identities as (

    select distinct
        session_id,
        date_day,
        organization_id,
        provider,
        identity_kind,
        identity_value

    from {{ ref('stg_claude_code_otel__events') }}

    where
        identity_kind is not null
        and {{ in_days('date_day', input_days) }}
        and session_id in (select logged_only.session_id from logged_only)

),

logged_identities as (

    select
        logged_only.log_request_key,
        session_identities.organization_id,
        session_identities.provider,
        session_identities.identity_kind,
        session_identities.identity_value,
        row_number() over (
            partition by logged_only.log_request_key
            order by
                session_identities.identity_kind,
                session_identities.identity_value,
                session_identities.organization_id nulls last,
                session_identities.provider nulls last
        ) as identity_rank

    from logged_only

    inner join session_identities
        on
            logged_only.session_id = session_identities.session_id
            and {{ dbt.datediff('logged_only.date_day', 'session_identities.date_day', 'day') }}
            between -1 and 1

),

seen_by_logs_only as (

    select
        {{ surrogate_key(["'log'", 'logged_only.log_request_key']) }} as request_key,
        logged_only.session_id,
        logged_identities.organization_id,
        logged_identities.provider,
        logged_identities.identity_kind,
        logged_identities.identity_value,
        logged_only.raw_claude_model_id,
        logged_only.client_version,
        logged_only.speed,
        logged_only.service_tier,
        logged_only.inference_geo,
        cast(null as {{ dbt.type_string() }}) as query_source,
        logged_only.is_sidechain or logged_only.is_subagent_file as is_subagent,
        cast(null as {{ dbt.type_string() }}) as repository_url,
        logged_only.project_dir_key,
        logged_only.requested_at,
        logged_only.date_day,
        logged_only.input_tokens,
        logged_only.output_tokens,
        logged_only.cache_read_tokens,
        logged_only.cache_write_tokens,
        logged_only.cache_write_5m_tokens as measured_5m_tokens,
        logged_only.cache_write_1h_tokens as measured_1h_tokens,
        logged_only.web_search_count,
        logged_only.reported_cost_usd,
        false as is_in_otel_events,
        true as is_in_local_logs

    from logged_only

    left join logged_identities
        on
            logged_only.log_request_key = logged_identities.log_request_key
            and logged_identities.identity_rank = 1

),

requests as (

    select * from seen_by_telemetry
    union all
    select * from seen_by_logs_only

),

-- The split of cache writes is believed when its parts add up to the whole.
with_cache_basis as (

    select
        *,
        case
            when
                coalesce(measured_5m_tokens, 0) + coalesce(measured_1h_tokens, 0)
                = coalesce(cache_write_tokens, 0)
                then 'measured'
            when
                not is_subagent
                and identity_kind in ('account_id', 'account_uuid', 'email')
                and '{{ var("cache_write_ttl_subscription") }}' = '1h'
                then 'assumed_1h'
            when
                (is_subagent or identity_kind in ('account_id', 'account_uuid', 'email'))
                or '{{ var("cache_write_ttl_other") }}' = '5m'
                then 'assumed_5m'
            else 'assumed_1h'
        end as cache_ttl_basis

    from requests

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

final as (

    select
        requests.request_key,
        requests.session_id,
        requests.organization_id,
        requests.provider,
        requests.is_in_otel_events or requests.identity_kind is not null as is_telemetry_session,
        coalesce(aliases.person_key, '-1') as person_key,
        requests.raw_claude_model_id,
        requests.client_version,
        requests.speed,
        requests.service_tier,
        requests.inference_geo,
        requests.query_source,
        requests.is_subagent,
        case
            when requests.repository_url is not null
                then {{ surrogate_key(["'repository'", 'requests.repository_url']) }}
            when requests.project_dir_key is not null
                then {{ surrogate_key(["'directory'", 'requests.project_dir_key']) }}
        end as project_key,
        requests.requested_at,
        requests.date_day,
        requests.input_tokens,
        requests.output_tokens,
        coalesce(requests.cache_read_tokens, 0) as cache_read_tokens,
        case
            when requests.cache_ttl_basis = 'measured' then coalesce(requests.measured_5m_tokens, 0)
            when requests.cache_ttl_basis = 'assumed_5m' then requests.cache_write_tokens
            else 0
        end as cache_write_5m_tokens,
        case
            when requests.cache_ttl_basis = 'measured' then coalesce(requests.measured_1h_tokens, 0)
            when requests.cache_ttl_basis = 'assumed_1h' then requests.cache_write_tokens
            else 0
        end as cache_write_1h_tokens,
        requests.cache_ttl_basis,
        requests.web_search_count,
        requests.reported_cost_usd,
        case when requests.is_in_otel_events then 'otel_events' else 'local_logs' end as source_id,
        requests.is_in_otel_events,
        requests.is_in_local_logs,
        {{ observed_through_at() }} as observed_through_at

    from with_cache_basis as requests

    left join aliases
        on
            requests.identity_kind = aliases.identity_kind
            and requests.identity_value = aliases.identity_value
            and {{ alias_holds('requests.date_day', 'aliases') }}

)

select * from final
