"""Price rows of the site itself: a CSV file like the price seed, checked row by row."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

_RATE: Final[pa.DataType] = pa.decimal128(12, 6)
_RATE_PLACES: Final = 6
_MAX_RATE: Final = Decimal(100_000)

_COLUMNS: Final[dict[str, pa.DataType]] = {
    "platform": pa.string(),
    "claude_model_id": pa.string(),
    "speed": pa.string(),
    "min_prompt_tokens": pa.int64(),
    "input_usd_per_mtok": _RATE,
    "output_usd_per_mtok": _RATE,
    "cache_write_5m_usd_per_mtok": _RATE,
    "cache_write_1h_usd_per_mtok": _RATE,
    "cache_read_usd_per_mtok": _RATE,
    "valid_from_date": pa.date32(),
    "valid_to_date": pa.date32(),
    "source_note": pa.string(),
    "source_checked_date": pa.date32(),
    "confidence": pa.string(),
}
DATASET: Final = "raw_pricing"
RAW_TABLES: Final[dict[str, pa.Schema]] = {"token_price_overlay": pa.schema(_COLUMNS)}
_CHOICES: Final[Mapping[str, frozenset[str]]] = {
    "platform": frozenset({"anthropic", "bedrock", "google_cloud"}),
    "speed": frozenset({"standard", "fast"}),
    "confidence": frozenset({"documented", "corroborated", "inferred", ""}),
}
_OPTIONAL: Final = frozenset({"valid_to_date", "source_note", "source_checked_date", "confidence"})
_SERIES: Final = ("platform", "claude_model_id", "speed", "min_prompt_tokens")


class PriceOverlayError(ValueError):
    """The overlay cannot be used; the message names the file, the line and the reason."""


def load_price_overlay(database: Path, overlay: Path | None) -> int:
    """Replace the overlay table with the rows of a file, or empty it when there is none.

    Args:
        database: The warehouse file; nobody else may have it open.
        overlay: CSV file with the columns of the price seed; None for no overlay.

    Returns:
        The number of rows.

    Raises:
        PriceOverlayError: A row or the header is wrong; the table then stays as it was.
    """
    rows = read_price_overlay(overlay) if overlay else []
    with duckdb.connect(str(database)) as connection:
        connection.register(
            "overlay_rows", pa.Table.from_pylist(rows, schema=RAW_TABLES["token_price_overlay"])
        )
        connection.begin()
        connection.execute(f"create schema if not exists {DATASET}")
        connection.execute(
            f"create or replace table {DATASET}.token_price_overlay as select * from overlay_rows"  # noqa: S608 - a constant
        )
        connection.commit()
    return len(rows)


def read_price_overlay(overlay: Path) -> list[dict[str, Any]]:
    """Return the checked rows of an overlay file.

    Args:
        overlay: CSV file with the columns of the price seed.

    Raises:
        PriceOverlayError: A row or the header is wrong.
    """
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    for line, cells in _lines(overlay):
        try:
            rows.append(_row(cells))
        except ValueError as error:
            raise PriceOverlayError(f"{overlay}, line {line}: {error}") from None
        lines.append(line)
    _check_overlaps(overlay, rows, lines)
    return rows


def _lines(overlay: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with overlay.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_header(overlay, header)
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(header):
                    raise PriceOverlayError(
                        f"{overlay}, line {reader.line_num}: {len(cells)} values for "
                        f"{len(header)} columns"
                    )
                yield (
                    reader.line_num,
                    {name: cell.strip() for name, cell in zip(header, cells, strict=True)},
                )
    except (UnicodeDecodeError, csv.Error) as error:
        raise PriceOverlayError(f"{overlay}: not a CSV file in UTF-8: {error}") from None


def _check_header(overlay: Path, header: list[str]) -> None:
    if unknown := [name for name in header if name not in _COLUMNS]:
        raise PriceOverlayError(
            f"{overlay}, line 1: unknown column {unknown[0]!r}; "
            f"the columns are {', '.join(_COLUMNS)}"
        )
    if missing := [n for n in _COLUMNS if n not in header and n not in _OPTIONAL]:
        raise PriceOverlayError(f"{overlay}, line 1: column {missing[0]} is missing")
    if len(set(header)) != len(header):
        raise PriceOverlayError(f"{overlay}, line 1: a column appears twice")


def _row(cells: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        name: _value(name, kind, cells.get(name, "")) for name, kind in _COLUMNS.items()
    }
    if row["valid_to_date"] and row["valid_to_date"] <= row["valid_from_date"]:
        raise ValueError("valid_to_date is not after valid_from_date")
    return row


def _value(name: str, kind: pa.DataType, text: str) -> object:
    if name in _CHOICES or name == "claude_model_id":
        text = text.lower()
    if not text and name not in _OPTIONAL:
        raise ValueError(f"{name} is missing")
    if name in _CHOICES and text not in _CHOICES[name]:
        raise ValueError(
            f"{name} {text!r} is not one of {', '.join(sorted(_CHOICES[name] - {''}))}"
        )
    if not text:
        return None
    if pa.types.is_date(kind):
        return _date(name, text)
    if pa.types.is_decimal(kind):
        return _rate(name, text)
    if pa.types.is_integer(kind):
        return _count(name, text)
    return text


def _date(name: str, text: str) -> date:
    try:
        if len(text) != len("YYYY-MM-DD"):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name} {text!r} is not a date (YYYY-MM-DD)") from None


def _rate(name: str, text: str) -> Decimal:
    try:
        rate = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{name} {text!r} is not a number") from None
    if not rate.is_finite() or rate < 0:
        raise ValueError(f"{name} {text!r} is not a price: it must be 0 or more")
    if rate > _MAX_RATE:
        raise ValueError(f"{name} {text!r} is above {_MAX_RATE}: prices are per million tokens")
    if rate != round(rate, _RATE_PLACES):
        raise ValueError(f"{name} {text!r} has more than {_RATE_PLACES} decimal places")
    return rate


def _count(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > len("1000000000"):
        raise ValueError(f"{name} {text!r} is not a whole number of tokens")
    return int(text)


def _check_overlaps(overlay: Path, rows: list[dict[str, Any]], lines: list[int]) -> None:
    """Two rows that claim one day would make the price a matter of chance."""
    series: dict[tuple[Any, ...], list[tuple[date, date, int]]] = {}
    for row, line in zip(rows, lines, strict=True):
        series.setdefault(tuple(row[name] for name in _SERIES), []).append(
            (row["valid_from_date"], row["valid_to_date"] or date.max, line)
        )
    for ranges in series.values():
        ranges.sort()
        for (_, until, line), (since, _, next_line) in pairwise(ranges):
            if since < until:
                raise PriceOverlayError(
                    f"{overlay}, line {next_line}: its days overlap with those of line {line}"
                )
