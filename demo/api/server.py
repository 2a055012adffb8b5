"""Runs the stand-in on loopback."""

import gc
import socket
from collections.abc import Callable
from typing import Final

import uvicorn
from starlette.types import ASGIApp

_HOST: Final = "127.0.0.1"
_STOP_SECONDS: Final = 5
_COLLECTION_THRESHOLD: Final = 200_000


def make_server(app: ASGIApp) -> uvicorn.Server:
    """Make a server; the date of its answers is the application's own."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
    )


def serve(app: ASGIApp, port: int, announce: Callable[[str], None]) -> None:
    """Serve until a signal comes.

    Args:
        app: The stand-in.
        port: Where to listen; 0 takes a free one.
        announce: Gets the address once connections are accepted.
    """
    # A page is tens of thousands of objects without a cycle: looking for one takes half the time.
    gc.set_threshold(_COLLECTION_THRESHOLD)
    with socket.create_server((_HOST, port), backlog=128) as listener:
        announce(f"http://{_HOST}:{listener.getsockname()[1]}")
        make_server(app).run(sockets=[listener])
