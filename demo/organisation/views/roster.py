"""The roster of the personnel department: who works where since when, with all that was before.

One row per employee and place in the organisation, as known on the day of the file: a later
change, a later start and a later end are not in it. `logins` names the accounts that other systems
know a person by, as `kind:value`, separated by semicolons; so are `former_emails`.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb

from .clients import login_of
from .csv_files import write_csv
from .reading import email_on

HEADER: Final = (
    "employee_id",
    "email",
    "former_emails",
    "manager_employee_id",
    "legal_entity",
    "department",
    "team",
    "function",
    "seniority",
    "location",
    "start_date",
    "end_date",
    "cost_band",
    "logins",
    "valid_from_date",
    "valid_to_date",
)

_ROWS_SQL: Final = """
    select
        people.person_id, email, former_email, email_changed_date, manager_person_id, legal_entity,
        department, team, function, seniority, location, start_date,
        case when end_date <= $day then end_date end, cost_band, github_login, valid_from_date,
        case when valid_to_date <= $day then valid_to_date end
    from memberships
    inner join people using (person_id)
    where start_date <= $day and valid_from_date <= $day
    order by people.person_id, valid_from_date
"""


def employee_id(person_id: int) -> str:
    """Number of an employee."""
    return f"E{person_id:05}"


def write_roster(truth: duckdb.DuckDBPyConnection, directory: Path, day: date) -> None:
    """Write the roster as it was on a day.

    Args:
        truth: Connection to the truth.
        directory: Where to write.
        day: The day, which the file's name carries.
    """
    write_csv(directory / f"roster_{day}.csv", HEADER, _rows(truth, day))


def _rows(truth: duckdb.DuckDBPyConnection, day: date) -> Iterator[tuple[Any, ...]]:
    for row in truth.execute(_ROWS_SQL, {"day": day}).fetchall():
        person_id, email, former, changed, manager_id, *job, github_login, first, end = row
        current = email_on(day, email, former, changed)
        github = f";github:{github_login}" if github_login else ""
        yield (
            employee_id(person_id),
            current,
            former if former and current != former else "",
            employee_id(manager_id) if manager_id is not None else "",
            *job,
            f"sso:{login_of(person_id)}{github}",
            first,
            end,
        )
