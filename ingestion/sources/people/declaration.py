"""The roster: what the files look like, who is named, how fresh it is."""

from datetime import timedelta
from typing import Final

from ingestion.declared import ADVICE_FILE, Declaration, Freshness, Person, Table, Timing
from ingestion.files import values
from ingestion.files.contracts import DAY, Column, FileContract, NameTells
from ingestion.files.declaring import NOTES, csv_files

from .rows import check_employee, contradictions

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

SOURCE: Final = Declaration(
    source_id="people",
    description="Rosters as the personnel department hands them over; names of people do not land.",
    kind="staff records",
    prefix="people",
    access=csv_files("people", "PEOPLE_PATHS", ROSTER),
    # A roster a month, and some days to write it.
    freshness=Freshness(timedelta(days=35), ADVICE_FILE, is_daily=False),
    tables=(
        Table(
            "roster",
            ROSTER,
            grain="feed, day of the snapshot, employee and validity",
            title="HR roster",
            about="One row per employee and validity in a complete file",
            timing=Timing(
                24,
                30,
                "Handed over as a file by the HR system at the pace the organisation chose; "
                "corrections of a month come within the next",
            ),
            persons=(
                Person(
                    {"employee_id": "employee_id", "email": "email"},
                    lists={"email": "former_emails_json"},
                ),
            ),
            values=("manager_employee_id",),
            lists=("logins_json",),
            owner="employee_id",
            emptied=("manager_employee_id", "function", "seniority", "location", "cost_band"),
            key_note="Hash of the natural key, made by the loader",
        ),
        *NOTES,
    ),
    brings="HR roster with its history",
    example="`ingest people --path roster.csv`",
    variables={"PEOPLE_PATHS": "HR rosters, files or directories"},
)
