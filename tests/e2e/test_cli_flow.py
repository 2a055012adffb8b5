"""What the commands do to a home: landed once, stopped by a gate, prices of the site."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from demo.replay import LOCAL_LOGS_DIR
from pipeline import dbt, flow
from quality import gates
from quality.suites import GateName
from tests.e2e.outcome import Cli

LOG_ROWS = 21  # Distinct usage records of the recorded local logs.


def count(home: Path, table: str) -> int:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        ((rows,),) = connection.execute(f"select count(*) from {table}").fetchall()
    return int(rows)


def test_ingest_lands_once(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_AS_OF", "2026-11-21")
    first = cli("ingest", "claude_code_logs", "--path", str(LOCAL_LOGS_DIR))
    assert first.code == 0, first
    assert f"usage_lines {LOG_ROWS}" in first.err
    assert count(home, "raw_claude_code_logs.usage_lines") == LOG_ROWS

    monkeypatch.setenv("CLAUDE_ANALYTICS_LOG_PATHS", str(LOCAL_LOGS_DIR))
    second = cli("ingest", "claude_code_logs")
    assert second.code == 0, second
    assert "usage_lines 0" in second.err
    assert count(home, "raw_claude_code_logs.usage_lines") == LOG_ROWS

    status = cli("status")
    assert status.code == 0, status
    assert "2026-11-20" in status.out


HEAVY = ("dlt", "dbt", "great_expectations", "pyarrow", "pandas", "numpy", "msgspec", "httpx")


def test_ingest_of_nothing_new_imports_little(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_LOG_PATHS", str(LOCAL_LOGS_DIR))
    assert cli("ingest", "claude_code_logs").code == 0
    program = (
        "import sys; from pipeline.cli import execute; "
        "code = execute(['ingest', 'claude_code_logs']); "
        f"print(code, *sorted(set(sys.modules) & {{*{HEAVY}}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "0\n"
    assert "usage_lines 0" in done.stderr


def test_sources_whose_rows_name_people_are_prepared(
    cli: Cli, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = tmp_path / "logs"
    shutil.copytree(LOCAL_LOGS_DIR / "dev_bo", logs / "bo")
    assert "resolve identities" not in cli("ingest", "claude_code_logs", "--path", str(logs)).err
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("insert into raw_identity.erasures (identity_hash) values ('somebody')")
    prepared: list[str] = []
    monkeypatch.setattr(flow, "prepare", lambda *_, **__: prepared.append("prepared"))
    # Nothing new, so nobody who was erased can have come again.
    assert cli("ingest", "claude_code_logs", "--path", str(logs)).code == 0
    assert prepared == []
    shutil.copytree(LOCAL_LOGS_DIR / "dev_ana", logs / "ana")
    assert cli("ingest", "claude_code_logs", "--path", str(logs)).code == 0
    assert prepared == ["prepared"]


def test_garbage_is_reported_and_ends_with_1(cli: Cli, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "collector"
    folder.mkdir()
    (folder / "logs.jsonl").write_text('{"resourceLogs": [{]}\nnot json at all\n')
    outcome = cli("ingest", "claude_code_otel", "--path", str(folder))
    assert outcome.code == 1
    assert "raw_claude_code_otel.rejected_lines lists them" in outcome.err
    assert outcome.err.splitlines()[-1].startswith(f"error: nothing in {folder} could be read")
    assert count(home, "raw_claude_code_otel.rejected_lines") == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, ("no such file", "CLAUDE_ANALYTICS_PRICE_OVERLAY")),
        ("model,price\nx,1\n", ("line 1", "unknown column 'model'")),
    ],
)
def test_wrong_price_overlay(
    cli: Cli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: str | None,
    words: tuple[str, ...],
) -> None:
    overlay = tmp_path / "prices.csv"
    if content is not None:
        overlay.write_text(content)
    monkeypatch.setenv("CLAUDE_ANALYTICS_PRICE_OVERLAY", str(overlay))
    outcome = cli("build")
    assert outcome.code == 2
    (line,) = (line for line in outcome.err.splitlines() if line.startswith("error:"))
    assert all(word in line for word in (str(overlay), *words))


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand-ins that note the order of build and publish in place of doing them."""
    order: list[str] = []

    def build(*_: object, **__: object) -> dbt.BuildResult:
        order.append("build")
        return dbt.BuildResult({"success": 1}, ("test odd_rows: Got 3 results",))

    def publish(*_: object) -> SimpleNamespace:
        order.append("publish")
        return SimpleNamespace(path=Path("/releases/1"))

    monkeypatch.setattr(dbt, "make_raw_gate", lambda _: None)
    monkeypatch.setattr(dbt, "build", build)
    monkeypatch.setattr(flow, "publish", publish)
    monkeypatch.setenv("CLAUDE_ANALYTICS_LOG_PATHS", str(LOCAL_LOGS_DIR))
    return order


def gate(order: list[str], failing: str) -> Callable[..., gates.GateResult]:
    def finding(name: str, severity: str) -> gates.Finding:
        return gates.Finding(
            table=f"{name}.table",
            check="sane",
            severity=severity,  # type: ignore[arg-type]
            rule="rows are sane",
            observed="2 are not",
            expected="0",
            advice="look at them",
        )

    def run_gate(name: GateName, database: Path, output_dir: Path, as_of: date) -> gates.GateResult:
        order.append(f"check {name}")
        failures = (finding(name, "critical"),) * 2 if name == failing else ()
        return gates.GateResult(
            gate=name,
            success=not failures,
            failures=failures,
            warnings=(finding(name, "warning"),),
            check_count=3,
            docs=output_dir / "index.html",
            results=output_dir / "results.json",
        )

    return run_gate


@pytest.mark.parametrize(
    ("failing", "order"),
    [
        ("none", ["check raw", "build", "check marts", "publish"]),
        ("raw", ["check raw"]),
        ("marts", ["check raw", "build", "check marts"]),
    ],
)
def test_a_failed_gate_stops_the_flow(
    cli: Cli,
    home: Path,
    done: list[str],
    monkeypatch: pytest.MonkeyPatch,
    failing: str,
    order: list[str],
) -> None:
    monkeypatch.setattr(gates, "run_gate", gate(done, failing))
    outcome = cli("run")
    assert done == order
    if failing == "none":
        assert outcome.code == 0, outcome
        assert outcome.out == "release: /releases/1\n"
        assert "! test odd_rows: Got 3 results" in outcome.err
        assert "! warning: raw.table: rows are sane, but 2 are not" in outcome.err
    else:
        assert outcome.code == 1
        last = outcome.err.splitlines()[-1]
        assert last.startswith(
            f"error: the {failing} gate failed: critical: {failing}.table: rows are sane, but "
            "2 are not (expected 0); look at them (and 1 more); the release before stays; report: "
        )
        assert str(home / "quality") in last


def test_publish_asks_the_gate_first(
    cli: Cli, home: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir()
    duckdb.connect(str(home / "warehouse.duckdb")).close()
    monkeypatch.setattr(gates, "run_gate", gate(done, "marts"))
    assert cli("publish").code == 1
    assert done == ["check marts"]


def test_run_reads_only_closed_files_and_adopts_those_of_dead_receivers(
    cli: Cli, home: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "run_gate", gate(done, "none"))
    spool = home / "spool"
    spool.mkdir(parents=True)
    whole = (
        '{"resourceLogs":[{"resource":{"attributes":[]},"scopeLogs":[{"logRecords":[{'
        '"timeUnixNano":"1795198589779000000","body":{"stringValue":"claude_code.user_prompt"},'
        '"attributes":[{"key":"event.name","value":{"stringValue":"user_prompt"}},'
        '{"key":"session.id","value":{"stringValue":"s-1"}}]}]}]}]}\n'
    )
    orphan = spool / "logs-20261120T180000000000-1-aaaa.jsonl.open"
    orphan.write_text(whole + whole[:50])
    assert cli("run").code == 0
    assert count(home, "raw_claude_code_otel.events") == 1
    assert sorted(path.name for path in spool.iterdir()) == [
        "logs-20261120T180000000000-1-aaaa.jsonl"
    ]


def test_landed_spool_files_go_after_their_days(
    cli: Cli, home: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "run_gate", gate(done, "none"))
    (home / "spool" / "quarantine").mkdir(parents=True)
    for name in ("logs-1.jsonl", "quarantine/body.bin"):
        path = home / "spool" / name
        path.write_text("")
        os.utime(path, (0, 0))
    fresh = home / "spool" / "logs-2.jsonl"
    fresh.write_text("")
    assert cli("run").code == 0
    assert [path for path in (home / "spool").rglob("*") if path.is_file()] == [fresh]
