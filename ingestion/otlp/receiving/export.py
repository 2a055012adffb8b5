"""One export request from its headers to its answer.

The order is the promise: decode, drop content, store durably, and only then acknowledge.
"""

import asyncio
import hmac
import logging
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

import orjson
from starlette.types import Receive, Scope, Send

from ingestion.otlp.decode import Signal, UndecodableBodyError, decode_body
from ingestion.otlp.privacy import drop_content
from ingestion.otlp.receiving.answers import (
    JSON_TYPE,
    PROTOBUF_TYPE,
    Answer,
    failure,
    partial_success,
    success,
)
from ingestion.otlp.receiving.bodies import (
    BodyTooLargeError,
    ClientGoneError,
    CorruptGzipError,
    MemoryBudget,
    MemoryFullError,
    inflate,
    read_body,
)
from ingestion.otlp.receiving.counters import SignalCounters
from ingestion.otlp.receiving.live_file import GroupCommit, NotStoredError
from ingestion.otlp.spool import keep_body

# Larger bodies are decoded in a thread, one at a time, so that the others are answered meanwhile.
_LARGE_BYTES: Final = 2**20

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExportLimits:
    """What one request may take.

    Attributes:
        body_bytes: Most bytes of a body as it comes.
        inflated_bytes: Most bytes of an inflated body.
        body_seconds: Longest time until a body has come whole.
    """

    body_bytes: int
    inflated_bytes: int
    body_seconds: float


class _RefusedError(Exception):
    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class ExportEndpoint:
    """ASGI application of one signal.

    Args:
        signal: The signal of the path.
        spool_dir: The spool, for its quarantine.
        commits: Stores lines.
        counters: Counters of the signal.
        limits: What one request may take.
        memory: What all requests may hold.
        large_bodies: Held while a large body is decoded; shared by all signals.
        token: Bearer token that a request must carry, if any.
    """

    def __init__(
        self,
        signal: Signal,
        *,
        spool_dir: Path,
        commits: GroupCommit,
        counters: SignalCounters,
        limits: ExportLimits,
        memory: MemoryBudget,
        large_bodies: asyncio.Lock,
        token: str | None,
    ) -> None:
        self._signal = signal
        self._spool_dir = spool_dir
        self._commits = commits
        self._counters = counters
        self._limits = limits
        self._memory = memory
        self._large_bodies = large_bodies
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = dict(scope["headers"])
        content_type = media_type(headers)
        is_json = content_type != PROTOBUF_TYPE
        try:
            self._check(scope["method"], headers, content_type)
            answer = await self._accept(headers, receive, is_json=is_json)
        except _RefusedError as refused:
            self._counters.rejected += 1
            answer = failure(refused.status, refused.message, is_json=is_json)
        except NotStoredError:
            self._counters.not_stored += 1
            answer = failure(
                HTTPStatus.SERVICE_UNAVAILABLE, "not stored; send it again", is_json=is_json
            )
        except ClientGoneError:
            return
        await answer.send(send)

    def _check(self, method: str, headers: dict[bytes, bytes], content_type: str) -> None:
        """Refuse what the headers alone show to be wrong, before the body is read."""
        if not is_authorized(headers, self._token):
            raise _RefusedError(HTTPStatus.UNAUTHORIZED, "a valid bearer token is needed")
        if method != "POST":
            raise _RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "exports are sent with POST")
        if content_type not in (JSON_TYPE, PROTOBUF_TYPE):
            raise _RefusedError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {JSON_TYPE} or {PROTOBUF_TYPE}"
            )
        if _content_encoding(headers) not in (b"", b"gzip", b"identity"):
            raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send gzip or no encoding")
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._limits.body_bytes:
            raise self._too_large()

    async def _accept(
        self, headers: dict[bytes, bytes], receive: Receive, *, is_json: bool
    ) -> Answer:
        is_gzip = _content_encoding(headers) == b"gzip"
        with self._memory.reserve() as memory:
            try:
                async with asyncio.timeout(self._limits.body_seconds):
                    body = await read_body(receive, self._limits.body_bytes, memory)
                inflated = (
                    await inflate(body, self._limits.inflated_bytes, memory) if is_gzip else body
                )
                line = await self._line(inflated, is_json=is_json)
            except BodyTooLargeError:
                raise self._too_large() from None
            except MemoryFullError:
                raise NotStoredError("too many bodies in flight") from None
            except TimeoutError:
                raise NotStoredError("the body did not come in time") from None
            except CorruptGzipError:
                return await self._quarantine(
                    body, "corrupt gzip", is_json=is_json, is_gzip=is_gzip
                )
            except UndecodableBodyError as error:
                return await self._quarantine(body, str(error), is_json=is_json, is_gzip=is_gzip)
            if line:
                await self._commits.append(line)
            self._counters.accepted += 1
            self._counters.received_bytes += len(body)
            return success(is_json=is_json)

    async def _line(self, body: bytes, *, is_json: bool) -> bytes:
        if len(body) <= _LARGE_BYTES:
            return spool_line(self._signal, body, is_json=is_json)
        async with self._large_bodies:
            return await asyncio.to_thread(spool_line, self._signal, body, is_json=is_json)

    async def _quarantine(
        self, body: bytes, reason: str, *, is_json: bool, is_gzip: bool
    ) -> Answer:
        try:
            await asyncio.to_thread(
                keep_body, self._spool_dir, self._signal, body, is_json=is_json, is_gzip=is_gzip
            )
        except OSError as error:
            logger.error("a body was not quarantined: %s", error.strerror)
            raise NotStoredError("quarantine") from error
        self._counters.quarantined += 1
        self._counters.received_bytes += len(body)
        logger.warning("a body of %s is in quarantine: %s", self._signal, reason)
        message = f"the body could not be decoded and was set aside: {reason}"
        return partial_success(self._signal, message, is_json=is_json)

    def _too_large(self) -> _RefusedError:
        return _RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"a body may have {self._limits.body_bytes} bytes, "
            f"and {self._limits.inflated_bytes} inflated",
        )


def spool_line(signal: Signal, body: bytes, *, is_json: bool) -> bytes:
    """The line of the spool that says what a body says, without content; empty for an empty export.

    Raises:
        UndecodableBodyError: The body is not an export of the signal.
    """
    if not body:
        return b""
    try:
        payload = drop_content(decode_body(signal, body, is_json=is_json))
        return orjson.dumps(payload, option=orjson.OPT_APPEND_NEWLINE) if payload else b""
    except UndecodableBodyError:
        raise
    except Exception as error:
        # A hostile body that passed all checks; its text must not get into a log, its bytes must
        # not be lost, and an answer of 500 would lose them.
        logger.error("a body of %s broke the decoder: %s", signal, type(error).__name__)
        raise UndecodableBodyError("it broke the decoder") from None


def media_type(headers: dict[bytes, bytes]) -> str:
    """Content type without its parameters."""
    value = headers.get(b"content-type", b"").partition(b";")[0]
    return value.strip().lower().decode("latin-1")


def is_authorized(headers: dict[bytes, bytes], token: str | None) -> bool:
    """Whether a request carries the token, if one is needed."""
    if token is None:
        return True
    scheme, _, credentials = headers.get(b"authorization", b"").partition(b" ")
    # Compared in constant time, so that answers do not tell how much of a guess is right.
    is_equal = hmac.compare_digest(credentials.strip(), token.encode())
    return is_equal and scheme.lower() == b"bearer"


def _content_encoding(headers: dict[bytes, bytes]) -> bytes:
    return headers.get(b"content-encoding", b"").strip().lower()
