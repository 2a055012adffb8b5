"""Worker processes: independent of the caller's main program, and missed when they die."""

import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.otlp.reading import workers
from tests.ingestion.otlp.reading.exports import line, logs, read, record

PROJECT_DIR = Path(__file__).resolve().parents[4]


def test_caller_may_be_a_script_on_standard_input(tmp_path: Path) -> None:
    (tmp_path / "logs.json").write_bytes(line(logs(record("auth"))))
    script = f"""
from pathlib import Path
from tests.ingestion.otlp.reading.exports import read
print(read(Path({str(tmp_path)!r}), workers=2)[0].table.num_rows)
"""
    answer = subprocess.run(
        [sys.executable, "-"], input=script, cwd=PROJECT_DIR, capture_output=True, text=True
    )
    assert (answer.stdout, answer.stderr) == ("1\n", "")


def test_death_of_a_worker_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "logs.json").write_bytes(line(logs(record("auth"))))
    monkeypatch.setattr(workers, "_COMMAND", (sys.executable, "-c", "raise SystemExit(1)"))
    with pytest.raises(workers.WorkerDiedError, match=r"while it read logs\.json"):
        read(tmp_path, workers=2)
