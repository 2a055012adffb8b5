"""The product as its user runs it: commands in processes of their own, over one home."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parents[2]
AS_OF = "2026-11-21"
HOST = "127.0.0.1"
_PORTS = iter(range(10_000 + os.getpid() * 97 % 20_000, 32_000))
_START_SECONDS = 60
_STOP_SECONDS = 60


def free_port() -> int:
    """A port that nobody listens on, and that no connection of another test is given.

    Systems hand out ports above 32,767 by themselves; each process begins to look elsewhere.
    """
    for port in _PORTS:
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue  # Somebody has it.
            return port
    raise AssertionError("no port is free")


@dataclass
class System:
    """One home and the processes that a test starts over it."""

    home: Path
    settings: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command without waiting for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline", *arguments],
            cwd=PROJECT,
            env={
                **os.environ,
                "CLAUDE_ANALYTICS_HOME": str(self.home),
                "CLAUDE_ANALYTICS_AS_OF": AS_OF,
                **self.settings,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        """Run a command that must succeed and return what it printed."""
        process = self.start(*arguments)
        output, _ = process.communicate()
        assert process.returncode == 0, output
        return output

    def start_receiver(self, port: int) -> subprocess.Popen[str]:
        """Start a receiver and return when it answers."""
        process = self.start("receive", "--port", str(port))
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            assert process.poll() is None, process.communicate()[0]
            connection = HTTPConnection(HOST, port, timeout=5)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return process
            except (OSError, HTTPException):
                os.sched_yield()
            finally:
                connection.close()
        process.kill()
        raise AssertionError(f"no receiver on port {port} after {_START_SECONDS} s")

    def stop_receiver(self, process: subprocess.Popen[str]) -> None:
        """Ask a receiver to end and wait until it has closed its files."""
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=_STOP_SECONDS)
        assert process.returncode == 0, output

    def release(self) -> duckdb.DuckDBPyConnection:
        """Open the current release as a reader does."""
        current = (self.home / "releases" / "current").resolve()
        return duckdb.connect(str(current / "claude_analytics.duckdb"), read_only=True)
