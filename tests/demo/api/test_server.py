"""The stand-in over real HTTP, its clock, and its command line."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from socket import create_server

import httpx

from demo.api.app import create_app
from demo.api.clock import MovableClock
from demo.api.in_process import InProcessTransport
from demo.api.keys import CONSOLE_ADMIN_KEY, ENTERPRISE_ANALYTICS_KEY
from demo.api.server import make_server
from tests.demo.api.conftest import ANALYTICS, ORGANIZATIONS, Api
from tests.demo.api.small_people import LAST_DAY, NOW, PEOPLE

PROJECT_DIR = Path(__file__).resolve().parents[3]


@contextmanager
def served(data_dir: Path, clock: MovableClock) -> Iterator[httpx.Client]:
    """A stand-in in a thread, and a client of it."""
    server = make_server(create_app(data_dir, clock=clock))
    with create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
            yield client
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


def test_every_answer_carries_the_date_of_the_clock_once(data_dir: Path) -> None:
    with served(data_dir, MovableClock(NOW)) as client:
        for path in (f"{ORGANIZATIONS}/me", "/nothing", "/_stand_in/counts"):
            answer = client.get(path)
            assert answer.headers.get_list("date") == ["Fri, 20 Nov 2026 12:00:00 GMT"]
        moved = client.post("/_stand_in/clock", json={"now": "2026-11-21T06:00:00Z"})
        assert moved.json() == {"now": "2026-11-21T06:00:00Z"}
        client.post("/_stand_in/clock", json={"advance_seconds": 3600})
        assert client.get("/nothing").headers["date"] == "Sat, 21 Nov 2026 07:00:00 GMT"


def test_answers_over_http_are_those_in_process(data_dir: Path) -> None:
    headers = {"x-api-key": ENTERPRISE_ANALYTICS_KEY}
    params = {"date": str(LAST_DAY), "limit": "3"}
    with served(data_dir, MovableClock(NOW)) as client:
        over_http = client.get(f"{ANALYTICS}/users", params=params, headers=headers)
    in_process = Api(data_dir).ask(f"{ANALYTICS}/users", params)
    assert over_http.status_code == 200
    assert over_http.json() == in_process.json()
    assert dict(over_http.headers) == dict(in_process.headers)


def test_threads_may_share_a_stand_in(data_dir: Path) -> None:
    app = create_app(data_dir, clock=MovableClock(NOW))
    statuses = []

    def ask() -> None:
        with httpx.Client(transport=InProcessTransport(app), base_url="http://stand-in") as client:
            for _ in range(5):
                answer = client.get(
                    f"{ANALYTICS}/users",
                    params={"date": str(LAST_DAY)},
                    headers={"x-api-key": ENTERPRISE_ANALYTICS_KEY},
                )
                statuses.append((answer.status_code, len(answer.json()["data"])))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [(200, PEOPLE)] * 20


def test_running_clock_goes_on(data_dir: Path) -> None:
    clock = MovableClock(NOW, runs=True)
    first = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() > first
    clock.move_to(datetime.fromisoformat("2026-12-01T00:00:00+02:00"))
    assert clock.now().isoformat().startswith("2026-11-30T22:")


def test_command_line_serves_until_it_is_stopped(data_dir: Path) -> None:
    command = [sys.executable, "-m", "demo.api", "--data", str(data_dir)]
    options = ["--now", "2026-11-20T12:00:00", "--requests-per-minute", "1000", "--edition", "D"]
    with subprocess.Popen(
        [*command, *options], cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            found = re.fullmatch(r"serving on (http://127\.0\.0\.1:\d+)\n", line)
            assert found, line
            answer = httpx.get(
                f"{found[1]}{ORGANIZATIONS}/api_keys",
                headers={"x-api-key": CONSOLE_ADMIN_KEY, "anthropic-version": "2023-06-01"},
                timeout=30,
                trust_env=False,
            )
        finally:
            process.terminate()
    assert "scope" in answer.json()["data"][0]
    assert parsedate_to_datetime(answer.headers["date"]).date() == NOW.date()
    assert process.returncode in {0, -15}
