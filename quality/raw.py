"""Suites of the raw gate: did the loads land whole and sane?"""

from typing import Final

from .suites import Check, Suite, zero

# A single wrong clock is a nuisance; one row in a hundred means that the as-of day is wrong.
FUTURE_ROW_SHARE_MAX: Final = 0.01
# Every client stamps events and transcript lines with a session unless an administrator drops it.
NO_SESSION_SHARE_MAX: Final = 0.2
# Error and proxy answers may lack a field; one in twenty is more than that.
NULL_SHARE_WARNING: Final = 0.05
# When half of a field is gone, the client renamed it or the decoder lost it.
NULL_SHARE_CRITICAL: Final = 0.5

_FIND_ROWS: Final = (
    "find the rows by source_file and source_line, and remove them from the raw table"
)
_RELOAD: Final = "ingest the source again; if it stays, the loader is at fault"
_DRIFT: Final = (
    "compare the client version with the field list of the source, then read the files again"
)

LANDED_TABLES: Final = Suite(
    "landed_tables",
    ("source_id", "table_name", "fault_day"),
    (
        zero("null_key_count", "the key and date_day are never null", _RELOAD),
        zero("duplicate_key_count", "the key is unique in every day loaded lately", _RELOAD),
        zero(
            "ancient_row_count",
            "no row lies before the history that is reported",
            "correct the clock of the client or the dates of the file, or set history_start_date"
            " in dbt_project.yml earlier",
            "warning",
        ),
        zero(
            "future_row_count",
            "no row lies more than one day after the reporting day",
            "correct the clock of the client or the dates of the file, or set"
            " CLAUDE_ANALYTICS_AS_OF later",
            "warning",
        ),
        Check(
            "future_rows_are_few",
            "future_row_share",
            f"at most {FUTURE_ROW_SHARE_MAX:.0%} of all rows lie after the reporting day",
            "set CLAUDE_ANALYTICS_AS_OF to the day of the data, or correct the clocks",
            maximum=FUTURE_ROW_SHARE_MAX,
            keys=("source_id", "table_name"),
        ),
    ),
)


def _null_share_checks(name: str, field: str) -> tuple[Check, ...]:
    return (
        Check(
            f"{name}_recent",
            f"recent_{name}_share",
            f"{field} did not turn null en masse in the loads of the last seven days",
            _DRIFT,
            maximum=NULL_SHARE_CRITICAL,
        ),
        Check(
            name,
            f"{name}_share",
            f"{field} is seldom null",
            _DRIFT,
            maximum=NULL_SHARE_WARNING,
            severity="warning",
        ),
    )


TELEMETRY: Final = Suite(
    "telemetry",
    ("table_name", "date_day"),
    (
        zero("null_name_count", "every event and every point has a name", _DRIFT),
        zero("negative_token_count", "no token count is negative", _FIND_ROWS),
        zero("impossible_cost_count", "no reported cost is negative or infinite", _FIND_ROWS),
        Check(
            "no_session",
            "no_session_share",
            f"at most {NO_SESSION_SHARE_MAX:.0%} of the rows of a day lack a session",
            "see that the client and the Collector keep session.id; without it sessions are"
            " under-counted",
            maximum=NO_SESSION_SHARE_MAX,
            severity="warning",
        ),
        *_null_share_checks("null_model", "the model of a request"),
        *_null_share_checks("null_tokens", "input_tokens of a request"),
        zero(
            "no_temporality_count",
            "every sum is delta (1) or cumulative (2)",
            "see that the Collector passes aggregationTemporality on; a sum means nothing without",
        ),
        zero("no_value_count", "every point has a finite value", _FIND_ROWS),
        zero("negative_increment_count", "no point of a growing sum is negative", _FIND_ROWS),
        zero(
            "backward_span_count",
            "no span ends before it starts",
            "durations of these spans are wrong; correct the clock of the client",
            "warning",
        ),
    ),
)

NOTES: Final = Suite(
    "notes",
    ("source_id", "table_name", "note"),
    (
        zero(
            "unanswered_pull_count",
            "the last pull of every table was answered",
            "do what the reason says, then ingest the source again",
            "warning",
        ),
        zero(
            "rejected_row_count",
            "no row and no file was set aside",
            "see rejected_rows of the source for lines and reasons, and ingest a corrected file",
            "warning",
        ),
        zero("unreadable_amount_count", "every amount is an exact decimal number", _RELOAD),
        zero(
            "unknown_manager_count",
            "every manager stands in the newest roster",
            "complete the roster; who reports to an unknown manager is missing in roll-ups",
            "warning",
        ),
    ),
)

OBSERVED_DAYS: Final = Suite(
    "observed_days",
    ("source_id", "table_name", "fault_day"),
    (
        zero(
            "unobserved_day_count",
            "every landed day stands in observed_days",
            "ingest the source again: its marts rebuild only days that were observed",
        ),
        Check(
            "row_count_as_observed",
            "row_count_difference",
            "a day still has the rows that were last observed",
            "rows were changed outside the loader, or a load was cut off: ingest the source again",
            minimum=0,
            maximum=0,
            severity="warning",
        ),
        zero(
            "unknown_status_count",
            "a status is landed, empty, not_published, forbidden or failed",
            "the loader wrote a status that no model understands",
        ),
        zero("no_time_count", "every observation has its time", _RELOAD),
    ),
)

FRESHNESS: Final = Suite(
    "freshness",
    ("source_id", "aged_tables"),
    (
        zero(
            "overdue_minute_count",
            "no source is older than it declares",
            "see `claude-analytics status`",
            "warning",
        ),
    ),
)

PSEUDONYMS: Final = Suite(
    "pseudonyms",
    ("identity_kind",),
    (
        zero("null_key_count", "every identity has a kind, a value and a pseudonym", _RELOAD),
        zero("duplicate_key_count", "an identity has one pseudonym", _RELOAD),
        zero("shared_pseudonym_count", "a pseudonym belongs to one identity", _RELOAD),
    ),
)

SUITES: Final = (LANDED_TABLES, TELEMETRY, NOTES, OBSERVED_DAYS, FRESHNESS, PSEUDONYMS)
