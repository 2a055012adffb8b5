"""Events of one day of one session, as the client logs them: sizes and decisions, no content."""

from typing import Any, Final

from .clients import Sender
from .otlp_json import DOUBLE, INTEGER, TEXT, event_template
from .telemetry_sessions import DAY_MS, Decision, Request, SessionDay, uuid_of

# So many requests answer one prompt.
REQUESTS_PER_PROMPT: Final = 4

_PROMPT_LEAD_MS: Final = 1_500
_BEDROCK_VERSIONS: Final = {"claude-opus-4-6": "-v1"}

_STANDARD: Final = {"event.timestamp": TEXT, "event.sequence": INTEGER, "prompt.id": TEXT}
# Lengths and durations of tools and prompts are text in this client, those of requests numbers.
_USER_PROMPT: Final = event_template(
    "user_prompt",
    {
        **_STANDARD,
        "prompt_length": TEXT,
        "prompt": "<REDACTED>",
        "prompt_text": "<REDACTED>",
        "message.uuid": TEXT,
    },
)
_API_REQUEST: Final = event_template(
    "api_request",
    {
        **_STANDARD,
        "model": TEXT,
        "input_tokens": INTEGER,
        "output_tokens": INTEGER,
        "cache_read_tokens": INTEGER,
        "cache_creation_tokens": INTEGER,
        "cache_creation_5m_tokens": INTEGER,
        "cache_creation_1h_tokens": INTEGER,
        "cost_usd": DOUBLE,
        "cost_usd_micros": INTEGER,
        "duration_ms": INTEGER,
        "ttft_ms": INTEGER,
        "request_id": TEXT,
        "speed": "normal",
        "query_source": "repl_main_thread",
        "effort": "medium",
    },
)
_TOOL_DECISION: Final = event_template(
    "tool_decision",
    {
        **_STANDARD,
        "decision": TEXT,
        "source": TEXT,
        "tool_name": TEXT,
        "tool_use_id": TEXT,
        "tool_source": "builtin",
        "permission_mode": TEXT,
        "request_id": TEXT,
    },
)
_TOOL_RESULT: Final = event_template(
    "tool_result",
    {
        **_STANDARD,
        "tool_name": TEXT,
        "tool_use_id": TEXT,
        "success": "true",
        "duration_ms": TEXT,
        "tool_input_size_bytes": TEXT,
        "tool_result_size_bytes": TEXT,
        "request_id": TEXT,
    },
)


def wire_model(route: str, model: str) -> str:
    """The id that the client asks for: on Bedrock its global inference profile."""
    if route != "bedrock":
        return model
    version = "-v1:0" if model[-8:].isdigit() else _BEDROCK_VERSIONS.get(model, "")
    return f"global.anthropic.{model}{version}"


def duration_ms(request: Request) -> int:
    """How long the answer took."""
    return 700 + 12 * request.output_tokens


class SessionEvents:
    """Makes the events of a session's day.

    Args:
        session: The session's day.
        sender: Its client.
    """

    def __init__(self, session: SessionDay, sender: Sender) -> None:
        self._session = session
        first = session.requests[0]
        self._common = sender.common_attributes(first.route, first.session_id)
        self._day_ms = session.day_ms
        self._day = first.date_day.isoformat()
        self._prompt_id = ""
        self._records: list[str] = []

    def records(self) -> list[str]:
        """The events, in the order of their sequence."""
        requests = self._session.requests
        decisions = self._session.decisions()
        taken = 0
        for number, request in enumerate(requests):
            if number % REQUESTS_PER_PROMPT == 0:
                self._prompt(request)
            self._request(request)
            due = len(decisions) * (number + 1) // len(requests)
            for position, decision in enumerate(decisions[taken:due]):
                self._decision(decision, position, request)
            taken = due
        return self._records

    def _add(self, template: str, at_ms: int, *values: Any) -> None:  # noqa: ANN401  # text or numbers
        in_day_ms = min(max(at_ms - self._day_ms, 0), DAY_MS - 1)
        seconds, milliseconds = divmod(in_day_ms, 1000)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        timestamp = f"{self._day}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z"
        nanoseconds = f"{self._day_ms + in_day_ms}000000"
        standard = (nanoseconds, nanoseconds, self._common)
        event = (timestamp, len(self._records), self._prompt_id)
        self._records.append(template % (*standard, *event, *values))

    def _prompt(self, request: Request) -> None:
        self._prompt_id = uuid_of(f"prompt {request.request_id}")
        message_id = uuid_of(f"message {request.request_id}")
        at_ms = request.requested_ms - _PROMPT_LEAD_MS
        self._add(_USER_PROMPT, at_ms, 20 + request.output_tokens % 400, message_id)

    def _request(self, request: Request) -> None:
        self._add(
            _API_REQUEST,
            request.requested_ms,
            wire_model(request.route, request.model),
            request.input_tokens,
            request.output_tokens,
            request.cache_read_tokens,
            request.cache_write_5m_tokens + request.cache_write_1h_tokens,
            request.cache_write_5m_tokens,
            request.cache_write_1h_tokens,
            request.cost_usd,
            request.cost_usd_micros,
            duration_ms(request),
            300 + request.input_tokens % 900,
            request.request_id,
        )

    def _decision(self, decision: Decision, position: int, request: Request) -> None:
        tool_use_id = f"toolu_{request.request_id.removeprefix('req_')}{position:02}"
        at_ms = request.requested_ms + 20 * position + 5
        self._add(
            _TOOL_DECISION,
            at_ms,
            decision.decision,
            decision.source,
            decision.tool_name,
            tool_use_id,
            "acceptEdits" if decision.source == "config" else "default",
            request.request_id,
        )
        if decision.decision == "accept":
            self._add(
                _TOOL_RESULT,
                at_ms + 10,
                decision.tool_name,
                tool_use_id,
                5 + request.output_tokens % 60,
                100 + request.output_tokens % 2_000,
                124,
                request.request_id,
            )
