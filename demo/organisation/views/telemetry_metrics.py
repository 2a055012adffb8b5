"""Metrics of one day of one session: increments of one interval, nothing where nothing happened."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from .clients import Sender
from .otlp_json import attributes, data_point, delta_sum, joined
from .telemetry_events import REQUESTS_PER_PROMPT, duration_ms, wire_model
from .telemetry_sessions import Request, SessionDay

# Description and unit, in the client's order.
_METRICS: Final = {
    "claude_code.session.count": ("Count of CLI sessions started", ""),
    "claude_code.lines_of_code.count": (
        "Count of lines of code modified, with the 'type' attribute indicating whether lines were "
        "added or removed and the 'model' attribute indicating which model made the change",
        "",
    ),
    "claude_code.pull_request.count": ("Number of pull requests created", ""),
    "claude_code.commit.count": ("Number of git commits created", ""),
    "claude_code.cost.usage": ("Cost of the Claude Code session", "USD"),
    "claude_code.token.usage": ("Number of tokens used", "tokens"),
    "claude_code.code_edit_tool.decision": (
        "Count of code editing tool permission decisions (accept/reject) for Edit, Write, and "
        "NotebookEdit tools",
        "",
    ),
    "claude_code.active_time.total": ("Total active time in seconds", "s"),
}
_SECONDS_PER_PROMPT: Final = 20

_Own = tuple[tuple[str, str], ...]
_Value = tuple[str, _Own, float]


def metrics_of(sessions: Mapping[str, SessionDay], sender: Sender) -> list[str]:
    """Text of all metrics of a client's day, each with the points of all its sessions.

    Args:
        sessions: The sessions by their id.
        sender: The client.
    """
    points: dict[str, list[str]] = {name: [] for name in _METRICS}
    for session_id, session in sessions.items():
        common = sender.common_attributes(session.requests[0].route, session_id)
        first_ms, last_ms = session.first_ms, session.last_ms
        for name, own, value in _values(session, sender):
            if value:
                attributes_of_point = joined(common, _attributes(own))
                point = data_point(attributes_of_point, first_ms, last_ms, value)
                points[f"claude_code.{name}"].append(point)
    return [delta_sum(name, *_METRICS[name], found) for name, found in points.items() if found]


@lru_cache(maxsize=4096)
def _attributes(own: _Own) -> str:
    """Few different ones come again and again."""
    return attributes(dict(own))


def _values(session: SessionDay, sender: Sender) -> Iterator[_Value]:
    counters = session.counters
    requests = session.requests
    by_model = ("model", wire_model(requests[0].route, requests[0].model))
    added, removed = (("type", "added"), by_model), (("type", "removed"), by_model)
    yield "session.count", (("start_type", "fresh"),), counters.session_count
    yield "lines_of_code.count", added, counters.lines_added_count
    yield "lines_of_code.count", removed, counters.lines_removed_count
    yield "pull_request.count", (), counters.pull_request_count
    yield "commit.count", (), counters.commit_count
    yield from _usage(session)
    for decision, count in Counter(session.decisions()).items():
        own = (
            ("decision", decision.decision),
            ("source", decision.source),
            ("tool_name", decision.tool_name),
            ("language", sender.language),
        )
        yield "code_edit_tool.decision", own, count
    prompt_count = -(-len(requests) // REQUESTS_PER_PROMPT)
    yield "active_time.total", (("type", "user"),), prompt_count * _SECONDS_PER_PROMPT
    yield "active_time.total", (("type", "cli"),), sum(map(duration_ms, requests)) / 1000


def _usage(session: SessionDay) -> Iterator[_Value]:
    by_model: dict[str, list[Request]] = {}
    for request in session.requests:
        by_model.setdefault(wire_model(request.route, request.model), []).append(request)
    for model, requests in by_model.items():
        own = (("model", model), ("query_source", "main"), ("effort", "medium"))
        fresh, output, cached, short, long, cost = (
            sum(column) for column in zip(*(request.used for request in requests), strict=True)
        )
        yield "cost.usage", own, cost
        for kind, tokens in (
            ("input", fresh),
            ("output", output),
            ("cacheRead", cached),
            ("cacheCreation", short + long),
        ):
            yield "token.usage", (*own, ("type", kind)), tokens
