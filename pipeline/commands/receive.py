"""`receive`: the OTLP receiver, until it is stopped."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline.errors import UsageError, keep_secret, log_from
from pipeline.home import make_home
from pipeline.settings import Settings, load_settings

EXAMPLES: Final = "Example: claude-analytics receive --port 4318 --token-file otlp.token"
_DEFAULT_PORT: Final = 4318
_MAX_PORT: Final = 65_535


def receive(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0: any free one.")] = _DEFAULT_PORT,
    token_file: Annotated[
        Path | None, typer.Option(help="File with the bearer token that clients must send.")
    ] = None,
) -> None:
    """Receive OTLP over HTTP into the spool until stopped."""
    if not 0 <= port <= _MAX_PORT:
        raise UsageError(f"--port is {port}; give a port from 0 (any free one) to {_MAX_PORT}")
    settings = load_settings()
    log_from(logging.INFO)  # Counters are its only output, so they are shown without --verbose.

    def announce(address: str, actual_port: int) -> None:
        shown = f"[{address}]" if ":" in address else address
        typer.echo(f"receiving on http://{shown}:{actual_port} into {settings.spool_dir}")

    _receive_until_stopped(settings, host, port, token_file, announce)


def _receive_until_stopped(
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
