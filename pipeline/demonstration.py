"""The demo: a recorded client, the real receiver, the whole flow, and what came out of it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from rich.console import Console

from demo.posting import post_bodies
from demo.replay import AS_OF, LOCAL_LOGS_DIR, recorded_bodies
from pipeline import flow
from pipeline.demo_result import show_demo_result
from pipeline.errors import PipelineError
from pipeline.home import exclusive
from pipeline.settings import PREFIX, PROJECT_DIR, Settings
from pipeline.steps import Steps

_HOST: Final = "127.0.0.1"
_ANNOUNCEMENT: Final = re.compile(r"receiving on http://\S+:(?P<port>\d+) ")
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
        console_admin_key=None,
        enterprise_key=None,
        enterprise_admin_key=None,
        export_paths=(),
        people_paths=(),
        invoice_paths=(),
    )
    console.print(
        "Recorded data of a real Claude Code client; its accounts, people and repository are "
        "made up.\n",
        style="bold",
    )
    with exclusive(demo):
        with steps.step("receive over HTTP") as step, _receiver(demo) as port:
            count = post_bodies(recorded_bodies(), _HOST, port)
            step.outcome = f"{count} bodies acknowledged"
        result = flow.run(demo, steps)
    if result.problems:
        raise PipelineError(result.problems[0])
    show_demo_result(result.release.path, console)


@contextmanager
def _receiver(settings: Settings) -> Iterator[int]:
    """Run the receiver as its own process and stop it gracefully, so that its files are closed."""
    log = settings.home / "receiver.log"
    command = [sys.executable, "-m", "pipeline", "receive", "--host", _HOST, "--port", "0"]
    environment = os.environ | {PREFIX + "HOME": str(settings.home)}
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(  # noqa: S603 - this program itself
            command,
            cwd=PROJECT_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            yield _announced_port(process, log)
        finally:
            process.terminate()
    if process.returncode != 0:
        raise PipelineError(f"the receiver ended with {process.returncode}; its log: {log}")


def _announced_port(process: "subprocess.Popen[str]", log: Path) -> int:
    """Wait for the line in which the receiver says where it listens."""
    line = process.stdout.readline() if process.stdout else ""
    found = _ANNOUNCEMENT.match(line)
    if found is None:
        raise PipelineError(f"the receiver did not start; its log: {log}")
    return int(found["port"])
