"""Receiver and flow are killed at random moments; nothing acknowledged is lost or doubled."""

import json
import random
import subprocess
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.e2e.system import HOST, System, free_port

pytestmark = [pytest.mark.long, pytest.mark.minutes(3)]

KILLS = 20  # of flows and receivers in turn; a flow that had ended does not count
LONGEST_FLOW_SECONDS = 14.0
LONGEST_RECEIVER_SECONDS = 4.0
NOON_OF_THE_DAY = 1_795_176_000  # 2026-11-20, seconds


def _body(number: int) -> bytes:
    """One request of a session of its own, so that a row of the marts names its body."""
    values = {
        "event.name": "api_request",
        "session.id": f"session-{number}",
        "request_id": f"req-{number}",
        "user.id": "installation",
        "model": "claude-haiku-5-5",
    }
    attributes: list[dict[str, object]] = [
        {"key": key, "value": {"stringValue": value}} for key, value in values.items()
    ]
    attributes += [
        {"key": key, "value": {"intValue": value}}
        for key, value in (("input_tokens", number), ("output_tokens", 1))
    ]
    record = {
        "timeUnixNano": str(NOON_OF_THE_DAY * 10**9 + number),
        "body": {"stringValue": "claude_code.api_request"},
        "attributes": attributes,
    }
    logs = {"resourceLogs": [{"resource": {}, "scopeLogs": [{"logRecords": [record]}]}]}
    return json.dumps(logs).encode()


@dataclass
class Client:
    """An exporter under load: it sends each body again until it is acknowledged."""

    port: int
    acknowledged: int = 0
    stopped: Event = field(default_factory=Event)

    def work(self) -> None:
        connection = HTTPConnection(HOST, self.port, timeout=10)
        while not self.stopped.is_set():
            try:
                connection.request(
                    "POST",
                    "/v1/logs",
                    body=_body(self.acknowledged),
                    headers={"content-type": "application/json"},
                )
                answer = connection.getresponse()
                answer.read()
                if answer.status == 200:
                    self.acknowledged += 1
            except (OSError, HTTPException):
                connection.close()
        connection.close()


def _ends_within(process: subprocess.Popen[str], seconds: float) -> bool:
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_every_acknowledged_body_is_in_the_marts_once(tmp_path: Path) -> None:
    moments = random.Random(20)
    system = System(tmp_path)
    port = free_port()
    receiver = system.start_receiver(port)
    client = Client(port)
    thread = Thread(target=client.work)
    thread.start()
    kills = 0
    try:
        while kills < KILLS:
            flow = system.start("run")
            assert not _ends_within(receiver, moments.uniform(0.0, LONGEST_RECEIVER_SECONDS))
            _kill(receiver)
            receiver = system.start_receiver(port)
            is_done = _ends_within(flow, moments.uniform(0.0, LONGEST_FLOW_SECONDS))
            _kill(flow)
            kills += 1 if is_done else 2
    finally:
        client.stopped.set()
        thread.join()
        system.stop_receiver(receiver)

    system.run("run")
    with system.release() as marts:
        sessions = dict(
            marts.execute(
                "select session_id, count(*) from marts.fct_claude_requests group by session_id"
            ).fetchall()
        )
        tokens = marts.execute("select sum(input_tokens) from marts.fct_claude_requests").fetchone()
    expected = {f"session-{number}": 1 for number in range(client.acknowledged)}
    # The last body may have been stored without its answer reaching the client.
    in_flight = f"session-{client.acknowledged}"
    if in_flight in sessions:
        expected[in_flight] = 1
    assert client.acknowledged > 0
    assert sessions == expected
    assert tokens == (sum(range(len(expected))),)
