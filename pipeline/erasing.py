"""Takes a person out of everything under the home: raw tables, marts, files and releases.

What is to go is written down first and forgotten last, so that a command that was killed is
finished by the next one, in whatever state it left the home.
"""

import gzip
import re
import shutil
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline import flow
from pipeline.errors import PipelineError, UsageError, keep_secret
from pipeline.home import release_file
from pipeline.landing import land_files
from pipeline.settings import Settings
from pipeline.sources import file_sources
from pipeline.steps import Steps

if TYPE_CHECKING:
    from ingestion.replacements import Erasure

_TELEMETRY: Final = ("claude_code_otel", "claude_code_logs")
_GZIP: Final = b"\x1f\x8b"
_FILES_NAMED: Final = 3


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

    return [Erasure.read(path) for path in _notes(settings)]


def erase(settings: Settings, steps: Steps, erasures: "Sequence[Erasure]") -> Path | None:
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
    for note in _notes(settings):
        note.unlink()
    return release


def erase_again(settings: Settings, steps: Steps, *, is_finishing: bool = False) -> None:
    """Take out what a landing brought of people who were erased, before anything is built of it.

    Args:
        settings: Where the home is.
        steps: Where progress is shown.
        is_finishing: Whether somebody is being erased right now.

    Raises:
        UsageError: The list of the erased was made with another key.
    """
    from ingestion.erasure import ErasureError, compact
    from ingestion.erasure import erase_again as erase_from_loads

    if _notes(settings) and not is_finishing:
        steps.warn("an erasure was interrupted; `claude-analytics erase` finishes it")
    try:
        repeated = erase_from_loads(settings.database, lambda: key(settings))
    except ErasureError as error:
        raise UsageError(str(error)) from error
    if not repeated.values:
        return
    for name in repeated.telemetry_files:
        # Landed, so it is needed no more; files of others are theirs to clear.
        (settings.spool_dir / name).unlink(missing_ok=True)
    if settings.dlt_dir.exists():
        # What the loader keeps of its last load; the warehouse says what was read.
        shutil.rmtree(settings.dlt_dir)
    compact(settings.database)
    steps.note(f"{repeated.values} values of erased people came again and were replaced")


def key(settings: Settings) -> bytes:
    """Return the key of the erasure list, a key of its own: the list outlives other pseudonyms.

    Raises:
        UsageError: The key file is empty or open to other users.
    """
    from ingestion.pseudonyms import PseudonymKeyError, read_key

    try:
        found = read_key(settings.erasure_key_file)
    except PseudonymKeyError as error:
        raise UsageError(str(error)) from error
    keep_secret(found.decode("utf-8", "replace"))
    return found


def _land_spool(settings: Settings, steps: Steps) -> None:
    """Land telemetry that waits: its files can go then."""
    for source in file_sources():
        if source.source_id in _TELEMETRY and source.is_configured(settings):
            land_files(settings, steps, source, source.configured_paths(settings))


def _notes(settings: Settings) -> list[Path]:
    return sorted(settings.home.glob(".erasing-*.json"))


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
