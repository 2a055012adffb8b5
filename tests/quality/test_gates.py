"""Each check holds on a sound warehouse and fails on the fault it is there for."""

import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from dbt.contracts.graph.nodes import ModelNode

from ingestion.sources import declarations
from quality import gates, marts, raw
from quality.gates import GateError, run_gate
from quality.suites import Check, GateName, Suite

from .conftest import AS_OF, UNKNOWN_MEMBERS, CheckWarehouse, Warehouses
from .faults import FAULTS, Fault

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.minutes(2)

# A statement the raw gate finds one fault in.
NEGATIVE_TOKENS = """
    update raw_claude_code_otel.events set output_tokens = -1 where event_key = 'event-0'
"""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.suite}-{fault.check}")
def test_a_fault_is_found_and_named(
    check_warehouse: CheckWarehouse, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only the suite that must see it: rendering all pages for each fault would take minutes.
    suites = [suite for suite in gates.SUITES[fault.gate](AS_OF) if suite.name == fault.suite]
    monkeypatch.setitem(gates.SUITES, fault.gate, lambda _: suites)

    result = check_warehouse(fault.gate, fault.breakage)

    findings = result.failures if fault.severity == "critical" else result.warnings
    found = {finding.check: finding for finding in findings}
    finding = found[fault.check]
    assert finding.table == fault.suite
    assert fault.observed in finding.observed
    assert finding.expected in finding.line
    assert "\n" not in finding.line
    assert result.success == (not result.failures)


def test_every_check_has_a_fault() -> None:
    covered = {(fault.gate, fault.suite, fault.check) for fault in FAULTS}
    assert {(gate, suite.name, check.name) for gate, suite, check in _checks()} <= covered


@pytest.mark.parametrize("gate", ["raw", "marts"])
def test_a_sound_warehouse_passes(check_warehouse: CheckWarehouse, gate: GateName) -> None:
    result = check_warehouse(gate)

    assert result.success
    assert result.failures == ()
    assert result.warnings == ()


@pytest.mark.parametrize("gate", ["raw", "marts"])
def test_empty_tables_pass(warehouses: Warehouses, tmp_path: Path, gate: GateName) -> None:
    database = tmp_path / "warehouse.duckdb"
    shutil.copyfile(warehouses.files[gate], database)
    if gate == "marts":
        with duckdb.connect(str(database)) as connection:
            connection.execute(UNKNOWN_MEMBERS)

    result = run_gate(gate, database, tmp_path / "quality", AS_OF)

    assert result.success
    assert result.warnings == ()


def test_clock_skew_and_a_lone_wrong_clock_do_not_stop_the_flow(
    check_warehouse: CheckWarehouse,
) -> None:
    result = check_warehouse(
        "raw",
        """
        insert into raw_claude_code_otel.events (event_key, date_day, event_name, session_id)
        select 'more-' || i, date '2026-11-21', 'other', 'session'
        from range(100) as numbers (i);
        update raw_claude_code_otel.events set date_day = '2030-01-01' where event_key = 'event-0';
        insert into raw_ingestion.observed_days
            (source_id, table_name, date_day, observed_at, status, row_count, load_id)
        values
            ('claude_code_otel', 'events', '2026-11-21', '2026-11-20', 'landed', 100, '1'),
            ('claude_code_otel', 'events', '2030-01-01', '2026-11-20', 'landed', 1, '1');
        """,
    )

    assert result.success
    assert {finding.check for finding in result.warnings} == {"future_row", "row_count_as_observed"}


def test_lost_field_of_an_old_load_only_warns(check_warehouse: CheckWarehouse) -> None:
    result = check_warehouse(
        "raw",
        """
        update raw_claude_code_otel.events set model = null;
        insert into raw_ingestion.observed_days
            (source_id, table_name, date_day, observed_at, status, row_count, load_id)
        values ('claude_code_otel', 'spans', '2026-11-30', '2026-11-30', 'empty', 0, '3');
        """,
    )

    assert result.success
    # The other sources were last landed ten days before.
    assert [finding.check for finding in result.warnings] == ["null_model", "overdue_minute"]


def test_every_unknown_model_is_named(check_warehouse: CheckWarehouse) -> None:
    result = check_warehouse(
        "marts",
        """
        update marts.fct_claude_requests
        set price_status = 'unknown_model', raw_claude_model_id = 'new-a'
        where request_key = 'request-1';
        update marts.fct_claude_requests
        set price_status = 'unknown_model', raw_claude_model_id = 'new-b'
        where request_key in ('request-2', 'request-3');
        """,
    )

    assert result.success
    assert [finding.observed for finding in result.warnings] == ["new-a: 1; new-b: 2"]


def test_results_are_written_and_replaced(check_warehouse: CheckWarehouse, tmp_path: Path) -> None:
    result = check_warehouse("raw", NEGATIVE_TOKENS)
    report = json.loads(result.results.read_text(encoding="utf-8"))
    assert report["success"] is False
    assert report["as_of"] == "2026-11-20"
    assert [failure["check"] for failure in report["failures"]] == ["negative_token"]

    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("update raw_claude_code_otel.events set output_tokens = 20")
    again = run_gate("raw", tmp_path / "warehouse.duckdb", tmp_path / "quality", AS_OF)
    assert again.success
    assert json.loads(again.results.read_text(encoding="utf-8"))["failures"] == []
    assert "text-danger" not in _body(again.docs)
    assert sorted(path.name for path in (tmp_path / "quality").iterdir()) == [
        "data_docs",
        "raw.json",
    ]
    pages = list((again.docs.parent / "validations").rglob("*.html"))
    assert len(pages) == len(raw.SUITES)


def test_a_hostile_model_name_stays_text(check_warehouse: CheckWarehouse) -> None:
    result = check_warehouse(
        "marts",
        """
        update marts.fct_claude_requests
        set price_status = 'unknown_model', raw_claude_model_id = E'<svg\nonload=alert(1)>'
        where request_key = 'request-1'
        """,
    )

    assert result.warnings[0].observed == "<svg onload=alert(1)>: 1"
    for page in result.docs.parent.rglob("*.html"):
        assert "<svg" not in page.read_text(encoding="utf-8")


class _Loads(HTMLParser):
    """Collects what a browser would fetch for a page, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if tag == "a" and name == "href" and value:
                self.links.append(value)
            elif name in ("src", "href", "srcset", "data", "poster") and value:
                self.loaded.append(value)


def _body(page: Path) -> str:
    return page.read_text(encoding="utf-8").split("</head>", 1)[1]


def test_data_docs_work_without_a_network(check_warehouse: CheckWarehouse) -> None:
    result = check_warehouse("raw", NEGATIVE_TOKENS)

    pages = list(result.docs.parent.rglob("*.html"))
    assert len(pages) == 1 + 2 * len(raw.SUITES)
    for page in pages:
        html = page.read_text(encoding="utf-8")
        reader = _Loads()
        reader.feed(html)
        assert reader.loaded == []
        assert not re.search(r"<script|@import|url\((?!none)", html)
        assert "Content-Security-Policy" in html
        for link in reader.links:
            if not link.startswith(("#", "http")):
                assert (page.parent / link).resolve().is_file(), (page, link)
    assert {path for path in result.docs.parent.rglob("*") if path.is_file()} == set(pages)
    index = _body(result.docs)
    assert all(suite.name in index for suite in raw.SUITES)
    assert '<td class="text-danger">1</td>' in index
    assert result.failures[0].line in index
    failed = next(page for page in pages if page.name == "warehouse-telemetry.html")
    assert "no token count is negative" in failed.read_text(encoding="utf-8")


def test_gate_calls_nobody(
    check_warehouse: CheckWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the gate opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert check_warehouse("raw").success


def test_gates_load_great_expectations_late_and_without_telemetry() -> None:
    code = (
        "import os, sys, quality.gates;"
        "assert 'great_expectations' not in sys.modules;"
        "assert os.environ['GX_ANALYTICS_ENABLED'] == 'false'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_warehouse_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(
        GateError, match=r"^there is no warehouse at .*; run `claude-analytics run`"
    ):
        run_gate("raw", tmp_path / "none.duckdb", tmp_path, date(2026, 11, 20))


def test_a_damaged_warehouse_is_one_clear_line(tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    database.write_bytes(b"not a database" * 1000)
    with pytest.raises(GateError, match=r"^the warehouse .* cannot be read: [^\n]*$"):
        run_gate("raw", database, tmp_path, date(2026, 11, 20))


def test_results_that_cannot_be_written_are_one_clear_line(
    check_warehouse: CheckWarehouse, tmp_path: Path
) -> None:
    (tmp_path / "quality").write_text("a file is in the way")
    with pytest.raises(GateError, match=r"^the raw gate cannot write its results to [^\n]*$"):
        check_warehouse("raw")


def test_seats_may_be_billed_for_days_to_come(check_warehouse: CheckWarehouse) -> None:
    result = check_warehouse(
        "raw",
        """
        update raw_invoices.invoice_lines set date_day = '2027-06-01';
        update raw_invoices.exchange_rates set date_day = '2027-06-01';
        update raw_ingestion.observed_days set date_day = '2027-06-01'
        where source_id = 'invoices';
        """,
    )

    assert result.success
    assert result.warnings == ()


def test_every_landed_table_is_checked(warehouses: Warehouses) -> None:
    # Lines of telemetry that were set aside have no day until somebody mends them.
    declared = {
        f"{source.source_id}.{table.name}"
        for source in declarations()
        for table in source.tables
        if table.is_gated
    }
    read = {
        name.removeprefix("source.claude_analytics.")
        for name in _parents(warehouses, "gate_raw__landed_tables")
        if name.startswith("source.")
    }
    assert read == declared


def test_every_mart_is_checked(warehouses: Warehouses) -> None:
    marts_of_project = {
        node.unique_id
        for node in warehouses.manifest.nodes.values()
        if isinstance(node, ModelNode) and node.fqn[1] == "marts"
    }
    assert _parents(warehouses, "gate_marts__references") == marts_of_project


def _parents(warehouses: Warehouses, model: str) -> set[str]:
    node = warehouses.manifest.nodes[f"model.claude_analytics.{model}"]
    assert isinstance(node, ModelNode)
    return set(node.depends_on.nodes)


def _checks() -> Iterator[tuple[GateName, Suite, Check]]:
    for gate, suites in gates.SUITES.items():
        for suite in suites(AS_OF):
            for check in suite.checks:
                yield gate, suite, check


def test_suites_and_checks_are_uniquely_named() -> None:
    for suites in (raw.SUITES, marts.suites(AS_OF)):
        assert len({suite.name for suite in suites}) == len(suites)
        for suite in suites:
            assert len({check.name for check in suite.checks}) == len(suite.checks)


def test_every_check_is_documented() -> None:
    page = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
    missing = {check.name for *_, check in _checks() if f"`{check.name}`" not in page}
    assert not missing
