"""Run the benchmarks: `python -m benchmarks [--scale 1.0] [--write PAGE] [NAME ...]`."""

import argparse
import importlib
import os
import platform
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measurement import Measurement

NAMES = ("otlp_reader", "local_logs", "receiver", "company", "api_backfill", "warehouse")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def _cells(measurement: Measurement) -> tuple[str, ...]:
    target = "" if measurement.target is None else f"{measurement.bound} {measurement.target:g}"
    met = {None: "", True: "yes", False: "no"}[measurement.is_met]
    value = f"{measurement.value:,.3f}".rstrip("0").rstrip(".")
    return (measurement.name, value, measurement.unit, target, met, measurement.note)


HEADINGS = ("measure", "value", "unit", "target", "met", "note")


def _markdown(results: dict[str, list[Measurement]], scale: float) -> str:
    lines = [
        f"Scale {scale:g}, {os.cpu_count()} cores, Python {platform.python_version()}.",
        "",
    ]
    for name, measurements in results.items():
        lines += [
            f"### {name}",
            "",
            "| " + " | ".join(HEADINGS) + " |",
            "|---|--:|---|---|---|---|",
        ]
        lines += ["| " + " | ".join(_cells(measurement)) + " |" for measurement in measurements]
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Measure, show a table and, if asked, put the figures between the marks of a page.

    Returns:
        0 when every measure was taken; a missed target is reported, not an error.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure the product against its rivals."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all")
    parser.add_argument("--scale", type=float, default=1.0, help="1.0 is the size of the promise")
    parser.add_argument("--write", type=Path, help="page whose measured part is replaced")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(NAMES))
    if unknown:
        parser.error(f"unknown benchmark {', '.join(unknown)}; choose from {', '.join(NAMES)}")

    console = Console()
    results: dict[str, list[Measurement]] = {}
    for name in arguments.names or NAMES:
        console.print(f"measuring {name} at scale {arguments.scale:g}")
        results[name] = importlib.import_module(f"benchmarks.{name}").measure(arguments.scale)
        table = Table(*HEADINGS, title=name)
        for measurement in results[name]:
            table.add_row(*_cells(measurement))
        console.print(table)

    if arguments.write:
        page = arguments.write.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        _, _, after = rest.partition(END)
        measured = f"{BEGIN}\n{_markdown(results, arguments.scale)}\n{END}"
        arguments.write.write_text(before + measured + after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
