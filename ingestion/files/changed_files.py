"""Reads the files that changed since they were last read, by what the state remembers."""

import logging
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from .changes import Changes, Landed
from .contracts import FileContract
from .errors import RefusedFile
from .find import FoundFile, fingerprint
from .names import Period, parse_period
from .parsing import ParsedFile, parse_file
from .renames import read_renames

logger = logging.getLogger(__name__)


class Reading:
    """Reads the files that changed and brings the state up to date.

    The state holds `files` (path: fingerprint), `parts` (key: file and days), `rejected` (keys)
    and `refused` (path: key).

    Args:
        source_id: The source.
        contracts: What the files may look like.
        period: Period of files whose name tells none.
        state: What earlier readings remember; the warehouse keeps it.
    """

    def __init__(
        self,
        source_id: str,
        contracts: Sequence[FileContract],
        period: Period | None,
        state: dict[str, Any],
    ) -> None:
        self._source_id = source_id
        self._contracts = contracts
        self._period = period
        self._state = state
        self._read_as = [contract.schema.names for contract in contracts]

    def read(self, files: Sequence[FoundFile]) -> dict[str, pa.Table]:
        """Tables of what changed."""
        landed = {
            key: Landed(part["file"], tuple(map(date.fromisoformat, part["days"])))
            for key, part in self._state.get("parts", {}).items()
        }
        rejected = set(self._state.get("rejected", ()))
        changes = Changes(self._source_id, self._contracts, landed, rejected)
        seen: dict[str, str] = self._state.setdefault("files", {})
        parsed_files: list[ParsedFile] = []
        refused: dict[str, str] = {}
        for file in files:
            try:
                content = file.read()
                renames = read_renames(file.path.parent, self._contracts)
                mark = fingerprint(content, [*self._read_as, renames])
                if self._period is not None and parse_period(file.stem) is None:
                    mark = f"{mark}@{self._period}"
                if self._is_seen(seen.get(str(file.path), ""), mark):
                    continue
                parsed = parse_file(file, content, self._contracts, renames, self._period)
            except RefusedFile as error:
                logger.warning("%s: left out: %s", file.path, error)
                refused[str(file.path)] = changes.refuse(file, str(error))
                continue
            seen[str(file.path)] = mark
            _report(parsed)
            parsed_files.append(parsed)
        # Of two files for one part, the one that was changed last counts.
        for parsed in sorted(
            parsed_files, key=lambda each: (each.file.modified_at, each.file.source_file)
        ):
            changes.add(parsed)
        self._settle_refusals(changes, refused, {str(file.path) for file in files})
        tables = changes.tables()
        self._state["parts"] = {
            key: {"file": part.source_file, "days": [day.isoformat() for day in part.days]}
            for key, part in landed.items()
        }
        self._state["rejected"] = sorted(rejected)
        return tables

    def _is_seen(self, seen: str, mark: str) -> bool:
        """Whether a file is as it was; what landed with a period once needs none again."""
        return mark == (seen.partition("@")[0] if self._period is None else seen)

    def _settle_refusals(
        self, changes: Changes, refused: dict[str, str], found: Collection[str]
    ) -> None:
        """Take back what was said of files that can be used now, or are gone."""
        for path, key in self._state.get("refused", {}).items():
            if path in refused:
                continue
            if path in found or not Path(path).exists():
                changes.clear(key)
            else:
                refused[path] = key
        self._state["refused"] = refused


def _report(parsed: ParsedFile) -> None:
    path = parsed.file.path
    if parsed.rejected:
        line, reason = parsed.rejected[0]
        logger.warning(
            "%s: %d rows left out, the first in line %d: %s",
            path,
            len(parsed.rejected),
            line,
            reason,
        )
    if parsed.unknown:
        logger.info(
            "%s: %d columns are not known and were left out: %s",
            path,
            len(parsed.unknown),
            ", ".join(parsed.unknown),
        )
