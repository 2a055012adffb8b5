"""Keeps out who was erased: what a landing brings of them again goes before anything is built."""

import shutil
from pathlib import Path

from pipeline.errors import UsageError, keep_secret
from pipeline.settings import Settings
from pipeline.steps import Steps


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

    if notes(settings) and not is_finishing:
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


def notes(settings: Settings) -> list[Path]:
    """Return the files that say who is being erased; the last thing that `erase` removes."""
    return sorted(settings.home.glob(".erasing-*.json"))
