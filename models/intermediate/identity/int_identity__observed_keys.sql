{{
    config(
        materialized='incremental',
        incremental_strategy='stale_days',
        schema='identity',
        meta={'unit': 'key_sighting_key'}
    )
}}

-- Keys and service accounts that reports name, also those that no list has any more. Kept as it
-- grows, so that knowing them never reads the whole history again.
{% set days = stale_days(stale_by(['anthropic_console'], causes=[])) %}
with

sightings as (

    select distinct
        api_key_id,
        service_account_id,
        workspace_id,
        cast(null as {{ dbt.type_string() }}) as api_key_name
    from {{ ref('stg_anthropic_console__messages_usage') }}
    where {{ in_days('date_day', days) }}

    union

    select distinct
        cast(null as {{ dbt.type_string() }}) as api_key_id,
        cast(null as {{ dbt.type_string() }}) as service_account_id,
        cast(null as {{ dbt.type_string() }}) as workspace_id,
        api_key_name
    from {{ ref('stg_anthropic_console__claude_code_rows') }}
    where {{ in_days('date_day', days) }}

),

final as (

    select
        {{ surrogate_key(['api_key_id', 'service_account_id', 'workspace_id', 'api_key_name']) }}
            as key_sighting_key,
        api_key_id,
        service_account_id,
        workspace_id,
        api_key_name,
        {{ newest_observation() }} as observed_through_at

    from sightings

    where coalesce(api_key_id, service_account_id, api_key_name) is not null

)

select * from final
