"""Writes what others read of the declarations; `make generate` calls it."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from ingestion.declared import Declaration, Files
from ingestion.sources import declarations

ROOT: Final = Path(__file__).resolve().parent.parent
PREFIX: Final = "CLAUDE_ANALYTICS_"
_LAST_DAY_END: Final = (
    "select max(date_day) + interval '1 day' from raw_ingestion.observed_days "
    "where status in ('landed', 'empty')"
)
_SEED_COLUMNS: Final = (
    "source_id",
    "source_name",
    "source_kind",
    "landing_source_id",
    "landing_table_name",
    "expected_lag_hours",
    "restatement_days",
    "is_daily",
    "description",
    "source_note",
)


def generated(root: Path = ROOT) -> dict[Path, str]:
    """Every file that is made from the declarations, by path, with what it must hold."""
    files = {
        Path("models/staging", declared.source_id, "_sources.yml"): _dbt_source(declared)
        for declared in declarations()
    }
    files[Path("seeds/mappings/sources.csv")] = _seed()
    files[Path("macros/landings/landed_tables.sql")] = _landed_tables()
    readme = Path("README.md")
    text = (root / readme).read_text(encoding="utf-8")
    for name, table in (("sources", _readme_sources), ("variables", _readme_variables)):
        text = _between(text, name, table)
    return {**files, readme: text}


def write(root: Path = ROOT) -> list[Path]:
    """Write what is not as it must be, and name it."""
    stale = [
        path
        for path, text in generated(root).items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    ]
    for path in stale:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(generated(root)[path], encoding="utf-8")
    return stale


def _dbt_source(declared: Declaration) -> str:
    """A source of dbt. Ages are those of `status`: of the last day that was answered."""
    whose = f"source_id = '{declared.source_id}'"
    lines = [
        f"# Written by `make generate` from ingestion/sources/{declared.source_id}/declaration.py.",
        "sources:",
        f"  - name: {declared.source_id}",
        f"    schema: {declared.dataset}",
        f"    description: {_quoted(declared.description)}",
        f"    {_freshness(declared.freshness.max_age, whose)}",
        "    tables:",
    ]
    for table in declared.tables:
        key = f"{{name: {table.key}, description: {_quoted(f'{table.key_note}.')}}}"
        lines += [
            f"      - name: {table.name}",
            f"        description: {_quoted(f'**Grain:** one row per {table.grain}.')}",
            f"        columns: [{key}]",
        ]
        if table.name in declared.max_ages:
            own = f"{whose} and table_name = '{table.name}'"
            lines.append(f"        {_freshness(declared.max_ages[table.name], own)}")
    return _lines(lines)


def _freshness(max_age: timedelta, whose: str) -> str:
    limit = f"{{error_after: {{count: {_hours(max_age)}, period: hour}}}}"
    seen = _quoted(f"{_LAST_DAY_END} and {whose}")
    return f"config: {{freshness: {limit}, loaded_at_query: {seen}}}"


def _seed() -> str:
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    writer.writerow(_SEED_COLUMNS)
    for declared in declarations():
        for table in declared.observed:
            if table.timing:
                writer.writerow(
                    [
                        table.mart_id or f"{declared.prefix}_{table.name}",
                        table.title,
                        declared.kind,
                        declared.source_id,
                        table.name,
                        table.timing.lag_hours,
                        table.timing.restatement_days,
                        str(declared.freshness.is_daily).lower(),
                        table.about,
                        table.timing.note,
                    ]
                )
    return rows.getvalue()


def _landed_tables() -> str:
    lines = [
        "{#-",
        "    Every raw table that the raw gate reads: its source, its name, its key, whether its",
        "    days are observed, how old the last one may be, and whether that age is its own.",
        "    Written by `make generate` from the declarations of the sources.",
        "-#}",
        "{% macro landed_tables() -%}",
        "    {%- do return([",
    ]
    for declared in declarations():
        for table in filter(lambda table: table.is_gated, declared.tables):
            facts = {
                "source_id": declared.source_id,
                "table_name": table.name,
                "key": table.key,
                "is_observed": table.timing is not None,
                "max_age_hours": _hours(
                    declared.max_ages.get(table.name, declared.freshness.max_age)
                ),
                "is_aged_alone": table.name in declared.max_ages,
            }
            lines.append(f"        {json.dumps(facts)},")
    return _lines([*lines, "    ]) -%}", "{%- endmacro %}"])


def _readme_sources() -> Iterator[str]:
    yield from ("| source | what it tells | set | lands with |", "|---|---|---|---|")
    for declared in declarations():
        access = declared.access
        either = "nothing, or " if isinstance(access, Files) and access.has_spool else ""
        setting = f"{either}`{PREFIX}{access.setting}`"
        yield f"| `{declared.source_id}` | {declared.brings} | {setting} | {declared.example} |"


def _readme_variables() -> Iterator[str]:
    yield from ("| name | what it holds |", "|---|---|")
    for declared in declarations():
        for name, text in declared.variables.items():
            yield f"| `{PREFIX}{name}` | {text} |"


def _between(text: str, name: str, rows: Callable[[], Iterator[str]]) -> str:
    """The text with other lines between the marks of a generated part."""
    begin, end = f"<!-- generated: {name} -->\n", "<!-- end -->"
    pattern = f"(?s)(?<={re.escape(begin)}).*?(?={re.escape(end)})"
    return re.sub(pattern, lambda _: _lines(rows()), text, count=1)


def _hours(age: timedelta) -> int:
    return int(age / timedelta(hours=1))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _lines(lines: Iterator[str] | list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    write()
