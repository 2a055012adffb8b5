"""Where the receiver listens, and the web server that runs it until a signal comes."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

_STOP_SECONDS: Final = 10
# Longer than the pause between two exports of a client: a connection that the server closes just
# as the next export is sent costs that client a retry.
_KEEP_ALIVE_SECONDS: Final = 75
_BACKLOG: Final = 1024


class ReceiverConfigurationError(Exception):
    """The receiver cannot start as it is set up; the message is one line for the user."""


def bind(host: str, port: int, *, has_token: bool) -> socket.socket:
    """Take the address to listen on.

    Raises:
        ReceiverConfigurationError: It is unknown, taken, not allowed, or open without a token.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, OverflowError, UnicodeError) as error:
        raise ReceiverConfigurationError(f"cannot listen on {host}:{port}: {error}") from error
    if not has_token and not ip_address(str(address[0]).partition("%")[0]).is_loopback:
        raise ReceiverConfigurationError(
            f"listening on {host} without a token would let anybody send; give a token, "
            "or listen on 127.0.0.1"
        )
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Two receivers with this option could both bind; the second one has to fail here.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ReceiverConfigurationError(
            f"cannot listen on {host}:{port}: {error.strerror}"
        ) from error
    return listener


def make_server(app: ASGIApp, announce: Callable[[], None]) -> uvicorn.Server:
    """Make a server that ends at SIGTERM or SIGINT, once it has finished what is under way.

    Args:
        app: The application.
        announce: Called once requests are answered.
    """
    config = uvicorn.Config(
        app,
        loop="auto",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    return _Server(config, announce)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal, and only that: a receiver that was told to stop has done its work.

        The base class sends the signal again afterwards, which would end the process as killed.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before: dict[signal.Signals, Any] = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
