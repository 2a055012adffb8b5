"""Rows of sound raw tables: one or a few of each, with the columns that the gate reads."""

from ingestion.sources import declarations

_TELEMETRY = """
insert into raw_claude_code_otel.events by name
select
    'event-' || i as event_key, date '2026-11-20' as date_day, 'api_request' as event_name,
    'session' as session_id, 'claude-opus-5' as model, 10 as input_tokens, 20 as output_tokens,
    30 as cache_read_tokens, 40 as cache_creation_tokens, 40 as cache_creation_5m_tokens,
    0 as cache_creation_1h_tokens, 0.5 as cost_usd
from range(30) as numbers (i);
insert into raw_claude_code_otel.metric_points
    (point_key, date_day, metric_name, metric_kind, temporality, is_monotonic, value)
values
    ('point', '2026-11-20', 'claude_code.token.usage', 'sum', 1, true, 5),
    ('gauge', '2026-11-20', 'other', 'gauge', null, null, -5);
insert into raw_claude_code_otel.spans (span_key, date_day, started_at, ended_at)
values ('span', '2026-11-20', '2026-11-20 10:00:00', '2026-11-20 10:00:01');
insert into raw_claude_code_logs.usage_lines by name
select
    'line-' || i as line_key, date '2026-11-20' as date_day, 'session' as session_id,
    'claude-opus-5' as model, false as is_api_error, 10 as input_tokens, 20 as output_tokens,
    30 as cache_read_tokens, 40 as cache_creation_tokens, 40 as cache_creation_5m_tokens,
    0 as cache_creation_1h_tokens
from range(30) as numbers (i);
insert into raw_ingestion.observed_days
    (source_id, table_name, date_day, observed_at, status, row_count, load_id)
values
    ('claude_code_otel', 'events', '2026-11-20', '2026-11-20', 'landed', 30, '1'),
    ('claude_code_otel', 'metric_points', '2026-11-20', '2026-11-20', 'landed', 2, '1'),
    ('claude_code_otel', 'spans', '2026-11-20', '2026-11-20', 'landed', 1, '1'),
    ('claude_code_logs', 'usage_lines', '2026-11-20', '2026-11-20', 'landed', 29, '1'),
    ('claude_code_logs', 'usage_lines', '2026-11-20', '2026-11-21', 'landed', 30, '2');
insert into raw_identity.pseudonyms (identity_kind, identity_value, person_pseudonym)
values ('email', 'ana@example.com', 'p1');
"""
# Further columns of tables of which only these are read.
_VALUES = {
    "spend_report": {
        "source_file": "spend.csv",
        "total_net_spend_usd": "0.90",
        "total_gross_spend_usd": "1.00",
    },
    "invoice_lines": {"source_file": "invoices.csv", "amount": "-250.00"},
    "exchange_rates": {"source_file": "exchange_rates.csv", "usd_per_unit": "1.1363"},
    "roster": {"feed_name": "roster", "employee_id": "E1"},
}


def _row(source_id: str, table: str) -> str:
    values = {"row_key": "key", "date_day": "2026-11-20", **_VALUES.get(table, {})}
    return f"""
        insert into raw_{source_id}.{table} ({", ".join(values)}) values {tuple(values.values())};
        insert into raw_ingestion.observed_days
            (source_id, table_name, date_day, observed_at, status, row_count, load_id)
        values ('{source_id}', '{table}', '2026-11-20', '2026-11-20', 'landed', 1, '1');
    """


# Reading of both lists: the first pull of the users was refused, the last was not.
_NOTES = """
insert into raw_anthropic_console.pulls
    (pull_key, date_day, table_name, status, reason, _dlt_load_id)
values
    ('p1', '2026-11-20', 'users', 'forbidden', 'the key has no scope', '1'),
    ('p2', '2026-11-20', 'users', 'landed', null, '2'),
    ('p3', '2026-11-20', 'invites', 'not_published', 'not yet', '2');
insert into raw_people.roster
    (row_key, date_day, feed_name, employee_id, manager_employee_id)
values
    ('old', '2026-10-20', 'roster', 'E3', 'E4'),
    ('next', '2026-11-20', 'roster', 'E2', 'E1'),
    ('other', '2026-11-19', 'roster_eu', 'E5', 'E1');
update raw_ingestion.observed_days set row_count = 2
where source_id = 'people' and date_day = '2026-11-20';
insert into raw_ingestion.observed_days
    (source_id, table_name, date_day, observed_at, status, row_count, load_id)
values
    ('people', 'roster', '2026-11-19', '2026-11-20', 'landed', 1, '1'),
    ('people', 'roster', '2026-10-20', '2026-10-20', 'landed', 1, '1');
"""

RAW_ROWS = (
    _TELEMETRY
    + "".join(
        _row(declared.source_id, table)
        for declared in declarations()
        if not declared.source_id.startswith("claude_code")
        for table in declared.measures
    )
    + _NOTES
)
