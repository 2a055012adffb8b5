"""Invoices and exchange rates: what the files look like, how fresh they are."""

from datetime import timedelta
from typing import Final

from ingestion.declared import ADVICE_FILE, Declaration, Freshness, Table, Timing
from ingestion.files import values
from ingestion.files.contracts import COUNT, DAY, Column, FileContract
from ingestion.files.declaring import NOTES, csv_files

from .rows import check_period, check_rate, repeated_lines, repeated_rates

LINE_KINDS: Final = ("seat", "usage", "extra_usage", "credit", "discount", "tax")

INVOICE_LINES: Final = FileContract(
    table="invoice_lines",
    columns=(
        Column("invoice_id", is_required=True, has_value=True),
        Column("vendor", is_required=True, has_value=True),
        Column("product"),
        Column("invoice_date", DAY, is_required=True, has_value=True),
        Column("period_start_date", DAY, is_required=True, has_value=True),
        Column("period_end_date", DAY),
        Column("line_number", COUNT),
        Column("line_kind", read=values.choice(LINE_KINDS), is_required=True, has_value=True),
        Column("description"),
        Column("quantity", read=values.read_decimal),
        Column("unit_price", read=values.read_decimal),
        Column("amount", read=values.read_decimal, is_required=True, has_value=True),
        Column("currency", read=values.read_currency, is_required=True, has_value=True),
        Column("cost_centre", aliases=("cost_center",)),
    ),
    part=("vendor", "invoice_id"),
    keys=("line_number", "line_kind", "description"),
    day="period_start_date",
    marks=frozenset({"invoice_id", "line_kind", "amount"}),
    check_row=check_period,
    check_rows=repeated_lines,
)

EXCHANGE_RATES: Final = FileContract(
    table="exchange_rates",
    columns=(
        Column("currency", read=values.read_currency, is_required=True, has_value=True),
        Column("usd_per_unit", read=values.read_decimal, is_required=True, has_value=True),
        Column("valid_from_date", DAY, is_required=True, has_value=True),
        Column("valid_to_date", DAY),
        Column("rate_source"),
    ),
    # A rate that is corrected begins on the same day; files of single months leave the others.
    part=("currency", "valid_from_date"),
    keys=(),
    day="valid_from_date",
    marks=frozenset({"usd_per_unit", "valid_from_date"}),
    check_row=check_rate,
    check_rows=repeated_rates,
)

SOURCE: Final = Declaration(
    source_id="invoices",
    description="Invoices for Claude and the rates of their currencies, typed in or exported as "
    "CSV by the finance department.",
    kind="invoices",
    prefix="invoices",
    access=csv_files("invoices", "INVOICE_PATHS", INVOICE_LINES, EXCHANGE_RATES),
    # Lines stand on the first day of their period; a month is billed within ten days of its end,
    # and is then the newest for another month.
    freshness=Freshness(timedelta(days=75), ADVICE_FILE, is_daily=False),
    tables=(
        Table(
            "invoice_lines",
            INVOICE_LINES,
            grain="line of an invoice",
            title="Invoices",
            about="One row per line of a vendor's invoice",
            timing=Timing(
                912,
                31,
                "A line belongs to the day its period starts; a month of 31 days is billed within "
                "a week after its end and corrected within a month",
            ),
            measures=("amount",),
            texts=("description",),
        ),
        Table(
            "exchange_rates",
            EXCHANGE_RATES,
            grain="currency and first day of a rate",
            title="Exchange rates",
            about="One row per currency and validity of a rate to US dollars",
            timing=Timing(
                912,
                31,
                "A rate belongs to the first day it holds; it comes with the invoices that it "
                "converts",
            ),
            measures=("usd_per_unit",),
            key_note="Hash of the natural key, made by the loader",
        ),
        *NOTES,
    ),
    brings="lines of the vendors' invoices",
    example="`ingest invoices --path invoices.csv`",
    variables={"INVOICE_PATHS": "invoice lines, files or directories"},
)
