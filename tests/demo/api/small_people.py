"""What the views of the tiny organisation have in common."""

from datetime import date, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 20, 12, 0)  # noqa: DTZ001  # UTC without a zone, as in the views
FIRST_DAY = date(2026, 11, 10)
LAST_DAY = date(2026, 11, 19)
DAYS = [FIRST_DAY + timedelta(days=step) for step in range((LAST_DAY - FIRST_DAY).days + 1)]
ORGANISATION = "00000000-0000-4000-8000-000000000001"
PEOPLE = 7
# One person of the deleted kind: rows stay, the address goes.
DELETED = 6

Row = dict[str, Any]


def email(person: int) -> str:
    return f"person.{person:05d}@example.com"


def at(day: date, hour: int = 0) -> datetime:
    return datetime.fromisoformat(day.isoformat()) + timedelta(hours=hour)


def bucket(day: date) -> Row:
    return {"date_day": day, "starting_at": at(day), "ending_at": at(day, 24)}


def user(person: int) -> Row:
    return {
        "id": f"user_{person:05d}",
        "type": "user",
        "email": email(person),
        "name": f"Person {person:05d}",
        "role": "developer",
        "added_at": at(FIRST_DAY, person),
        # One joined and one left in between.
        "visible_from": at(DAYS[5]) if person == 3 else at(FIRST_DAY),
        "visible_to": at(DAYS[6]) if person == 4 else None,
    }


def invite(number: int) -> Row:
    return {
        "id": f"invite_{number:05d}",
        "type": "invite",
        "email": email(100 + number),
        "role": "user",
        "status": ("pending", "accepted", "expired")[number],
        "invited_at": at(FIRST_DAY, number),
        "expires_at": at(FIRST_DAY + timedelta(days=21), number),
        "accepted_at": at(FIRST_DAY, 30) if number == 1 else None,
    }
