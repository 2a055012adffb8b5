"""The manifest of the project, made once for all workers, and the files that git tracks."""

import fcntl
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
AS_OF = date(2026, 11, 30)


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Parse the project and compile its `checked` tests, apart, warnings being errors."""
    base = tmp_path_factory.getbasetemp()
    # Each worker of a run has a directory of its own in the one of the run.
    work = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "parsed"
    work.mkdir(exist_ok=True)
    made = work / "target" / "manifest.json"
    with (work / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _compile(work)
    result: dict[str, Any] = json.loads(made.read_text(encoding="utf-8"))
    return result


def _compile(work: Path) -> None:
    (work / "profiles.yml").write_bytes((ROOT / "profiles.example.yml").read_bytes())
    parsed = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "--warn-error", "compile"),
            *("--select", "test_name:checked", "--no-partial-parse"),
        ],
        env={
            **os.environ,
            "CLAUDE_ANALYTICS_AS_OF": AS_OF.isoformat(),
            "CLAUDE_ANALYTICS_DATABASE": str(work / "w.duckdb"),
            "DBT_PROJECT_DIR": str(ROOT),
            "DBT_PROFILES_DIR": str(work),
            "DBT_TARGET_PATH": str(work / "unchecked"),
            "DBT_LOG_PATH": str(work / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    assert parsed.returncode == 0, parsed.stdout + parsed.stderr
    (work / "unchecked").rename(work / "target")


@pytest.fixture(scope="session")
def tracked_files() -> list[Path]:
    """Files that git tracks and that are there; skips where the tree is no checkout."""
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout, so nothing tells which files belong to the project")
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]
