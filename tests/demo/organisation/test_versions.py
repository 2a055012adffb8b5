"""What the APIs serve at first, what becomes of it, and the list of all that was planted."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from demo.organisation.views.restatements import MEASURES
from ingestion.sources import declaration
from tests.demo.organisation.api_company import SOURCES, Company

# Days after a day within which the loader reads it again.
WINDOWS = {
    "anthropic_console.claude_code_rows": 2,
    "anthropic_console.claude_code_models": 2,
    "anthropic_console.messages_usage": 4,
    "anthropic_console.cost_report": 4,
    **{
        f"anthropic_enterprise.{table}": 29
        for table in ("usage_report", "cost_report", "user_usage_report", "user_cost_report")
    },
}
ENGAGEMENT_WINDOW = 6
# UTC without a zone, as in the views.
BEGINNING, END = datetime(1, 1, 1), datetime(9999, 1, 1)  # noqa: DTZ001


def test_reports_agree_with_each_other_at_every_moment(company: Company) -> None:
    """Totals are the sum of groups, users have no more than all, and nothing costs above list."""
    moments = "select distinct visible_to - interval 1 second as moment"
    visible = """
        coalesce(visible_from, '-infinity') <= moment
        and coalesce(visible_to, 'infinity') > moment
    """
    for table in ("usage_report", "cost_report"):
        measures = (
            ["uncached_input_tokens", "output_tokens", "requests"]
            if table == "usage_report"
            else ["amount::decimal(28, 10)", "list_amount::decimal(28, 10)"]
        )
        sums = ", ".join(f"sum({name}) filter (cut = '{{cut}}')" for name in measures)
        rows = company.ask(
            f"""
            with moments as (
                {moments} from anthropic_enterprise.{table} where visible_to is not null
                union select timestamp '2099-01-01'
            ),
            reported as (
                select moment, date_day, {sums.format(cut="total")}, {sums.format(cut="grouped")},
                    count(*)
                from anthropic_enterprise.{table}, moments where {visible} group by all
            ),
            by_users as (
                select moment, date_day,
                    {", ".join(f"sum({name})" for name in measures)}
                from anthropic_enterprise.user_{table}, moments where {visible} group by all
            )
            select columns(* exclude (moment, date_day))
            from reported join by_users using (moment, date_day)
            """
        )
        assert rows
        size = len(measures)
        for row in rows:
            total, grouped, count = row[:size], row[size : 2 * size], row[2 * size]
            users = row[2 * size + 1 :]
            rounding = count * Decimal("0.000001") if table == "cost_report" else 0
            for one, parts, of_users in zip(total, grouped, users, strict=True):
                assert abs(one - parts) <= rounding
                assert of_users <= one + rounding
    assert company.ask(
        """
        select count(*) from anthropic_enterprise.user_usage_report
        where total_tokens != uncached_input_tokens + cache_creation__ephemeral_5m_input_tokens
            + cache_creation__ephemeral_1h_input_tokens + cache_read_input_tokens + output_tokens
        """
    ) == [(0,)]
    for table in ("cost_report", "user_cost_report"):
        assert company.ask(
            f"""
            select count(*) filter (amount::decimal(28, 10) > list_amount::decimal(28, 10)),
                count(*) filter (not regexp_full_match(amount, '\\d+\\.\\d{{6}}'))
            from anthropic_enterprise.{table}
            """
        ) == [(0, 0)]


def test_no_bucket_has_more_groups_than_are_shown(company: Company) -> None:
    """The vendor shows a hundred groups of a bucket, and says nothing about the rest."""
    for table in ("usage_report", "cost_report"):
        ((most,),) = company.ask(
            f"""
            select max(groups) from (
                select count(*) as groups from final.anthropic_enterprise_{table}
                where cut = 'grouped' group by date_day
            )
            """
        )
        assert most <= 100


def test_counts_fit_each_other_in_every_version(company: Company) -> None:
    broken = {
        "summaries": """
            not (daily_active_user_count <= weekly_active_user_count
                and weekly_active_user_count <= monthly_active_user_count)
            or chat_daily_active_user_count > daily_active_user_count
            or abs(daily_adoption_rate - 100.0 * daily_active_user_count / assigned_seat_count)
                > 0.006
        """,
        "artifacts": "published_artifacts_created_count > artifacts_created_count",
        "user_activity": """
            chat_metrics__thinking_message_count > chat_metrics__message_count
            or chat_metrics__distinct_conversation_count > chat_metrics__message_count
        """,
    }
    for table, condition in broken.items():
        assert company.ask(
            f"select count(*) from anthropic_enterprise.{table} where {condition}"
        ) == [(0,)], table


def test_days_are_measured_as_the_loader_measures_them() -> None:
    loaded = {
        f"{source}.{table}": measures
        for source in SOURCES
        for table, measures in declaration(source).measures.items()
        if measures
    }
    assert loaded == MEASURES


def test_planted_restatements_are_all_changes_of_a_days_totals(company: Company) -> None:
    """Computed again, row by row and without SQL."""
    expected = set()
    for source in SOURCES:
        for table, measures in declaration(source).measures.items():
            if (source, table) not in set(company.tables()):
                continue
            rows = company.db.execute(f"from {source}.{table}").to_arrow_table().to_pylist()
            if any(row["date_day"] is None for row in rows):
                continue
            days = defaultdict(list)
            for row in rows:
                days[row["date_day"]].append(row)
            for day, served in days.items():
                begun = {row["visible_from"] or BEGINNING for row in served}
                moments = {row["visible_to"] for row in served} | begun
                for moment in moments - {None, min(begun)}:
                    before, after = (
                        _totals(served, measures, shown)
                        for shown in (moment - timedelta(microseconds=1), moment)
                    )
                    expected |= {
                        (f"{source}.{table}", day, moment, name, before[name], after[name])
                        for name in before
                        if before[name] != after[name]
                    }
    found = company.ask(
        """
        select table_name, date_day, changed_at, measure_name, value_before, value_after
        from planted_restatements
        """
    )
    assert expected
    assert set(found) == expected
    assert len(found) == len(expected)


def _totals(
    rows: list[dict[str, Any]], measures: tuple[str, ...], moment: datetime
) -> dict[str, Decimal]:
    visible = [
        row
        for row in rows
        if (row["visible_from"] or BEGINNING) <= moment < (row["visible_to"] or END)
    ]
    totals = {
        name: sum((Decimal(str(row[name] or 0)) for row in visible), Decimal(0))
        for name in measures
    }
    return {**totals, "row_count": Decimal(len(visible))}


def test_changes_lie_where_the_loader_looks_again(company: Company) -> None:
    late = {
        (name, day): published_at
        for name, day, published_at in company.ask(
            "select table_name, date_day, published_at from publication"
        )
    }
    for table, day, changed_at in company.ask(
        "select distinct table_name, date_day, changed_at from planted_restatements"
    ):
        days_after = (changed_at.date() - day).days
        assert 2 <= days_after <= WINDOWS.get(table, ENGAGEMENT_WINDOW), (table, day, changed_at)
        assert changed_at.time().hour == 3
        assert changed_at.date() <= company.parameters.until + timedelta(days=1)
        # A day that is late, and those behind it, could not have been seen before the change.
        held_up = [
            late_day
            for name, late_day in late
            if table.endswith(f".{name.rpartition('.')[2]}")
            and late_day <= day < late[name, late_day].date()
        ]
        assert held_up == [], (table, day)


def test_about_the_right_number_of_days_is_restated(company: Company) -> None:
    changed = dict(
        company.ask(
            """
            select table_name, count(distinct date_day) from planted
            where kind = 'restatement' group by all
            """
        )
    )
    days = (company.parameters.until - company.parameters.start).days + 1
    assert 0.15 * days < changed["anthropic_enterprise.cost_report"] < 0.5 * days
    for table, _measures in declaration("anthropic_enterprise").measures.items():
        name = f"anthropic_enterprise.{table}"
        if name in changed and name not in WINDOWS:
            assert 1 <= changed[name] <= 0.2 * days, name


def test_a_cost_report_grows_until_day_25(company: Company) -> None:
    rows = company.ask(
        """
        select (changed_at::date - date_day)::int as step, bool_and(value_after > value_before)
        from planted_restatements
        where table_name = 'anthropic_enterprise.cost_report' and measure_name = 'amount'
        group by all order by all
        """
    )
    assert rows == [(3, True), (12, True), (25, True)]


def test_every_kind_of_oddity_is_planted(company: Company) -> None:
    kinds = {
        (kind, table)
        for kind, table in company.ask("select distinct kind, table_name from planted")
    }
    console, enterprise = SOURCES
    assert kinds >= {
        ("restatement", f"{console}.claude_code_rows"),
        ("restatement", f"{console}.messages_usage"),
        ("restatement", f"{console}.cost_report"),
        ("restatement", f"{enterprise}.user_activity"),
        ("restatement", f"{enterprise}.summaries"),
        ("restatement", f"{enterprise}.skills"),
        ("restatement", f"{enterprise}.user_cost_report"),
        ("row_withdrawn", f"{console}.claude_code_rows"),
        ("row_withdrawn", f"{enterprise}.user_activity"),
        ("day_withdrawn", f"{enterprise}.user_activity"),
        ("late_day", f"{enterprise}.user_activity"),
        ("overlap", f"{console}.claude_code_rows"),
        ("workbench", f"{console}.messages_usage"),
        ("unknown_product", f"{enterprise}.user_usage_report"),
        ("unattributed", f"{enterprise}.user_usage_report"),
        ("runaway_key", f"{console}.messages_usage"),
    }
    ids = company.ask("select planted_id from planted order by planted_id")
    assert [number for (number,) in ids] == list(range(1, len(ids) + 1))


def test_served_oddities_exist(company: Company) -> None:
    conditions = {
        "anthropic_console.messages_usage": [
            "api_key_id is null and workspace_id is null",
            "api_key_id is not null and workspace_id is null",
            "service_account_id is not null",
            "service_tier = 'batch'",
            "inference_geo = 'not_available'",
        ],
        "anthropic_console.cost_report": [
            "workspace_id is null",
            "cost_type = 'tokens' and description like 'Claude % Usage - %'",
            "amount::decimal(28, 10) > 10000000",
        ],
        "anthropic_console.claude_code_rows": [
            "actor__type = 'api_actor' and actor__email_address is null",
        ],
        "anthropic_console.api_keys": [
            "status = 'archived' and created_by__id is not null",
            "principal__type = 'service_account'",
            "partial_key_hint is not null",
        ],
        "anthropic_enterprise.usage_report": [
            "cut = 'grouped' and product = 'other'",
            "cut = 'grouped' and product = 'claude-in-slack'",
            "cut = 'grouped' and product is null",
        ],
        "anthropic_enterprise.spend_limits": [
            "amount is null",
            "period_to_date_spend::decimal(28, 10) > 0",
        ],
        "anthropic_enterprise.invites": [
            "status = 'pending'",
            "status = 'accepted' and rbac_group_ids_json like '[\"rbac_group_%'",
        ],
    }
    missing = [
        (table, condition)
        for table, wanted in conditions.items()
        for condition in wanted
        if company.ask(f"select count(*) from {table} where {condition}") == [(0,)]
    ]
    assert missing == []


def test_a_leavers_last_rows_have_no_address_and_no_other(company: Company) -> None:
    """The loader reads a day for a month at most, so an old row must not change its address."""
    wrong = company.ask(
        """
        select date_day, actor__user_id from anthropic_enterprise.user_usage_report as served
        join accounts on accounts.user_id = actor__user_id
        where
            actor__deleted != (actor__email is null)
            or (actor__deleted and (removed_date is null or date_day < removed_date - 31))
        """
    )
    assert wrong == []
