"""`erase`: takes a person out of everything under the home: raw tables, marts, files and releases.

What is to go is written down first and forgotten last, so that a command that was killed is
finished by the next one, in whatever state it left the home.
"""

import gzip
import re
import shutil
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pipeline import flow
from pipeline.commands.outcome import show_release
from pipeline.configured_sources import file_sources
from pipeline.erased_people import key, notes
from pipeline.errors import PipelineError, UsageError
from pipeline.home import exclusive, need_warehouse, release_file
from pipeline.intake import land_files
from pipeline.settings import Settings, load_settings
from pipeline.steps import Steps

if TYPE_CHECKING:
    from ingestion.replacements import Erasure

_TELEMETRY: Final = ("claude_code_otel", "claude_code_logs")
_GZIP: Final = b"\x1f\x8b"
_FILES_NAMED: Final = 3
EXAMPLES: Final = "\n\n".join(
    (
        "Example: claude-analytics erase ana.berg@example.com",
        "claude-analytics erase E00017 user_02fc135aac11c1647af68e98 --yes",
    )
)


def erase(
    people: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PERSON...",
            help="E-mail address, employee id, id of the vendor, login or pseudonym. Without any: "
            "finish what was interrupted.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove people from everything under the home, for good: totals stay, nobody leads back.

    Everything that sources call them is replaced by random names, the warehouse is built anew, and
    releases that know them go. What a source brings of them later is replaced when it lands.
    """
    settings = load_settings()
    need_warehouse(settings)
    with exclusive(settings):
        flow.check_warehouse(settings)
        if unfinished(settings):
            output = Steps()
            output.note("finishing what was interrupted")
            release = finish(settings, output)
        elif not people:
            raise UsageError("whom? give an e-mail address, an id, a login or a pseudonym")
        else:
            release = None
        erasures = plan(settings, Steps(), people) if people else []
        if erasures:
            if not yes:
                typer.confirm(
                    f"Erase {_count_of(len(erasures), 'person', 'people')}, known by "
                    f"{sum(erasure.identifier_count for erasure in erasures)} identifiers? "
                    "This cannot be undone",
                    abort=True,
                )
            release = carry_out(settings, Steps(), erasures)
    if release:
        show_release(release)


def plan(settings: Settings, steps: Steps, people: Sequence[str]) -> "list[Erasure]":
    """Find out what sources call these people, over all that has arrived.

    Args:
        settings: Where the home is.
        steps: Where progress is shown.
        people: Any identifier of each, or their pseudonym.

    Returns:
        Who is to go; not those who have gone before.

    Raises:
        UsageError: Nobody is found, or several people for one identifier.
    """
    from ingestion.erasure import ErasureError, identities_of, is_erased
    from ingestion.replacements import plan_erasure

    _land_spool(settings, steps)
    flow.prepare(settings, steps)
    flow.build(settings, steps, select=("+int_identity__aliases",))
    found: dict[str, Erasure] = {}
    for person in people:
        try:
            identities, pseudonyms, domains = identities_of(settings.database, person)
            if not identities and is_erased(settings.database, lambda: key(settings), person):
                steps.note(f"{person} has been erased already")
                continue
        except ErasureError as error:
            raise UsageError(f"{person}: {error}") from error
        if not identities:
            raise UsageError(
                f"nobody is known as {person}; give an e-mail address, an employee id, an id of "
                "the vendor, a login or a pseudonym"
            )
        found[pseudonyms[0]] = plan_erasure(identities, pseudonyms, domains)
    return list(found.values())


def unfinished(settings: Settings) -> "list[Erasure]":
    """Who was being erased when the last command was stopped."""
    from ingestion.replacements import Erasure

    return [Erasure.read(path) for path in notes(settings)]


def carry_out(settings: Settings, steps: Steps, erasures: "Sequence[Erasure]") -> Path | None:
    """Erase people; interrupted at any moment, `finish` goes on.

    Args:
        settings: Where the home is.
        steps: Where progress is shown.
        erasures: Who is to go.

    Returns:
        The new release; None where there was none before.
    """
    for number, erasure in enumerate(erasures):
        erasure.write(settings.home / f".erasing-{number}.json")
    return finish(settings, steps)


def finish(settings: Settings, steps: Steps) -> Path | None:
    """Erase everybody who is noted down, and forget the notes.

    Raises:
        PipelineError: Something of them is left; the message says where.
    """
    from ingestion.erasure import compact
    from ingestion.erasure import erase as erase_raw

    erasures = unfinished(settings)
    for erasure in erasures:
        with steps.step("erase from raw tables") as step:
            count = erase_raw(settings.database, key(settings), erasure)
            step.outcome = f"{count} values"
    with steps.step("erase from files"):
        sought = [erasure.sought() for erasure in erasures]
        for path in _own_telemetry(settings):
            if _holds(path, sought):
                path.unlink()
        # Results, logs and what the loader keeps of its last load name people; all are made anew.
        for directory in (settings.quality_dir, settings.dbt_dir, settings.dlt_dir):
            if directory.exists():
                shutil.rmtree(directory)
        compact(settings.database)
    flow.prepare(settings, steps, is_finishing=True)
    flow.build(settings, steps, full_refresh=True)
    flow.check(settings, steps, "marts")
    release = None
    if settings.releases_dir.is_dir():
        release = flow.publish(settings, steps).path
        _remove_releases(settings, release, sought)
    _require_gone(settings, sought)
    named = [path for path in _given_files(settings) if _holds(path, sought)]
    if named:
        more = f" and {len(named) - _FILES_NAMED} more" if len(named) > _FILES_NAMED else ""
        steps.warn(
            "these files are not the pipeline's and still name them: "
            f"{', '.join(map(str, named[:_FILES_NAMED]))}{more}"
        )
    for note in notes(settings):
        note.unlink()
    return release


def _land_spool(settings: Settings, steps: Steps) -> None:
    """Land telemetry that waits: its files can go then."""
    for source in file_sources():
        if source.source_id in _TELEMETRY and source.is_configured(settings):
            land_files(settings, steps, source, source.configured_paths(settings))


def _own_telemetry(settings: Settings) -> list[Path]:
    """Landed telemetry and quarantined bodies under the home; not what a receiver still writes."""
    telemetry = [
        path
        for source in file_sources()
        if source.source_id in _TELEMETRY
        for path in source.configured_paths(settings)
    ]
    return [
        path
        for path in _files(telemetry)
        if path.is_relative_to(settings.home) and path.suffix != ".open"
    ]


def _given_files(settings: Settings) -> list[Path]:
    """Files that sources are read from and that are not the pipeline's own."""
    paths = [path for source in file_sources() for path in source.configured_paths(settings)]
    return [path for path in _files(paths) if not path.is_relative_to(settings.home)]


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    return sorted(set(found))


def _holds(path: Path, sought: Sequence[re.Pattern[str]]) -> bool:
    """Whether a file, gzipped or not, names somebody."""
    content = path.read_bytes()
    if content.startswith(_GZIP):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            # Nobody can read it to the end, so nobody needs it.
            return True
    text = content.decode("utf-8", "replace")
    return any(pattern.search(text) for pattern in sought)


def _remove_releases(settings: Settings, new: Path, sought: Sequence[re.Pattern[str]]) -> None:
    from publishing.release import withdraw

    def is_unwanted(release: Path) -> bool:
        from ingestion.erasure import remains

        database = release_file(release)
        # One without its file cannot be looked through, and nobody can use it.
        return database is None or any(remains(database, pattern) for pattern in sought)

    withdraw(settings.releases_dir, new.name, is_unwanted)


def _require_gone(settings: Settings, sought: Sequence[re.Pattern[str]]) -> None:
    from ingestion.erasure import remains

    left = [column for pattern in sought for column in remains(settings.database, pattern)]
    if left:
        raise PipelineError(
            f"something of them is still in {', '.join(dict.fromkeys(left))}; if a seed or a file "
            "of the site names them, remove the row there and run `claude-analytics erase` again"
        )


def _count_of(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
