"""Sends the recorded bodies to a receiver over HTTP, byte by byte as the client sent them."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

RECORDED_DIR: Final = Path(__file__).resolve().parent / "recorded"
LOCAL_LOGS_DIR: Final = RECORDED_DIR / "claude-projects"
# The day after the recorded one: a fixed clock gives the demo the same result on any day.
AS_OF: Final = "2026-11-21"

_HEADERS_SUFFIX: Final = ".headers.json"
_CHUNK_BYTES: Final = 4096
_TIMEOUT_SECONDS: Final = 30
_MAX_ATTEMPTS: Final = 5
_OK: Final = 200
_RETRYABLE: Final = (429, 502, 503, 504)


class ReplayError(Exception):
    """The receiver refused a body; the message says which and how."""


@dataclass(frozen=True)
class RecordedBody:
    """One HTTP request as it was recorded.

    Args:
        name: File name of the body.
        path: Request path.
        headers: Headers as sent.
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


def recorded_bodies(directory: Path = RECORDED_DIR / "otlp") -> list[RecordedBody]:
    """Read all recorded requests, in the order in which they arrived."""
    bodies = []
    for file in directory.glob(f"*{_HEADERS_SUFFIX}"):
        request = json.loads(file.read_text(encoding="utf-8"))
        name = file.name.removesuffix(_HEADERS_SUFFIX)
        body = RecordedBody(
            name=name,
            path=request["path"],
            headers={key.lower(): value for key, value in request["headers"].items()},
            body=(directory / name).read_bytes(),
        )
        bodies.append((request["received_unix"], body))
    return [body for _, body in sorted(bodies, key=lambda pair: (pair[0], pair[1].name))]


def replay(
    bodies: Sequence[RecordedBody], host: str, port: int, *, token: str | None = None
) -> int:
    """Post bodies one after the other over one connection, as an exporter does.

    An answer that asks for a retry is retried after the time it names.

    Args:
        bodies: What to send.
        host: Host of the receiver.
        port: Port of the receiver.
        token: Bearer token, if the receiver wants one.

    Returns:
        The number of bodies that were acknowledged.

    Raises:
        ReplayError: A body was refused.
    """
    connection = HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
    try:
        for body in bodies:
            _post_until_acknowledged(connection, body, token)
    finally:
        connection.close()
    return len(bodies)


def _post_until_acknowledged(
    connection: HTTPConnection, body: RecordedBody, token: str | None
) -> None:
    for attempt in range(1, _MAX_ATTEMPTS + 1):
        status, wait_seconds = _post(connection, body, token)
        if status == _OK:
            return
        if status not in _RETRYABLE or attempt == _MAX_ATTEMPTS:
            raise ReplayError(f"the receiver answered {status} to {body.name} ({body.path})")
        time.sleep(wait_seconds)


def _post(connection: HTTPConnection, body: RecordedBody, token: str | None) -> tuple[int, float]:
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
