"""What telemetry may say: everything but content.

Content is what people and models write and what tools read or write: prompts, answers, file text,
tool input, command lines, paths, error texts. It is removed before anything reaches the disk.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import orjson

CONTENT_ATTRIBUTES: Final = frozenset(
    {
        "managed_settings.settings",
        "gen_ai.prompt",
        "gen_ai.completion",
        # What the references name, in events and in spans.
        "prompt",
        "prompt_text",
        "user_prompt",
        "response",
        "response_text",
        "body",
        "body_ref",
        "tool_input",
        "error",
        "full_command",
        "file_path",
        "workspace.host_paths",
        "hook_definitions",
        # Inside `tool_parameters`, and where other clients put the same.
        "bash_command",
        "command",
        "description",
        "tool_output",
        "tool_result",
        "tool_content",
        "tool_response",
        "tool_arguments",
        "arguments",
        "params",
        "parameters",
        "content",
        "text",
        "message",
        "messages",
        "input",
        "output",
        "completion",
        "system_prompt",
        "stdout",
        "stderr",
        "diff",
        "patch",
        "old_string",
        "new_string",
        "file_content",
        "file_paths",
        "path",
        "paths",
        "cwd",
        "working_directory",
        "error_message",
        "error.message",
        "explanation",
        "request_body",
        "response_body",
        # Semantic conventions of OpenTelemetry that carry content.
        "exception.message",
        "exception.stacktrace",
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.system_instructions",
        "gen_ai.tool.definitions",
        "gen_ai.tool.call.arguments",
        "gen_ai.tool.call.result",
        "db.statement",
        "db.query.text",
        # The command line of `claude -p` is a prompt.
        "process.command",
        "process.command_line",
        "process.command_args",
        "process.executable.path",
        "process.working_directory",
        # Not content, but never wanted: addresses and keys.
        "client.address",
        "source.address",
        "network.peer.address",
        "network.local.address",
        "net.peer.ip",
        "net.host.ip",
        "host.ip",
        "host.mac",
        "ip_address",
        "api_key",
        "api_key_hint",
        "authorization",
    }
)
"""Attributes that are dropped; `a.b`, `a_b` and `aB` are the same name."""

TOOL_PARAMETERS: Final = "tool_parameters"
TOOL_PARAMETERS_KEPT: Final = frozenset(
    {
        "git_commit_id",
        "git_branch",
        "mcp_server_name",
        "mcp_tool_name",
        "skill_name",
        "subagent_type",
    }
)
"""What stays of the JSON text in `tool_parameters`."""

MAX_TEXT_LENGTH: Final = 512
"""Longer text is dropped whatever its name: nobody has shown that it is free of content."""

_LONG_ATTRIBUTES: Final = frozenset({"user.groups", "vcs.repository.url.full"})
_SCALAR_FIELDS: Final = frozenset({"intValue", "doubleValue", "boolValue"})
# What OTLP writes around a value; not text of anybody.
_VALUE_FIELDS: Final = (
    frozenset({"stringValue", "bytesValue", "arrayValue", "kvlistValue", "values", "key", "value"})
    | _SCALAR_FIELDS
)
_SEPARATORS: Final = str.maketrans("", "", "._-/ ")
# These come with a number, a field or a policy name behind them as well.
_DENIED_PREFIXES: Final = ("managedsettingssettings", "genaiprompt", "genaicompletion")
_DENIED: Final = frozenset(name.translate(_SEPARATORS) for name in CONTENT_ATTRIBUTES)
_EVENT_BODY: Final = re.compile(r"(?:claude|cowork)[a-z_]{0,24}(?:\.[a-z][a-z0-9_]{0,63}){1,3}")
_EVENT_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,127}")


@lru_cache(maxsize=4096)
def is_content_key(key: str) -> bool:
    """Whether an attribute of this name is content."""
    name = key.lower().translate(_SEPARATORS)
    return name in _DENIED or name.startswith(_DENIED_PREFIXES)


def is_content(key: str, value: Any) -> bool:  # noqa: ANN401  # any attribute value
    """Whether an attribute is content by its name, by a name inside it, or by its length.

    Args:
        key: Name of the attribute.
        value: A plain value, or an OTLP value such as `{"stringValue": "x"}`.
    """
    if is_content_key(key):
        return True
    if isinstance(value, str):
        return len(value) > MAX_TEXT_LENGTH and key not in _LONG_ATTRIBUTES
    if isinstance(value, dict | list):
        return (
            _text_length(value) > MAX_TEXT_LENGTH and key not in _LONG_ATTRIBUTES
        ) or _has_content_key(value)
    return False


def event_name_of_body(body: Any) -> str | None:  # noqa: ANN401  # anything in the body's place
    """The event name that a log record carries as its body, such as `claude_code.api_request`.

    Any other body is text of unknown origin and gives None.
    """
    text = body.get("stringValue") if isinstance(body, dict) else None
    return text if isinstance(text, str) and _EVENT_BODY.fullmatch(text) else None


def drop_content(payload: dict[str, Any]) -> dict[str, Any]:
    """Remove content from one export.

    Args:
        payload: Well-formed OTLP JSON of any signal, as `decode` gives it; changed in place.

    Returns:
        The same payload.
    """
    for signal, scopes, treat in (
        ("resourceLogs", "scopeLogs", _drop_from_log_scope),
        ("resourceMetrics", "scopeMetrics", _drop_from_metric_scope),
        ("resourceSpans", "scopeSpans", _drop_from_span_scope),
    ):
        for group in payload.get(signal, ()):
            _drop_long_texts(group)
            if "resource" in group:
                _drop_from(group["resource"])
            for scope in group.get(scopes, ()):
                _drop_long_texts(scope)
                if "scope" in scope:
                    _drop_from(scope["scope"])
                    _drop_long_texts(scope["scope"])
                treat(scope)
    return payload


def _drop_from_log_scope(scope: dict[str, Any]) -> None:
    for record in scope.get("logRecords", ()):
        _drop_from(record)
        _drop_long_texts(record)
        if "body" in record and event_name_of_body(record["body"]) is None:
            del record["body"]
        if "eventName" in record and not _EVENT_NAME.fullmatch(record["eventName"]):
            del record["eventName"]


def _drop_from_metric_scope(scope: dict[str, Any]) -> None:
    for metric in scope.get("metrics", ()):
        metric.pop("metadata", None)
        _drop_long_texts(metric)
        for data in metric.values():
            if isinstance(data, dict):
                for point in data.get("dataPoints", ()):
                    point.pop("exemplars", None)
                    _drop_from(point)


def _drop_from_span_scope(scope: dict[str, Any]) -> None:
    for span in scope.get("spans", ()):
        if "status" in span:
            span["status"].pop("message", None)
        for holder in (span, *span.get("events", ()), *span.get("links", ())):
            _drop_from(holder)
            _drop_long_texts(holder)


def _drop_from(holder: dict[str, Any]) -> None:
    # An empty list is left out, as `decode` leaves it out.
    if kept := _without_content(holder.pop("attributes", ())):
        holder["attributes"] = kept


def _without_content(attributes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = []
    for attribute in attributes:
        key, value = attribute["key"], attribute["value"]
        if is_content_key(key):
            continue
        if key == TOOL_PARAMETERS:
            if (reduced := _reduced_tool_parameters(value)) is None:
                continue
            attribute = {"key": key, "value": {"stringValue": reduced}}
        elif "stringValue" in value:
            if len(value["stringValue"]) > MAX_TEXT_LENGTH and key not in _LONG_ATTRIBUTES:
                continue
        elif not _SCALAR_FIELDS.issuperset(value):
            value = _nested_without_content(value)
            if _text_length(value) > MAX_TEXT_LENGTH and key not in _LONG_ATTRIBUTES:
                continue
            attribute = {"key": key, "value": value}
        # The name may be text of unknown origin just as the value.
        if len(key) <= MAX_TEXT_LENGTH:
            kept.append(attribute)
    return kept


def _nested_without_content(value: dict[str, Any]) -> dict[str, Any]:
    if "kvlistValue" in value:
        return {"kvlistValue": {"values": _without_content(value["kvlistValue"]["values"])}}
    if "arrayValue" in value:
        items = [_nested_without_content(item) for item in value["arrayValue"]["values"]]
        return {"arrayValue": {"values": items}}
    return value


def _reduced_tool_parameters(value: Mapping[str, Any]) -> str | None:
    """JSON text of the parameters that stay; None if there are none."""
    if "kvlistValue" in value:
        parameters = {
            item["key"]: item["value"].get("stringValue") for item in value["kvlistValue"]["values"]
        }
    else:
        try:
            parameters = orjson.loads(value.get("stringValue", ""))
        except orjson.JSONDecodeError:
            return None
        if not isinstance(parameters, dict):
            return None
    kept = {
        key: parameter
        for key in sorted(TOOL_PARAMETERS_KEPT & parameters.keys())
        if isinstance(parameter := parameters[key], str) and len(parameter) <= MAX_TEXT_LENGTH
    }
    return orjson.dumps(kept).decode() if kept else None


def _drop_long_texts(holder: dict[str, Any]) -> None:
    """Names, versions and the like are short; a long one is something else."""
    for field in [
        field for field, text in holder.items() if type(text) is str and len(text) > MAX_TEXT_LENGTH
    ]:
        del holder[field]


def _text_length(value: Any) -> int:  # noqa: ANN401  # any attribute value
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        names = sum(len(name) for name in value if name not in _VALUE_FIELDS)
        return names + sum(map(_text_length, value.values()))
    if isinstance(value, list):
        return sum(map(_text_length, value))
    return 0


def _has_content_key(value: Any) -> bool:  # noqa: ANN401  # any attribute value
    if isinstance(value, dict):
        return any(
            is_content_key(key) or _has_content_key(inner) for key, inner in value.items()
        ) or (isinstance(name := value.get("key"), str) and is_content_key(name))
    if isinstance(value, list):
        return any(map(_has_content_key, value))
    return False
