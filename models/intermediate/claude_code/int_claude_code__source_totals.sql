{{ config(materialized='incremental', incremental_strategy='stale_days') }}

{% set contributions = {
    'session_count': ('session', none),
    'lines_added_count': ('lines_of_code', 'added'),
    'lines_removed_count': ('lines_of_code', 'removed'),
    'commit_count': ('commit', none),
    'pull_request_count': ('pull_request', none),
} %}

-- The same use as each source counted it on its own, before any of them was preferred. Person and
-- version come from the session where there is one, so that the sources meet in one row.
{% set stale = stale_by(
    telemetry_landings(),
    causes=['people', 'prices', 'channels'],
    margin=1,
    inputs={'int_claude_code__metric_increments': 0},
) %}
{% set days = stale_days(stale) %}
with

events as (

    select * from {{ ref('stg_claude_code_otel__events') }}
    where {{ in_days('date_day', days) }}

),

increments as (

    select * from {{ ref('int_claude_code__metric_increments') }}
    where {{ in_days('date_day', days) }}

),

log_requests as (

    select * from {{ ref('int_claude_code__log_requests') }}
    where {{ in_days('date_day', days) }}

),

priced_requests as (

    select * from {{ ref('int_claude_code__priced_requests') }}
    where
        reported_cost_usd is not null
        and {{ in_days('date_day', days) }}

),

session_days as (

    select
        date_day,
        session_id,
        person_key,
        client_version

    from {{ ref('int_claude_code__session_days') }}

    where {{ in_days('date_day', days) }}

),

organizations as (

    select * from {{ ref('int_channels__organizations') }}

),

identity_aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

model_aliases as (

    select
        model_alias,
        claude_model_id

    from {{ ref('int_pricing__model_aliases') }}

),

-- Events and points that are no request count zero, and show that the source saw the person.
event_totals as (

    select
        date_day,
        'otel_events' as source_id,
        session_id,
        identity_kind,
        identity_value,
        cast(null as {{ dbt.type_string() }}) as own_person_key,
        organization_id,
        provider as client_provider,
        cast(null as {{ dbt.type_string() }}) as own_channel,
        client_version,
        raw_claude_model_id,
        sum(case when event_name = 'api_request' then 1 else 0 end) as request_count,
        sum(case when event_name = 'api_request' then input_tokens end) as input_tokens,
        sum(case when event_name = 'api_request' then output_tokens end) as output_tokens,
        sum(case when event_name = 'api_request' then cache_read_tokens end) as cache_read_tokens,
        sum(case when event_name = 'api_request' then cache_write_tokens end)
            as cache_write_tokens,
        {% for column in contributions -%}
        cast(null as decimal(28, 10)) as {{ column }},
        {% endfor -%}
        sum(cast(reported_cost_usd as decimal(28, 10))) as reported_cost_usd,
        cast(null as decimal(28, 10)) as list_cost_usd,
        cast(null as bigint) as unseen_search_request_count

    from events

    group by
        date_day,
        session_id,
        identity_kind,
        identity_value,
        organization_id,
        provider,
        client_version,
        raw_claude_model_id

),

metric_totals as (

    select
        date_day,
        'otel_metrics' as source_id,
        session_id,
        cast(null as {{ dbt.type_string() }}) as identity_kind,
        cast(null as {{ dbt.type_string() }}) as identity_value,
        person_key as own_person_key,
        organization_id,
        provider as client_provider,
        cast(null as {{ dbt.type_string() }}) as own_channel,
        client_version,
        raw_claude_model_id,
        cast(null as bigint) as request_count,
        {% for metric_type, column in [
            ('input', 'input_tokens'), ('output', 'output_tokens'),
            ('cacheRead', 'cache_read_tokens'), ('cacheCreation', 'cache_write_tokens'),
        ] -%}
        sum(
            case
                when
                    metric_name = 'claude_code.token.usage' and metric_type = '{{ metric_type }}'
                    then increment_value
            end
        ) as {{ column }},
        {% endfor -%}
        {% for column, (metric_name, metric_type) in contributions.items() -%}
        sum(
            case
                when
                    metric_name = 'claude_code.{{ metric_name }}.count'
                    {% if metric_type -%}
                    and metric_type = '{{ metric_type }}'
                    {% endif -%}
                    then increment_value
            end
        ) as {{ column }},
        {% endfor -%}
        sum(case when metric_name = 'claude_code.cost.usage' then increment_value end)
            as reported_cost_usd,
        cast(null as decimal(28, 10)) as list_cost_usd,
        cast(null as bigint) as unseen_search_request_count

    from increments

    group by
        date_day,
        session_id,
        person_key,
        organization_id,
        provider,
        client_version,
        raw_claude_model_id

),

log_totals as (

    select
        date_day,
        'local_logs' as source_id,
        session_id,
        cast(null as {{ dbt.type_string() }}) as identity_kind,
        cast(null as {{ dbt.type_string() }}) as identity_value,
        cast(null as {{ dbt.type_string() }}) as own_person_key,
        cast(null as {{ dbt.type_string() }}) as organization_id,
        cast(null as {{ dbt.type_string() }}) as client_provider,
        'unknown' as own_channel,
        client_version,
        raw_claude_model_id,
        count(*) as request_count,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_tokens) as cache_write_tokens,
        {% for column in contributions -%}
        cast(null as decimal(28, 10)) as {{ column }},
        {% endfor -%}
        cast(null as decimal(28, 10)) as reported_cost_usd,
        cast(null as decimal(28, 10)) as list_cost_usd,
        cast(null as bigint) as unseen_search_request_count

    from log_requests

    group by date_day, session_id, client_version, raw_claude_model_id

),

-- The list price of what the client priced too; one request without a price leaves the total open.
priced_totals as (

    select
        date_day,
        'priced_requests' as source_id,
        session_id,
        cast(null as {{ dbt.type_string() }}) as identity_kind,
        cast(null as {{ dbt.type_string() }}) as identity_value,
        person_key as own_person_key,
        organization_id,
        cast(null as {{ dbt.type_string() }}) as client_provider,
        channel as own_channel,
        client_version,
        raw_claude_model_id,
        count(*) as request_count,
        cast(null as decimal(28, 10)) as input_tokens,
        cast(null as decimal(28, 10)) as output_tokens,
        cast(null as decimal(28, 10)) as cache_read_tokens,
        cast(null as decimal(28, 10)) as cache_write_tokens,
        {% for column in contributions -%}
        cast(null as decimal(28, 10)) as {{ column }},
        {% endfor -%}
        sum(cast(reported_cost_usd as decimal(28, 10))) as reported_cost_usd,
        case
            when count(list_cost_usd) = count(*) then sum(cast(list_cost_usd as decimal(28, 10)))
        end as list_cost_usd,
        sum(case when web_search_count is null then 1 else 0 end) as unseen_search_request_count

    from priced_requests

    group by
        date_day,
        session_id,
        person_key,
        organization_id,
        channel,
        client_version,
        raw_claude_model_id

),

totals as (

    select * from event_totals
    union all
    select * from metric_totals
    union all
    select * from log_totals
    union all
    select * from priced_totals

),

raw_models as (

    select distinct raw_claude_model_id
    from totals

),

models as (

    select
        raw_models.raw_claude_model_id,
        model_aliases.claude_model_id,
        {{ claude_model_id_part('raw_models.raw_claude_model_id', 'price_platform') }}
            as price_platform

    from raw_models

    left join model_aliases
        on
            {{ claude_model_id_part('raw_models.raw_claude_model_id', 'id') }}
            = model_aliases.model_alias

),

attributed as (

    select
        totals.*,
        coalesce(
            nullif(session_days.person_key, '-1'),
            identity_aliases.person_key,
            totals.own_person_key,
            '-1'
        ) as person_key,
        coalesce(models.claude_model_id, '-1') as claude_model_id,
        coalesce(
            totals.own_channel,
            {{
                telemetry_channel(
                    'totals.client_provider',
                    'models.price_platform',
                    'totals.organization_id',
                    'organizations'
                )
            }}
        ) as channel,
        coalesce(session_days.client_version, totals.client_version) as session_client_version

    from totals

    left join session_days
        on
            totals.date_day = session_days.date_day
            and totals.session_id = session_days.session_id

    left join identity_aliases
        on
            totals.identity_kind = identity_aliases.identity_kind
            and totals.identity_value = identity_aliases.identity_value
            and {{ alias_holds('totals.date_day', 'identity_aliases') }}

    left join models
        on totals.raw_claude_model_id = models.raw_claude_model_id

    left join organizations
        on totals.organization_id = organizations.organization_id

),

grouped as (

    select
        date_day,
        source_id,
        channel,
        organization_id,
        person_key,
        claude_model_id,
        session_client_version as client_version,
        sum(request_count) as request_count,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_tokens) as cache_write_tokens,
        {% for column in contributions -%}
        sum({{ column }}) as {{ column }},
        {% endfor -%}
        sum(reported_cost_usd) as reported_cost_usd,
        case when count(list_cost_usd) = count(*) then sum(list_cost_usd) end as list_cost_usd,
        sum(unseen_search_request_count) as unseen_search_request_count

    from attributed

    group by
        date_day,
        source_id,
        channel,
        organization_id,
        person_key,
        claude_model_id,
        session_client_version

),

final as (

    select
        {{
            surrogate_key([
                'date_day', 'source_id', 'channel', 'organization_id', 'person_key',
                'claude_model_id', 'client_version'
            ])
        }} as source_total_key,
        date_day,
        source_id,
        channel,
        organization_id,
        person_key,
        claude_model_id,
        client_version,
        cast(request_count as decimal(28, 10)) as request_count,
        cast(input_tokens as decimal(28, 10)) as input_tokens,
        cast(output_tokens as decimal(28, 10)) as output_tokens,
        cast(cache_read_tokens as decimal(28, 10)) as cache_read_tokens,
        cast(cache_write_tokens as decimal(28, 10)) as cache_write_tokens,
        {% for column in contributions -%}
        cast({{ column }} as decimal(28, 10)) as {{ column }},
        {% endfor -%}
        cast(reported_cost_usd as decimal(28, 10)) as reported_cost_usd,
        cast(list_cost_usd as decimal(28, 10)) as list_cost_usd,
        cast(unseen_search_request_count as bigint) as unseen_search_request_count,
        {{ observed_through_at() }} as observed_through_at

    from grouped

)

select * from final
