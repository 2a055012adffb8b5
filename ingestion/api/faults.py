"""What went wrong in a run: which endpoints to leave alone, and what to tell the user."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

from .results import FAILED, FORBIDDEN, Fault, Result, Unit

# An endpoint that fails so often in a row is left alone until the next run.
_MAX_FAILURES: Final = 3


@dataclass(frozen=True)
class Problem:
    """Something that was not answered.

    Attributes:
        table_name: The tables that miss data.
        status: `forbidden` or `failed`.
        message: One line: what, where and, if it is a key, which setting.
    """

    table_name: str
    status: str
    message: str


class Faults:
    """The faults of a run; threads ask whether an endpoint is still worth a call."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._closed: dict[str, Fault] = {}
        self._in_a_row: Counter[str] = Counter()
        self._told: dict[str, dict[str, Fault]] = {}
        self._windows: Counter[str] = Counter()

    def closing(self, unit: Unit) -> Fault | None:
        """Why a window is not asked for any more, if so."""
        fault = self._closed.get(unit.endpoint.name)
        if fault is not None and fault.status == FAILED:
            return replace(fault, message=f"not asked any more after: {fault.message}")
        return fault

    def close(self, name: str, fault: Fault) -> None:
        """Ask an endpoint no more in this run."""
        self._closed.setdefault(name, fault)

    def judge(self, result: Result) -> None:
        """Close the endpoint of an answer if it makes no sense to go on."""
        name, fault = result.unit.endpoint.name, result.fault
        with self._lock:
            if fault is None:
                self._in_a_row[name] = 0
            elif fault.status in {FORBIDDEN, FAILED}:
                self._in_a_row[name] += 1
                is_snapshot = result.unit.window is None
                is_enough = self._in_a_row[name] >= _MAX_FAILURES
                if fault.status == FORBIDDEN or is_snapshot or is_enough:
                    self.close(name, fault)

    def tell(self, result: Result) -> None:
        """Remember a fault for the user; the first of a cause is the one that is told."""
        name, fault = result.unit.endpoint.name, result.fault
        if fault is not None and fault.status in {FORBIDDEN, FAILED}:
            self._told.setdefault(f"{fault.status} {fault.cause}", {}).setdefault(name, fault)
            self._windows[name] += result.unit.window is not None

    def problems(self, tables: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
        """One line per cause, for all the tables that it touches.

        Args:
            tables: Tables by endpoint.
        """
        for faults in self._told.values():
            fault = next(iter(faults.values()))
            names = ", ".join(table for name in faults for table in tables[name])
            others = sum(self._windows[name] for name in faults) - 1
            more = f" (and {others} more)" if fault.status == FAILED and others > 0 else ""
            yield Problem(names, fault.status, f"{fault.message}{more}")
