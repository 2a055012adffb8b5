"""Cells as people and programs write them: exact, or refused without being quoted."""

from collections.abc import Callable
from datetime import date

import pytest

from ingestion.files.values import (
    choice,
    read_count,
    read_currency,
    read_day,
    read_decimal,
    read_email,
    read_emails,
    read_logins,
    read_text,
)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (read_day, "2026-02-28", date(2026, 2, 28)),
        (read_day, "2026-02-28T23:30:00-05:00", date(2026, 3, 1)),
        (read_day, "2026-02-28 08:00", date(2026, 2, 28)),
        (read_count, "0", 0),
        (read_count, "51000.0", 51_000),
        (read_count, "999999999999999999", 999_999_999_999_999_999),
        (read_decimal, "0.10", "0.10"),
        (read_decimal, "-12.345678901234567890", "-12.345678901234567890"),
        (read_decimal, "+7", "7"),
        (read_decimal, "1.2E-05", "0.000012"),
        (read_decimal, "999999999999999.99", "999999999999999.99"),
        (read_email, "Ana.O+x@example.com", "Ana.O+x@example.com"),
        (read_currency, "usd", "USD"),
        (choice(("seat", "tax")), "Tax", "tax"),
        (read_emails, "a@x.org; b@x.org |", '["a@x.org","b@x.org"]'),
        (
            read_logins,
            "GitHub: octo;jira:x:y",
            '[{"login":"octo","system":"github"},{"login":"x:y","system":"jira"}]',
        ),
    ],
)
def test_a_value_is_read(read: Callable[[str], object], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_day, "2026-02-30"),
        (read_day, "31.08.2026"),
        (read_day, "20260831"),
        (read_day, "2026-W33-6"),
        (read_count, "-1"),
        (read_count, "1.5"),
        (read_count, "1,000"),
        (read_count, "1_000"),
        (read_count, "٣"),
        (read_count, "9999999999999999999"),
        (read_decimal, "12,50"),
        (read_decimal, "1.234,50"),
        (read_decimal, "$12"),
        (read_decimal, "(12.00)"),
        (read_decimal, "1_000"),
        (read_decimal, "nan"),
        (read_decimal, "1000000000000000"),
        (read_decimal, "1e99"),
        (read_decimal, "1e-99"),
        (read_email, "ana"),
        (read_email, "ana@x.org, bo@x.org"),
        (read_email, "Ana <ana@x.org>"),
        (read_currency, "$"),
        (read_currency, "DOLLAR"),
        (choice(("seat", "tax")), "fee"),
        (read_emails, "a@x.org;b"),
        (read_logins, "person"),
        (read_logins, "gitlab:"),
        (read_text, "a\0b"),
    ],
)
def test_what_is_no_value_is_refused_and_not_quoted(
    read: Callable[[str], object], text: str
) -> None:
    with pytest.raises(ValueError, match=r"^(is|has|holds) ") as refusal:
        read(text)
    assert text not in str(refusal.value)
