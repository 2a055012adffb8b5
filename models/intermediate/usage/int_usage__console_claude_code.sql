-- One person's day has a row for each terminal and way to pay; services are known by a key's name.
with

report_rows as (

    select
        *,
        case when user_email is not null then 'email' else 'api_key_name' end as identity_kind,
        coalesce(user_email, api_key_name) as identity_value,
        case
            when customer_type = 'api' then 'console'
            when subscription_type in ('enterprise', 'team') then subscription_type
            else 'unknown'
        end as channel

    from {{ ref('stg_anthropic_console__claude_code_rows') }}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}
    where identity_kind in ('email', 'api_key_name')

),

days as (

    select
        report_rows.date_day,
        coalesce(aliases.person_key, '-1') as person_key,
        coalesce(aliases.actor_key, '-1') as actor_key,
        report_rows.channel,
        sum(report_rows.session_count) as session_count,
        sum(report_rows.lines_added_count) as lines_added_count,
        sum(report_rows.lines_removed_count) as lines_removed_count,
        sum(report_rows.commit_count) as commit_count,
        sum(report_rows.pull_request_count) as pull_request_count,
        sum(
            coalesce(report_rows.edit_accepted_count, 0)
            + coalesce(report_rows.multi_edit_accepted_count, 0)
            + coalesce(report_rows.write_accepted_count, 0)
            + coalesce(report_rows.notebook_edit_accepted_count, 0)
        ) as edit_accepted_count,
        sum(
            coalesce(report_rows.edit_rejected_count, 0)
            + coalesce(report_rows.multi_edit_rejected_count, 0)
            + coalesce(report_rows.write_rejected_count, 0)
            + coalesce(report_rows.notebook_edit_rejected_count, 0)
        ) as edit_rejected_count

    from report_rows

    left join aliases
        on
            report_rows.identity_kind = aliases.identity_kind
            and report_rows.identity_value = aliases.identity_value
            and {{ alias_holds('report_rows.date_day', 'aliases') }}

    group by
        report_rows.date_day,
        coalesce(aliases.person_key, '-1'),
        coalesce(aliases.actor_key, '-1'),
        report_rows.channel

),

final as (

    select
        date_day,
        person_key,
        actor_key,
        channel,
        'claude_code' as surface,
        'console_claude_code_rows' as source_id,
        coalesce(session_count, 0)
        + coalesce(lines_added_count, 0)
        + coalesce(lines_removed_count, 0)
        + coalesce(commit_count, 0)
        + coalesce(pull_request_count, 0)
        + edit_accepted_count
        + edit_rejected_count > 0 as is_active,
        {{
            usage_columns({
                'session_count': 'session_count',
                'lines_added_count': 'lines_added_count',
                'lines_removed_count': 'lines_removed_count',
                'commit_count': 'commit_count',
                'pull_request_count': 'pull_request_count',
                'edit_accepted_count': 'edit_accepted_count',
                'edit_rejected_count': 'edit_rejected_count',
            })
        }}

    from days

)

select * from final
