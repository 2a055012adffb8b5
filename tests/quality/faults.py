"""One fault per check: what breaks a sound warehouse, and what the gate must say of it."""
# ruff: noqa: E501  # one fault a line reads as a table

from typing import NamedTuple

from quality.suites import GateName, Severity


class Fault(NamedTuple):
    """A statement that breaks `table`, there written `{t}`, and the finding it must cause."""

    gate: GateName
    table: str
    check: str
    severity: Severity
    breakage: str
    observed: str


# fmt: off
FAULTS = (
    Fault("raw", "raw_claude_code_otel.events", "null_key", "critical", "update {t} set event_key = null where event_key = 'event-0'", "2026-11-20: 1"),
    Fault("raw", "raw_claude_code_otel.events", "null_key", "critical", "update {t} set date_day = null where event_key = 'event-0'", "(null): 1"),
    Fault("raw", "raw_claude_code_otel.events", "duplicate_key", "critical", "insert into {t} from {t} where event_key = 'event-0'", "2026-11-20: 1"),
    Fault("raw", "raw_claude_code_otel.events", "null_name", "critical", "update {t} set event_name = null where event_key = 'event-0'", "2026-11-20: 1"),
    Fault("raw", "raw_claude_code_otel.events", "negative_token", "critical", "update {t} set output_tokens = -1 where event_key = 'event-0'", "2026-11-20: 1"),
    Fault("raw", "raw_claude_code_otel.events", "impossible_cost", "critical", "update {t} set cost_usd = 'nan' where event_key = 'event-0'", "2026-11-20: 1"),
    Fault("raw", "raw_claude_code_otel.events", "future_row", "warning", "update {t} set date_day = '2026-11-22' where event_key = 'event-0'", "2026-11-22: 1"),
    Fault("raw", "raw_claude_code_otel.events", "future_rows_are_few", "critical", "update {t} set date_day = '2026-11-22' where event_key = 'event-0'", "0.03333"),
    Fault("raw", "raw_claude_code_otel.events", "ancient_row", "warning", "update {t} set date_day = '1970-01-01' where event_key = 'event-0'", "1970-01-01: 1"),
    Fault("raw", "raw_claude_code_otel.events", "no_session", "warning", "update {t} set session_id = null where event_key < 'event-2'", "2026-11-20: 0.4"),
    Fault("raw", "raw_claude_code_otel.events", "null_model_recent", "critical", "update {t} set model = null where event_key < 'event-3'", "2026-11-20: 0.7667"),
    Fault("raw", "raw_claude_code_otel.events", "null_model", "warning", "update {t} set model = null where event_key < 'event-2'", "2026-11-20: 0.4"),
    Fault("raw", "raw_claude_code_otel.events", "null_tokens_recent", "critical", "update {t} set input_tokens = null", "2026-11-20: 1"),
    Fault("raw", "raw_claude_code_otel.events", "null_tokens", "warning", "update {t} set input_tokens = null where event_key < 'event-2'", "2026-11-20: 0.4"),
    Fault("raw", "raw_claude_code_otel.metric_points", "no_temporality", "critical", "update {t} set temporality = 0 where metric_kind = 'sum'", "2026-11-20: 1"),
    Fault("raw", "raw_claude_code_otel.metric_points", "no_temporality", "critical", "update {t} set temporality = null where metric_kind = 'sum'", "2026-11-20: 1"),
    Fault("raw", "raw_claude_code_otel.metric_points", "null_name", "critical", "update {t} set metric_name = null where metric_kind = 'sum'", "2026-11-20: 1"),
    Fault("raw", "raw_claude_code_otel.metric_points", "no_value", "critical", "update {t} set value = 'inf'", "2026-11-20: 2"),
    Fault("raw", "raw_claude_code_otel.metric_points", "negative_increment", "critical", "update {t} set value = -1 where is_monotonic", "2026-11-20: 1"),
    Fault("raw", "raw_claude_code_otel.metric_points", "duplicate_key", "critical", "insert into {t} from {t}", "2026-11-20: 2"),
    Fault("raw", "raw_claude_code_otel.spans", "backward_span", "warning", "update {t} set ended_at = '2026-11-20 09:00:00'", "2026-11-20: 1"),
    Fault("raw", "raw_claude_code_logs.usage_lines", "negative_token", "critical", "update {t} set cache_read_tokens = -1", "2026-11-20: 30"),
    Fault("raw", "raw_claude_code_logs.usage_lines", "no_session", "warning", "update {t} set session_id = null", "2026-11-20: 1"),
    Fault("raw", "raw_claude_code_logs.usage_lines", "null_model_recent", "critical", "update {t} set model = null", "2026-11-20: 1"),
    Fault("raw", "raw_claude_code_logs.usage_lines", "null_tokens_recent", "critical", "update {t} set input_tokens = null", "2026-11-20: 1"),
    Fault("raw", "landed_tables", "null_key", "critical", "update raw_anthropic_enterprise.skills set row_key = null", "anthropic_enterprise skills 2026-11-20: 1"),
    Fault("raw", "landed_tables", "null_key", "critical", "update raw_people.roster set date_day = null where row_key = 'next'", "people roster (null): 1"),
    Fault("raw", "landed_tables", "null_key", "critical", "update raw_anthropic_console.pulls set pull_key = null where pull_key = 'p1'", "anthropic_console pulls 2026-11-20: 1"),
    Fault("raw", "landed_tables", "duplicate_key", "critical", "insert into raw_anthropic_console.cost_report from raw_anthropic_console.cost_report", "anthropic_console cost_report 2026-11-20: 1"),
    Fault("raw", "landed_tables", "ancient_row", "warning", "update raw_anthropic_exports.contributions set date_day = '2023-12-31'", "anthropic_exports contributions 2023-12-31: 1"),
    Fault("raw", "landed_tables", "future_row", "warning", "update raw_anthropic_enterprise.summaries set date_day = '2026-11-22'", "anthropic_enterprise summaries 2026-11-22: 1"),
    Fault("raw", "landed_tables", "readable", "critical", "drop table raw_people.rejected_rows", "rejected_rows"),
    Fault("raw", "landed_notes", "unanswered_pull", "warning", "update raw_anthropic_console.pulls set status = 'forbidden', reason = 'the key has no scope' where pull_key = 'p2'", "anthropic_console users forbidden, the key has no scope: 1"),
    Fault("raw", "landed_notes", "unanswered_pull", "warning", "update raw_anthropic_console.pulls set status = 'failed', reason = null where pull_key = 'p3'", "anthropic_console invites failed: 1"),
    Fault("raw", "landed_notes", "rejected_row", "warning", "insert into raw_invoices.rejected_rows values ('r1', '2026-11-20', 'invoice_lines', 'a.csv'), ('r2', '2026-11-20', 'invoice_lines', 'a.csv')", "invoices invoice_lines a.csv: 2"),
    Fault("raw", "landed_notes", "rejected_row", "warning", "insert into raw_people.rejected_rows values ('r1', '2026-11-20', null, 'staff.csv')", "people rejected_rows staff.csv: 1"),
    Fault("raw", "landed_notes", "unreadable_amount", "critical", "update raw_invoices.invoice_lines set amount = '12,50'", "invoices invoice_lines invoices.csv: 1"),
    Fault("raw", "landed_notes", "unreadable_amount", "critical", "update raw_anthropic_exports.spend_report set total_net_spend_usd = null", "anthropic_exports spend_report spend.csv: 1"),
    Fault("raw", "landed_notes", "unknown_manager", "warning", "update raw_people.roster set manager_employee_id = 'E3' where row_key = 'other'", "people roster roster_eu: 1"),
    Fault("raw", "raw_ingestion.observed_days", "unobserved_day", "critical", "delete from {t} where table_name = 'roster' and date_day = '2026-11-19'", "people roster 2026-11-19: 1"),
    Fault("raw", "raw_ingestion.observed_days", "unobserved_day", "critical", "delete from {t} where table_name = 'spans'", "claude_code_otel spans 2026-11-20: 1"),
    Fault("raw", "raw_ingestion.observed_days", "row_count_as_observed", "warning", "update {t} set row_count = 28 where load_id = '2'", "claude_code_logs usage_lines 2026-11-20: 2"),
    Fault("raw", "raw_ingestion.observed_days", "unknown_status", "critical", "update {t} set status = 'ok' where load_id = '2'", "usage_lines 2026-11-20: 1"),
    Fault("raw", "raw_ingestion.observed_days", "no_time", "critical", "update {t} set observed_at = null where table_name = 'spans'", "spans 2026-11-20: 1"),
    Fault("raw", "raw_identity.pseudonyms", "null_key", "critical", "update {t} set person_pseudonym = null", "email: 1"),
    Fault("raw", "raw_identity.pseudonyms", "duplicate_key", "critical", "insert into {t} values ('email', 'ana@example.com', 'p2')", "email: 1"),
    Fault("raw", "raw_identity.pseudonyms", "shared_pseudonym", "critical", "insert into {t} values ('email', 'bo@example.com', 'p1')", "email: 1"),
    Fault("raw", "raw_claude_code_otel.events", "readable", "critical", "alter table {t} drop column model", "model"),
    Fault("raw", "raw_claude_code_otel.spans", "readable", "critical", "drop table {t}", "spans"),
    Fault("marts", "marts.fct_claude_requests", "cost_plausible", "critical", "update {t} set list_cost_usd = 1000.01 where request_key = 'request-0'", "2026-11-20 claude-opus-5: 1000"),
    Fault("marts", "marts.fct_claude_requests", "cost_not_negative", "critical", "update {t} set list_cost_usd = -0.01 where request_key = 'request-0'", "2026-11-20 claude-opus-5: -0.01"),
    Fault("marts", "marts.fct_claude_requests", "list_to_reported", "warning", "update {t} set list_cost_usd = 1.1", "2026-11-20 claude-opus-5: 2.2"),
    Fault("marts", "marts.fct_claude_requests", "list_to_reported", "warning", "update {t} set reported_cost_usd = 1.1", "2026-11-20 claude-opus-5: 0.4545"),
    Fault("marts", "marts.fct_claude_requests", "unknown_model", "warning", "update {t} set price_status = 'unknown_model', raw_claude_model_id = 'claude-new' where request_key < 'request-2'", "claude-new: 12"),
    Fault("marts", "marts.fct_claude_requests", "unknown_models_are_few", "critical", "update {t} set price_status = 'unknown_model', raw_claude_model_id = null where request_key < 'request-2'", "0.4"),
    Fault("marts", "marts.fct_claude_requests", "unpriced_day", "warning", "update {t} set price_status = 'range' where request_key = 'request-0'", "claude-opus-5-20260724: 1"),
    Fault("marts", "marts.fct_claude_requests", "orphan_person_key", "critical", "update {t} set person_key = 'gone' where request_key = 'request-0'", "2026-11-20 claude-opus-5: 1"),
    Fault("marts", "marts.fct_claude_requests", "orphan_source_id", "critical", "update {t} set source_id = null where request_key = 'request-0'", "2026-11-20 claude-opus-5: 1"),
    Fault("marts", "marts.fct_claude_requests", "orphan_claude_model_id", "critical", "update {t} set claude_model_id = 'gone' where request_key = 'request-0'", "2026-11-20 gone: 1"),
    Fault("marts", "marts.fct_claude_requests", "orphan_date_day", "critical", "update {t} set date_day = '2027-01-01' where request_key = 'request-0'", "2027-01-01 claude-opus-5: 1"),
    Fault("marts", "marts.fct_claude_sessions", "orphan_person_key", "critical", "update {t} set person_key = 'gone'", "2026-11-20: 1"),
    Fault("marts", "marts.fct_tool_decisions_daily", "orphan_date_day", "critical", "update {t} set date_day = '2027-01-01'", "2027-01-01: 1"),
    Fault("marts", "marts.fct_tool_decisions_daily", "orphan_source_id", "critical", "update {t} set source_id = 'gone'", "2026-11-20: 1"),
    Fault("marts", "marts.fct_telemetry_events_daily", "orphan_person_key", "critical", "update {t} set person_key = null", "2026-11-20: 1"),
    Fault("marts", "marts.fct_telemetry_metrics_daily", "orphan_date_day", "critical", "update {t} set date_day = null", "(null): 1"),
    Fault("marts", "marts.fct_reconciliation_daily", "orphan_claude_model_id", "critical", "update {t} set claude_model_id = 'gone' where cell_count = 6", "2026-11-20: 1"),
    Fault("marts", "marts.fct_restatements", "orphan_date_day", "critical", "update {t} set date_day = '2027-01-01'", "2027-01-01: 1"),
    Fault("marts", "marts.fct_restatements", "orphan_source_id", "critical", "update {t} set source_id = 'gone'", "2026-11-20: 1"),
    Fault("marts", "marts.fct_token_cost_daily", "orphan_person_key", "critical", "update {t} set person_key = 'gone' where source_id = 'otel_events'", "2026-11-20: 1"),
    Fault("marts", "marts.fct_project_cost_daily", "orphan_date_day", "critical", "update {t} set date_day = '2027-01-01'", "2027-01-01: 1"),
    Fault("marts", "marts.fct_token_cost_daily", "input_tokens_as_chosen", "critical", "update {t} set input_tokens = 99 where source_id = 'otel_events'", "2026-11-20 otel_events: -1"),
    Fault("marts", "marts.fct_token_cost_daily", "output_tokens_as_chosen", "critical", "update {t} set output_tokens = 100 where source_id = 'reported'", "2026-11-20 reported: 50"),
    Fault("marts", "marts.fct_token_cost_daily", "request_count_as_chosen", "critical", "update {t} set request_count = 11 where source_id = 'otel_events'", "2026-11-20 otel_events: 1"),
    Fault("marts", "marts.fct_token_cost_daily", "cache_read_tokens_as_chosen", "critical", "delete from {t} where source_id = 'otel_events'", "2026-11-20 otel_events: -300"),
    Fault("marts", "marts.fct_token_cost_daily", "input_tokens_as_requests", "critical", "delete from intermediate.int_cost__token_candidates where candidate_status = 'suppressed'", "2026-11-20 otel_events: -50"),
    Fault("marts", "marts.fct_token_cost_daily", "request_count_as_requests", "critical", "update intermediate.int_cost__token_candidates set request_count = 16 where candidate_status = 'outranked'", "2026-11-20 otel_events: 1"),
    Fault("marts", "marts.fct_billed_cost_daily", "orphan_source_id", "critical", "update {t} set source_id = 'gone' where currency = 'EUR'", "2026-11-01 EUR: 1"),
    Fault("marts", "marts.fct_billed_cost_daily", "unconverted_row", "warning", "update {t} set usd_per_unit = null where currency = 'EUR'", "2026-11-01 EUR: 1"),
    Fault("marts", "marts.fct_billed_cost_daily", "uncovered_day", "warning", "update intermediate.int_billing__spend_reports set uncovered_day_count = 4 where period_end_date = '2026-10-15'", "spend 2026-10-01 2026-10-15: 4"),
    Fault("marts", "marts.dim_people", "unknown_member", "critical", "delete from {t} where person_key = '-1'", "0"),
    Fault("marts", "marts.dim_sources", "duplicate_key", "critical", "insert into {t} values ('local_logs')", "1"),
    Fault("marts", "marts.dim_days", "missing_day", "critical", "delete from {t} where date_day = '2026-11-10'", "1"),
    Fault("marts", "marts.dim_days", "duplicate_day", "critical", "insert into {t} values ('2026-11-10')", "1"),
    Fault("marts", "marts.dim_days", "reporting_day", "critical", "delete from {t} where date_day >= '2026-11-20'", "0"),
    Fault("marts", "marts.fct_reconciliation_daily", "unexplained", "critical", "update {t} set is_explained = false where cell_count = 6", "otel_events:local_logs input_tokens: 0.06"),
    Fault("marts", "marts.fct_reconciliation_daily", "unexplained_cost", "critical", "update {t} set is_explained = false where right_value = 2", "list_cost:reported_cost cost_usd: 0.02"),
    Fault("marts", "marts.fct_identity_coverage", "resolved_activity", "warning", "update {t} set resolved_activity_count = 89 where source_id = 'otel_events'", "otel_events console: 0.89"),
    Fault("marts", "marts.fct_identity_coverage", "resolved_cost", "warning", "update {t} set list_cost_suppressed_usd = 0 where source_id = 'otel_events'", "otel_events console: 0.6"),
    Fault("marts", "marts.fct_identity_coverage", "orphan_source_id", "critical", "update {t} set source_id = 'gone' where source_id = 'local_logs'", "2026-11-20: 1"),
    Fault("marts", "marts.fct_observed_days", "unseen_day", "warning", "update {t} set status = 'failed'", "claude_code_otel events: 1"),
)
# fmt: on
