"""What a user sees when something goes wrong: one line and an exit code, never a secret.

Every error that ends a command passes `describe`, which knows the failures that come from the
machine (disk, permission, files, locks) and finds them under the layers that libraries wrap around.
"""

import errno
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Final

EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2

# Their errors are written for users.
_ROOMS: Final = ("ingestion", "quality", "publishing", "demo")
_MAX_LINE: Final = 600
_MIN_SECRET: Final = 6
_SECRETS: Final[set[str]] = set()


class PipelineError(Exception):
    """The flow cannot go on: a gate, a contract, a build or the machine failed."""

    exit_code = EXIT_FAILED


class UsageError(PipelineError):
    """Wrong use or configuration; the message names what to change."""

    exit_code = EXIT_USAGE


def keep_secret(value: str) -> None:
    """Remember a secret so that no error, log line or traceback shows it."""
    if len(value) >= _MIN_SECRET:
        _SECRETS.add(value)


def redact(text: str) -> str:
    """Replace every remembered secret in a text."""
    for secret in sorted(_SECRETS, key=len, reverse=True):
        text = text.replace(secret, "[hidden]")
    return text


class _RedactingFormatter(logging.Formatter):
    """Keeps secrets out of log lines, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def log_from(level: int) -> None:
    """Write log lines of a level and above to the error stream, without secrets."""
    handler = logging.StreamHandler()
    handler.setFormatter(_RedactingFormatter("%(levelname)s %(name)s: %(message)s"))
    # On the handler, not only on the root: libraries set levels of their own.
    handler.setLevel(level)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)


def describe(error: BaseException) -> tuple[str, int]:
    """Return the one line that tells a user what happened, and the exit code."""
    message, code = _explain(error)
    line = redact(" ".join(message.split()))
    return (line if len(line) <= _MAX_LINE else line[: _MAX_LINE - 1] + "…"), code


def traceback_of(error: BaseException) -> str:
    """Return the full traceback, without local variables and without secrets."""
    return redact("".join(traceback.format_exception(error)))


def _explain(error: BaseException) -> tuple[str, int]:
    # First of all: whatever a full disk broke on its way up, the disk is what the user must see to.
    for link in _chain(error):
        if full := _full_disk(link):
            return full, EXIT_FAILED
    for link in _chain(error):
        if isinstance(link, PipelineError):
            return str(link), link.exit_code
        if type(link).__module__.partition(".")[0] in _ROOMS:
            return str(link), EXIT_FAILED
    for link in _chain(error):
        if known := _machine_failure(link):
            return known
    # The command line library's own errors carry their text and code.
    format_message = getattr(error, "format_message", None)
    if callable(format_message):
        text = f"{str(format_message()).rstrip('.')}; see --help"
        return text, int(getattr(error, "exit_code", EXIT_USAGE))
    root = list(_chain(error))[-1]
    text = str(root) or str(error)
    return f"{type(root).__name__}: {text} (--verbose shows where)", EXIT_FAILED


def _machine_failure(error: BaseException) -> tuple[str, int] | None:
    text = str(error)
    if "Could not set lock on file" in text:
        return (
            "the warehouse is held by another process; wait for it or stop it: "
            + text.partition("Conflicting lock is held in")[2].partition(". See")[0].strip(),
            EXIT_FAILED,
        )
    if "not a valid DuckDB database file" in text:
        return (
            f"the warehouse file is damaged: {text}; restore it from a backup, or move it away and "
            "run again: what the spool and the logs still hold lands anew",
            EXIT_FAILED,
        )
    if isinstance(error, PermissionError):
        return (
            f"permission denied: {_path(error) or text}; grant this user access or choose "
            "another path",
            EXIT_USAGE,
        )
    if isinstance(error, OSError) and error.errno == errno.EROFS:
        return f"read-only file system: {_path(error) or text}; choose another path", EXIT_USAGE
    if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
        return (
            f"{error.strerror or 'wrong path'}: {_path(error) or text}; check the path",
            EXIT_USAGE,
        )
    return None


def _full_disk(error: BaseException) -> str | None:
    is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not is_full and "No space left on device" not in str(error):
        return None
    where = f" while writing {_path(error)}" if _path(error) else ""
    return (
        f"disk full{where}: free some space under CLAUDE_ANALYTICS_HOME and run again, "
        "nothing acknowledged is lost"
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Walk from an error to what caused it; libraries wrap the reason several times."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _path(error: BaseException) -> Path | None:
    name = error.filename if isinstance(error, OSError) else None
    return Path(str(name)) if name else None
