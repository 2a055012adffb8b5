"""Constants of the roster: what the files look like, tables."""

from typing import Final

import pyarrow as pa

from ingestion.files import values
from ingestion.files.contracts import DAY, Column, FileContract, NameTells, file_tables
from ingestion.pulls import PULLS, PULLS_SCHEMA

from .rows import check_employee, contradictions

__all__ = ["CONTRACTS", "DATASET", "MEASURES", "PULLS", "RAW_TABLES"]

DATASET: Final = "raw_people"

ROSTER: Final = FileContract(
    table="roster",
    columns=(
        Column("employee_id", is_required=True, has_value=True),
        Column("email", read=values.read_email, is_required=True),
        Column("former_emails_json", read=values.read_emails),
        Column("manager_employee_id"),
        Column("legal_entity"),
        Column("department"),
        Column("team"),
        Column("function"),
        Column("seniority"),
        Column("location"),
        Column("start_date", DAY),
        Column("end_date", DAY),
        Column("cost_band"),
        Column("logins_json", read=values.read_logins),
        Column("valid_from_date", DAY),
        Column("valid_to_date", DAY),
    ),
    part=("feed_name", "date_day"),
    keys=("employee_id", "valid_from_date"),
    day="date_day",
    name_tells=NameTells.DAY,
    is_day_of_change=True,
    ignored=frozenset({"name", "full_name", "first_name", "last_name"}),
    check_row=check_employee,
    check_rows=contradictions,
)

CONTRACTS: Final = (ROSTER,)

RAW_TABLES: Final[dict[str, pa.Schema]] = {**file_tables(CONTRACTS), PULLS: PULLS_SCHEMA}

# Rows alone are counted per day.
MEASURES: Final[dict[str, tuple[str, ...]]] = {"roster": ()}
