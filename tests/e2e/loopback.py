"""Serves the vendor's stand-in on loopback from a thread of the test."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from demo.api.server import make_server
from tests.e2e.system import HOST


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve until the end of the context; gives the address."""
    server = make_server(app)
    with socket.create_server((HOST, 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
