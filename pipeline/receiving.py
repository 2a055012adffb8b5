"""Starts the OTLP receiver: token, address and home are checked before it listens."""

import socket
from ipaddress import ip_address
from pathlib import Path

from pipeline.errors import UsageError, keep_secret
from pipeline.home import make_home
from pipeline.settings import Settings


def receive(settings: Settings, host: str, port: int, token_file: Path | None) -> None:
    """Receive until the process is told to stop.

    Raises:
        UsageError: The token file cannot be used, the address is taken or open without a token.
    """
    token = None if token_file is None else read_token(token_file)
    if token is None and not _is_loopback(host):
        raise UsageError(
            f"listening on {host} without a token would let anybody send; give --token-file, "
            "or listen on 127.0.0.1"
        )
    make_home(settings)
    _check_free(host, port)

    # Imported here: it brings the web server.
    from ingestion.otlp.receiver import ReceiverSettings, serve

    serve(ReceiverSettings(host=host, port=port, token=token, spool_dir=settings.spool_dir))


def read_token(path: Path) -> str:
    """Read the bearer token from the first line of a file.

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


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"cannot listen on {host}:{port}: {error.strerror or error}; choose another --port "
                "or --host, or stop what listens there"
            ) from error
