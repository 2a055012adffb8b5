"""Reading OTLP log records: our reader against DuckDB's `read_json` in the same run."""

import json
import os
import resource
import subprocess
import sys
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import duckdb_otlp
from benchmarks.generate_otlp import write_logs
from benchmarks.measurement import Measurement, median_seconds, peak_mebibytes
from ingestion.otlp.reading.reader import FilePart, read_files
from ingestion.otlp.reading.telemetry_files import find_files

RECORDS: Final = 2_000_000
MAX_MEBIBYTES: Final = 2_048
_TRIAL_RECORDS: Final = 100_000
_ROUNDS: Final = 3
_KIBIBYTES_PER_MEBIBYTE: Final = 1024


def measure(scale: float = 1.0) -> list[Measurement]:
    """Compare wall times and take the peak memory of our reader.

    The rival is the fastest of several queries and ways to hand out the rows, by a trial on fewer
    records. It has as many threads as our reader has processes.

    Args:
        scale: 1.0 reads two million records.
    """
    records = round(RECORDS * scale)
    threads = os.cpu_count() or 1
    with TemporaryDirectory() as scratch:
        trial, full = Path(scratch, "trial"), Path(scratch, "full")
        trial.mkdir()
        full.mkdir()
        write_logs(trial, min(records, _TRIAL_RECORDS))
        query, sink = _fastest(trial, threads)
        size = write_logs(full, records)
        rival = duckdb_otlp.queries(full)[query]
        _check_counts(records, read(full), duckdb_otlp.run(rival, sink, threads))
        ours, theirs = median_seconds(
            [lambda: read(full), lambda: duckdb_otlp.run(rival, sink, threads)], rounds=_ROUNDS
        )
        peak = _peak_mebibytes(full)
    note = (
        f"{records:,} records, {size / 10**9:.2f} GB, {threads} cores; medians of {_ROUNDS}: "
        f"ours {ours:.2f} s, DuckDB {theirs:.2f} s by {query} into {sink}"
    )
    return [
        Measurement(
            "DuckDB's time to read log records / ours", theirs / ours, "ratio", 1.0, note=note
        ),
        Measurement("log records read", records / ours, "1/s"),
        Measurement(
            "peak memory of reading",
            peak,
            "MiB",
            MAX_MEBIBYTES,
            "at most",
            note="the process and its workers, resident",
        ),
    ]


def read(directory: Path) -> int:
    """Read all log records to Arrow, batch by batch, and return their number."""
    parts = (FilePart(file) for file in find_files([directory]))
    return sum(chunk.table.num_rows for chunk in read_files(parts, "logs"))


def _fastest(directory: Path, threads: int) -> tuple[str, str]:
    queries = duckdb_otlp.queries(directory)
    candidates = list(product(queries, duckdb_otlp.SINKS))
    actions = [
        partial(duckdb_otlp.run, queries[query], sink, threads) for query, sink in candidates
    ]
    seconds = median_seconds(actions, rounds=2)
    return min(zip(seconds, candidates, strict=True))[1]


def _check_counts(expected: int, *counts: int) -> None:
    if any(count != expected for count in counts):
        raise RuntimeError(f"{counts} records were read of {expected}")


def _peak_mebibytes(directory: Path) -> float:
    command = [sys.executable, "-m", "benchmarks.otlp_reader", str(directory)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(json.loads(answer.stdout))


def _main() -> None:
    read(Path(sys.argv[1]))
    # The largest of the workers, for each of them.
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (os.cpu_count() or 1)
    sys.stdout.write(json.dumps(peak_mebibytes() + workers / _KIBIBYTES_PER_MEBIBYTE))


if __name__ == "__main__":
    _main()
