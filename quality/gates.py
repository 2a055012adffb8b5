"""Runs a gate over the warehouse file and says what stops the flow and what is only reported."""

import json
import logging
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from . import marts, raw
from .offline_docs import IndexRow, make_self_contained
from .suites import GateName, Severity, Suite

if TYPE_CHECKING:
    import pandas as pd

    from .validation import Outcome

logger = logging.getLogger(__name__)

SUITES: Final[dict[GateName, Callable[[date], Sequence[Suite]]]] = {
    "raw": lambda _: raw.SUITES,
    "marts": marts.suites,
}


class GateError(Exception):
    """The gate could not be run at all; the message says what, where and what to do."""


@dataclass(frozen=True)
class Finding:
    """A check that did not hold.

    Attributes:
        table: What is checked; the view is named after it.
        check: Name of the check.
        severity: `critical` stops the flow, `warning` is reported.
        rule: What should hold.
        observed: What was seen instead, with the days, models or sources concerned.
        expected: The bound.
        advice: What to do.
    """

    table: str
    check: str
    severity: Severity
    rule: str
    observed: str
    expected: str
    advice: str

    @property
    def line(self) -> str:
        """The finding in one line."""
        return (
            f"{self.severity}: {self.table}: {self.rule}, but {self.observed}"
            f" (expected {self.expected}); {self.advice}"
        )


@dataclass(frozen=True)
class GateResult:
    """What a gate found.

    Attributes:
        gate: Which gate.
        success: No critical check failed.
        failures: Critical findings.
        warnings: Findings that do not stop the flow.
        check_count: Number of checks that were made.
        docs: First page of the Data Docs.
        results: The same as JSON.
    """

    gate: GateName
    success: bool
    failures: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    check_count: int
    docs: Path
    results: Path


def run_gate(gate: GateName, database: Path, output_dir: Path, as_of: date) -> GateResult:
    """Check the raw tables or the marts of a warehouse file, which is only read.

    Args:
        gate: `raw` after landing, `marts` after the build.
        database: The DuckDB file, in which dbt has made the views of the gate.
        output_dir: Takes `data_docs/<gate>/index.html` and `<gate>.json`.
        as_of: The reporting day.

    Raises:
        GateError: The file cannot be read, or the results cannot be written.
    """
    suites = SUITES[gate](as_of)
    frames, findings = _query_frames(gate, suites, database)

    # Great Expectations takes seconds to import: not before it is needed.
    from .validation import validate

    try:
        output_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{gate}-", dir=output_dir) as scratch:
            site = Path(scratch) / "site"
            outcomes = validate(frames, run_name=f"{gate}-{as_of}", docs_dir=site)
            findings.extend(_finding(outcome) for outcome in outcomes if not outcome.success)
            make_self_contained(
                site,
                f"{gate} gate, as of {as_of}",
                _index_rows(outcomes),
                [finding.line for finding in findings],
            )
            docs = _replace_directory(site, output_dir / "data_docs" / gate, Path(scratch))
        result = GateResult(
            gate=gate,
            success=all(finding.severity != "critical" for finding in findings),
            failures=tuple(each for each in findings if each.severity == "critical"),
            warnings=tuple(each for each in findings if each.severity == "warning"),
            check_count=sum(len(suite.checks) for suite in suites),
            docs=docs / "index.html",
            results=output_dir / f"{gate}.json",
        )
        _write_results(result, frames, as_of)
    except OSError as error:
        raise GateError(
            f"the {gate} gate cannot write its results to {output_dir}: {error.strerror or error};"
            " free some space or correct the permission"
        ) from error
    for finding in (*result.failures, *result.warnings):
        logger.log(
            logging.ERROR if finding.severity == "critical" else logging.WARNING, finding.line
        )
    return result


def _query_frames(
    gate: GateName, suites: Sequence[Suite], database: Path
) -> tuple[list[tuple[Suite, "pd.DataFrame"]], list[Finding]]:
    """Read the view of each suite; one that is not there or has lost a table becomes a finding."""
    if not database.is_file():
        raise GateError(f"there is no warehouse at {database}; run `claude-analytics run` first")
    frames: list[tuple[Suite, pd.DataFrame]] = []
    findings: list[Finding] = []
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            for suite in suites:
                try:
                    frames.append((suite, connection.execute(suite.query(gate)).df()))
                except (duckdb.CatalogException, duckdb.BinderException) as error:
                    findings.append(_unreadable(suite, error))
    except duckdb.Error as error:
        raise GateError(
            f"the warehouse {database} cannot be read: {_first_line(error)};"
            " wait for the process that holds it, or rebuild it"
        ) from error
    return frames, findings


def _unreadable(suite: Suite, error: duckdb.Error) -> Finding:
    return Finding(
        table=suite.name,
        check="readable",
        severity="critical",
        rule="its view and the tables below have the columns that are checked",
        observed=_first_line(error),
        expected="a readable view",
        advice="ingest once to create the raw tables, then build",
    )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _finding(outcome: "Outcome") -> Finding:
    check = outcome.check
    return Finding(
        table=outcome.suite.name,
        check=check.name,
        severity=check.severity,
        rule=check.rule,
        observed=outcome.observed,
        expected=check.expected,
        advice=check.advice,
    )


def _index_rows(outcomes: Sequence["Outcome"]) -> list[IndexRow]:
    checks = Counter(outcome.suite.name for outcome in outcomes)
    failed = Counter(
        (outcome.suite.name, outcome.check.severity) for outcome in outcomes if not outcome.success
    )
    return [
        IndexRow(name, count, failed[name, "critical"], failed[name, "warning"])
        for name, count in checks.items()
    ]


def _replace_directory(new: Path, target: Path, scratch: Path) -> Path:
    """Put `new` in the place of `target`; the old one goes into `scratch`, to vanish with it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rename(scratch / "old")
    new.rename(target)
    return target


def _write_results(
    result: GateResult, frames: Sequence[tuple[Suite, "pd.DataFrame"]], as_of: date
) -> None:
    report = {
        "gate": result.gate,
        "as_of": as_of.isoformat(),
        "checked_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "success": result.success,
        "check_count": result.check_count,
        "failures": [asdict(finding) for finding in result.failures],
        "warnings": [asdict(finding) for finding in result.warnings],
        "frames": {suite.name: len(frame) for suite, frame in frames},
    }
    scratch = result.results.with_suffix(".json.new")
    scratch.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    scratch.replace(result.results)
