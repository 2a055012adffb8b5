"""Posts telemetry bodies to a receiver over HTTP, byte by byte as the client sent them."""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from threading import Lock
from typing import Final

_CHUNK_BYTES: Final = 4096
_TIMEOUT_SECONDS: Final = 30
_MAX_ATTEMPTS: Final = 5
_OK: Final = 200
_RETRYABLE: Final = (429, 502, 503, 504)


class PostError(Exception):
    """The receiver refused a body; the message says which and how."""


@dataclass(frozen=True)
class Body:
    """One HTTP request of a telemetry exporter.

    Args:
        name: What it is called in messages; of a recorded body, its file name.
        path: Request path.
        headers: Headers as sent, in lower case.
        body: Bytes as sent, compressed if they were.
    """

    name: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def is_chunked(self) -> bool:
        """Whether it was sent in chunks, without a Content-Length."""
        return self.headers.get("transfer-encoding", "").lower() == "chunked"


def post_bodies(
    bodies: Iterable[Body],
    host: str,
    port: int,
    *,
    token: str | None = None,
    connections: int = 1,
) -> int:
    """Post bodies one after the other, as an exporter does.

    An answer that asks for a retry is retried after the time it names.

    Args:
        bodies: What to send; taken one at a time, so they may be made while they are sent.
        host: Host of the receiver.
        port: Port of the receiver.
        token: Bearer token, if the receiver wants one.
        connections: Exporters that share the bodies, each with a connection of its own. Several
            are faster, since each waits until its body is safe; they keep no order among them.

    Returns:
        The number of bodies that were acknowledged.

    Raises:
        PostError: A body was refused; the bodies behind it were not sent.
    """
    shared = _Shared(bodies)

    def export() -> int:
        connection = HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
        count = 0
        try:
            for body in shared:
                _post_until_acknowledged(connection, body, token)
                count += 1
        finally:
            shared.end()
            connection.close()
        return count

    with ThreadPoolExecutor(connections) as pool:
        exporters = [pool.submit(export) for _ in range(connections)]
    return sum(exporter.result() for exporter in exporters)


class _Shared:
    """Bodies for several exporters; when one of them ends, there are no more for the others."""

    def __init__(self, bodies: Iterable[Body]) -> None:
        self._bodies = iter(bodies)
        self._lock = Lock()
        self._has_ended = False

    def __iter__(self) -> Iterator[Body]:
        return self

    def __next__(self) -> Body:
        with self._lock:
            if self._has_ended:
                raise StopIteration
            return next(self._bodies)

    def end(self) -> None:
        """Give out no more: the bodies are used up, or one was refused."""
        self._has_ended = True


def _post_until_acknowledged(connection: HTTPConnection, body: Body, token: str | None) -> None:
    for attempt in range(1, _MAX_ATTEMPTS + 1):
        status, wait_seconds = _post(connection, body, token)
        if status == _OK:
            return
        if status not in _RETRYABLE or attempt == _MAX_ATTEMPTS:
            raise PostError(f"the receiver answered {status} to {body.name} ({body.path})")
        time.sleep(wait_seconds)


def _post(connection: HTTPConnection, body: Body, token: str | None) -> tuple[int, float]:
    headers = dict(body.headers)
    if token:
        headers["authorization"] = f"Bearer {token}"
    connection.request(
        "POST",
        body.path,
        body=_chunks(body.body) if body.is_chunked else body.body,
        headers=headers,
        encode_chunked=body.is_chunked,
    )
    response = connection.getresponse()
    response.read()
    return response.status, float(response.getheader("Retry-After") or 1)


def _chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), _CHUNK_BYTES):
        yield body[start : start + _CHUNK_BYTES]
