"""Gathers what windows said and lands it: rows, marks of answered days, what was asked."""

import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from hashlib import md5
from pathlib import Path
from typing import Any

import dlt
import pyarrow as pa
from dlt.sources import DltResource

from ingestion.declared import PULLS, PULLS_TABLE
from ingestion.landing import RAW_CONTRACT, land, merged

from .days import Plan, days_of
from .endpoints import ApiSource
from .records import to_json_text, to_table
from .windows import EMPTY, LANDED, NOT_PUBLISHED, Result

logger = logging.getLogger(__name__)


class Batch:
    """What was read since the last landing.

    Args:
        source: The source.
        database: The warehouse file.
        working_dir: Directory for dlt's packages and state.
        now: When this happens, if not by the clock of the machine.
    """

    def __init__(
        self, source: ApiSource, database: Path, working_dir: Path, now: datetime | None
    ) -> None:
        self._source = source
        self._database = database
        self._working_dir = working_dir
        self._now = now
        self._tables: dict[str, list[pa.Table]] = {}
        self._pulls: list[dict[str, Any]] = []
        self._unknown: set[tuple[str, str]] = set()
        self._is_landed = False
        self.row_count = 0
        self.landed_rows: dict[str, int] = dict.fromkeys([*source.tables, PULLS], 0)
        self.load_ids: list[str] = []

    def add(self, result: Result) -> None:
        """Add what a window said."""
        self._tell_unknown(result)
        endpoint = result.unit.endpoint
        for name in endpoint.tables:
            tables = result.tables.get(name, [])
            rows = sum(table.num_rows for table in tables)
            self.row_count += rows
            self.landed_rows[name] += rows
            marks = [{"date_day": day, "is_withdrawn": True} for day in sorted(result.answered)]
            # A mark makes the merge drop the day, with rows or without any to replace it.
            self._tables.setdefault(name, []).extend(
                [*tables, to_table(marks, self._source.tables[name].schema)]
            )
            self._pulls.extend(self._pulls_of(name, result))

    def add_unpublished(self, plan: Plan) -> None:
        """Note days that ended and are not to be had yet."""
        reason = "the newest day that is complete lies before it"
        for table in plan.endpoint.tables:
            for day in plan.unpublished:
                self._pulls.append(
                    self._pull(table, day, NOT_PUBLISHED, reason, self._source.server_now)
                )

    def land(self) -> None:
        """Land it all; the first time also what an interrupted run left."""
        if self._is_landed and not self._pulls:
            return
        tables = {
            name: pa.concat_tables(tables)
            for name, tables in self._tables.items()
            if any(table.num_rows for table in tables)
        }
        self.landed_rows[PULLS] += len(self._pulls)
        tables[PULLS] = to_table(self._pulls, PULLS_TABLE.form.schema)
        load = dlt.source(
            _resources,
            name=self._source.source_id,
            max_table_nesting=0,
            schema_contract=RAW_CONTRACT,
        )
        landing = land(
            load(tables),
            source_id=self._source.source_id,
            database=self._database,
            working_dir=self._working_dir,
            now=self._now,
        )
        self.load_ids.extend(landing.load_ids)
        self._tables, self._pulls, self.row_count = {}, [], 0
        self._is_landed = True

    def _pulls_of(self, table: str, result: Result) -> Iterator[dict[str, Any]]:
        pulled_at = result.pulled_at or self._source.server_now
        details = {
            "data_refreshed_at": result.refreshed_at,
            "request_json": to_json_text(result.requests) if result.requests else None,
            "unknown_fields": ", ".join(sorted(result.unknown.get(table, ()))) or None,
        }
        window = result.unit.window
        for day in days_of(*window) if window else [result.day or pulled_at.date()]:
            if day in result.answered:
                count = result.counts[table, day]
                status, reason = LANDED if count else EMPTY, None
            elif result.fault is not None:
                count, status, reason = None, result.fault.status, result.fault.message
            else:
                count, status, reason = None, NOT_PUBLISHED, "the answer leaves the day out"
            yield {
                **self._pull(table, day, status, reason, pulled_at),
                **details,
                "row_count": count,
            }

    def _pull(
        self, table: str, day: date, status: str, reason: str | None, pulled_at: datetime
    ) -> dict[str, Any]:
        key = to_json_text([self._source.source_id, table, day, pulled_at])
        return {
            "pull_key": md5(key.encode(), usedforsecurity=False).hexdigest(),
            "table_name": table,
            "date_day": day,
            "status": status,
            "reason": reason,
            "pulled_at": pulled_at,
        }

    def _tell_unknown(self, result: Result) -> None:
        for table, fields in result.unknown.items():
            new = {(table, name) for name in fields} - self._unknown
            self._unknown |= new
            if new:
                names = ", ".join(sorted(name for _, name in new))
                logger.warning("%s: fields that are not known were left out: %s", table, names)


def _resources(tables: dict[str, pa.Table]) -> Iterable[DltResource]:
    for name, table in tables.items():
        yield merged([table], name, part=None if name == PULLS else "date_day")
