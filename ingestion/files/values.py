"""Reads the text of a cell; what is wrong is said without the value, which may be personal."""

import json
import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

Reader = Callable[[str], object]

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE: Final = re.compile(r"\d{1,18}(\.0+)?", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_EMAIL: Final = re.compile(r"[^\s@,;:<>\"']+@[^\s@,;:<>\"']+")
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_LIST_SEPARATOR: Final = re.compile(r"[;|]")
# Digits before the point that the models' decimals hold, and places after it.
_MAX_INTEGER_DIGITS: Final = 15
_MAX_PLACES: Final = 20


def read_text(text: str) -> str:
    """A text as it is.

    Raises:
        ValueError: It holds a zero byte, so the file is no text.
    """
    if "\0" in text:
        raise ValueError("holds a zero byte")
    return text


def read_day(text: str) -> date:
    """A day, or the UTC day of a timestamp.

    Raises:
        ValueError: It is neither.
    """
    try:
        if not _DAY.match(text):
            raise ValueError
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a date like 2026-08-31") from None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def read_count(text: str) -> int:
    """A whole number that is not negative.

    Raises:
        ValueError: It is something else.
    """
    if not _WHOLE.fullmatch(text):
        raise ValueError("is not a whole number of 0 or more")
    return int(text.partition(".")[0])


def read_decimal(text: str) -> str:
    """Exact plain text of a decimal number, with the digits that were written.

    Raises:
        ValueError: It is something else, or larger than any amount.
    """
    if not _DECIMAL.fullmatch(text):
        raise ValueError("is not a decimal number like 1234.50")
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if number.adjusted() >= _MAX_INTEGER_DIGITS or int(exponent) < -_MAX_PLACES:
        raise ValueError("has too many digits")
    return f"{number:f}"


def read_email(text: str) -> str:
    """An e-mail address, by its shape.

    Raises:
        ValueError: It has another shape.
    """
    if not _EMAIL.fullmatch(text):
        raise ValueError("is not an e-mail address")
    return text


def read_currency(text: str) -> str:
    """Code of a currency.

    Raises:
        ValueError: It is not three letters.
    """
    code = text.upper()
    if not _CURRENCY.fullmatch(code):
        raise ValueError("is not an ISO code like USD")
    return code


def choice(options: Collection[str]) -> Reader:
    """A reader of one of some words, in any case."""

    def read(text: str) -> str:
        word = text.lower()
        if word not in options:
            raise ValueError(f"is not one of {', '.join(options)}")
        return word

    return read


def read_emails(text: str) -> str:
    """JSON list of e-mail addresses that `;` or `|` separate.

    Raises:
        ValueError: One of them has another shape.
    """
    return _json([read_email(part) for part in _parts(text)])


def read_logins(text: str) -> str:
    """JSON list of logins written `system:login`, separated by `;` or `|`.

    Raises:
        ValueError: One of them names no system or no login.
    """
    logins = []
    for part in _parts(text):
        system, _, login = (half.strip() for half in part.partition(":"))
        if not system or not login:
            raise ValueError("is not a list like github:octo;jira:x")
        logins.append({"login": login, "system": system.lower()})
    return _json(logins)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _LIST_SEPARATOR.split(text) if part.strip()]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
