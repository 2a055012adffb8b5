"""Content never gets past `drop_content`, and what the warehouse needs does."""

from typing import Any

import orjson
import pytest

from ingestion.otlp.privacy import drop_content, event_name_of_body, is_content
from tests.ingestion.otlp.receiving.running_receiver import logs_export, record, text


def attributes_after(*attributes: dict[str, Any]) -> list[dict[str, Any]]:
    payload = drop_content(logs_export(record(*attributes)))
    holder = payload["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    # A list that lost its last attribute is left out.
    assert holder.get("attributes") != []
    kept = holder.get("attributes", [])
    assert isinstance(kept, list)
    return kept


@pytest.mark.parametrize(
    "key",
    [
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
        "managed_settings.settings",
        "managed_settings.settings.permissions",
        "exception.message",
        "exception.stacktrace",
        "gen_ai.prompt.0.content",
        "process.command_args",
        # Other spellings of the same names.
        "user.prompt",
        "toolInput",
        "Tool_Input",
    ],
)
def test_content_attribute_is_dropped(key: str) -> None:
    assert attributes_after(text(key, "x"), text("model", "m")) == [text("model", "m")]


@pytest.mark.parametrize(
    "key",
    [
        "prompt.id",
        "prompt_length",
        "response_length",
        "body_length",
        "error_type",
        "error.type",
        "error_name",
        "tool_input_size_bytes",
        "tool_result_size_bytes",
        "message.uuid",
        "command_name",
        "user.email",
        "vcs.repository.url.full",
        "unknown_attribute",
    ],
)
def test_attribute_that_is_no_content_stays(key: str) -> None:
    assert attributes_after(text(key, "x")) == [text(key, "x")]


def test_long_text_under_an_unknown_name_is_dropped() -> None:
    assert attributes_after(text("novelty", "x" * 512), text("user.groups", "g" * 513)) == [
        text("novelty", "x" * 512),
        text("user.groups", "g" * 513),
    ]
    assert attributes_after(text("novelty", "x" * 513)) == []
    assert attributes_after(text("k" * 513, "x")) == []


def test_long_text_cannot_hide_in_a_list() -> None:
    def listed(count: int) -> dict[str, Any]:
        items = [{"stringValue": "y" * 100}] * count
        return {"key": "novelty", "value": {"arrayValue": {"values": items}}}

    assert attributes_after(listed(5)) == [listed(5)]
    assert attributes_after(listed(6)) == []


def test_content_inside_a_nested_value_is_dropped() -> None:
    def nested(*inner: dict[str, Any]) -> dict[str, Any]:
        value = {"kvlistValue": {"values": list(inner)}}
        return {"key": "novelty", "value": {"arrayValue": {"values": [value]}}}

    assert attributes_after(nested(text("tool_input", "x"), text("size", "y"))) == [
        nested(text("size", "y"))
    ]


def test_tool_parameters_keep_six_keys() -> None:
    parameters = {
        "bash_command": "git",
        "full_command": "git commit -m secret",
        "git_commit_id": "abc123",
        "git_branch": "main",
        "mcp_server_name": "server",
        "mcp_tool_name": "tool",
        "skill_name": "skill",
        "subagent_type": "Explore",
        "description": "secret",
    }
    (kept,) = attributes_after(text("tool_parameters", orjson.dumps(parameters).decode()))
    assert orjson.loads(kept["value"]["stringValue"]) == {
        "git_branch": "main",
        "git_commit_id": "abc123",
        "mcp_server_name": "server",
        "mcp_tool_name": "tool",
        "skill_name": "skill",
        "subagent_type": "Explore",
    }


@pytest.mark.parametrize(
    "parameters",
    [
        '{"full_command": "secret"}',
        '{"git_branch": {"prompt": "secret"}}',
        '{"git_branch": "' + "x" * 513 + '"}',
        '{"git_branch": "cut off',
        '["git_branch"]',
        "git_branch",
        "",
    ],
)
def test_tool_parameters_without_anything_to_keep_are_dropped(parameters: str) -> None:
    assert attributes_after(text("tool_parameters", parameters)) == []


def test_tool_parameters_as_a_list_of_values_are_reduced_too() -> None:
    values = [text("git_branch", "main"), text("full_command", "secret")]
    nested = {"key": "tool_parameters", "value": {"kvlistValue": {"values": values}}}
    assert attributes_after(nested) == [text("tool_parameters", '{"git_branch":"main"}')]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"stringValue": "claude_code.api_request"}, "claude_code.api_request"),
        ({"stringValue": "cowork.user_prompt"}, "cowork.user_prompt"),
        ({"stringValue": "claude_code.api_request and more"}, None),
        ({"stringValue": "Please read secrets.txt"}, None),
        ({"stringValue": "secrets.txt"}, None),
        ({"kvlistValue": {"values": [text("a", "b")]}}, None),
        ({"intValue": 1}, None),
        (None, None),
    ],
)
def test_a_body_stays_only_if_it_names_an_event(body: Any, name: str | None) -> None:  # noqa: ANN401
    assert event_name_of_body(body) == name
    payload = drop_content(logs_export({"body": body} if body else {}))
    kept = payload["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    assert kept == ({"body": body} if name else {})


def test_spans_lose_status_text_and_the_content_of_their_events() -> None:
    span = {
        "name": "claude_code.tool",
        "attributes": [text("file_path", "/secret"), text("tool_name", "Read")],
        "status": {"code": 2, "message": "secret"},
        "events": [
            {
                "name": "tool.output",
                "attributes": [text("tool_output", "secret"), text("size", "3")],
            }
        ],
        "links": [{"traceId": "aa", "attributes": [text("prompt", "secret")]}],
    }
    drop_content({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})
    assert span == {
        "name": "claude_code.tool",
        "attributes": [text("tool_name", "Read")],
        "status": {"code": 2},
        "events": [{"name": "tool.output", "attributes": [text("size", "3")]}],
        "links": [{"traceId": "aa"}],
    }


def test_data_points_lose_content_and_exemplars() -> None:
    point = {
        "asDouble": 1.0,
        "attributes": [text("prompt", "secret"), text("model", "m")],
        "exemplars": [{"filteredAttributes": [text("prompt", "secret")]}],
    }
    metric = {"name": "n", "sum": {"dataPoints": [point]}, "metadata": [text("a", "secret")]}
    drop_content({"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]})
    assert metric == {
        "name": "n",
        "sum": {"dataPoints": [{"asDouble": 1.0, "attributes": [text("model", "m")]}]},
    }


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("prompt", "x", True),
        ("model", "x", False),
        ("model", 5, False),
        ("novelty", "x" * 513, True),
        ("user.groups", "x" * 513, False),
        ("novelty", ["x" * 300, "x" * 300], True),
        ("novelty", {"a": {"prompt": "x"}}, True),
        ("novelty", {"a": ["b"]}, False),
    ],
)
def test_plain_values_are_judged_alike(
    key: str,
    value: Any,  # noqa: ANN401
    expected: bool,
) -> None:
    assert is_content(key, value) is expected
