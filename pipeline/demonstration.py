"""The demo: a recorded client, the real receiver, the whole flow, and what came out of it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from http.client import HTTPConnection, HTTPException
from typing import Final

from rich.console import Console

from demo.replay import AS_OF, LOCAL_LOGS_DIR, recorded_bodies, replay
from pipeline import flow
from pipeline.demo_result import show_demo_result
from pipeline.errors import PipelineError
from pipeline.home import exclusive
from pipeline.settings import PREFIX, PROJECT_DIR, Settings
from pipeline.steps import Steps

_HOST: Final = "127.0.0.1"
_START_SECONDS: Final = 30
_STOP_SECONDS: Final = 30
_POLL_SECONDS: Final = 0.05
_OK: Final = 200
# Everybody's demo shows the same pseudonyms; the people in it do not exist.
_DEMO_KEY: Final = "a published key for made-up people"


def demonstrate(settings: Settings, steps: Steps, console: Console) -> None:
    """Replay the recorded client and show what it cost.

    Args:
        settings: The user's settings; the demo keeps to a home of its own below theirs.
        steps: Where progress is shown.
        console: Where the result is shown.
    """
    demo = replace(
        settings,
        home=settings.home / "demo",
        as_of=settings.as_of if settings.has_fixed_clock else date.fromisoformat(AS_OF),
        has_fixed_clock=True,
        otlp_paths=(),
        log_paths=(LOCAL_LOGS_DIR,),
        price_overlay=None,
        pseudonym_key=_DEMO_KEY,
    )
    console.print(
        "Recorded data of a real Claude Code client; its accounts, people and repository are "
        "made up.\n",
        style="bold",
    )
    with exclusive(demo):
        with steps.step("receive over HTTP") as step, _receiver(demo) as port:
            count = replay(recorded_bodies(), _HOST, port)
            step.outcome = f"{count} bodies acknowledged"
        release = flow.run(demo, steps)
    show_demo_result(release.path, console)


@contextmanager
def _receiver(settings: Settings) -> Iterator[int]:
    """Run the receiver as its own process and stop it gracefully, so that its files are closed."""
    port = _free_port()
    log = settings.home / "receiver.log"
    command = [sys.executable, "-m", "pipeline", "receive", "--port", str(port)]
    environment = os.environ | {PREFIX + "HOME": str(settings.home)}
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603 - this program itself
            command, cwd=PROJECT_DIR, env=environment, stdout=output, stderr=output
        )
    try:
        _wait_until_ready(process, port, str(log))
        yield port
    finally:
        process.terminate()
        try:
            code = process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise PipelineError(f"the receiver did not stop; its log: {log}") from None
    if code != 0:
        raise PipelineError(f"the receiver ended with {code}; its log: {log}")


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, log: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise PipelineError(f"the receiver did not start; its log: {log}")
        if _is_healthy(port):
            return
        time.sleep(_POLL_SECONDS)
    raise PipelineError(f"the receiver did not answer in {_START_SECONDS} s; its log: {log}")


def _is_healthy(port: int) -> bool:
    connection = HTTPConnection(_HOST, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == _OK
    except (OSError, HTTPException):
        return False  # Not listening yet.
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
