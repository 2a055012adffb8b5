# ruff: noqa: S608  # queries are put together from constants of this room alone
"""Notes of what was planted in the company, so that a test or a reader can look for it."""

from typing import Final

from .use import RUNAWAY_DAYS

PLANTED: Final = f"""
    with events as (
        select
            'runaway_key' as kind, 'anthropic_console.messages_usage' as table_name,
            getvariable('runaway_day') - day::int as date_day,
            'the key agent-experiment ran away' as note
        from range({RUNAWAY_DAYS}) _(day)
        union all
        select
            'email_change', 'people', email_changed_date, former_email || ' became ' || email
        from people
        union all
        select
            'mover', 'people', valid_from_date,
            'person ' || person_id || ' moved to ' || department
        from memberships
        qualify row_number() over (partition by person_id order by valid_from_date) > 1
        union all
        select 'leaver', 'people', end_date, 'person ' || person_id || ' left' from people
        union all
        select
            'lagging_department', 'usage_daily', getvariable('start'),
            department || ' lags: ' || lag_cause
        from departments where lag_cause is not null
        union all
        select distinct
            'telemetry_gap', 'requests', date_day,
            'person ' || person_id || ' worked and sent nothing'
        from requests where not seen_by_telemetry and not seen_by_logs
    )
    select
        row_number() over (order by kind, date_day, note) as planted_id, kind, table_name, date_day,
        date_day + interval 12 hour as happened_at, note
    from events
    where date_day between getvariable('start') and getvariable('until')
"""
