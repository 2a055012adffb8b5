"""Invoices and rates: exact amounts, what cannot be, and what is sent again."""

from datetime import date
from pathlib import Path

import pytest

from tests.ingestion.files.csv_home import CsvHome, pick, rejections

HEADER = (
    "invoice_id,vendor,product,invoice_date,period_start_date,period_end_date,line_number,"
    "line_kind,description,quantity,unit_price,amount,currency,cost_centre"
)
HEAD = "INV-1,Anthropic,claude_team,2026-09-01,2026-08-01,2026-08-31"
SEATS = f'{HEAD},1,seat,"Seats, premium",12.5,150.00,1874.99,USD,CC-1'
CREDIT = f"{HEAD},2,credit,,,,-250.00,usd,"
TAX = f"{HEAD},3,TAX,VAT 19 %,1,308.748,308.748,USD,CC-1"


@pytest.fixture
def home(tmp_path: Path) -> CsvHome:
    return CsvHome(tmp_path, "invoices")


def test_amounts_are_what_was_written(home: CsvHome) -> None:
    home.write("invoices.csv", HEADER, SEATS, CREDIT, TAX)
    rows = home.read()["invoice_lines"]
    assert pick(rows, "line_kind", "quantity", "unit_price", "amount", "currency") == [
        # A price is rounded on the invoice, so the product need not be the amount.
        ("seat", "12.5", "150.00", "1874.99", "USD"),
        ("credit", None, None, "-250.00", "USD"),
        ("tax", "1", "308.748", "308.748", "USD"),
    ]
    assert pick(rows[:1], "description", "date_day", "invoice_date", "period_end_date") == [
        ("Seats, premium", date(2026, 8, 1), date(2026, 9, 1), date(2026, 8, 31))
    ]


def test_lines_that_cannot_be_are_set_aside(home: CsvHome) -> None:
    home.write(
        "invoices.csv",
        HEADER,
        SEATS,  # 2
        SEATS.replace("1874.99", ""),  # 3
        SEATS.replace("1874.99", "1874.99 USD"),  # 4
        SEATS.replace("USD", "dollars"),  # 5
        SEATS.replace("seat", "seats"),  # 6
        SEATS.replace("2026-08-31", "2026-07-31"),  # 7
        SEATS.replace("2026-08-01", ""),  # 8
        SEATS.replace("INV-1", ""),  # 9
        SEATS.replace("Anthropic", "ANTHROPIC"),  # 10: the number of line 2 again
        CREDIT.replace(",2,", ",,"),  # 11
        CREDIT.replace(",2,", ",,"),  # 12: without numbers nothing tells that it repeats
        modified="2026-09-05",
    )
    tables = home.read()
    assert rejections(tables) == [
        (3, "amount is empty"),
        (4, "amount is not a decimal number like 1234.50"),
        (5, "currency is not an ISO code like USD"),
        (6, "line_kind is not one of seat, usage, extra_usage, credit, discount, tax"),
        (7, "period_end_date lies before period_start_date"),
        (8, "period_start_date is empty"),
        (9, "invoice_id is empty"),
        (10, "line 2 has the same line_number of the invoice"),
    ]
    assert {row["date_day"] for row in tables["rejected_rows"]} == {date(2026, 9, 5)}
    assert pick(tables["invoice_lines"], "source_line") == [(2,), (11,), (12,)]
    assert len({row["row_key"] for row in tables["invoice_lines"]}) == 3


def _landed(home: CsvHome) -> dict[str, int]:
    rows = dict(home.land().rows)
    assert rows.pop("exchange_rates") == 0
    return rows


def test_an_invoice_sent_again_is_replaced_whole_and_others_stay(home: CsvHome) -> None:
    other = SEATS.replace("INV-1", "INV-2")
    home.write("invoices_2026-08.csv", HEADER, SEATS, CREDIT, other)
    assert _landed(home) == {"invoice_lines": 3, "rejected_rows": 0, "pulls": 1}
    # The first invoice moves to another period, in a file of its own; the second is not listed.
    moved = SEATS.replace("2026-08-01,2026-08-31", "2026-09-01,2026-09-30")
    home.write("invoices_2026-08.csv", HEADER, moved, modified="2026-11-02")
    assert _landed(home) == {"invoice_lines": 1, "rejected_rows": 0, "pulls": 2}
    assert home.query(
        """
        select cast(date_day as varchar), invoice_id, line_number, amount
        from raw_invoices.invoice_lines order by all
        """
    ) == [("2026-08-01", "INV-2", 1, "1874.99"), ("2026-09-01", "INV-1", 1, "1874.99")]
    # The day that lost lines is known to have changed.
    assert home.query(
        """
        select cast(date_day as varchar), row_count, cast(measure_value as varchar)
        from raw_ingestion.observed_days
        inner join raw_ingestion.observed_measures using (load_id, date_day, table_name)
        where measure_name = 'amount'
        order by load_id, date_day
        """
    ) == [
        ("2026-08-01", 3, "3499.9800000000"),
        ("2026-08-01", 1, "1874.9900000000"),
        ("2026-09-01", 1, "1874.9900000000"),
    ]


def test_an_invoice_in_two_files_is_taken_from_the_newer(
    home: CsvHome, caplog: pytest.LogCaptureFixture
) -> None:
    home.write("a.csv", HEADER, SEATS, CREDIT, modified="2026-09-02")
    home.write("b.csv", HEADER, SEATS, modified="2026-09-01")
    assert pick(home.read()["invoice_lines"], "source_file") == [("a.csv",), ("a.csv",)]
    assert "a.csv takes the place of b.csv, both hold Anthropic INV-1" in caplog.text


RATES = "currency,usd_per_unit,valid_from_date,valid_to_date,rate_source"
EURO = "eur,1.1627906977,2026-07-01,2026-08-01,Central bank"


def test_rates_land_beside_invoices(home: CsvHome) -> None:
    home.write("invoices.csv", HEADER, SEATS)
    home.write("exchange_rates.csv", RATES, EURO, "EUR,1.2,2026-08-01,,")
    tables = home.read()
    assert len(tables["invoice_lines"]) == 1
    columns = ("currency", "usd_per_unit", "date_day", "valid_to_date", "rate_source")
    assert pick(tables["exchange_rates"], *columns) == [
        ("EUR", "1.1627906977", date(2026, 7, 1), date(2026, 8, 1), "Central bank"),
        ("EUR", "1.2", date(2026, 8, 1), None, None),
    ]
    assert tables["rejected_rows"] == []
    assert {row["unknown_fields"] for row in tables["pulls"]} == {None}


def test_rates_that_cannot_be_are_set_aside(home: CsvHome) -> None:
    home.write(
        "rates.csv",
        RATES,
        EURO,  # 2
        EURO.replace("1.1627906977", "0"),  # 3
        EURO.replace("1.1627906977", "-1.1"),  # 4
        EURO.replace("1.1627906977", ""),  # 5
        EURO.replace("2026-08-01", "2026-07-01"),  # 6
        EURO.replace("eur", "euro"),  # 7
        EURO.replace("2026-07-01", ""),  # 8
        EURO.replace("1.1627906977", "1.17"),  # 9: another rate from the same day
    )
    tables = home.read()
    assert rejections(tables) == [
        (3, "usd_per_unit is not above 0"),
        (4, "usd_per_unit is not above 0"),
        (5, "usd_per_unit is empty"),
        (6, "valid_to_date does not lie after valid_from_date"),
        (7, "currency is not an ISO code like USD"),
        (8, "valid_from_date is empty"),
        (9, "line 2 has a rate of the currency from the same day"),
    ]
    assert pick(tables["exchange_rates"], "source_line") == [(2,)]


def test_a_rate_sent_again_is_replaced_and_others_stay(home: CsvHome) -> None:
    home.write("exchange_rates.csv", RATES, EURO, "EUR,1.2,2026-08-01,,", "CHF,1.1,2026-07-01,,")
    home.land()
    home.write("corrected.csv", RATES, EURO.replace("1.1627906977", "1.17"))
    home.land()
    assert home.query(
        "select currency, usd_per_unit, date_day from raw_invoices.exchange_rates order by all"
    ) == [
        ("CHF", "1.1", date(2026, 7, 1)),
        ("EUR", "1.17", date(2026, 7, 1)),
        ("EUR", "1.2", date(2026, 8, 1)),
    ]
