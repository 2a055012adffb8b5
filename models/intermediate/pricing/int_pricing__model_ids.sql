{{ config(materialized='table') }}

-- Ids are few and requests many: each id is taken apart once, and looked up whole. A prefix would
-- price `claude-opus-4-1` as `claude-opus-4`.
with

raw_ids as (

    select raw_claude_model_id
    from {{ ref('int_claude_code__requests') }}
    where raw_claude_model_id is not null
    union
    select raw_claude_model_id
    from {{ ref('stg_anthropic_console__claude_code_models') }}
    where raw_claude_model_id is not null
    union
    select raw_claude_model_id
    from {{ ref('stg_anthropic_console__messages_usage') }}
    where raw_claude_model_id is not null
    union
    select raw_claude_model_id
    from {{ ref('stg_anthropic_enterprise__usage_report') }}
    where raw_claude_model_id is not null
    union
    select raw_claude_model_id
    from {{ ref('stg_anthropic_enterprise__user_usage_report') }}
    where raw_claude_model_id is not null
    union
    select raw_claude_model_id
    from {{ ref('stg_anthropic_console__cost_report') }}
    where raw_claude_model_id is not null
    union
    select raw_claude_model_id
    from {{ ref('stg_anthropic_enterprise__user_cost_report') }}
    where raw_claude_model_id is not null
    union
    select raw_claude_model_id
    from {{ ref('stg_anthropic_exports__spend_report') }}
    where raw_claude_model_id is not null

),

taken_apart as (

    select
        raw_claude_model_id,
        {{ claude_model_id_part('raw_claude_model_id', 'id') }} as bare_model_id,
        {{ claude_model_id_part('raw_claude_model_id', 'endpoint_scope') }} as endpoint_scope,
        {{ claude_model_id_part('raw_claude_model_id', 'speed') }} as id_speed,
        {{ claude_model_id_part('raw_claude_model_id', 'price_platform') }} as price_platform

    from raw_ids

),

aliases as (

    select * from {{ ref('int_pricing__model_aliases') }}

),

final as (

    select
        taken_apart.raw_claude_model_id,
        aliases.claude_model_id,
        taken_apart.endpoint_scope,
        taken_apart.id_speed,
        taken_apart.price_platform

    from taken_apart

    left join aliases
        on taken_apart.bare_model_id = aliases.model_alias

)

select * from final
