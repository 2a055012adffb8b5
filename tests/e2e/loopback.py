"""Serves the vendor's stand-in on loopback from a thread of the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from demo.api.server import make_server
from tests.e2e.system import HOST, free_port


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve until the end of the context; gives the address."""
    server = make_server(app)
    server.config.host, server.config.port = HOST, free_port()
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://{HOST}:{server.config.port}"
    finally:
        server.should_exit = True
        thread.join()
