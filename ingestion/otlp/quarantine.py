"""Bodies that could not be decoded: kept as they came, for their owner only, for some days."""

import os
from pathlib import Path

from ingestion.otlp.decode import Signal
from ingestion.otlp.spool import FILE_MODE, QUARANTINE, sync_directory, unique_name

_DRAFT_SUFFIX = ".tmp"


def keep_body(
    spool_dir: Path, signal: Signal, body: bytes, *, is_json: bool, is_gzip: bool
) -> Path:
    """Store a body durably; its name tells signal, time and encoding.

    Raises:
        OSError: Nothing was stored.
    """
    directory = spool_dir / QUARANTINE
    name = unique_name(signal) + (".json" if is_json else ".pb") + (".gz" if is_gzip else "")
    draft = directory / (name + _DRAFT_SUFFIX)
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(descriptor)
        draft.rename(directory / name)
        sync_directory(directory)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return directory / name
