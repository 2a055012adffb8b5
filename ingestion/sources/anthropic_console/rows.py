"""Rows of the one answer that is not flat: the Claude Code report."""

from collections.abc import Mapping
from typing import Any, Final

from ingestion.http.dialect import ApiError
from ingestion.http.endpoints import Sink

TOOLS: Final = ("edit_tool", "multi_edit_tool", "write_tool", "notebook_edit_tool")


def claude_code(record: Mapping[str, Any], sink: Sink) -> None:
    """One row per actor and kind of use, and one per model beneath it."""
    actions = record.get("tool_actions") or {}
    models = record.get("model_breakdown") or []
    if not isinstance(actions, dict) or not isinstance(models, list):
        raise ApiError("the field tool_actions or model_breakdown has another shape")
    # The map is open: tools come and go with clients.
    other = {tool: action for tool, action in actions.items() if tool not in TOOLS}
    known = {tool: action for tool, action in actions.items() if tool in TOOLS}
    row = {**record, "tool_actions": known, "other_tool_actions": other or None}
    key = sink.add("claude_code_rows", row)
    for model in models:
        if not isinstance(model, dict):
            raise ApiError("the field model_breakdown holds something else than objects")
        sink.add("claude_code_models", model, parent_row_key=key)
