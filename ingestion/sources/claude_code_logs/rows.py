"""Lines of transcripts in, rows as JSON out: only usage, ids and times are ever decoded."""

import json
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta, Struct, field

# No more than a column holds.
_Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
_Cost = Annotated[float, Meta(ge=0, le=1e9)]
# An id or a name; the warehouse reads no row of more than 16 MiB.
_Text = Annotated[str, Meta(max_length=4096)]


class _CacheCreation(Struct, gc=False):
    ephemeral_5m_input_tokens: _Count | None = None
    ephemeral_1h_input_tokens: _Count | None = None


class _ServerToolUse(Struct, gc=False):
    web_search_requests: _Count | None = None
    web_fetch_requests: _Count | None = None
    code_execution_requests: _Count | None = None


_NO_SPLIT: Final = _CacheCreation()
_NO_TOOLS: Final = _ServerToolUse()


class _Usage(Struct, gc=False):
    input_tokens: _Count | None = None
    output_tokens: _Count | None = None
    cache_read_input_tokens: _Count | None = None
    cache_creation_input_tokens: _Count | None = None
    cache_creation: _CacheCreation | None = None
    server_tool_use: _ServerToolUse | None = None
    service_tier: _Text | None = None
    speed: _Text | None = None
    inference_geo: _Text | None = None


class _Message(Struct, gc=False):
    id: _Text | None = None
    model: _Text | None = None
    usage: _Usage | None = None


class _Line(Struct, gc=False, rename="camel"):
    """The fields that are kept; the decoder skips all others without building them."""

    message: _Message | None = None
    timestamp: datetime | None = None
    session_id: _Text | None = None
    request_id: _Text | None = None
    uuid: _Text | None = None
    version: _Text | None = None
    entrypoint: _Text | None = None
    is_sidechain: bool | None = None
    agent_id: _Text | None = None
    is_api_error_message: bool | None = None
    cost_usd: _Cost | None = field(default=None, name="costUSD")


class _Row(Struct, gc=False, omit_defaults=True):
    """A row as it lands, but for its day and its load; what is missing in the JSON is NULL."""

    line_key: str
    logged_at: datetime
    project_dir: str
    is_sidechain: bool
    is_subagent_file: bool
    is_api_error: bool
    source_file: str
    source_offset: int
    session_id: str | None = None
    message_id: str | None = None
    request_id: str | None = None
    line_uuid: str | None = None
    model: str | None = None
    client_version: str | None = None
    entrypoint: str | None = None
    agent_id: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_creation_tokens: int | None = None
    cache_creation_5m_tokens: int | None = None
    cache_creation_1h_tokens: int | None = None
    web_search_count: int | None = None
    web_fetch_count: int | None = None
    code_execution_count: int | None = None
    service_tier: str | None = None
    speed: str | None = None
    inference_geo: str | None = None
    cost_usd: float | None = None


# Names of the columns that a row brings.
ROW_COLUMNS: Final = _Row.__struct_fields__


class RejectedLine(ValueError):
    """A line that holds usage and cannot be read; its text names no content."""


_decode: Final = msgspec.json.Decoder(_Line).decode
_encoder: Final = msgspec.json.Encoder()
_encode: Final = _encoder.encode


class Place(NamedTuple):
    """Where a line stands.

    Attributes:
        project_dir: Name of the project's directory.
        is_subagent_file: Whether a subagent wrote the file.
        source_file: Path of the file from its project on.
    """

    project_dir: str
    is_subagent_file: bool
    source_file: str


class UsageRows:
    """Rows for the raw table, each distinct usage record once."""

    def __init__(self) -> None:
        self._keys: set[bytes] = set()
        self._rows: list[_Row] = []

    def add(self, line: bytes, place: Place, offset: int) -> None:
        """Take the usage of a line, if it holds any that was not seen yet.

        Args:
            line: The line; its end may be missing.
            place: The file it stands in.
            offset: Where in the file it starts.

        Raises:
            RejectedLine: It is not JSON, or a field that counts is missing or of another type.
        """
        record = _record(line)
        message = record.message
        if message is None or message.usage is None:
            return
        if record.timestamp is None:
            raise RejectedLine("no timestamp")
        usage = message.usage
        split = usage.cache_creation or _NO_SPLIT
        tools = usage.server_tool_use or _NO_TOOLS
        message_id, line_uuid = message.id or None, record.uuid or None
        session_id, request_id = record.session_id or None, record.request_id or None
        model, is_sidechain = message.model or None, bool(record.is_sidechain)
        used = (
            usage.input_tokens,
            usage.output_tokens,
            usage.cache_read_input_tokens,
            usage.cache_creation_input_tokens,
            split.ephemeral_5m_input_tokens,
            split.ephemeral_1h_input_tokens,
            tools.web_search_requests,
            tools.web_fetch_requests,
            tools.code_execution_requests,
            usage.service_tier or None,
            usage.speed or None,
            usage.inference_geo or None,
            record.cost_usd,
        )
        # A line without any id is only itself.
        answer = message_id or line_uuid or (place.source_file, offset)
        key = _encode((session_id, answer, request_id, model, is_sidechain, used))
        if key in self._keys:
            return
        self._keys.add(key)
        self._rows.append(
            _Row(
                blake2b(key, digest_size=16).hexdigest(),
                _in_utc(record.timestamp),
                place.project_dir,
                is_sidechain,
                place.is_subagent_file,
                bool(record.is_api_error_message),
                place.source_file,
                offset,
                session_id,
                message_id,
                request_id,
                line_uuid,
                model,
                record.version or None,
                record.entrypoint or None,
                record.agent_id or None,
                *used,
            )
        )

    def encoded(self) -> bytes:
        """The rows as JSON, one a line."""
        return _encoder.encode_lines(self._rows)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.tzinfo is UTC:
        return moment
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise RejectedLine("timestamp before the first year or after the last") from None


def _record(line: bytes) -> _Line:
    try:
        return _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _record_with_care(line)


def _record_with_care(line: bytes) -> _Line:
    """Read what the fast decoder refuses, as half of an emoji in a cut text; tell what is wrong."""
    try:
        record = json.loads(line.decode(errors="replace"))
        message = record.get("message") if isinstance(record, dict) else None
        if not isinstance(message, dict) or message.get("usage") is None:
            return _Line()
        found = msgspec.convert(record, _Line)
        _encode(found)  # a kept text must be whole
    except (ValueError, RecursionError) as error:
        # The text of an encoding error would quote what it met.
        is_quoting = isinstance(error, UnicodeError)
        raise RejectedLine("half a character in an id" if is_quoting else str(error)) from None
    return found
