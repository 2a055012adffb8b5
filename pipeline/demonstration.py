"""The demo: a simulated company, its APIs and clients over real HTTP, the flow, the result."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console

from demo.api.keys import CONSOLE_ADMIN_KEY, ENTERPRISE_ADMIN_KEY, ENTERPRISE_ANALYTICS_KEY
from demo.organisation import Parameters, generate
from demo.organisation.views.telemetry import bodies
from demo.posting import post_bodies
from pipeline import flow
from pipeline.errors import PipelineError
from pipeline.home import exclusive
from pipeline.intake import Window
from pipeline.settings import PREFIX, PROJECT_DIR, Settings
from pipeline.showing.demo_result import show_demo_result
from pipeline.steps import Steps

_HOST: Final = "127.0.0.1"
_RECEIVER_SAYS: Final = re.compile(r"receiving on http://\S+:(?P<port>\d+) ")
_API_SAYS: Final = re.compile(r"serving on http://\S+:(?P<port>\d+)")
# The simulated vendor grants it, so that a year of history takes seconds; a real one allows 60.
_REQUESTS_PER_MINUTE: Final = 100_000
# The morning after the last day: everything of that day is published.
_MORNING: Final = timedelta(days=1, hours=11)
_EXPORTERS: Final = 3
# Everybody's demo shows the same pseudonyms; the people in it do not exist.
_DEMO_KEY: Final = "a published key for made-up people"


def demonstrate(settings: Settings, steps: Steps, console: Console, parameters: Parameters) -> None:
    """Simulate a company, land what its systems show of it, and show what came out.

    Args:
        settings: The user's settings; the demo keeps to a home of its own below theirs.
        steps: Where progress is shown.
        console: Where the result is shown.
        parameters: What the company is made from.
    """
    home = settings.home / "demo"
    company = home / "company"
    console.print(
        f"Synthetic data: a simulated company of {parameters.people:,} people, "
        f"{parameters.start} to {parameters.until}. Nobody in it exists.\n",
        style="bold",
        highlight=False,
    )
    demo = _demo_settings(settings, home, company / "files", parameters)
    with exclusive(demo):
        with steps.step("simulate the company") as step:
            generate(company, parameters)
            step.outcome = str(company)
        with steps.step("receive over HTTP") as step, _receiver(demo) as port:
            telemetry = bodies(company / "truth", parameters.start, parameters.until)
            count = post_bodies(telemetry, _HOST, port, connections=_EXPORTERS)
            step.outcome = f"{count:,} bodies acknowledged"
        with _api(demo, company, parameters) as port:
            asked = replace(demo, api_url=f"http://{_HOST}:{port}")
            result = flow.run(asked, steps, Window(since=parameters.start))
    if result.problems:
        raise PipelineError(result.problems[0])
    show_demo_result(result.release.path, console)


def _demo_settings(settings: Settings, home: Path, files: Path, parameters: Parameters) -> Settings:
    """Settings of the demo; nothing of the user's own data gets into it."""
    return replace(
        settings,
        home=home,
        as_of=parameters.until,
        has_fixed_clock=True,
        paths={
            "LOG_PATHS": (files / "logs",),
            "EXPORT_PATHS": (files / "exports",),
            "PEOPLE_PATHS": (files / "people",),
            "INVOICE_PATHS": (files / "invoices",),
        },
        price_overlay=None,
        pseudonym_key=_DEMO_KEY,
        keys={
            "CONSOLE_ADMIN_KEY": CONSOLE_ADMIN_KEY,
            "ENTERPRISE_KEY": ENTERPRISE_ANALYTICS_KEY,
            "ENTERPRISE_ADMIN_KEY": ENTERPRISE_ADMIN_KEY,
        },
        api_requests_per_minute=_REQUESTS_PER_MINUTE,
    )


@contextmanager
def _receiver(settings: Settings) -> Iterator[int]:
    """Run the receiver until its files are closed."""
    command = ("pipeline", "receive", "--host", _HOST, "--port", "0")
    with _server(settings.home, "receiver", command, _RECEIVER_SAYS) as port:
        yield port


@contextmanager
def _api(settings: Settings, company: Path, parameters: Parameters) -> Iterator[int]:
    """Run the stand-in of the vendor's APIs on the morning after the last day."""
    now = datetime.combine(parameters.until, time.min) + _MORNING
    command = (
        *("demo.api", "--data", str(company), "--now", now.isoformat()),
        *("--requests-per-minute", str(_REQUESTS_PER_MINUTE)),
    )
    with _server(settings.home, "api", command, _API_SAYS) as port:
        yield port


@contextmanager
def _server(home: Path, name: str, command: Sequence[str], says: re.Pattern[str]) -> Iterator[int]:
    """Run a module as a process of its own, yield its port, and stop it gracefully."""
    log = home / f"{name}.log"
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(  # noqa: S603 - a part of this program
            [sys.executable, "-m", *command],
            cwd=PROJECT_DIR,
            env=os.environ | {PREFIX + "HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            yield _announced_port(process, log, says)
        finally:
            process.terminate()
    # A server that hands the signal on has ended as asked, too.
    if process.returncode not in {0, -signal.SIGTERM}:
        raise PipelineError(f"the {name} process ended with {process.returncode}; its log: {log}")


def _announced_port(process: "subprocess.Popen[str]", log: Path, says: re.Pattern[str]) -> int:
    """Wait for the line in which a server says where it listens."""
    line = process.stdout.readline() if process.stdout else ""
    found = says.match(line)
    if found is None:
        raise PipelineError(f"a server of the demo did not start; its log: {log}")
    return int(found["port"])
