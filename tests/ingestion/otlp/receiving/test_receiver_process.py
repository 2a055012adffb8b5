"""The receiver as a process: how it starts, stops, and survives being killed."""

import itertools
import json
import random
import signal
import socket
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from ingestion.otlp.receiving.receiver import ReceiverConfigurationError, ReceiverSettings, serve
from tests.ingestion.otlp.receiving.running_receiver import (
    JSON_HEADERS,
    encoded,
    exchange,
    logs_export,
    receiver_process,
    record,
    stored_lines,
    text,
)

KILLS = 20
CLIENTS = 8
SEED = 20_261_121


def body_of(number: int) -> bytes:
    return encoded(logs_export(record(text("request_id", f"req_{number}"))))


def must_not_listen(host: str, port: int) -> None:
    raise AssertionError(f"listens on {host}:{port}")


def stored_numbers(spool_dir: Path) -> Counter[int]:
    return Counter(
        int(attribute["value"]["stringValue"].removeprefix("req_"))
        for line in stored_lines(spool_dir)
        for entry in line["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
        for attribute in entry["attributes"]
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_closes_the_files_and_ends_with_success(
    tmp_path: Path, number: signal.Signals
) -> None:
    with receiver_process(tmp_path / "spool") as (process, port):
        assert exchange(port, "/v1/logs", body_of(1)).status == 200
        assert stored_lines(tmp_path / "spool") == []
        process.send_signal(number)
        assert process.wait(30) == 0
    assert stored_numbers(tmp_path / "spool") == {1: 1}
    assert list((tmp_path / "spool").glob("*.open")) == []


def test_stop_is_not_held_up_by_an_idle_connection(tmp_path: Path) -> None:
    with receiver_process(tmp_path / "spool") as (process, port):
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", "/v1/logs", body_of(1), JSON_HEADERS)
        assert connection.getresponse().read() == b"{}"
        process.terminate()
        # Less than the time that a stop waits for requests under way.
        assert process.wait(8) == 0
        connection.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])  # noqa: S104  # that is what is refused
def test_no_listening_beyond_loopback_without_a_token(tmp_path: Path, host: str) -> None:
    settings = ReceiverSettings(spool_dir=tmp_path / "spool", host=host, port=0)
    with pytest.raises(ReceiverConfigurationError, match="without a token"):
        serve(settings, must_not_listen)
    assert not (tmp_path / "spool").exists()


def test_empty_token_is_no_token(tmp_path: Path) -> None:
    with pytest.raises(ReceiverConfigurationError, match="token is empty"):
        serve(ReceiverSettings(spool_dir=tmp_path / "spool", port=0, token=""), must_not_listen)


def test_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ReceiverConfigurationError) as raised:
            serve(ReceiverSettings(spool_dir=tmp_path / "spool", port=port), must_not_listen)
    assert str(raised.value) == f"cannot listen on 127.0.0.1:{port}: Address already in use"


def test_unknown_host_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ReceiverConfigurationError, match=r"^cannot listen on 256\.1\.1\.1:0: "):
        serve(
            ReceiverSettings(spool_dir=tmp_path / "spool", host="256.1.1.1", port=0),
            must_not_listen,
        )


def test_spool_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ReceiverConfigurationError, match=r"^cannot write to the spool .*: "):
        serve(ReceiverSettings(spool_dir=tmp_path / "file" / "spool", port=0), must_not_listen)


def test_disk_that_is_really_full_loses_nothing(tmp_path: Path) -> None:
    """The kernel refuses to let a file grow, in the middle of a line, over and over."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"
    answers = []
    with receiver_process(tmp_path / "spool", start=limit) as (process, port):
        for number in range(30):
            answers.append(exchange(port, "/v1/logs", body_of(number)).status)
        process.terminate()
        assert process.wait(30) == 0
    acknowledged = [number for number, status in enumerate(answers) if status == 200]
    assert set(answers) == {200, 503}
    assert stored_numbers(tmp_path / "spool") == dict.fromkeys(acknowledged, 1)


class Clients:
    """Senders of numbered bodies that note what was acknowledged; one of them pulls the trigger."""

    def __init__(self) -> None:
        self.acknowledged: list[int] = []
        self.sent: Counter[int] = Counter()
        self.unsent: list[int] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def send_until_dead(self, port: int, shots: int, kill: threading.Event) -> None:
        """Send until the connection breaks; after `shots` acknowledgements the process is shot."""
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            with self._lock:
                number = self.unsent.pop() if self.unsent else next(self._numbers)
                self.sent[number] += 1
            try:
                connection.request("POST", "/v1/logs", body_of(number), JSON_HEADERS)
                assert json.loads(connection.getresponse().read()) == {}
            except (OSError, HTTPException):
                with self._lock:
                    self.unsent.append(number)
                connection.close()
                return
            with self._lock:
                self.acknowledged.append(number)
                if len(self.acknowledged) >= shots:
                    kill.set()


@pytest.mark.slow
def test_killed_at_random_moments_it_keeps_every_acknowledged_body(tmp_path: Path) -> None:
    moments = random.Random(SEED)
    clients = Clients()
    for _ in range(KILLS):
        kill = threading.Event()
        shots = len(clients.acknowledged) + moments.randint(1, 80)
        with (
            receiver_process(tmp_path / "spool") as (process, port),
            ThreadPoolExecutor(CLIENTS) as pool,
        ):
            senders = [
                pool.submit(clients.send_until_dead, port, shots, kill) for _ in range(CLIENTS)
            ]
            assert kill.wait(60)
            process.send_signal(signal.SIGKILL)
            for sender in senders:
                sender.result()
    with receiver_process(tmp_path / "spool") as (process, port):
        while clients.unsent:
            number = clients.unsent.pop()
            clients.sent[number] += 1
            assert exchange(port, "/v1/logs", body_of(number)).status == 200
            clients.acknowledged.append(number)
        process.terminate()
        assert process.wait(30) == 0
    stored = stored_numbers(tmp_path / "spool")
    assert len(clients.acknowledged) == len(set(clients.acknowledged)) > KILLS
    assert set(stored) == set(clients.acknowledged)
    # Once for each time it was acknowledged; more only if it had to be sent again.
    assert all(1 <= stored[number] <= clients.sent[number] for number in stored)
