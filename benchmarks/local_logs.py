"""Local logs: landing a tree of transcripts against the native command-line tool that reads them.

Ours is the whole command `ingest` in a new process. The rival is `ccusage`, which reads the tree,
prices it and forgets it. It is started as its own binary, without the Node wrapper. Both must find
the same tokens, else nothing is reported. Beside the time stands that of the processors, which
other work on the machine moves less.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import duckdb

from benchmarks.generate_logs import Written, generate, grow
from benchmarks.measurement import Measurement

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


class Timing(NamedTuple):
    """What a command took.

    Attributes:
        seconds: From its start to its end.
        processor_seconds: Of the command and the processes that it started.
    """

    seconds: float
    processor_seconds: float


@dataclass(frozen=True)
class Round:
    """One timing of both on the same bytes.

    Attributes:
        ours: The ingest.
        theirs: The rival.
    """

    ours: Timing
    theirs: Timing


def measure(scale: float = 1.0) -> list[Measurement]:
    """Time the first ingest of a tree, one with nothing new, and one after a hundredth was added.

    Args:
        scale: 1.0 is a million lines with usage, about 3 GB.

    Raises:
        RuntimeError: npm is missing, or a tool failed or found other tokens than were written.
    """
    lines = round(ASSISTANT_LINES * scale)
    # Promised for a tree of a gigabyte; in one of three, starting Python counts a third as much.
    is_large = lines >= ASSISTANT_LINES
    with TemporaryDirectory() as scratch:
        root = Path(scratch)
        rival = _install(root / "rival")
        tree, home = root / "tree", root / "home"
        truth = generate(tree, lines)
        first = [_round(tree, _fresh(home), rival, truth) for _ in range(ROUNDS)]
        unchanged = [_round(tree, home, rival, truth) for _ in range(ROUNDS)]
        grown = []
        for number in range(ROUNDS):
            _add(truth, grow(tree, round(lines * NEW_SHARE), seed=2 + number))
            grown.append(_round(tree, home, rival, truth))
        peak = _peak_of_first(tree, _fresh(home))
    size = f"{truth.assistant_lines:,} lines with usage, {truth.bytes / 1e9:.2f} GB"
    return [
        *_figures("first ingest", first, size),
        _ratio("first ingest, its time over ccusage's", first, most=1.0),
        Measurement("first ingest, peak memory", peak, "MiB", note="without its workers"),
        *_figures("ingest of nothing new", unchanged, size),
        _ratio("ingest of nothing new, ccusage's time over its", unchanged, least=20),
        *_figures("ingest after 1 % new lines", grown, size),
        _ratio(
            "ingest after 1 % new lines, ccusage's time over its",
            grown,
            least=15 if is_large else 8,
        ),
    ]


def _ratio(
    name: str, rounds: list[Round], *, most: float | None = None, least: float | None = None
) -> Measurement:
    """Our time over the rival's where at most so much is promised, else the reverse."""
    ours, theirs = _median(rounds, "ours"), _median(rounds, "theirs")
    over, under = (ours, theirs) if most is not None else (theirs, ours)
    return Measurement(
        name,
        over.seconds / under.seconds,
        "ratio",
        least if most is None else most,
        "at least" if most is None else "at most",
        f"medians of {ROUNDS}, a new process each, page cache warm; "
        f"of processor seconds {over.processor_seconds / under.processor_seconds:.2f}",
    )


def _median(rounds: list[Round], side: str) -> Timing:
    timings: list[Timing] = [getattr(each, side) for each in rounds]
    return Timing(*(float(median(values)) for values in zip(*timings, strict=True)))


def _figures(what: str, rounds: list[Round], size: str) -> list[Measurement]:
    ours, theirs = _median(rounds, "ours"), _median(rounds, "theirs")
    return [
        Measurement(what, ours.seconds, "s", note=size),
        Measurement(f"{what}, ccusage", theirs.seconds, "s", note=CCUSAGE),
        Measurement(f"{what}, processors", ours.processor_seconds, "s"),
        Measurement(f"{what}, ccusage, processors", theirs.processor_seconds, "s"),
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
    _warm(tree)
    ours, _ = _timed(
        [sys.executable, "-m", "pipeline", "ingest", "claude_code_logs", "--path", str(tree)],
        {**os.environ, "CLAUDE_ANALYTICS_HOME": str(home)},
    )
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
    return Round(ours, theirs)


def _peak_of_first(tree: Path, home: Path) -> float:
    program = (
        "import sys; from pipeline.cli import execute; code = execute(sys.argv[1:]); "
        "from benchmarks.measurement import peak_mebibytes; print(peak_mebibytes()); sys.exit(code)"
    )
    _, told = _timed(
        [sys.executable, "-c", program, "ingest", "claude_code_logs", "--path", str(tree)],
        {**os.environ, "CLAUDE_ANALYTICS_HOME": str(home)},
    )
    # DuckDB shows its progress in a program that has no file.
    return float(told.split()[-1])


def _check(who: str, tokens: Any, truth: Written) -> None:  # noqa: ANN401  # as JSON and SQL give
    if list(tokens) != truth.tokens:
        raise RuntimeError(f"{who} found {tokens}, written were {truth.tokens}")


def _warm(tree: Path) -> None:
    """Read the tree, so that neither pays for a disk."""
    for path in tree.rglob("*.jsonl"):
        with path.open("rb", buffering=0) as file:
            while file.read(BLOCK_BYTES):
                pass


def _timed(command: list[str], environment: dict[str, str] | None = None) -> tuple[Timing, str]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
    processors = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Timing(seconds, processors), done.stdout


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
