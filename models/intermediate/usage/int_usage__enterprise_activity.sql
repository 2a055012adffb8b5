{#- Per surface its counters, as sums of columns. -#}
{% set surfaces = {
    'chat': {
        'message_count': ['chat_message_count'],
        'conversation_count': ['chat_conversation_count'],
        'project_used_count': ['chat_project_used_count'],
        'project_created_count': ['chat_project_created_count'],
        'artifact_created_count': ['chat_artifact_created_count'],
        'file_uploaded_count': ['chat_file_uploaded_count'],
        'skill_used_count': ['chat_distinct_skill_count'],
        'connector_used_count': ['chat_distinct_connector_count'],
    },
    'claude_code': {
        'session_count': ['claude_code_session_count'],
        'lines_added_count': ['claude_code_lines_added_count'],
        'lines_removed_count': ['claude_code_lines_removed_count'],
        'commit_count': ['claude_code_commit_count'],
        'pull_request_count': ['claude_code_pull_request_count'],
        'edit_accepted_count': [
            'claude_code_edit_accepted_count',
            'claude_code_multi_edit_accepted_count',
            'claude_code_write_accepted_count',
            'claude_code_notebook_edit_accepted_count',
        ],
        'edit_rejected_count': [
            'claude_code_edit_rejected_count',
            'claude_code_multi_edit_rejected_count',
            'claude_code_write_rejected_count',
            'claude_code_notebook_edit_rejected_count',
        ],
    },
    'cowork': {
        'message_count': ['cowork_message_count'],
        'session_count': ['cowork_session_count'],
        'skill_used_count': ['cowork_distinct_skill_count'],
        'connector_used_count': ['cowork_distinct_connector_count'],
    },
    'office': {
        'message_count': [
            'office_excel_message_count', 'office_powerpoint_message_count',
            'office_word_message_count', 'office_outlook_message_count',
        ],
        'session_count': [
            'office_excel_session_count', 'office_powerpoint_session_count',
            'office_word_session_count', 'office_outlook_session_count',
        ],
        'skill_used_count': [
            'office_excel_distinct_skill_count', 'office_powerpoint_distinct_skill_count',
            'office_word_distinct_skill_count', 'office_outlook_distinct_skill_count',
        ],
        'connector_used_count': [
            'office_excel_distinct_connector_count', 'office_powerpoint_distinct_connector_count',
            'office_word_distinct_connector_count', 'office_outlook_distinct_connector_count',
        ],
    },
    'design': {
        'message_count': ['design_message_count'],
        'session_count': ['design_session_count'],
        'project_used_count': ['design_project_used_count'],
        'project_created_count': ['design_project_created_count'],
    },
} %}
{% set sums = {} %}
{% for counter in usage_counters().values() | sum(start=[]) %}
{% do sums.update({counter: 'sum(' ~ counter ~ ')'}) %}
{% endfor %}

-- Every member has a row with zeros for what was not used: only what was used is a day of use.
with

activity as (

    select * from {{ ref('stg_anthropic_enterprise__user_activity') }}

),

account_aliases as (

    select * from {{ ref('int_identity__aliases') }}
    where identity_kind = 'account_id'

),

of_people as (

    select
        activity.*,
        coalesce(account_aliases.person_key, '-1') as person_key

    from activity

    left join account_aliases
        on
            activity.user_id = account_aliases.identity_value
            and {{ alias_holds('activity.date_day', 'account_aliases') }}

),

surfaces as (

    {% for surface, counters in surfaces.items() %}
    select
        date_day,
        person_key,
        '{{ surface }}' as surface,
        {{ usage_columns(summed_columns(counters)) }}
    from of_people
    where {{ positive_sum(counters.values() | sum(start=[])) }}

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- Accounts that are of nobody, or of one person, count together.
final as (

    select
        date_day,
        person_key,
        '-1' as actor_key,
        'enterprise' as channel,
        surface,
        'enterprise_user_activity' as source_id,
        true as is_active,
        {{ usage_columns(sums) }}

    from surfaces

    group by date_day, person_key, surface

)

select * from final
