"""The truth is what was asked for, always the same, and contradicts itself nowhere."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from demo.organisation import generator
from demo.organisation.__main__ import main
from demo.organisation.generator import write_truth
from demo.organisation.parameters import Parameters
from demo.organisation.tables import TABLES
from tests.demo.organisation.truths import SMALL, Ask


def _bytes(truth: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in truth.iterdir()}


def test_tables_are_those_described(small_truth: Path) -> None:
    assert {file.stem for file in small_truth.iterdir()} == set(TABLES)
    for name, table in TABLES.items():
        found = pq.read_table(small_truth / f"{name}.parquet")
        assert found.schema.names == table.schema.names
        assert found.schema.types == table.schema.types, name
        required = [field.name for field in table.schema if not field.nullable]
        assert {column: found[column].null_count for column in required} == dict.fromkeys(
            required, 0
        )
        assert found.num_rows, name
        assert found.group_by([*table.key]).aggregate([]).num_rows == found.num_rows, name


def test_a_seed_makes_a_company_and_another_one_another(small_truth: Path, tmp_path: Path) -> None:
    write_truth(tmp_path / "same", SMALL)
    assert _bytes(tmp_path / "same") == _bytes(small_truth)
    other = Parameters(people=60, start=SMALL.start, until=SMALL.until, seed=2)
    write_truth(tmp_path / "other", other)
    same = {
        name
        for name, data in _bytes(tmp_path / "other").items()
        if data == _bytes(small_truth)[name]
    }
    assert same == {"calendar.parquet", "departments.parquet", "workspaces.parquet"}


def test_the_stretches_in_which_days_are_made_do_not_matter(
    small_truth: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def weeks(start: date, until: date) -> Iterator[tuple[date, date]]:
        while start <= until:
            yield start, min(until, start + timedelta(days=6))
            start += timedelta(days=7)

    monkeypatch.setattr(generator, "_months", weeks)
    write_truth(tmp_path / "truth", SMALL)
    assert _bytes(tmp_path / "truth") == _bytes(small_truth)


def test_there_are_as_many_people_and_departments_as_asked_for(large: Ask) -> None:
    assert large("select count(*), count(distinct email) from people") == [(400, 400)]
    assert large("select count(*) from departments") == [(12,)]
    shares: dict[str, float] = dict(
        large("select legal_entity, count(*) / 400 from people group by all")
    )
    assert shares == pytest.approx(
        {"main": 0.85, "team_subsidiary": 0.08, "console_subsidiary": 0.07}, abs=0.005
    )


def test_every_day_of_employment_is_in_one_team(ask: Ask) -> None:
    wrong = """
        select people.person_id, date_day, count(team)
        from people
        join calendar on date_day between start_date and coalesce(end_date, date_day)
        left join memberships
            on
                people.person_id = memberships.person_id
                and date_day >= valid_from_date
                and date_day < coalesce(valid_to_date, date '9999-12-31')
        group by all having count(team) != 1
    """
    assert ask(wrong) == []
    assert ask("select * from memberships where manager_person_id = person_id") == []


def test_use_is_by_employees_with_access(ask: Ask) -> None:
    # On Bedrock nobody has an account; the cloud account is the company's.
    found = """
        select usage_daily.*
        from usage_daily
        join people using (person_id)
        left join accounts
            on usage_daily.person_id = accounts.person_id and route = system
        where
            date_day < start_date or date_day > end_date
            or (route != 'bedrock' and (added_date is null or date_day < added_date))
            or date_day >= removed_date
    """
    assert ask(found) == []
    assert (
        ask("select * from accounts join people using (person_id) where added_date > end_date")
        == []
    )


def test_surfaces_are_those_of_the_route(ask: Ask) -> None:
    found = set(ask("select distinct route, surface, actor_id is not null from usage_daily"))
    seats = {
        ("enterprise", surface, False)
        for surface in ("chat", "claude_code", "cowork", "office", "chrome", "design")
    }
    assert found == seats | {
        ("team", "chat", False),
        ("team", "claude_code", False),
        ("console", "claude_code", False),
        ("console", "claude_code", True),
        ("console", "api", True),
        ("bedrock", "claude_code", False),
    }
    assert ask("select * from usage_daily where (person_id is null) = (actor_id is null)") == []


def test_the_bedrock_team_has_nothing_else(ask: Ask) -> None:
    found = ask(
        """
        select distinct route, has_telemetry, system
        from usage_daily
        join people using (person_id)
        left join accounts using (person_id)
        where person_id in (select person_id from usage_daily where route = 'bedrock')
        """
    )
    assert found == [("bedrock", True, None)]


# What a count cannot exceed, or must reach.
@pytest.mark.parametrize(
    "impossible",
    [
        "thinking_message_count > message_count",
        "conversation_count > message_count",
        "conversation_count < 1",
        "session_count < 1",
        "project_created_count > project_used_count",
        "project_used_count > message_count",
        "(surface = 'office') != (office_app is not null)",
        "(surface = 'claude_code') != (edit_accepted_count is not null)",
        "(surface = 'claude_code') != (lines_added_count is not null)",
        "surface in ('chat', 'api') and session_count is not null",
        "surface not in ('chat', 'design') and project_used_count is not null",
        "surface not in ('claude_code', 'api') and message_count is null",
        "surface not in ('chat', 'chrome', 'design') and conversation_count is not null",
        "surface = 'api' and coalesce(message_count, web_search_count) is not null",
        "edit_rejected_count < 0 or write_rejected_count < 0",
    ],
)
def test_counters_fit_each_other(ask: Ask, impossible: str) -> None:
    assert ask(f"select * from usage_daily where {impossible}") == []


# The counters of each surface; it has no others.
COUNTED = {
    "api": "",
    "chat": "message_count thinking_message_count conversation_count project_used_count "
    "project_created_count artifact_created_count file_uploaded_count skill_used_count "
    "connector_used_count web_search_count",
    "chrome": "message_count conversation_count",
    "claude_code": "session_count connector_used_count plugin_used_count web_search_count "
    "lines_added_count lines_removed_count commit_count pull_request_count edit_accepted_count "
    "edit_rejected_count write_accepted_count write_rejected_count",
    "cowork": "message_count session_count skill_used_count connector_used_count "
    "plugin_used_count action_count",
    "design": "message_count conversation_count session_count project_used_count "
    "project_created_count",
    "office": "message_count session_count skill_used_count connector_used_count",
}


def test_a_counter_is_null_where_there_is_no_such_thing(ask: Ask) -> None:
    counters = [name for name in TABLES["usage_daily"].schema.names if name.endswith("_count")]
    rows = ask(
        f"""
        select surface, count(*), {", ".join(f"count({name})" for name in counters)}
        from usage_daily group by surface
        """
    )
    assert {surface for surface, *_ in rows} == set(COUNTED)
    for surface, row_count, *filled in rows:
        expected = [row_count if name in COUNTED[surface].split() else 0 for name in counters]
        assert dict(zip(counters, filled, strict=True)) == dict(
            zip(counters, expected, strict=True)
        ), surface


def test_features_are_what_the_counters_count(ask: Ask) -> None:
    for kind in ("project", "skill", "connector", "plugin"):
        different = f"""
            select usage_daily.person_id
            from usage_daily
            left join (
                select
                    date_day, person_id,
                    case product when 'office_agent' then 'office' else product end as surface,
                    count(*) as found
                from feature_use_daily where feature_kind = '{kind}'
                group by all
            ) using (date_day, person_id, surface)
            where
                route in ('enterprise', 'team') and surface != 'design'
                and coalesce(found, 0) != coalesce({kind}_used_count, 0)
        """
        assert ask(different) == [], kind
    created = """
        select
            (select sum(artifact_created_count) from usage_daily),
            (select sum(created_count) from feature_use_daily where feature_kind = 'artifact')
    """
    assert len(set(ask(created)[0])) == 1


def test_a_project_is_created_once_and_used_from_then_on(ask: Ask) -> None:
    assert (
        ask(
            """
        select *
        from feature_use_daily
        left join projects on project_id = feature_id
        where
            feature_kind = 'project'
            and (
                project_id is null or date_day < created_date or feature_name != project_name
                or created_count != (
                    person_id is not distinct from created_by_person_id and date_day = created_date
                )::int
            )
        """
        )
        == []
    )
    assert (
        ask(
            """
        select feature_id from feature_use_daily where feature_kind = 'project'
        group by feature_id having sum(created_count) > 1
        """
        )
        == []
    )


@pytest.mark.parametrize(("people", "days"), [(20, 1), (25, 8)])
def test_the_smallest_companies_can_be_made(tmp_path: Path, people: int, days: int) -> None:
    until = date(2026, 8, 18)
    start = until - timedelta(days=days - 1)
    write_truth(tmp_path / "truth", Parameters(people=people, start=start, until=until))
    assert pq.read_table(tmp_path / "truth" / "people.parquet").num_rows == people


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--people", "5"], "at least 20 people"),
        (["--start", "2026-12-01"], "lies before the first"),
        (["--until", "yesterday"], "Invalid isoformat string: 'yesterday'"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    app = typer.Typer()
    app.command()(main)
    result = CliRunner().invoke(app, ["--out", str(tmp_path), *arguments])
    assert result.exit_code == 2
    assert message in result.output
    assert len(result.output.splitlines()) == 1
