"""Calls the command line as a user does, in a home of the test's own."""

import os
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.cli import execute
from pipeline.settings import PREFIX
from tests.e2e.outcome import Cli, Outcome


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
