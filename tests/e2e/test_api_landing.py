"""What landed is what the vendor's stand-ins served, on any day, after any fault."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from demo.api.faults import Fault, Kind
from demo.organisation import Parameters, generate
from tests.e2e.vendor import Vendor, differences, evening

FIRST = date(2026, 8, 1)
# The pace that the vendor's account team may grant; the limits have a test of their own.
GRANTED = 1_000_000


def organisation(path: Path, people: int, days: int, seed: int) -> Path:
    """A simulated company from the first day of August on."""
    until = FIRST + timedelta(days=days - 1)
    generate(path, Parameters(people=people, start=FIRST, until=until, seed=seed))
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty people, twenty days."""
    return organisation(tmp_path_factory.mktemp("small"), people=60, days=20, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize(("people", "days", "seed"), [(60, 12, 3), (240, 35, 4)])
def test_what_landed_is_what_was_served(tmp_path: Path, people: int, days: int, seed: int) -> None:
    data_dir = organisation(tmp_path / "organisation", people, days, seed)
    vendor = Vendor(data_dir, evening(FIRST + timedelta(days=days)), granted=GRANTED)
    landings = vendor.land(tmp_path, since=FIRST)
    assert [landing.problems for landing in landings.values()] == [(), ()]
    assert differences(vendor, tmp_path) == {}


FAULTS = {
    "429 storm": [Fault(Kind.RATE_LIMIT_STORM, count=7, retry_after=20)],
    "429 storm without a time": [Fault(Kind.RATE_LIMIT_STORM, count=5, retry_after=None)],
    "500": [Fault(Kind.SERVER_ERROR, count=3, status=500)],
    "503": [Fault(Kind.SERVER_ERROR, count=3, status=503)],
    "504": [Fault(Kind.SERVER_ERROR, count=2, status=504)],
    "529": [Fault(Kind.SERVER_ERROR, count=3, status=529, skip=20)],
    "slow": [Fault(Kind.SLOW, count=10, seconds=20)],
    "truncated": [Fault(Kind.TRUNCATED_BODY, count=3, skip=5)],
    "dying cursor": [Fault(Kind.SHORT_PAGES), Fault(Kind.EXPIRED_CURSOR, count=2)],
    "edition D": [Fault(Kind.EDITION)],
    "unknown fields": [Fault(Kind.UNKNOWN_FIELDS)],
    "number as text": [Fault(Kind.NUMBER_AS_TEXT, field="output_tokens")],
    "short pages": [Fault(Kind.SHORT_PAGES)],
    "long pages": [Fault(Kind.LONG_PAGES)],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_passing_fault_leaves_the_data_whole(small: Path, tmp_path: Path, name: str) -> None:
    vendor = Vendor(small, evening(FIRST + timedelta(days=20)), granted=GRANTED)
    vendor.faults.add(*FAULTS[name])
    landings = vendor.land(tmp_path, since=FIRST + timedelta(days=14))
    assert [landing.problems for landing in landings.values()] == [(), ()]
    assert all(fault["hits"] for fault in vendor.faults.described())
