"""Constants of the invoices and exchange rates: what files look like, tables, key measures."""

from typing import Final

import pyarrow as pa

from ingestion.files import values
from ingestion.files.contracts import COUNT, DAY, Column, FileContract, file_tables
from ingestion.pulls import PULLS, PULLS_SCHEMA

from .rows import check_period, check_rate, repeated_lines, repeated_rates

__all__ = ["CONTRACTS", "DATASET", "MEASURES", "PULLS", "RAW_TABLES"]

DATASET: Final = "raw_invoices"

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

CONTRACTS: Final = (INVOICE_LINES, EXCHANGE_RATES)

RAW_TABLES: Final[dict[str, pa.Schema]] = {**file_tables(CONTRACTS), PULLS: PULLS_SCHEMA}

# Summed per day into raw_ingestion.observed_days.
MEASURES: Final[dict[str, tuple[str, ...]]] = {
    "invoice_lines": ("amount",),
    "exchange_rates": ("usd_per_unit",),
}
