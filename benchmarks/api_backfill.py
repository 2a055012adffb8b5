"""A year of a large company through the Enterprise API: simulated time against its limits."""

import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from benchmarks.measurement import Measurement, peak_mebibytes
from demo.api.app import create_app
from demo.api.clock import MovableClock
from demo.api.in_process import InProcessTransport
from demo.api.keys import ENTERPRISE_ADMIN_KEY, ENTERPRISE_ANALYTICS_KEY
from demo.api.limits import Limits
from demo.organisation import Parameters, generate
from ingestion.http.run import land_api
from ingestion.sources.anthropic_enterprise.reader import open_enterprise

PEOPLE: Final = 5_000
# The API answers from the new year on.
_MORNING: Final = timedelta(days=1, hours=11)
_ANALYTICS_PER_MINUTE: Final = 60


def measure(scale: float) -> list[Measurement]:
    """Backfill once; the loader waits by the stand-in's clock, which then shows the time."""
    parameters = Parameters(people=max(20, int(PEOPLE * scale)))
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        generate(home, parameters)
        begin = datetime.combine(parameters.until, datetime.min.time()) + _MORNING
        clock = MovableClock(begin)
        limits = Limits(clock, strict=True)
        app = create_app(home, clock=clock, limits=limits)
        source = open_enterprise(
            api_url="http://vendor.test",
            analytics_key=ENTERPRISE_ANALYTICS_KEY,
            admin_key=ENTERPRISE_ADMIN_KEY,
            clock=clock,
            transport=InProcessTransport(app),
        )
        started = time.perf_counter()
        landing = land_api(
            source,
            database=home / "warehouse.duckdb",
            working_dir=home / "dlt",
            since=parameters.start,
        )
        seconds = time.perf_counter() - started
        if landing.problems:
            raise RuntimeError(landing.problems[0].message)
        requests = limits.counts["enterprise_analytics"]
        simulated = (clock.now() - begin).total_seconds()
    allowed = requests / _ANALYTICS_PER_MINUTE * 60
    days = (parameters.until - parameters.start).days + 1
    note = f"{parameters.people:,} people, {days} days, {requests:,} requests to the analytics API"
    return [
        Measurement(
            "simulated time over what the limit allows",
            simulated / allowed,
            "ratio",
            1.2,
            "at most",
            note,
        ),
        Measurement("simulated time", simulated / 60, "min"),
        Measurement("passed limits", len(limits.violations), "count", 0, "at most"),
        Measurement(
            "own time of loader and stand-in",
            seconds,
            "s",
            note=f"{sum(landing.rows.values()):,} rows landed; in one process",
        ),
        Measurement("peak memory of both", peak_mebibytes(), "MiB"),
    ]
