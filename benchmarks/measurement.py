"""What a benchmark reports, and the timing that all of them share."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal


@dataclass(frozen=True)
class Measurement:
    """One figure of one run.

    Attributes:
        name: What was measured, in words a reader of the docs understands.
        value: The figure.
        unit: Unit of the figure: `ratio`, `s`, `CPU s`, `MiB`, `1/s`, `ms`, `count`.
        target: The bound of the promise; None for a figure that only explains another.
        bound: Whether the target is the least or the most that is allowed.
        note: What went into the figure, such as medians, counts and sizes.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    bound: Literal["at least", "at most"] = "at least"
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached; None without a target."""
        if self.target is None:
            return None
        if self.bound == "at least":
            return self.value >= self.target
        return self.value <= self.target


def peak_mebibytes(process_id: int | str = "self") -> float:
    """Most resident memory that a running process has had.

    What getrusage says of a child begins with the memory of the process that started it.
    """
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def median_seconds(actions: Sequence[Callable[[], object]], rounds: int = 3) -> list[float]:
    """Time the actions in turn, round by round, and return the median seconds of each.

    Alternating the rivals spreads the machine's moods evenly over them.
    """
    seconds: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for position, action in enumerate(actions):
            gc.collect()
            started = time.perf_counter()
            action()
            seconds[position].append(time.perf_counter() - started)
    return [median(samples) for samples in seconds]
