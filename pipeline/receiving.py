"""Starts the OTLP receiver with what the command line said."""

from collections.abc import Callable
from pathlib import Path

from pipeline.errors import UsageError, keep_secret
from pipeline.home import make_home
from pipeline.settings import Settings


def receive(
    settings: Settings,
    host: str,
    port: int,
    token_file: Path | None,
    on_listening: Callable[[str, int], None],
) -> None:
    """Receive until the process is told to stop.

    Args:
        settings: Where the spool is.
        host: Address to listen on.
        port: Port to listen on, 0 for a free one.
        token_file: File with the token that clients must send.
        on_listening: Called with address and port once requests are answered.

    Raises:
        UsageError: The token file cannot be used, the address is taken or open without a token.
    """
    token = None if token_file is None else read_token(token_file)
    make_home(settings)

    # Imported here: it brings the web server.
    from ingestion.otlp.receiving.receiver import (
        ReceiverConfigurationError,
        ReceiverSettings,
        serve,
    )

    try:
        serve(
            ReceiverSettings(
                spool_dir=settings.spool_dir,
                host=host,
                port=port,
                token=token,
                quarantine_days=settings.quarantine_days,
            ),
            on_listening,
        )
    except ReceiverConfigurationError as error:
        raise UsageError(f"{error}; see --host, --port and --token-file") from error


def read_token(path: Path) -> str:
    """Read the bearer token from a file of one line.

    Raises:
        UsageError: The file is missing, unreadable, empty, or its token cannot stand in a header.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text file"
        raise UsageError(
            f"cannot read the token file {path}: {reason}; check --token-file"
        ) from None
    token = lines[0].strip() if lines else ""
    keep_secret(token)
    if not token:
        raise UsageError(f"the token file {path} is empty; put one token on its first line")
    if not token.isascii() or not token.isprintable() or " " in token or len(lines) > 1:
        raise UsageError(
            f"the token file {path} must hold one line of printable ASCII characters without spaces"
        )
    return token
