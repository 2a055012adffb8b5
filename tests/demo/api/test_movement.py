"""What is served moves with the clock: corrected, withdrawn, published late, joined and left."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from demo.api.served import served_rows
from demo.api.views import Selection, Sort, Views
from tests.demo.api.conftest import ANALYTICS, ORGANIZATIONS, Api, Params
from tests.demo.api.small_organisation import small_organisation, tables, write
from tests.demo.api.small_people import DAYS, NOW, PEOPLE, at, email

CLAUDE_CODE = f"{ORGANIZATIONS}/usage_report/claude_code"
USERS = f"{ANALYTICS}/users"
# When one row of the first day is corrected and another one withdrawn.
CHANGED_AT = at(DAYS[2], 3)


def lines_added(api: Api, person: int) -> list[int]:
    rows = api.rows(CLAUDE_CODE, {"starting_at": str(DAYS[0])})
    return [
        row["core_metrics"]["lines_of_code"]["added"]
        for row in rows
        if row["actor"].get("email_address") == email(person) and not row["is_remote"]
    ]


def test_row_is_corrected_and_another_withdrawn(api: Api) -> None:
    api.clock.move_to(CHANGED_AT - timedelta(seconds=1))
    # Beside the paid row of the same person, which stays.
    assert (lines_added(api, 0), lines_added(api, 1)) == ([0], [10, 80])
    api.clock.move_to(CHANGED_AT)
    assert (lines_added(api, 0), lines_added(api, 1)) == ([777], [80])


def test_whole_day_is_withdrawn(tmp_path: Path) -> None:
    small_organisation(tmp_path)
    table = "anthropic_enterprise.user_activity"
    gone_at = at(DAYS[3], 3)
    rows = [
        {**row, "visible_to": gone_at if row["date_day"] == DAYS[0] else None}
        for row in tables()[table]
    ]
    write(tmp_path, table, rows)
    api = Api(tmp_path)
    assert api.rows(USERS, {"date": str(DAYS[0])}) == []
    assert len(api.rows(USERS, {"date": str(DAYS[1])})) == PEOPLE
    api.clock.move_to(gone_at - timedelta(hours=1))
    assert len(api.rows(USERS, {"date": str(DAYS[0])})) == PEOPLE


@pytest.mark.parametrize("name", ["user_activity", "anthropic_enterprise.user_activity"])
def test_late_day_holds_up_the_days_after_it(tmp_path: Path, name: str) -> None:
    small_organisation(tmp_path)
    late_day, published_at = DAYS[4], at(DAYS[8], 10)
    pq.write_table(
        pa.table({"table_name": [name], "date_day": [late_day], "published_at": [published_at]}),
        tmp_path / "views" / "publication.parquet",
    )
    api = Api(tmp_path)

    def newest(path: str) -> date:
        refused = api.ask(path, {"date": str(api.clock.now().date())})
        return date.fromisoformat(refused.json()["error"]["message"][-10:])

    api.clock.move_to(published_at - timedelta(seconds=1))
    assert newest(USERS) == DAYS[3]
    assert newest(f"{ANALYTICS}/skills") == DAYS[6]
    assert served_days(tmp_path, api.clock.now()) == set(DAYS[:4])
    api.clock.move_to(published_at)
    assert newest(USERS) == DAYS[7]
    assert served_days(tmp_path, api.clock.now()) == set(DAYS[:8])


def served_days(data_dir: Path, now: datetime) -> set[date]:
    rows = served_rows(data_dir, "anthropic_enterprise.user_activity", now)
    return {row["date_day"] for row in rows.to_pylist()}


def test_snapshot_shows_who_is_there_now(api: Api) -> None:
    def ids() -> set[str]:
        return {row["id"][-1] for row in api.rows(f"{ORGANIZATIONS}/users")}

    # One joins on the sixth day, one leaves on the seventh.
    api.clock.move_to(at(DAYS[5]) - timedelta(seconds=1))
    assert ids() == {"0", "1", "2", "4", "5", "6"}
    api.clock.move_to(at(DAYS[5]))
    assert ids() == {"0", "1", "2", "3", "4", "5", "6"}
    api.clock.move_to(at(DAYS[6]))
    assert ids() == {"0", "1", "2", "3", "5", "6"}


def test_organisation_without_views_has_nothing(tmp_path: Path) -> None:
    api = Api(tmp_path)
    assert api.rows(CLAUDE_CODE, {"starting_at": str(DAYS[0])}) == []
    assert api.rows(USERS, {"date": str(DAYS[0])}) == []
    assert api.rows(f"{ORGANIZATIONS}/users") == []
    usage: Params = [("starting_at", f"{DAYS[0]}T00:00:00Z")]
    assert {
        tuple(bucket["results"]) for bucket in api.rows(f"{ANALYTICS}/usage_report", usage)
    } == {()}
    missing = api.http.get("/_stand_in/counts").json()["missing_views"]
    assert "anthropic_console.users" in missing


def test_served_rows_are_those_of_the_endpoints(data_dir: Path, api: Api) -> None:
    for now in (NOW, CHANGED_AT - timedelta(hours=1)):
        api.clock.move_to(now)
        rows = served_rows(data_dir, "anthropic_console.claude_code_rows", now).to_pylist()
        expected = sorted(
            (row["actor__email_address"] or "", row["core_metrics__lines_of_code__added"])
            for row in rows
            if row["date_day"] == DAYS[0]
        )
        answered = api.rows(CLAUDE_CODE, {"starting_at": str(DAYS[0])})
        assert expected == sorted(
            (
                row["actor"].get("email_address", ""),
                row["core_metrics"]["lines_of_code"]["added"],
            )
            for row in answered
        )


def test_served_rows_know_lag_and_edition(data_dir: Path) -> None:
    early = at(DAYS[5], 3)
    usage = served_rows(data_dir, "anthropic_enterprise.usage_report", early)
    assert max(row["date_day"] for row in usage.to_pylist()) == DAYS[3]
    activity = "anthropic_enterprise.user_activity"
    in_c = set(served_rows(data_dir, activity, NOW).column_names)
    in_d = set(served_rows(data_dir, activity, NOW, edition="D").column_names)
    assert in_d - in_c == {
        "chat_cowork_unified_metrics__chat__message_count",
        "chat_cowork_unified_metrics__sessions__message_count",
        "claude_code_metrics__core_metrics__artifacts_created_count",
        "cowork_metrics__artifacts_created_count",
    }
    assert not in_c & {"visible_from", "visible_to"}


@pytest.mark.parametrize(
    ("table", "first_day", "last_day"),
    [
        ("anthropic_enterprise.user_activity", DAYS[2], DAYS[3]),
        ("anthropic_enterprise.user_activity", DAYS[0] - timedelta(days=9), DAYS[0]),
        ("anthropic_console.users", None, None),
    ],
)
def test_large_views_are_read_from_their_files(
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    table: str,
    first_day: date | None,
    last_day: date | None,
) -> None:
    sorts = (Sort("user__email_address", descending=True),)
    selection = Selection(table, NOW, first_day, last_day, sorts=sorts)
    loaded = Views(data_dir).rows(selection)
    monkeypatch.setattr("demo.api.views._LOADED_BYTES", 0)
    from_file = Views(data_dir).rows(selection)
    assert from_file.num_rows > 0
    assert from_file.equals(loaded)
