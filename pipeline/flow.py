"""The order of the flow: land, resolve, gate, build, gate, publish. A failed gate stops it."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline import dbt
from pipeline.configured_sources import SOURCES
from pipeline.erased_people import erase_again
from pipeline.errors import PipelineError, UsageError, keep_secret
from pipeline.intake import Window, land_all
from pipeline.settings import PROJECT_DIR, Settings, check_readable
from pipeline.steps import Steps

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

    from publishing.release import Release

Gate = Literal["raw", "marts"]


@dataclass(frozen=True)
class FlowResult:
    """What a whole flow came to.

    Args:
        release: What was published.
        problems: One line per source, or part of one, that could not be landed.
    """

    release: "Release"
    problems: tuple[str, ...]


def run(settings: Settings, steps: Steps, window: Window | None = None) -> FlowResult:
    """Do the whole flow over all configured sources.

    A source that cannot be landed stops neither the others nor the flow: what is whole is
    published, and the problem is told in the end.

    Args:
        settings: What to land, and where the home is.
        steps: Where progress is shown.
        window: What to ask APIs for; None goes on from what was landed.

    Raises:
        PipelineError: A gate or a step failed; the release before stays the current one.
    """
    check_warehouse(settings)
    is_any_configured = any(source.is_configured(settings) for source in SOURCES.values())
    if not is_any_configured and not settings.database.exists():
        names = " or ".join(source.setting for source in SOURCES.values())
        raise UsageError(
            f"there is nothing to land: start `claude-analytics receive`, or set {names}"
        )
    problems = land_all(settings, steps, window or Window())
    prepare(settings, steps)
    manifest = check(settings, steps, "raw")
    build(settings, steps, manifest=manifest)
    check(settings, steps, "marts")
    release = publish(settings, steps)
    prune_spool(settings)
    return FlowResult(release, problems)


def prepare(settings: Settings, steps: Steps, *, is_finishing: bool = False) -> None:
    """Make raw tables ready to build from.

    All exist, the erased are not in them, people have pseudonyms, the site's prices are there.

    Args:
        settings: Where the home is.
        steps: Where progress is shown.
        is_finishing: Whether somebody is being erased right now.
    """
    with steps.step("resolve identities") as step:
        from ingestion.price_overlay import PriceOverlayError, load_price_overlay
        from ingestion.pseudonyms import resolve_pseudonyms
        from ingestion.raw_tables import ensure_raw_tables

        ensure_raw_tables(settings.database)
        erase_again(settings, steps, is_finishing=is_finishing)
        new = resolve_pseudonyms(settings.database, pseudonym_key(settings))
        step.outcome = f"{new} new" if new else "nobody new"
        overlay = settings.price_overlay
        check_readable([overlay] if overlay else [], "CLAUDE_ANALYTICS_PRICE_OVERLAY")
        try:
            load_price_overlay(settings.database, overlay)
        except PriceOverlayError as error:
            raise UsageError(str(error)) from error


def check(settings: Settings, steps: Steps, gate: Gate) -> "Manifest | None":
    """Run a gate and show its warnings.

    The build makes the views of the marts gate; those of the raw gate are made here, before it.

    Returns:
        For the build, dbt's project as it was parsed for the raw gate.

    Raises:
        PipelineError: A critical check failed.
    """
    manifest = None
    with steps.step(f"check {gate}") as step:
        from ingestion.raw_tables import ensure_raw_tables
        from quality.gates import run_gate

        if gate == "raw":
            ensure_raw_tables(settings.database)
            manifest = dbt.make_raw_gate(settings)
        result = run_gate(gate, settings.database, settings.quality_dir, settings.as_of)
        if not result.success:
            first, *others = result.failures
            more = f" (and {len(others)} more)" if others else ""
            raise PipelineError(
                f"the {gate} gate failed: {first.line}{more}; the release before stays; "
                f"report: {result.docs}"
            )
        step.outcome = f"{result.check_count} checks, {len(result.warnings)} warnings"
    for warning in result.warnings:
        steps.warn(warning.line)
    return manifest


def build(
    settings: Settings,
    steps: Steps,
    *,
    full_refresh: bool = False,
    select: Sequence[str] = (),
    store_failures: bool = False,
    manifest: "Manifest | None" = None,
) -> None:
    """Build seeds, models and their tests.

    Raises:
        PipelineError: A model or a test failed.
    """
    with steps.step("build") as step:
        result = dbt.build(
            settings,
            full_refresh=full_refresh,
            select=select,
            store_failures=store_failures,
            on_progress=step.advance,
            manifest=manifest,
        )
        step.outcome = ", ".join(f"{count} {status}" for status, count in result.counts.items())
    for warning in result.warnings:
        steps.warn(warning)


def publish(settings: Settings, steps: Steps) -> "Release":
    """Publish the marts as a release and make it the current one."""
    with steps.step("publish") as step:
        from publishing.release import publish as publish_release

        release = publish_release(
            settings.database,
            settings.releases_dir,
            as_of=settings.as_of,
            revision=revision(),
            keep=settings.keep_releases,
            privacy_mode=settings.privacy_mode,
        )
        step.outcome = str(release.path)
    return release


def prune_spool(settings: Settings) -> None:
    """Delete spool files that were landed days ago; call it only after the spool was landed."""
    from ingestion.otlp.spool import prune

    if settings.spool_dir.is_dir():
        prune(settings.spool_dir, settings.spool_keep_days, settings.quarantine_days)


def pseudonym_key(settings: Settings) -> bytes:
    """Return the key of the pseudonyms, from the environment or from the home.

    Raises:
        UsageError: The key file is empty or open to other users.
    """
    from ingestion.pseudonyms import PseudonymKeyError, read_key

    if settings.pseudonym_key:
        return settings.pseudonym_key.encode()
    try:
        key = read_key(settings.key_file)
    except PseudonymKeyError as error:
        raise UsageError(str(error)) from error
    keep_secret(key.decode("utf-8", "replace"))
    return key


def check_warehouse(settings: Settings) -> None:
    """Open and close the warehouse, so that a damaged or held file fails before any work."""
    if settings.database.exists():
        import duckdb

        duckdb.connect(str(settings.database)).close()


def revision() -> str | None:
    """Return the git revision of the project, None outside a checkout."""
    command = ["git", "-C", str(PROJECT_DIR), "rev-parse", "HEAD"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # a fixed command
    except FileNotFoundError:
        return None  # No git on this machine.
    return found.stdout.strip() or None
