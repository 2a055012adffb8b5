{{ config(materialized='incremental', incremental_strategy='stale_days') }}

-- Events count the decisions of every tool; the metric counts edit tools only, but knows the
-- language. Counts come from events where the person sends them, else from the metric; never both.
{% set stale = stale_by(
    telemetry_landings(),
    margin=1,
    inputs={'int_claude_code__metric_increments': 0},
) %}
{% set input_days = stale_days(stale, reach=1) %}
with

events as (

    select
        date_day,
        identity_kind,
        identity_value,
        coalesce(tool_name, 'unknown') as tool_name,
        coalesce(decision, 'unknown') as decision,
        coalesce(decision_source, 'unknown') as decision_source

    from {{ ref('stg_claude_code_otel__events') }}

    where
        event_name = 'tool_decision'
        and {{ in_days('date_day', input_days) }}

),

increments as (

    select
        date_day,
        person_key,
        coalesce(tool_name, 'unknown') as tool_name,
        coalesce(decision, 'unknown') as decision,
        coalesce(decision_source, 'unknown') as decision_source,
        language,
        increment_value

    from {{ ref('int_claude_code__metric_increments') }}

    where
        metric_name = 'claude_code.code_edit_tool.decision'
        and {{ in_days('date_day', input_days) }}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

event_counts as (

    select
        events.date_day,
        coalesce(aliases.person_key, '-1') as person_key,
        events.tool_name,
        events.decision,
        events.decision_source,
        count(*) as decision_count

    from events

    left join aliases
        on
            events.identity_kind = aliases.identity_kind
            and events.identity_value = aliases.identity_value
            and {{ alias_holds('events.date_day', 'aliases') }}

    group by
        events.date_day,
        coalesce(aliases.person_key, '-1'),
        events.tool_name,
        events.decision,
        events.decision_source

),

metric_counts as (

    select
        date_day,
        person_key,
        tool_name,
        decision,
        decision_source,
        language,
        cast(round(sum(increment_value)) as bigint) as decision_count

    from increments

    group by date_day, person_key, tool_name, decision, decision_source, language

),

metric_totals as (

    select
        date_day,
        person_key,
        tool_name,
        decision,
        decision_source,
        sum(decision_count) as decision_count

    from metric_counts

    group by date_day, person_key, tool_name, decision, decision_source

),

-- An interval that ends after midnight puts a decision of yesterday on today: who sent decision
-- events yesterday and none today decided nothing today.
people_with_events as (

    select
        date_day,
        person_key
    from event_counts
    union
    select
        cast({{ dbt.dateadd('day', 1, 'date_day') }} as date) as date_day,
        person_key
    from event_counts

),

-- The languages are believed as far as they do not exceed the events.
with_language_totals as (

    select
        event_counts.date_day,
        event_counts.person_key,
        event_counts.tool_name,
        event_counts.decision,
        event_counts.decision_source,
        event_counts.decision_count,
        case
            when metric_totals.decision_count <= event_counts.decision_count
                then metric_totals.decision_count
            else 0
        end as language_count

    from event_counts

    left join metric_totals
        on
            event_counts.date_day = metric_totals.date_day
            and event_counts.person_key = metric_totals.person_key
            and event_counts.tool_name = metric_totals.tool_name
            and event_counts.decision = metric_totals.decision
            and event_counts.decision_source = metric_totals.decision_source

),

decisions as (

    select
        metric_counts.date_day,
        metric_counts.person_key,
        metric_counts.tool_name,
        metric_counts.decision,
        metric_counts.decision_source,
        metric_counts.language,
        metric_counts.decision_count,
        'otel_events' as source_id

    from metric_counts

    inner join with_language_totals
        on
            metric_counts.date_day = with_language_totals.date_day
            and metric_counts.person_key = with_language_totals.person_key
            and metric_counts.tool_name = with_language_totals.tool_name
            and metric_counts.decision = with_language_totals.decision
            and metric_counts.decision_source = with_language_totals.decision_source
            and with_language_totals.language_count > 0

    union all

    select
        date_day,
        person_key,
        tool_name,
        decision,
        decision_source,
        cast(null as {{ dbt.type_string() }}) as language, -- noqa: RF04, the attribute's own name
        decision_count - language_count as decision_count,
        'otel_events' as source_id

    from with_language_totals

    union all

    select
        metric_counts.date_day,
        metric_counts.person_key,
        metric_counts.tool_name,
        metric_counts.decision,
        metric_counts.decision_source,
        metric_counts.language,
        metric_counts.decision_count,
        'otel_metrics' as source_id

    from metric_counts

    left join people_with_events
        on
            metric_counts.date_day = people_with_events.date_day
            and metric_counts.person_key = people_with_events.person_key

    where people_with_events.person_key is null

),

daily as (

    select
        date_day,
        person_key,
        tool_name,
        decision,
        decision_source,
        language,
        source_id,
        sum(decision_count) as decision_count

    from decisions

    where decision_count > 0

    group by date_day, person_key, tool_name, decision, decision_source, language, source_id

),

final as (

    select
        {{
            surrogate_key([
                'date_day', 'person_key', "'claude_code'", 'tool_name', 'decision',
                'decision_source', 'language', 'source_id'
            ])
        }} as tool_decision_day_key,
        date_day,
        person_key,
        '-1' as actor_key,
        '-1' as org_unit_key,
        'claude_code' as surface,
        tool_name,
        decision,
        decision_source,
        language,
        source_id,
        {{ is_edit_tool('tool_name') }} as is_edit_tool,
        decision_source in ('user_permanent', 'user_temporary', 'user_abort', 'user_reject')
            as is_human_decision,
        cast(decision_count as bigint) as decision_count,
        cast(case when decision = 'accept' then decision_count else 0 end as bigint)
            as accepted_count,
        cast(case when decision = 'reject' then decision_count else 0 end as bigint)
            as rejected_count,
        {{ observed_through_at() }} as observed_through_at

    from daily

)

select * from final
