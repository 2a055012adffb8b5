"""What the command line does with the sources: windows and clocks, refusals, bad rows."""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import httpx
import pytest

from demo.replay import LOCAL_LOGS_DIR
from pipeline import flow, intake
from pipeline.steps import Step
from tests.e2e.outcome import Cli
from tests.ingestion.anthropic_console.console import COST, USAGE, Console
from tests.ingestion.http.fake_api import KEY, failure

CONSOLE_KEY = "CLAUDE_ANALYTICS_CONSOLE_ADMIN_KEY"


@pytest.fixture
def api(console: Console, monkeypatch: pytest.MonkeyPatch) -> Console:
    """The Console organisation, on the reporting day that its clock shows."""
    monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", "2026-08-20")
    return console


@pytest.fixture
def steps_done(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gates, build and publish that only note that they were called."""
    done: list[str] = []

    def note(name: str) -> Callable[..., SimpleNamespace]:
        def step(*_: object, **__: object) -> SimpleNamespace:
            done.append(name)
            return SimpleNamespace(path=Path("/releases/1"))

        return step

    for name in ("check", "build", "publish"):
        monkeypatch.setattr(flow, name, note(name))
    return done


def query(home: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def error_lines(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith("error:")]


def test_a_refused_report_stops_neither_the_others_nor_the_flow(
    cli: Cli, home: Path, api: Console, steps_done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_LOG_PATHS", str(LOCAL_LOGS_DIR))

    def refuse(_request: httpx.Request) -> httpx.Response:
        return failure(403, "permission_error", f"the key {KEY} may not see cost")

    costs = api.handlers[COST]
    api.handlers[COST] = refuse
    outcome = cli("run")
    assert outcome.code == 1
    assert outcome.out == "release: /releases/1\n"
    assert steps_done == ["check", "build", "check", "publish"]
    (line,) = error_lines(outcome.err)
    assert line.startswith("error: anthropic_console cost_report: forbidden: ")
    assert CONSOLE_KEY in line
    assert KEY not in outcome.out + outcome.err
    assert query(home, "select count(*) from raw_anthropic_console.claude_code_rows") == [(2,)]
    assert query(home, "select count(*) > 0 from raw_claude_code_logs.usage_lines") == [(True,)]

    told = cli("status")
    assert told.code == 1
    assert (
        "broken: anthropic_console cost_report: the last landing ended as 'forbidden'" in told.err
    )

    api.handlers[COST] = costs
    assert cli("run").code == 0
    assert query(
        home, "select sum(amount::decimal(18, 4)) from raw_anthropic_console.cost_report"
    ) == [(608.5,)]
    assert "cost_report" not in cli("status").err


def test_a_key_that_is_none_stops_only_its_source(
    cli: Cli, home: Path, api: Console, steps_done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONSOLE_KEY, "two words")
    monkeypatch.setenv("CLAUDE_ANALYTICS_LOG_PATHS", str(LOCAL_LOGS_DIR))
    outcome = cli("run")
    assert outcome.code == 1
    assert steps_done[-1] == "publish"
    assert error_lines(outcome.err) == [
        f"error: anthropic_console: {CONSOLE_KEY} holds no usable key"
    ]
    assert query(home, "select count(*) > 0 from raw_claude_code_logs.usage_lines") == [(True,)]

    alone = cli("ingest", "anthropic_console")
    assert (alone.code, error_lines(alone.err)) == (
        1,
        [f"error: {CONSOLE_KEY} holds no usable key"],
    )


def test_a_wrong_path_stops_the_run_before_anything_lands(
    cli: Cli, home: Path, api: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_INVOICE_PATHS", str(tmp_path / "gone"))
    outcome = cli("run")
    assert outcome.code == 2
    assert "CLAUDE_ANALYTICS_INVOICE_PATHS" in outcome.err
    assert api.requests == []


def test_the_reporting_day_caps_the_window_and_dates_the_observation(
    cli: Cli, home: Path, api: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", "2026-08-18")
    outcome = cli("ingest", "anthropic_console", "--since", "2026-08-17")
    assert outcome.code == 0, outcome
    (asked,) = api.asked(USAGE)
    assert asked["starting_at"] == ["2026-08-17T00:00:00Z"]
    assert asked["ending_at"] == ["2026-08-19T00:00:00Z"]
    assert query(
        home, "select distinct observed_at from raw_ingestion.observed_days order by 1"
    ) == [(datetime.fromisoformat("2026-08-19"),)]

    api.requests.clear()
    monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", "2026-08-20")
    until = cli("ingest", "anthropic_console", "--since", "2026-08-16", "--until", "2026-08-16")
    assert until.code == 0, until
    (asked,) = api.asked(USAGE)
    assert asked["starting_at"] == ["2026-08-16T00:00:00Z"]
    assert asked["ending_at"] == ["2026-08-17T00:00:00Z"]


def test_a_long_backfill_says_before_how_long_the_limits_make_it(cli: Cli, api: Console) -> None:
    outcome = cli("ingest", "anthropic_console", "--since", "2026-01-01")
    assert outcome.code == 0, outcome
    first, *_, last = outcome.err.splitlines()
    # 231 days of Claude Code, one each, at 60 a minute; usage and cost in eight windows each, at
    # one a minute, so that those are the slowest.
    announced = re.search(
        r"anthropic_console: 2026-01-01 to 2026-08-19, about (\d+) requests; .* takes (\d+) min",
        first,
    )
    assert announced, first
    assert int(announced[1]) == pytest.approx(231 + 8 + 8 + 6, abs=4)
    assert int(announced[2]) in {7, 8}
    assert "resolve identities" in last


def test_the_bar_tells_how_much_is_left(
    cli: Cli, api: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves: list[tuple[int, int, str]] = []
    monkeypatch.setattr(Step, "advance", lambda _step, *move: moves.append(move))
    assert cli("ingest", "anthropic_console", "--since", "2026-08-01").code == 0
    done = [move[0] for move in moves]
    assert done == sorted(done)
    assert moves[-1][0] == moves[-1][1] == len(api.requests)
    assert moves[-1][2] == "less than 1 min left"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "less than 1 min"), (60, "1 min"), (3599, "1 h 00 min"), (86_400 + 300, "24 h 05 min")],
)
def test_durations_are_written_as_people_say_them(seconds: float, text: str) -> None:
    assert intake.duration(seconds) == text


def test_an_export_without_a_period_in_its_name_takes_the_option(
    cli: Cli, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "spend.csv"
    file.write_text(
        "user_email,account_uuid,product,model,total_requests,total_prompt_tokens,"
        "total_completion_tokens,total_net_spend_usd,total_gross_spend_usd\n"
        "person.00017@example.com,a1,Chat,claude-opus-5,3,100,20,0.5000000001,0.6\n"
    )
    refused = cli("ingest", "anthropic_exports", "--path", str(file))
    assert refused.code == 1
    assert "spend.csv: its name tells no period" in refused.err
    assert error_lines(refused.err)[0].startswith(f"error: nothing in {file} could be read")

    outcome = cli("ingest", "anthropic_exports", "--path", str(file), "--period", "2026-08")
    assert outcome.code == 0, outcome
    assert query(
        home,
        "select date_day, period_end_date, total_net_spend_usd "
        "from raw_anthropic_exports.spend_report",
    ) == [(date(2026, 8, 1), date(2026, 8, 31), "0.5000000001")]


def test_a_bad_row_is_named_and_the_rest_lands(cli: Cli, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "roster_2026-08-01.csv"
    file.write_text(
        "employee_id,email,start_date\n"
        "e1,person.00001@example.com,2026-01-05\n"
        "e2,person.00002@example.com,the fifth\n"
    )
    outcome = cli("ingest", "people", "--path", str(file))
    assert outcome.code == 0, outcome
    assert "! people: 1 line could not be read; raw_people.rejected_rows lists them" in outcome.err
    assert "  roster_2026-08-01.csv:3: " in outcome.err
    assert query(home, "select employee_id from raw_people.roster") == [("e1",)]
