"""What the files of a landing bring: rows that replace their parts, rejections, notes of days."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import md5
from itertools import chain
from typing import Any

import pyarrow as pa

from ingestion.declared import PULLS, PULLS_TABLE
from ingestion.http.records import to_table

from .contracts import REJECTED_ROWS, REJECTED_ROWS_SCHEMA, FileContract, NameTells, Row
from .find import FoundFile
from .parsing import ParsedFile

logger = logging.getLogger(__name__)


@dataclass
class _Part:
    """Rows that replace whatever the warehouse holds of the same part."""

    contract: FileContract
    parsed: ParsedFile
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Landed:
    """What the state remembers of a part.

    Attributes:
        source_file: The file it was last taken from.
        days: The days of its rows.
    """

    source_file: str
    days: tuple[date, ...]


class Changes:
    """Collects what files hold and makes the tables that land.

    Args:
        source_id: Whose files.
        contracts: What they may look like.
        landed: What landed before, by key of the part; brought up to date.
        rejected: Keys of rejections that landed before; brought up to date.
    """

    def __init__(
        self,
        source_id: str,
        contracts: Sequence[FileContract],
        landed: dict[str, Landed],
        rejected: set[str],
    ) -> None:
        self._source_id = source_id
        self._contracts = contracts
        self._landed = landed
        self._rejected = rejected
        self._parts: dict[str, _Part] = {}
        self._rejections: dict[str, list[Row]] = {}
        self._unknown: dict[str, set[str]] = {}

    def add(self, parsed: ParsedFile) -> None:
        """Take a file; it wins over those that were added before it."""
        table = parsed.contract.table
        parts: dict[str, _Part] = {}
        if set(parsed.contract.part) <= set(parsed.labels):
            # A file without rows empties its part.
            part = _Part(parsed.contract, parsed)
            parts[_part_key(parsed.contract, parsed.labels)] = part
        counts: dict[str, int] = {}
        for line, row in parsed.rows:
            key = _part_key(parsed.contract, row)
            values = [row[name] for name in parsed.contract.keys]
            grain = _hash(table, key, *values)
            counts[grain] = counts.get(grain, 0) + 1
            row |= {
                "row_key": _hash(grain, counts[grain]),
                "source_file": parsed.file.source_file,
                "source_line": line,
                "part_key": key,
            }
            parts.setdefault(key, _Part(parsed.contract, parsed)).rows.append(row)
        self._tell_replaced(parsed, parts)
        self._parts |= parts
        self._reject(_rejection_key(parsed), parsed.file, table, parsed.day, parsed.rejected)
        self._unknown.setdefault(table, set()).update(parsed.unknown)

    def refuse(self, file: FoundFile, reason: str) -> str:
        """Note a file of which nothing can be used; returns the key of the note."""
        key = _hash("refused", file.source_file)
        self._reject(key, file, None, file.modified_at.date(), [(None, reason)])
        return key

    def clear(self, key: str) -> None:
        """Take rejections back that no longer hold."""
        self._rejections.setdefault(key, [])

    def tables(self) -> dict[str, pa.Table]:
        """All that lands, by table; call it once, since it settles what is remembered."""
        tables = {contract.table: self._rows_of(contract) for contract in self._contracts}
        tables[REJECTED_ROWS] = to_table(
            chain.from_iterable(
                rows or [{"part_key": key, "is_withdrawn": True}]
                for key, rows in self._rejections.items()
                if rows or key in self._rejected
            ),
            REJECTED_ROWS_SCHEMA,
        )
        tables[PULLS] = to_table(self._pulls(), PULLS_TABLE.form.schema)
        for key, part in self._parts.items():
            self._landed[key] = Landed(part.parsed.file.source_file, tuple(sorted(_days(part))))
        for key, rows in self._rejections.items():
            (self._rejected.add if rows else self._rejected.discard)(key)
        return tables

    def _rows_of(self, contract: FileContract) -> pa.Table:
        return to_table(
            chain.from_iterable(
                # A mark makes the merge drop what the file no longer holds.
                part.rows or [{"part_key": key, "is_withdrawn": True}]
                for key, part in self._parts.items()
                if part.contract is contract
            ),
            contract.schema,
        )

    def _reject(
        self,
        key: str,
        file: FoundFile,
        table: str | None,
        day: date,
        rejected: Iterable[tuple[int | None, str]],
    ) -> None:
        self._rejections[key] = [
            {
                "row_key": _hash(key, file.source_file, line),
                "date_day": day,
                "table_name": table,
                "source_file": file.source_file,
                "source_line": line,
                "reason": reason,
                "part_key": key,
            }
            for line, reason in rejected
        ]

    def _tell_replaced(self, parsed: ParsedFile, parts: Mapping[str, _Part]) -> None:
        """Two files of one feed and period are one too many; the reader must know which counts."""
        replaced: dict[str, list[str]] = {}
        for key, part in parts.items():
            before = self._parts.get(key)
            landed = self._landed.get(key)
            if before is not None:
                other = before.parsed.file.source_file
            elif landed is not None:
                other = landed.source_file
            else:
                continue
            if other != parsed.file.source_file:
                values = part.rows[0] if part.rows else parsed.labels
                replaced.setdefault(other, []).append(
                    " ".join(str(values[name]) for name in parsed.contract.part)
                )
        for other, names in replaced.items():
            logger.warning(
                "%s takes the place of %s, both hold %s%s",
                parsed.file.source_file,
                other,
                names[0],
                f" and {len(names) - 1} more" if len(names) > 1 else "",
            )

    def _pulls(self) -> list[Row]:
        """One note per table and day that the files touch, those included that they emptied."""
        pulled_at = datetime.now(UTC).replace(tzinfo=None)
        notes: dict[tuple[str, date], dict[str, Any]] = {}
        for key, part in self._parts.items():
            landed = self._landed.get(key)
            for day in _days(part).union(landed.days if landed else ()):
                note = notes.setdefault((part.contract.table, day), {"row_count": 0, "files": {}})
                note["row_count"] += sum(row["date_day"] == day for row in part.rows)
                note["files"][part.parsed.file.source_file] = part.parsed.file.modified_at
        return [
            {
                "pull_key": _hash(self._source_id, table, day, pulled_at),
                "table_name": table,
                "date_day": day,
                "status": "landed" if note["row_count"] else "empty",
                "pulled_at": pulled_at,
                "data_refreshed_at": max(note["files"].values()),
                "row_count": note["row_count"],
                "request_json": json.dumps({"files": sorted(note["files"])}),
                "unknown_fields": ", ".join(sorted(self._unknown[table])) or None,
            }
            for (table, day), note in sorted(notes.items())
        ]


def _part_key(contract: FileContract, values: Mapping[str, Any]) -> str:
    """Key of what a file replaces whole; case makes no other vendor."""
    return _hash(contract.table, *(values[name] for name in contract.part))


def _rejection_key(parsed: ParsedFile) -> str:
    """Rejections go with the next file of the same feed and period, else of the same name."""
    if parsed.contract.name_tells is NameTells.NOTHING:
        return _hash("rejected", parsed.contract.table, parsed.file.source_file)
    return _hash("rejected", _part_key(parsed.contract, parsed.labels))


def _days(part: _Part) -> set[date]:
    days = {row["date_day"] for row in part.rows}
    return days or {part.parsed.labels["date_day"]}


def _hash(*values: object) -> str:
    packed = json.dumps([None if value is None else str(value).casefold() for value in values])
    return md5(packed.encode(), usedforsecurity=False).hexdigest()
