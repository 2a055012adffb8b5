{%- set office = [
    'office_excel_session_count', 'office_powerpoint_session_count', 'office_word_session_count',
    'office_outlook_session_count',
] -%}
{#- A person with the merged Chat and Cowork is told there instead, so the two add up. -#}
{%- set chat = ['chat_conversation_count', 'unified_chat_conversation_count'] -%}
{%- set cowork = ['cowork_session_count', 'unified_cowork_session_count'] -%}
with

projects as (

    select
        row_key,
        date_day,
        cut,
        user_id,
        'project' as feature_kind,
        project_id as feature_id,
        -- Members name projects, after people too.
        cast(null as {{ dbt.type_string() }}) as feature_name,
        message_count as use_count,
        case
            -- The creator's row has it, as does the organisation's.
            when project_created_at is null then null
            when
                cast(project_created_at as date) = date_day
                and (cut = 'organisation' or user_id = creator_user_id)
                then 1
            else 0
        end as created_count,
        conversation_count as chat_conversation_count,
        cast(null as bigint) as claude_code_session_count,
        cast(null as bigint) as cowork_session_count,
        cast(null as bigint) as office_session_count,
        'enterprise_chat_projects' as source_id

    from {{ ref('stg_anthropic_enterprise__chat_projects') }}

),

skills as (

    select
        row_key,
        date_day,
        cut,
        user_id,
        'skill' as feature_kind,
        skill_name as feature_id,
        -- What somebody has for himself, he names as he likes.
        case when share_status = 'private' then null else skill_name end as feature_name,
        invocation_count as use_count,
        cast(null as bigint) as created_count,
        {{ sum_known(chat) }} as chat_conversation_count,
        claude_code_session_count,
        {{ sum_known(cowork) }} as cowork_session_count,
        {{ sum_known(office) }} as office_session_count,
        'enterprise_skills' as source_id

    from {{ ref('stg_anthropic_enterprise__skills') }}

),

connectors as (

    select
        row_key,
        date_day,
        cut,
        user_id,
        'connector' as feature_kind,
        connector_name as feature_id,
        connector_name as feature_name,
        {{ sum_known(['read_call_count', 'write_call_count', 'unclassified_call_count']) }}
            as use_count,
        cast(null as bigint) as created_count,
        {{ sum_known(chat) }} as chat_conversation_count,
        claude_code_session_count,
        {{ sum_known(cowork) }} as cowork_session_count,
        {{ sum_known(office) }} as office_session_count,
        'enterprise_connectors' as source_id

    from {{ ref('stg_anthropic_enterprise__connectors') }}

),

plugins as (

    select
        row_key,
        date_day,
        cut,
        user_id,
        'plugin' as feature_kind,
        plugin_name as feature_id,
        plugin_name as feature_name,
        invocation_count as use_count,
        cast(null as bigint) as created_count,
        cast(null as bigint) as chat_conversation_count,
        claude_code_session_count,
        {{ sum_known(cowork) }} as cowork_session_count,
        cast(null as bigint) as office_session_count,
        'enterprise_plugins' as source_id

    from {{ ref('stg_anthropic_enterprise__plugins') }}

),

artifacts as (

    select
        row_key,
        date_day,
        cut,
        user_id,
        'artifact' as feature_kind,
        artifact_type as feature_id,
        artifact_type as feature_name,
        cast(null as bigint) as use_count,
        artifact_created_count as created_count,
        cast(null as bigint) as chat_conversation_count,
        cast(null as bigint) as claude_code_session_count,
        cast(null as bigint) as cowork_session_count,
        cast(null as bigint) as office_session_count,
        'enterprise_artifacts' as source_id

    from {{ ref('stg_anthropic_enterprise__artifacts') }}

),

final as (

    {% for list in ['projects', 'skills', 'connectors', 'plugins', 'artifacts'] %}
    select * from {{ list }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
