"""What names of files tell."""

from datetime import date

import pytest

from ingestion.files.errors import RefusedFile
from ingestion.files.names import feed_name, parse_period


@pytest.mark.parametrize(
    ("name", "first_day", "last_day", "feed"),
    [
        ("spend_2026-08-01_2026-08-31", date(2026, 8, 1), date(2026, 8, 31), "spend"),
        ("spend_2026-08-15", date(2026, 8, 15), date(2026, 8, 15), "spend"),
        ("spend_2026-02", date(2026, 2, 1), date(2026, 2, 28), "spend"),
        ("spend_2028-02", date(2028, 2, 1), date(2028, 2, 29), "spend"),
        ("spend_2026-12", date(2026, 12, 1), date(2026, 12, 31), "spend"),
        ("Spend-Report 2026-08-01 to 2026-08-03 (2)", date(2026, 8, 1), date(2026, 8, 3), None),
        ("2026-07_2026-08_team-eu", date(2026, 7, 1), date(2026, 8, 31), "team_eu"),
        ("2026-08-01-2026-08-31", date(2026, 8, 1), date(2026, 8, 31), ""),
    ],
)
def test_a_period_and_a_feed(name: str, first_day: date, last_day: date, feed: str | None) -> None:
    period = parse_period(name)
    assert period is not None
    assert (period.first_day, period.last_day) == (first_day, last_day)
    assert feed_name(name) == ("spend_report" if feed is None else feed)


@pytest.mark.parametrize("name", ["spend", "spend_2026-8-1", "spend_2026-08-1", "spend20260801"])
def test_no_period_is_guessed(name: str) -> None:
    assert parse_period(name) is None


@pytest.mark.parametrize(
    "name",
    ["s_2026-02-30", "s_2026-13", "s_2026-08-31_2026-08-01", "s_2026-08-01_2026-08-02_2026-08-03"],
)
def test_a_wrong_period_is_refused(name: str) -> None:
    with pytest.raises(RefusedFile):
        parse_period(name)
