"""Run dbt inside this process, quietly, with its files under the home."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from pipeline import saved_parse
from pipeline.errors import PipelineError, UsageError
from pipeline.settings import PREFIX, PROJECT_DIR, SECRET_VARIABLES, Settings

if TYPE_CHECKING:
    from dbt.artifacts.schemas.results import NodeResult
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.base_types import EventMsg

Progress = Callable[[int, int, str], None]

_BAD: Final = ("error", "fail", "runtime error", "partial success")
# Views that the raw gate reads: made before the gate, so the build leaves them out.
_RAW_GATE: Final = "path:models/gates/raw"


@dataclass(frozen=True)
class BuildResult:
    """What a build did.

    Args:
        counts: Nodes by status.
        warnings: One line per test that warned.
    """

    counts: dict[str, int]
    warnings: tuple[str, ...]


def build(
    settings: Settings,
    *,
    full_refresh: bool = False,
    select: Sequence[str] = (),
    run_tests: bool = True,
    store_failures: bool = False,
    on_progress: Progress | None = None,
    manifest: "Manifest | None" = None,
) -> BuildResult:
    """Build seeds, models and tests.

    Args:
        settings: Where the warehouse and the home are.
        full_refresh: Rebuild incremental models from all history.
        select: Node selection of dbt; everything if empty.
        run_tests: Whether what was built is tested, too.
        store_failures: Whether rows that fail a test stay in the schema `test_failures`.
        on_progress: Called with done, total and the node that starts.
        manifest: The project as it was parsed for the raw gate; None to parse it.

    Raises:
        PipelineError: A model or a test failed; the message names it and the log.
    """
    # Unit tests look at the models, not at the data: `make test` runs them.
    arguments = ["build", "--exclude-resource-type", "unit_test", "--exclude", _RAW_GATE]
    if not run_tests:
        arguments += ["--exclude-resource-type", "test"]
    if full_refresh:
        arguments.append("--full-refresh")
    if store_failures:
        arguments.append("--store-failures")
    for selector in select:
        arguments += ["--select", selector]
    manifest = manifest or _parsed(settings)
    results = _results(_succeeded(settings, _invoke(settings, arguments, on_progress, manifest)))
    if select and not results:
        raise UsageError(f"--select {' '.join(select)} matches no model, seed or test")
    counts: dict[str, int] = {}
    for result in results:
        counts[str(result.status)] = counts.get(str(result.status), 0) + 1
    warnings = tuple(
        f"{_name(result)}: {_message(result)}" for result in results if str(result.status) == "warn"
    )
    return BuildResult(counts, warnings)


def make_raw_gate(settings: Settings) -> "Manifest":
    """Make the views that the raw gate reads, and return the project as it was parsed for them.

    Raises:
        PipelineError: A view cannot be made.
    """
    manifest = _parsed(settings)
    # What is in the warehouse does not matter to views that are replaced.
    arguments = ["run", "--select", _RAW_GATE, "--no-populate-cache", "--no-write-json"]
    _succeeded(settings, _invoke(settings, arguments, manifest=manifest))
    return manifest


def _parsed(settings: Settings) -> "Manifest":
    """Return the project parsed, from what was kept of an earlier parse of the same if there is."""
    # The reporting day, the memory and where the warehouse lies are read when a node runs.
    read_later = {PREFIX + name for name in ("DATABASE", "AS_OF", "MEMORY_LIMIT")}
    told = {name: text for name, text in _given(settings).items() if name not in read_later}
    path = saved_parse.place(PROJECT_DIR, {**told, "database": settings.database.stem})
    manifest = saved_parse.read(path)
    if manifest is None:
        parsed = _succeeded(settings, _invoke(settings, ["parse", "--no-partial-parse"]))
        manifest = cast("Manifest", parsed.result)
        saved_parse.keep(manifest, path)
    return manifest


def _succeeded(settings: Settings, outcome: "dbtRunnerResult") -> "dbtRunnerResult":
    log = settings.dbt_dir / "logs" / "dbt.log"
    failed = [result for result in _results(outcome) if str(result.status) in _BAD]
    if failed:
        first = failed[0]
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        raise PipelineError(
            f"build failed: {_name(first)}: {_faults(settings, first)}{more}; log: {log}"
        )
    if not outcome.success:
        raise PipelineError(f"build failed: {outcome.exception}; log: {log}") from outcome.exception
    return outcome


def _invoke(
    settings: Settings,
    arguments: list[str],
    on_progress: Progress | None = None,
    manifest: "Manifest | None" = None,
) -> "dbtRunnerResult":
    # Imported here: dbt takes longer to import than most commands to run.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import cleanup_connections
    from dbt.cli.main import dbtRunner

    profiles_dir = _write_profile(settings.dbt_dir)
    arguments = [
        *("--log-level", "none", "--log-level-file", "info", "--no-print", "--no-use-colors"),
        *("--log-path", str(settings.dbt_dir / "logs"), "--no-send-anonymous-usage-stats"),
        *arguments,
        *("--project-dir", str(PROJECT_DIR), "--profiles-dir", str(profiles_dir)),
        *("--target-path", str(settings.dbt_dir / "target")),
    ]
    callbacks = [_listener(on_progress)] if on_progress else []
    with _environment(settings):
        try:
            return dbtRunner(manifest, callbacks).invoke(arguments)
        finally:
            # dbt keeps the file open; nobody else in this process could open it read-only.
            cleanup_connections()  # type: ignore[no-untyped-call]  # the adapter has no types
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]  # the adapter has no types


def _write_profile(dbt_dir: Path) -> Path:
    dbt_dir.mkdir(parents=True, exist_ok=True)
    template = PROJECT_DIR / "profiles.example.yml"
    target = dbt_dir / "profiles.yml"
    # Rewritten only on change: dbt parses the whole project again when the profile is newer.
    if not target.is_file() or target.read_bytes() != template.read_bytes():
        shutil.copyfile(template, target)
    return dbt_dir


def _given(settings: Settings) -> dict[str, str]:
    """Return the variables that the profile, the project and macros read."""
    return {
        PREFIX + "DATABASE": str(settings.database),
        PREFIX + "AS_OF": settings.as_of.isoformat(),
        PREFIX + "CACHE_WRITE_TTL_SUBSCRIPTION": settings.cache_write_ttl_subscription,
        PREFIX + "CACHE_WRITE_TTL_OTHER": settings.cache_write_ttl_other,
        PREFIX + "ENTERPRISE_PLAN": settings.enterprise_plan,
        PREFIX + "MEMORY_LIMIT": settings.memory_limit,
    }


@contextmanager
def _environment(settings: Settings) -> Iterator[None]:
    """Give dbt what its macros read, and nothing secret."""
    before = dict(os.environ)
    os.environ.update(_given(settings))
    for name in SECRET_VARIABLES:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _listener(on_progress: Progress) -> "Callable[[EventMsg], None]":
    done = 0

    def listen(event: "EventMsg") -> None:
        nonlocal done
        data: Any = event.data  # its fields depend on the event
        if event.info.name == "NodeFinished":
            done += 1
        elif event.info.name == "LogStartLine":
            # "sql view model staging.orders" and the like: the name is enough.
            name = str(data.description).split()[-1].rpartition(".")[2]
            on_progress(done, int(data.total), name)

    return listen


def _results(outcome: "dbtRunnerResult") -> "list[NodeResult]":
    return list(getattr(outcome.result, "results", None) or [])


def _name(result: "NodeResult") -> str:
    return f"{result.node.resource_type} {result.node.name}"


def _faults(settings: Settings, result: "NodeResult") -> str:
    """Return the rules that a `checked` test found broken, or what dbt says of another failure."""
    metadata = getattr(result.node, "test_metadata", None)
    if str(result.status) != "fail" or metadata is None or metadata.name != "checked":
        return _message(result)
    import duckdb

    with duckdb.connect(str(settings.database), read_only=True) as connection:
        # The example stays in the warehouse: it may name a person.
        found = connection.execute(str(result.node.compiled_code)).fetchall()  # type: ignore[union-attr]  # a test is compiled
    return ", ".join(f"{rule} {column} ({count})" for rule, column, count, _ in found)


def _message(result: "NodeResult") -> str:
    # Without the list of macros that were under way.
    text = str(result.message or result.status).partition("> in macro")[0]
    return " ".join(text.split())
