"""Great Expectations validates frames and writes Data Docs; heavy, so import it late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from html import escape, unescape
from pathlib import Path
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.core import ExpectationSuite
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.metadata_types import FailureSeverity

from .suites import Bound, Check, Suite

_SITE = "data_docs"
# Beyond this many, further rows of one failing check tell nothing new; the count is always given.
_NAMED_ROWS_MAX = 50


@dataclass(frozen=True)
class Outcome:
    """What one check found.

    Attributes:
        suite: The suite of the check.
        check: The check.
        success: Whether every row of the frame keeps the bound.
        observed: The failing rows in words; empty when there are none.
    """

    suite: Suite
    check: Check
    success: bool
    observed: str


def validate(
    frames: Sequence[tuple[Suite, pd.DataFrame]], *, run_name: str, docs_dir: Path
) -> list[Outcome]:
    """Check each frame against its suite and render the Data Docs of the run into `docs_dir`."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    source = context.data_sources.add_pandas(name="warehouse")

    outcomes: list[Outcome] = []
    for suite, frame in frames:
        definition = context.validation_definitions.add(
            gx.ValidationDefinition(
                name=suite.name,
                data=source.add_dataframe_asset(
                    name=suite.name
                ).add_batch_definition_whole_dataframe("frame"),
                suite=context.suites.add(
                    ExpectationSuite(
                        name=suite.name,
                        expectations=[_expectation(check) for check in suite.checks],
                    )
                ),
            )
        )
        results = definition.run(
            batch_parameters={"dataframe": _escaped(frame)},
            result_format={
                "result_format": "COMPLETE",
                "unexpected_index_column_names": list(suite.keys),
            },
            run_id=gx.RunIdentifier(run_name=run_name),
        ).results
        # Results come back in another order than the expectations were given in.
        by_name = {
            result.expectation_config.meta["check"]: result
            for result in results
            if result.expectation_config is not None
        }
        outcomes.extend(_outcome(suite, check, by_name[check.name]) for check in suite.checks)

    _build_docs(context, docs_dir)
    return outcomes


def _escaped(frame: pd.DataFrame) -> pd.DataFrame:
    """Escape the texts of a frame: Data Docs put them into their pages as they stand."""
    texts = frame.select_dtypes(include=["object", "string"])
    return frame.assign(
        **{name: texts[name].map(escape, na_action="ignore") for name in texts.columns}
    )


def _expectation(check: Check) -> gxe.ExpectColumnValuesToBeBetween:
    return gxe.ExpectColumnValuesToBeBetween(
        column=check.column,
        min_value=_bound(check.minimum),
        max_value=_bound(check.maximum),
        severity=FailureSeverity(check.severity),
        description=escape(f"{check.severity}: {check.rule} ({check.expected})"),
        meta={"check": check.name},
    )


def _bound(bound: Bound) -> float | datetime | None:
    return datetime.combine(bound, time()) if isinstance(bound, date) else bound


def _outcome(suite: Suite, check: Check, result: ExpectationValidationResult) -> Outcome:
    if result.success:
        return Outcome(suite, check, True, "")
    if "unexpected_list" not in result.result:
        messages = {
            str(info["exception_message"])
            for info in result.exception_info.values()
            if isinstance(info, Mapping)
        }
        return Outcome(suite, check, False, f"could not be checked: {'; '.join(sorted(messages))}")
    keys = suite.keys if check.keys is None else check.keys
    values = result.result["unexpected_list"]
    rows = result.result["unexpected_index_list"] if keys else [{} for _ in values]
    # A figure of the whole table repeats on its rows; it is one finding.
    named = list(
        dict.fromkeys(
            _row_in_words([row[key] for key in keys], value)
            for row, value in zip(rows, values, strict=True)
        )
    )
    more = len(named) - _NAMED_ROWS_MAX
    tail = [f"and {more} more"] if more > 0 else []
    return Outcome(suite, check, False, "; ".join(named[:_NAMED_ROWS_MAX] + tail))


def _row_in_words(names: Sequence[object], value: object) -> str:
    name = " ".join(_in_words(part) for part in names)
    return f"{name}: {_in_words(value)}" if name else _in_words(value)


def _in_words(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]  # a cell is always a scalar
        return "(null)"
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float):
        return f"{value:.4g}" if value != int(value) else f"{int(value)}"
    return " ".join(unescape(str(value)).split())


def _build_docs(context: Any, docs_dir: Path) -> None:  # noqa: ANN401  # GX types it as a union
    # The context comes with a site of its own in a temporary directory; ours is the only one.
    for site in list(context.variables.data_docs_sites or {}):
        context.delete_data_docs_site(site)
    context.add_data_docs_site(
        _SITE,
        {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(docs_dir),
            },
            "site_section_builders": {"profiling": "None"},
        },
    )
    context.build_data_docs([_SITE])
