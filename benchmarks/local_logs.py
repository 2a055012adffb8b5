"""Local logs: landing a tree of transcripts against the native command-line tool that reads them.

The rival is `ccusage`, which reads the tree, prices it and forgets it. It is started as its own
binary, without the Node wrapper. Both must find the same tokens, else nothing is reported.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb

from benchmarks.generate_logs import Written, generate, grow
from benchmarks.measurement import Measurement, peak_mebibytes
from ingestion.landing import land
from ingestion.sources.claude_code_logs.reader import claude_code_logs

ASSISTANT_LINES: Final = 1_000_000
NEW_SHARE: Final = 0.01
ROUNDS: Final = 3
# The newest release whose binary for Linux is published.
CCUSAGE: Final = "ccusage@20.0.24"
BLOCK_BYTES: Final = 2**24

# Each answer once, with the highest count seen of it.
TOKENS: Final = """
select sum(input_tokens), sum(output_tokens), sum(cache_creation_tokens), sum(cache_read_tokens)
from (
    select
        max(input_tokens) as input_tokens,
        max(output_tokens) as output_tokens,
        max(cache_creation_tokens) as cache_creation_tokens,
        max(cache_read_tokens) as cache_read_tokens
    from raw_claude_code_logs.usage_lines
    group by message_id, request_id
)
"""


@dataclass(frozen=True)
class Round:
    """One timing of both on the same bytes.

    Attributes:
        ours: Seconds of an ingest in a new process, from its start to its end.
        landing: Seconds of the landing alone, without starting Python and importing.
        theirs: Seconds of the rival.
        mib: Memory of the ingest at its peak, without the processes that it starts.
    """

    ours: float
    landing: float
    theirs: float
    mib: float


def ingest(tree: str, home: str) -> None:
    """Land the tree and tell the seconds and the memory; runs in a process of its own."""
    started = time.perf_counter()
    land(
        claude_code_logs([Path(tree)]),
        source_id="claude_code_logs",
        database=Path(home, "warehouse.duckdb"),
        working_dir=Path(home, "dlt"),
    )
    seconds = time.perf_counter() - started
    json.dump({"seconds": seconds, "mib": peak_mebibytes()}, sys.stdout)


def measure(scale: float = 1.0) -> list[Measurement]:
    """Time the first ingest of a tree, and the one after a hundredth was added.

    Args:
        scale: 1.0 is a million lines with usage, about 3 GB.

    Raises:
        RuntimeError: npm is missing, or a tool failed or found other tokens than were written.
    """
    lines = round(ASSISTANT_LINES * scale)
    with TemporaryDirectory() as scratch:
        root = Path(scratch)
        rival = _install(root / "rival")
        tree, home = root / "tree", root / "home"
        truth = generate(tree, lines)
        first = [_round(tree, _fresh(home), rival, truth) for _ in range(ROUNDS)]
        second = []
        for number in range(ROUNDS):
            _add(truth, grow(tree, round(lines * NEW_SHARE), seed=2 + number))
            second.append(_round(tree, home, rival, truth))
    size = f"{truth.assistant_lines:,} lines with usage, {truth.bytes / 1e9:.2f} GB"
    return [
        *_figures("first ingest", first, size),
        Measurement(
            "first ingest, its time over ccusage's",
            _seconds(first, "ours") / _seconds(first, "theirs"),
            "ratio",
            1.5,
            "at most",
            f"medians of {ROUNDS}, page cache warm",
        ),
        *_figures("ingest after 1 % new lines", second, size),
        Measurement(
            "ingest after 1 % new lines, ccusage's time over its",
            _seconds(second, "theirs") / _seconds(second, "ours"),
            "ratio",
            10,
            note=f"medians of {ROUNDS}, a new process each",
        ),
        Measurement(
            "the same within a running process",
            _seconds(second, "theirs") / _seconds(second, "landing"),
            "ratio",
            note="without starting Python and importing",
        ),
    ]


def _seconds(rounds: list[Round], name: str) -> float:
    return float(median(getattr(each, name) for each in rounds))


def _figures(what: str, rounds: list[Round], size: str) -> list[Measurement]:
    return [
        Measurement(what, _seconds(rounds, "ours"), "s", note=size),
        Measurement(f"{what}, landing alone", _seconds(rounds, "landing"), "s"),
        Measurement(f"{what}, ccusage", _seconds(rounds, "theirs"), "s", note=CCUSAGE),
        Measurement(
            f"{what}, peak memory",
            max(each.mib for each in rounds),
            "MiB",
            note="the process, without its workers",
        ),
    ]


def _fresh(home: Path) -> Path:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    return home


def _add(truth: Written, more: Written) -> None:
    truth.files += more.files
    truth.assistant_lines += more.assistant_lines
    truth.bytes += more.bytes
    truth.message_count += more.message_count
    truth.tokens = [old + new for old, new in zip(truth.tokens, more.tokens, strict=True)]


def _round(tree: Path, home: Path, rival: Path, truth: Written) -> Round:
    program = "import sys; from benchmarks.local_logs import ingest; ingest(*sys.argv[1:])"
    _warm(tree)
    ours, output = _timed([sys.executable, "-c", program, str(tree), str(home)])
    told: dict[str, float] = json.loads(output)
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        landed = connection.execute(TOKENS).fetchone()
    _check("the ingest", landed, truth)

    _warm(tree)
    theirs, output = _timed(
        [str(rival), "claude", "daily", "--offline", "--json"],
        {**os.environ, "CLAUDE_CONFIG_DIR": str(tree)},
    )
    totals: dict[str, Any] = json.loads(output)["totals"]
    kinds = ("inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens")
    _check("ccusage", [totals[kind] for kind in kinds], truth)
    return Round(ours, told["seconds"], theirs, told["mib"])


def _check(who: str, tokens: Any, truth: Written) -> None:  # noqa: ANN401  # as JSON and SQL give
    if list(tokens) != truth.tokens:
        raise RuntimeError(f"{who} found {tokens}, written were {truth.tokens}")


def _warm(tree: Path) -> None:
    """Read the tree, so that neither pays for a disk."""
    for path in tree.rglob("*.jsonl"):
        with path.open("rb", buffering=0) as file:
            while file.read(BLOCK_BYTES):
                pass


def _timed(command: list[str], environment: dict[str, str] | None = None) -> tuple[float, str]:
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
    return seconds, done.stdout


def _install(directory: Path) -> Path:
    """Install the rival and return its binary."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm is needed to install ccusage, which local logs are compared with")
    directory.mkdir()
    _timed([npm, "install", "--no-audit", "--no-fund", "--prefix", str(directory), CCUSAGE])
    (binary,) = directory.glob("node_modules/@ccusage/*/bin/ccusage")
    binary.chmod(0o700)
    return binary
