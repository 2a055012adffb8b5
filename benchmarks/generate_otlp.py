"""Spool files as the receiver writes them: sessions of a current client, always the same."""

import random
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

_START_NANOSECONDS: Final = 1_795_132_800_000_000_000  # 2026-11-20T00:00:00Z
_DAY_NANOSECONDS: Final = 86_400_000_000_000
_RECORDS_PER_FILE: Final = 200_000
_SESSION_BODIES: Final = 12
_MODELS: Final = ("claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-5-5")
_TOOLS: Final = ("Bash", "Read", "Edit", "Write", "Grep", "Task")
# Shares as in a working session: about as many tool calls as requests, a prompt now and then.
_EVENTS: Final = (
    ("api_request", 38),
    ("tool_decision", 20),
    ("tool_result", 20),
    ("assistant_response", 8),
    ("user_prompt", 5),
    ("hook_execution_complete", 5),
    ("plugin_loaded", 4),
)


def write_logs(directory: Path, records: int, seed: int = 20261120) -> int:
    """Write log records to spool files.

    Args:
        directory: Where the files go.
        records: How many log records to write.
        seed: Start of the generator; the same seed gives the same bytes.

    Returns:
        Bytes written.
    """
    rng = random.Random(seed)
    bodies = _bodies(rng, records)
    written = 0
    number = 0
    while True:
        path = directory / f"logs-20261120T000000{number:06d}-1-bench000.jsonl"
        in_file = 0
        with path.open("wb") as stream:
            for count, body in bodies:
                stream.write(body)
                written += len(body)
                in_file += count
                if in_file >= _RECORDS_PER_FILE:
                    break
        if not in_file:
            path.unlink()
            return written
        number += 1


def _bodies(rng: random.Random, records: int) -> Iterator[tuple[int, bytes]]:
    """Export bodies with the number of their records, until there are enough records."""
    sessions: list[_Session] = []
    while records > 0:
        # A few sessions at a time, as their clients export in turn.
        if len(sessions) < 20:
            sessions.append(_Session(rng))
        session = rng.choice(sessions)
        count = min(records, rng.randint(3, 12))
        yield count, session.body(count)
        records -= count
        if session.bodies_left == 0:
            sessions.remove(session)


class _Session:
    """One session of one person; `body` gives its next export."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        person = rng.randrange(2_000)
        self._time = _START_NANOSECONDS + rng.randrange(_DAY_NANOSECONDS // 10**6) * 10**6
        self._sequence = 0
        self.bodies_left = _SESSION_BODIES
        custom = [
            _text("department", ("eng", "data", "product")[person % 3]),
            _text("team.id", f"team-{person % 60}"),
            _text("cost_center", f"cc-{person % 12}"),
        ]
        self._resource = orjson.dumps(
            {
                "attributes": [
                    *custom,
                    _text("host.arch", "arm64"),
                    _text("os.type", "darwin"),
                    _text("os.version", "25.1.0"),
                    _text("service.name", "claude-code"),
                    _text("service.version", "2.1.329"),
                ],
                "droppedAttributesCount": 0,
            }
        )
        self._model = rng.choice(_MODELS)
        self._prompt = _uuid(rng)
        account = [
            _text("organization.id", "99999999-8888-4777-8666-555555555555"),
            _text("user.email", f"person{person}@example.com"),
            _text("user.account_uuid", f"11111111-2222-4333-8444-{person:012d}"),
            _text("user.account_id", f"user_01{person:022d}"),
        ]
        self._standard = [
            _text("user.id", f"{person:064x}"),
            _text("session.id", _uuid(rng)),
            # The others use an API key: no account is known.
            *(account if person % 2 else ()),
            _text("anthropic.provider", "firstParty"),
            _text("terminal.type", rng.choice(("vscode", "iTerm.app", "tmux"))),
        ]

    def body(self, count: int) -> bytes:
        """The next export, one line of the spool."""
        self.bodies_left -= 1
        names = self._rng.choices(
            [name for name, _ in _EVENTS], [weight for _, weight in _EVENTS], k=count
        )
        records = b",".join(orjson.dumps(self._record(name)) for name in names)
        return (
            b'{"resourceLogs":[{"resource":'
            + self._resource
            + b',"scopeLogs":[{"scope":{"name":"com.anthropic.claude_code.events",'
            + b'"version":"2.1.329"},"logRecords":['
            + records
            + b"]}]}]}\n"
        )

    def _record(self, name: str) -> dict[str, Any]:
        self._time += self._rng.randrange(50, 20_000) * 10**6
        self._sequence += 1
        if name == "user_prompt":
            self._prompt = _uuid(self._rng)
        milliseconds = self._time // 10**6 % 86_400_000
        clock = (
            f"{milliseconds // 3_600_000:02d}:{milliseconds // 60_000 % 60:02d}:"
            f"{milliseconds // 1000 % 60:02d}.{milliseconds % 1000:03d}"
        )
        return {
            "timeUnixNano": str(self._time),
            "observedTimeUnixNano": str(self._time),
            "body": {"stringValue": f"claude_code.{name}"},
            "attributes": [
                *self._standard,
                _text("event.name", name),
                _text("event.timestamp", f"2026-11-20T{clock}Z"),
                _number("event.sequence", self._sequence),
                _text("prompt.id", self._prompt),
                *self._own(name),
            ],
            "droppedAttributesCount": 0,
        }

    def _own(self, name: str) -> list[dict[str, Any]]:
        rng = self._rng
        if name == "api_request":
            cost = rng.randrange(100, 400_000)
            written = rng.randrange(0, 8_000)
            return [
                _text("model", self._model),
                _number("input_tokens", rng.randrange(1, 4_000)),
                _number("output_tokens", rng.randrange(1, 4_000)),
                _number("cache_read_tokens", rng.randrange(0, 150_000)),
                _number("cache_creation_tokens", written),
                _number("cache_creation_5m_tokens", written // 3),
                _number("cache_creation_1h_tokens", written - written // 3),
                {"key": "cost_usd", "value": {"doubleValue": (cost + 0.5) / 10**6}},
                _number("cost_usd_micros", cost),
                _number("duration_ms", rng.randrange(500, 60_000)),
                _number("ttft_ms", rng.randrange(100, 4_000)),
                _text("request_id", f"req_011C{rng.getrandbits(80):020x}"),
                _text("speed", "normal"),
                _text("query_source", "repl_main_thread"),
                _text("effort", "medium"),
            ]
        if name in ("tool_decision", "tool_result"):
            return self._tool(name)
        if name == "assistant_response":
            return [
                _number("response_length", rng.randrange(10, 9_000)),
                _text("model", self._model),
                _text("request_id", f"req_011C{rng.getrandbits(80):020x}"),
                _text("message.uuid", _uuid(rng)),
                _text("query_source", "repl_main_thread"),
            ]
        if name == "user_prompt":
            return [
                _text("prompt_length", str(rng.randrange(3, 4_000))),
                _text("message.uuid", _uuid(rng)),
            ]
        if name == "plugin_loaded":
            return [
                _text("plugin.name", "cc-plugin-agents-md"),
                _text("marketplace.name", "builtin"),
                _text("plugin.scope", "default-bundle"),
                _text("enabled_via", "default-enable"),
                _text("plugin_id_hash", f"{rng.getrandbits(64):016x}"),
                {"key": "has_hooks", "value": {"boolValue": True}},
                _number("skill_path_count", 0),
                _text("safe_mode", "false"),
            ]
        return [
            _text("hook_event", "PostToolUse"),
            _text("hook_name", "PostToolUse:Bash"),
            _text("num_hooks", "1"),
            _text("num_success", "1"),
            _text("total_duration_ms", str(rng.randrange(1, 900))),
            _text("hook_source", "merged"),
            _text("safe_mode", "false"),
        ]

    def _tool(self, name: str) -> list[dict[str, Any]]:
        rng = self._rng
        common = [
            _text("tool_name", rng.choice(_TOOLS)),
            _text("tool_use_id", f"toolu_01{rng.getrandbits(88):022x}"),
            _text("tool_source", "builtin"),
        ]
        if name == "tool_decision":
            return [
                *common,
                _text("decision", rng.choice(("accept", "accept", "accept", "reject"))),
                _text("source", rng.choice(("config", "user_temporary", "user_permanent"))),
                _text("permission_mode", "acceptEdits"),
            ]
        return [
            *common,
            _text("success", rng.choice(("true", "true", "true", "false"))),
            _text("duration_ms", str(rng.randrange(1, 30_000))),
            _text("decision_type", "accept"),
            _text("decision_source", "config"),
            _text("tool_input_size_bytes", str(rng.randrange(10, 4_000))),
            _text("tool_result_size_bytes", str(rng.randrange(0, 60_000))),
        ]


def _text(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "value": {"stringValue": value}}


def _number(key: str, value: int) -> dict[str, Any]:
    return {"key": key, "value": {"intValue": value}}


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
