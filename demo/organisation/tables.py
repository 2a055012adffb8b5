"""The tables of the truth: what each row is, its columns and types, and its order.

Days are UTC. A column that may be null says so in its field; null means that the thing does not
exist: no end, no actor because it was a person, a counter that the surface does not have. Zero
means that it could have happened and did not. Tokens and requests are counts, money is US dollars.
"""

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

_WHOLE: Final[pa.DataType] = pa.int64()
_REAL: Final[pa.DataType] = pa.float64()
_TEXT: Final[pa.DataType] = pa.string()
_FLAG: Final[pa.DataType] = pa.bool_()
_DAY: Final[pa.DataType] = pa.date32()
_MOMENT: Final[pa.DataType] = pa.timestamp("us")
_USD: Final[pa.DataType] = pa.decimal128(18, 10)

_SQL_TYPES: Final = {
    _WHOLE: "bigint",
    _REAL: "double",
    _TEXT: "varchar",
    _FLAG: "boolean",
    _DAY: "date",
    _MOMENT: "timestamp",
    _USD: "decimal(18, 10)",
}


@dataclass(frozen=True)
class Table:
    """A table of the truth.

    Attributes:
        about: What it tells and what a row is.
        key: Columns that tell its rows apart; it is sorted by them.
        schema: Its columns.
    """

    about: str
    key: tuple[str, ...]
    schema: pa.Schema

    def select(self, name: str) -> str:
        """SQL of a table's columns in order and type, sorted.

        Args:
            name: Where the rows are.
        """
        columns = ", ".join(
            f"cast({field.name} as {_SQL_TYPES[field.type]}) as {field.name}"
            for field in self.schema
        )
        return f"select {columns} from {name} order by {', '.join(self.key)}"  # noqa: S608


def _table(about: str, key: str, **columns: "pa.DataType | pa.Field[pa.DataType]") -> Table:
    """A table; a bare type is a column that is never null."""
    fields = [
        column.with_name(name)
        if isinstance(column, pa.Field)
        else pa.field(name, column, nullable=False)
        for name, column in columns.items()
    ]
    return Table(about, tuple(key.split()), pa.schema(fields))


def _null(data_type: pa.DataType) -> "pa.Field[pa.DataType]":
    return pa.field("", data_type, nullable=True)


_WHO: Final = {"person_id": _null(_WHOLE), "actor_id": _null(_WHOLE)}
_TOKEN_COUNTS: Final = {
    name: _WHOLE
    for name in (
        "input_tokens",
        "output_tokens",
        "cache_read_tokens",
        "cache_write_5m_tokens",
        "cache_write_1h_tokens",
        "web_search_count",
    )
}
_COUNTERS: Final = (
    "message_count",
    "thinking_message_count",
    "conversation_count",
    "session_count",
    "project_used_count",
    "project_created_count",
    "artifact_created_count",
    "file_uploaded_count",
    "skill_used_count",
    "connector_used_count",
    "plugin_used_count",
    "web_search_count",
    "lines_added_count",
    "lines_removed_count",
    "commit_count",
    "pull_request_count",
    "edit_accepted_count",
    "edit_rejected_count",
    "write_accepted_count",
    "write_rejected_count",
    "action_count",
)

TABLES: Final = {
    "people": _table(
        "One row per employee; `end_date` is the last day of work. `former_email` held until the "
        "day before `email_changed_date`. Telemetry is sent from `telemetry_from_date` on.",
        "person_id",
        person_id=_WHOLE,
        email=_TEXT,
        former_email=_null(_TEXT),
        email_changed_date=_null(_DAY),
        name=_TEXT,
        legal_entity=_TEXT,
        start_date=_DAY,
        end_date=_null(_DAY),
        seniority=_TEXT,
        location=_TEXT,
        cost_band=_TEXT,
        wave=_WHOLE,
        is_champion=_FLAG,
        is_developer=_FLAG,
        has_telemetry=_FLAG,
        telemetry_from_date=_null(_DAY),
        has_local_logs=_FLAG,
        github_login=_null(_TEXT),
    ),
    "traits": _table(
        "One row per employee: what never shows directly. `propensity` scales the chance of an "
        "active day, `intensity` its amount, `breadth` the use of features; `skill` (0 to 1) "
        "lowers refusals and raises what comes of the work; `openness` (0 to 1) decides who takes "
        "part where few do. Later data about the same people is drawn from them, too.",
        "person_id",
        person_id=_WHOLE,
        propensity=_REAL,
        intensity=_REAL,
        skill=_REAL,
        breadth=_REAL,
        openness=_REAL,
    ),
    "departments": _table(
        "One row per department. `lag_cause` is why it lags (training, misfit, friction, culture).",
        "department",
        department=_TEXT,
        legal_entity=_TEXT,
        lag_cause=_null(_TEXT),
    ),
    "memberships": _table(
        "One row per employee and place in the organisation, half-open: `valid_to_date` is the "
        "first day elsewhere or after the last day of work.",
        "person_id valid_from_date",
        person_id=_WHOLE,
        department=_TEXT,
        team=_TEXT,
        function=_TEXT,
        manager_person_id=_null(_WHOLE),
        valid_from_date=_DAY,
        valid_to_date=_null(_DAY),
    ),
    "accounts": _table(
        "One row per employee and system (enterprise, console, team) with access. Use is possible "
        "from `added_date` on; `removed_date` is some days after the last day of work.",
        "system person_id",
        person_id=_WHOLE,
        system=_TEXT,
        user_id=_TEXT,
        account_uuid=_TEXT,
        role=_TEXT,
        added_date=_DAY,
        removed_date=_null(_DAY),
    ),
    "seats_daily": _table(
        "One row per day and employee with a seat (assigned) or an open invitation to one "
        "(invited), in the Enterprise organisation and in the Team plan.",
        "date_day system person_id",
        date_day=_DAY,
        person_id=_WHOLE,
        system=_TEXT,
        seat_tier=_TEXT,
        seat_status=_TEXT,
    ),
    "invites": _table(
        "One row per invitation, by Enterprise or Console; one that was never accepted expires.",
        "invite_id",
        invite_id=_TEXT,
        person_id=_WHOLE,
        system=_TEXT,
        role=_TEXT,
        invited_at=_MOMENT,
        accepted_at=_null(_MOMENT),
        expires_at=_MOMENT,
    ),
    "actors": _table(
        "One row per key or service account of the Console. Use by a `user_key` is that of its "
        "owner, a person; all other use is the actor's own. A null workspace is the default one.",
        "actor_id",
        actor_id=_WHOLE,
        kind=_TEXT,
        api_key_id=_TEXT,
        key_name=_TEXT,
        workspace_id=_null(_TEXT),
        owner_person_id=_null(_WHOLE),
        created_at=_MOMENT,
        status=_TEXT,
        is_runaway=_FLAG,
        is_batch=_FLAG,
        in_claude_code=_FLAG,
    ),
    "workspaces": _table(
        "One row per workspace of the Console; the default one is in no list, nor in this one.",
        "workspace_id",
        workspace_id=_TEXT,
        name=_TEXT,
        created_at=_MOMENT,
        cost_centre=_TEXT,
    ),
    "groups": _table(
        "One row per group of the Enterprise organisation; they follow the departments.",
        "rbac_group_id",
        rbac_group_id=_TEXT,
        name=_TEXT,
        source_type=_TEXT,
        department=_TEXT,
        created_at=_MOMENT,
    ),
    "group_members": _table(
        "One row per group, employee and time in it, half-open.",
        "rbac_group_id person_id valid_from_date",
        rbac_group_id=_TEXT,
        person_id=_WHOLE,
        valid_from_date=_DAY,
        valid_to_date=_null(_DAY),
    ),
    "calendar": _table(
        "One row per simulated day; weekends and public holidays are no working days.",
        "date_day",
        date_day=_DAY,
        is_workday=_FLAG,
    ),
    "usage_daily": _table(
        "One row per day, employee or actor, surface, route and office app with any use. Routes: "
        "enterprise and team are paid by seats, console and bedrock by use.",
        "date_day surface route person_id actor_id office_app",
        date_day=_DAY,
        **_WHO,
        surface=_TEXT,
        route=_TEXT,
        office_app=_null(_TEXT),
        **{name: _null(_WHOLE) for name in _COUNTERS},
    ),
    "tokens_daily": _table(
        "One row per day, employee or actor, surface, route, model and service tier. "
        "`list_cost_usd` is exact: tokens by the list price of the day, and searches.",
        "date_day surface route person_id actor_id claude_model_id service_tier",
        date_day=_DAY,
        **_WHO,
        surface=_TEXT,
        route=_TEXT,
        claude_model_id=_TEXT,
        service_tier=_TEXT,
        **_TOKEN_COUNTS,
        request_count=_WHOLE,
        list_cost_usd=_USD,
    ),
    "requests": _table(
        "One row per Claude Code request of those whom telemetry or session logs show, from the "
        "day on which they do. For a day, employee or actor, route and model in it, all requests "
        "are: they add up to `tokens_daily`. A request in a gap of telemetry is seen by nothing.",
        "date_day person_id actor_id requested_at request_id",
        request_id=_TEXT,
        requested_at=_MOMENT,
        date_day=_DAY,
        **_WHO,
        session_id=_TEXT,
        route=_TEXT,
        claude_model_id=_TEXT,
        **_TOKEN_COUNTS,
        cost_usd=_USD,
        seen_by_telemetry=_FLAG,
        seen_by_logs=_FLAG,
    ),
    "feature_use_daily": _table(
        "One row per day, employee, product and thing that was used: a project, skill, connector, "
        "plugin or type of artifact. Enterprise and Team only.",
        "date_day person_id product feature_kind feature_id",
        date_day=_DAY,
        person_id=_WHOLE,
        product=_TEXT,
        feature_kind=_TEXT,
        feature_id=_TEXT,
        feature_name=_TEXT,
        use_count=_WHOLE,
        created_count=_WHOLE,
    ),
    "projects": _table(
        "One row per chat project. Those of before the first day have no known creator.",
        "project_id",
        project_id=_TEXT,
        project_name=_TEXT,
        team=_TEXT,
        created_by_person_id=_null(_WHOLE),
        created_date=_DAY,
    ),
    "planted": _table(
        "One row per oddity that somebody may look for: what, in which table, when. Views add the "
        "changes that they make after the fact.",
        "planted_id",
        planted_id=_WHOLE,
        kind=_TEXT,
        table_name=_TEXT,
        date_day=_DAY,
        happened_at=_MOMENT,
        note=_TEXT,
    ),
}
