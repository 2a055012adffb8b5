"""Calls the command line as a user does, in a home of the test's own."""

import os
from pathlib import Path
from typing import Any

import pytest

from ingestion.sources.anthropic_console.reader import open_console
from pipeline import errors
from pipeline.cli import execute
from pipeline.settings import PREFIX
from tests.e2e.outcome import Cli, Outcome
from tests.ingestion.anthropic_console.console import Console
from tests.ingestion.http.fake_api import KEY


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; no setting of the caller's environment reaches the test."""
    for name in os.environ:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setattr(errors, "_SECRETS", set())
    directory = tmp_path / "home"
    monkeypatch.setenv(PREFIX + "HOME", str(directory))
    return directory


@pytest.fixture
def cli(home: Path, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run a command in this process."""

    def call(*arguments: str) -> Outcome:
        capfd.readouterr()
        code = execute(arguments)
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture
def console(home: Path, monkeypatch: pytest.MonkeyPatch) -> Console:
    """The Console organisation of the documentation's examples in place of the network."""
    served = Console()

    def open_served(**given: Any) -> object:  # noqa: ANN401  # passed on
        return open_console(**given, clock=served.clock, transport=served.transport)

    monkeypatch.setattr("ingestion.sources.anthropic_console.reader.open_console", open_served)
    monkeypatch.setenv(PREFIX + "CONSOLE_ADMIN_KEY", KEY)
    return served
