"""Answers of OTLP/HTTP, each in the encoding of its request."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import orjson
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsPartialSuccess,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsPartialSuccess,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceResponse,
)
from starlette.types import Send

from ingestion.otlp.decode import Signal

JSON_TYPE: Final = "application/json"
PROTOBUF_TYPE: Final = "application/x-protobuf"
RETRY_AFTER_SECONDS: Final = 5

_REJECTED_FIELDS: Final[dict[Signal, str]] = {
    "logs": "rejectedLogRecords",
    "metrics": "rejectedDataPoints",
    "traces": "rejectedSpans",
}
# Codes of the `Status` message that belong to the HTTP status.
_STATUS_CODES: Final = {
    HTTPStatus.UNAUTHORIZED: 16,
    HTTPStatus.METHOD_NOT_ALLOWED: 12,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: 8,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: 3,
    HTTPStatus.SERVICE_UNAVAILABLE: 14,
}
_STATUS_HEADERS: Final[dict[HTTPStatus, tuple[tuple[bytes, bytes], ...]]] = {
    HTTPStatus.UNAUTHORIZED: ((b"www-authenticate", b"Bearer"),),
    HTTPStatus.METHOD_NOT_ALLOWED: ((b"allow", b"POST"),),
    HTTPStatus.SERVICE_UNAVAILABLE: ((b"retry-after", str(RETRY_AFTER_SECONDS).encode()),),
}


@dataclass(frozen=True)
class Answer:
    """One response; headers beside type and length are rare."""

    status: HTTPStatus
    body: bytes
    content_type: str
    headers: tuple[tuple[bytes, bytes], ...] = ()

    async def send(self, send: Send) -> None:
        """Send the response."""
        await send(
            {
                "type": "http.response.start",
                "status": int(self.status),
                "headers": [
                    (b"content-type", self.content_type.encode()),
                    (b"content-length", str(len(self.body)).encode()),
                    *self.headers,
                ],
            }
        )
        await send({"type": "http.response.body", "body": self.body})


_SUCCESS_JSON: Final = Answer(HTTPStatus.OK, b"{}", JSON_TYPE)
_SUCCESS_PROTOBUF: Final = Answer(HTTPStatus.OK, b"", PROTOBUF_TYPE)


def success(*, is_json: bool) -> Answer:
    """Everything in the body is stored."""
    return _SUCCESS_JSON if is_json else _SUCCESS_PROTOBUF


def partial_success(signal: Signal, message: str, *, is_json: bool) -> Answer:
    """The body is kept, but not as telemetry; the client must not send it again.

    How many records were in it is unknown, so none is counted as rejected: with a count of zero
    the message is what the protocol calls a warning.
    """
    if is_json:
        outcome = {"errorMessage": message, _REJECTED_FIELDS[signal]: "0"}
        return Answer(HTTPStatus.OK, orjson.dumps({"partialSuccess": outcome}), JSON_TYPE)
    body = _partial_response(signal, message).SerializeToString()
    return Answer(HTTPStatus.OK, body, PROTOBUF_TYPE)


def failure(status: HTTPStatus, message: str, *, is_json: bool) -> Answer:
    """The request failed; the body is a `Status` message."""
    code = _STATUS_CODES[status]
    headers = _STATUS_HEADERS.get(status, ())
    if is_json:
        body = orjson.dumps({"code": code, "message": message})
        return Answer(status, body, JSON_TYPE, headers)
    text = message.encode()
    # Field 1, the code, and field 2, the message: too little to depend on the generated class.
    body = bytes((0x08, code, 0x12)) + _varint(len(text)) + text
    return Answer(status, body, PROTOBUF_TYPE, headers)


def _partial_response(signal: Signal, message: str) -> Message:
    if signal == "logs":
        return ExportLogsServiceResponse(
            partial_success=ExportLogsPartialSuccess(error_message=message)
        )
    if signal == "metrics":
        return ExportMetricsServiceResponse(
            partial_success=ExportMetricsPartialSuccess(error_message=message)
        )
    return ExportTraceServiceResponse(
        partial_success=ExportTracePartialSuccess(error_message=message)
    )


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
