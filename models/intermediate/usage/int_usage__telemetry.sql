-- Telemetry of Claude Code: counters where a client exports metrics; of one that exports events
-- alone, its sessions. A transcript tells of sessions, too, and of nothing else.
with

organizations as (

    select * from {{ ref('int_channels__organizations') }}

),

increments as (

    select * from {{ ref('int_claude_code__metric_increments') }}

),

requests as (

    select * from {{ ref('int_claude_code__priced_requests') }}

),

decisions as (

    select * from {{ ref('stg_claude_code_otel__events') }}
    where
        event_name = 'tool_decision'
        and {{ is_edit_tool('tool_name') }}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

metric_rows as (

    select
        increments.*,
        {{
            telemetry_channel(
                'increments.provider',
                "'anthropic'",
                'increments.organization_id',
                'organizations'
            )
        }} as channel

    from increments

    left join organizations
        on increments.organization_id = organizations.organization_id

),

metric_days as (

    select
        date_day,
        person_key,
        channel,
        max(case when increment_value > 0 then 1 else 0 end) = 1 as is_active,
        {{ metric_sum('claude_code.session.count') }} as session_count,
        {{ metric_sum('claude_code.active_time.total') }} as active_seconds,
        {{ metric_sum('claude_code.lines_of_code.count', 'metric_type', 'added') }}
            as lines_added_count,
        {{ metric_sum('claude_code.lines_of_code.count', 'metric_type', 'removed') }}
            as lines_removed_count,
        {{ metric_sum('claude_code.commit.count') }} as commit_count,
        {{ metric_sum('claude_code.pull_request.count') }} as pull_request_count,
        {{ metric_sum('claude_code.code_edit_tool.decision', 'decision', 'accept') }}
            as edit_accepted_count,
        {{ metric_sum('claude_code.code_edit_tool.decision', 'decision', 'reject') }}
            as edit_rejected_count

    from metric_rows

    group by date_day, person_key, channel

),

session_days as (

    select
        date_day,
        person_key,
        channel,
        count(distinct case when is_in_otel_events then session_id end) as telemetry_session_count,
        count(distinct case when not is_in_otel_events then session_id end) as logged_session_count,
        max(case when is_in_otel_events then 1 else 0 end) as telemetry_flag,
        max(case when is_in_otel_events then 0 else 1 end) as logged_flag

    from requests

    group by date_day, person_key, channel

),

decision_rows as (

    select
        decisions.date_day,
        coalesce(aliases.person_key, '-1') as person_key,
        {{
            telemetry_channel(
                'decisions.provider',
                "'anthropic'",
                'decisions.organization_id',
                'organizations'
            )
        }} as channel,
        decisions.decision

    from decisions

    left join aliases
        on
            decisions.identity_kind = aliases.identity_kind
            and decisions.identity_value = aliases.identity_value
            and {{ alias_holds('decisions.date_day', 'aliases') }}

    left join organizations
        on decisions.organization_id = organizations.organization_id

),

decision_days as (

    select
        date_day,
        person_key,
        channel,
        sum(case when decision = 'accept' then 1 else 0 end) as edit_accepted_count,
        sum(case when decision = 'reject' then 1 else 0 end) as edit_rejected_count

    from decision_rows

    group by date_day, person_key, channel

),

event_rows as (

    select
        date_day,
        person_key,
        channel,
        telemetry_session_count as session_count,
        cast(null as bigint) as edit_accepted_count,
        cast(null as bigint) as edit_rejected_count
    from session_days
    where telemetry_flag = 1

    union all

    -- A proposal may be decided on a day without a request: just past midnight, say.
    select
        date_day,
        person_key,
        channel,
        0 as session_count,
        edit_accepted_count,
        edit_rejected_count
    from decision_days

),

event_days as (

    select
        date_day,
        person_key,
        channel,
        sum(session_count) as session_count,
        sum(edit_accepted_count) as edit_accepted_count,
        sum(edit_rejected_count) as edit_rejected_count

    from event_rows

    group by date_day, person_key, channel

),

days as (

    select
        date_day,
        person_key,
        channel,
        'otel_metrics' as source_id,
        is_active,
        {{
            usage_columns({
                'session_count': 'round(session_count)',
                'active_seconds': 'round(active_seconds)',
                'lines_added_count': 'round(lines_added_count)',
                'lines_removed_count': 'round(lines_removed_count)',
                'commit_count': 'round(commit_count)',
                'pull_request_count': 'round(pull_request_count)',
                'edit_accepted_count': 'round(edit_accepted_count)',
                'edit_rejected_count': 'round(edit_rejected_count)',
            })
        }}
    from metric_days

    union all

    select
        date_day,
        person_key,
        channel,
        'otel_events' as source_id,
        true as is_active,
        {{
            usage_columns({
                'session_count': 'session_count',
                'edit_accepted_count': 'edit_accepted_count',
                'edit_rejected_count': 'edit_rejected_count',
            })
        }}
    from event_days

    union all

    select
        date_day,
        person_key,
        channel,
        'local_logs' as source_id,
        true as is_active,
        {{ usage_columns({'session_count': 'logged_session_count'}) }}
    from session_days
    where logged_flag = 1

),

final as (

    select
        date_day,
        person_key,
        '-1' as actor_key,
        channel,
        'claude_code' as surface,
        source_id,
        is_active,
        {{ usage_counter_names() }}

    from days

)

select * from final
