"""Time and memory of simulating a large company: truth, API views and files."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.measurement import Measurement

PEOPLE: Final = 10_000
DAYS: Final = 365
# The peak of the process is its own to tell: it prints it when it is done.
_PROGRAM: Final = """
import sys
from datetime import timedelta
from pathlib import Path
from benchmarks.measurement import peak_mebibytes
from demo.organisation import Parameters, generate
until = Parameters().until
start = until - timedelta(days=int(sys.argv[3]) - 1)
generate(Path(sys.argv[1]), Parameters(people=int(sys.argv[2]), start=start, until=until))
print(peak_mebibytes())
"""


def measure(scale: float) -> list[Measurement]:
    """Simulate a company once, in a process of its own."""
    people = max(20, int(PEOPLE * scale))
    with tempfile.TemporaryDirectory() as directory:
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, directory, str(people), str(DAYS)],
            capture_output=True,
            text=True,
            check=True,
        )
        seconds = time.perf_counter() - started
        size = sum(file.stat().st_size for file in Path(directory).rglob("*") if file.is_file())
    # DuckDB takes a program without a file for a session, and shows it how far queries are.
    peak = float(done.stdout.split()[-1])
    note = f"{people:,} people, {DAYS} days, {size / 1e6:,.0f} MB of Parquet and CSV; one run"
    return [
        Measurement("simulating a company", seconds, "s", 300, "at most", note),
        Measurement("peak memory", peak, "MiB", 4096, "at most", "the process, resident"),
    ]
