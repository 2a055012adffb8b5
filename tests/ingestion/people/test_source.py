"""Rosters: complete snapshots with history, and rows that contradict themselves or others."""

from datetime import date
from pathlib import Path

import pytest

from tests.ingestion.files.csv_home import CsvHome, pick, rejections

HEADER = (
    "employee_id,email,former_emails,manager_employee_id,legal_entity,department,team,function,"
    "seniority,location,start_date,end_date,cost_band,logins,valid_from_date,valid_to_date"
)
ANA = (
    'E1,ana@example.com,"maiden@example.com;a@example.com",E9,main,Sales,North,sales,senior,'
    "Berlin,2020-03-01,,B2,github:octo;jira:x,2026-01-01,2026-07-01"
)
ANA_LATER = (
    "E1,ana@example.com,,E9,main,Sales,South,sales,senior,Berlin,2020-03-01,,B2,,2026-07-01,"
)
SHORT_HEADER = "employee_id,email,start_date,end_date,valid_from_date,valid_to_date"


@pytest.fixture
def home(tmp_path: Path) -> CsvHome:
    return CsvHome(tmp_path, "people")


def test_an_employee_with_history(home: CsvHome) -> None:
    home.write("roster_2026-11-20.csv", HEADER, ANA, ANA_LATER)
    rows = home.read()["roster"]
    assert pick(
        rows,
        *("employee_id", "email", "manager_employee_id", "team", "function", "cost_band"),
        *("start_date", "valid_from_date", "valid_to_date", "date_day", "feed_name"),
    ) == [
        (
            *("E1", "ana@example.com", "E9", "North", "sales", "B2", date(2020, 3, 1)),
            *(date(2026, 1, 1), date(2026, 7, 1), date(2026, 11, 20), "roster"),
        ),
        (
            *("E1", "ana@example.com", "E9", "South", "sales", "B2", date(2020, 3, 1)),
            *(date(2026, 7, 1), None, date(2026, 11, 20), "roster"),
        ),
    ]
    assert pick(rows, "former_emails_json", "logins_json") == [
        (
            '["maiden@example.com","a@example.com"]',
            '[{"login":"octo","system":"github"},{"login":"x","system":"jira"}]',
        ),
        (None, None),
    ]


def test_without_history_a_row_holds_since_the_start(home: CsvHome) -> None:
    home.write(
        "staff.csv",
        "Employee ID;E-mail;Email;Full name;Start date",
        "E1;x;ana@example.com;Ana;2026-02-01",
        modified="2026-10-05",
    )
    tables = home.read()
    assert pick(tables["roster"], "email", "valid_from_date", "valid_to_date", "date_day") == [
        ("ana@example.com", date(2026, 2, 1), None, date(2026, 10, 5))
    ]
    assert pick(tables["pulls"], "unknown_fields") == [("e_mail",)]


def test_rows_that_contradict_are_set_aside(home: CsvHome) -> None:
    home.write(
        "roster_2026-11-20.csv",
        SHORT_HEADER,
        ",a@x.org,2026-01-01,,,",  # 2
        "E1,a(at)x.org,2026-01-01,,,",  # 3
        "E2,,2026-05-01,2026-04-30,,",  # 4
        "E3,,,,,",  # 5
        "E4,,2026-01-01,,2026-03-01,2026-03-01",  # 6
        "E5,,2026-01-01,,2026-06-01,",  # 7: begins within line 8
        "E5,,2026-01-01,,2026-01-01,2026-07-01",  # 8
        "E5,,2026-01-01,,2026-07-01,",  # 9: begins where line 8 ends
        "E6,,2026-01-01,,,",  # 10
        "E6,,2026-01-01,,,",  # 11
        "E7,,01/02/2026,,,",  # 12
        "E8,,2026-01-01,,,",  # 13: no e-mail is none
    )
    tables = home.read()
    assert rejections(tables) == [
        (2, "employee_id is empty"),
        (3, "email is not an e-mail address"),
        (4, "end_date lies before start_date"),
        (5, "neither valid_from_date nor start_date tells since when it holds"),
        (6, "valid_to_date is not after valid_from_date"),
        (7, "its validity overlaps with that of line 8"),
        (11, "line 10 has the employee from the same day on"),
        (12, "start_date is not a date like 2026-08-31"),
    ]
    assert pick(tables["roster"], "source_line") == [(8,), (9,), (10,), (13,)]


@pytest.mark.parametrize(
    ("logins", "former", "reason"),
    [
        ("octo", "", "logins is not a list like github:octo;jira:x"),
        ("", "ana", "former_emails is not an e-mail address"),
    ],
)
def test_lists_in_cells(home: CsvHome, logins: str, former: str, reason: str) -> None:
    home.write(
        "roster_2026-11-20.csv",
        "employee_id,email,start_date,logins,former_emails",
        f"E1,,2026-01-01,{logins},{former}",
    )
    assert rejections(home.read()) == [(2, reason)]


def test_each_day_is_a_snapshot_and_a_changed_file_replaces_its_own(home: CsvHome) -> None:
    leaver = "E2,bo@example.com,2025-01-01,,,"
    home.write("roster_2026-11-19.csv", SHORT_HEADER, "E1,ana@example.com,2020-03-01,,,", leaver)
    home.write("roster_2026-11-20.csv", SHORT_HEADER, "E1,ana@example.com,2020-03-01,,,", leaver)
    assert home.land().rows == {"roster": 4, "rejected_rows": 0, "pulls": 2}
    home.write("roster_2026-11-20.csv", SHORT_HEADER, "E1,ana@example.com,2020-03-01,,,")
    assert home.land().rows == {"roster": 1, "rejected_rows": 0, "pulls": 1}
    assert home.query(
        "select cast(date_day as varchar), employee_id from raw_people.roster order by all"
    ) == [("2026-11-19", "E1"), ("2026-11-19", "E2"), ("2026-11-20", "E1")]
