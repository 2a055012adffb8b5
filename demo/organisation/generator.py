"""Makes a company: the truth first, then what each system shows of it."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import duckdb

from . import access, actors, features, prices, staff, tokens, use
from .parameters import Parameters
from .planted import PLANTED
from .tables import TABLES

# A number from 0 up to 1 that depends on the seed and the arguments alone.
_DRAW: Final = """
    create macro draw(tag, a, b) as
        (hash(getvariable('seed'), tag, a, b) % 1000003)::double / 1000003
"""
_MEMORY: Final = "2GB"
_THREADS: Final = 2

# Tables of one stretch of days, and the whole that they are added to.
_DAILY: Final = {
    "active_days": (use.ACTIVE_DAYS, None),
    "usage_days": (use.USAGE, "usage_daily"),
    "token_days": (tokens.TOKENS, "tokens_daily"),
    "request_days": (tokens.REQUESTS, "requests"),
    "new_projects": (features.NEW_PROJECTS, "projects"),
    "feature_days": (features.FEATURES, "feature_use_daily"),
}


def generate(
    out: Path, parameters: Parameters, on_step: Callable[[str], None] | None = None
) -> None:
    """Write a company's truth, its API views and its files.

    Args:
        out: Directory for `truth`, `views` and `files`; what is there of an earlier company goes.
        parameters: What the company is made from.
        on_step: Is told what comes next.
    """
    from .views.api_views import write_api_views
    from .views.files import write_files

    tell = on_step or (lambda _step: None)
    for name in ("truth", "views", "files"):
        shutil.rmtree(out / name, ignore_errors=True)
    tell("truth")
    write_truth(out / "truth", parameters)
    tell("views of the APIs")
    write_api_views(out)
    tell("files")
    write_files(out, parameters)


def write_truth(truth: Path, parameters: Parameters) -> None:
    """Write what really happened, one Parquet file per table.

    Args:
        truth: Directory for the files.
        parameters: What the company is made from.
    """
    truth.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=truth.parent) as scratch,
        duckdb.connect(str(Path(scratch) / "company.duckdb")) as company,
    ):
        company.execute(f"set memory_limit = '{_MEMORY}'; set threads = {_THREADS}")
        _set_variables(company, parameters)
        company.execute(_DRAW)
        for tables in (staff.TABLES, access.TABLES, actors.TABLES, features.TABLES):
            for name, query in tables.items():
                company.execute(f"create table {name} as {query}")
        company.execute(f"create table prices as {prices.PRICES}")
        company.execute(f"create table model_days as {prices.MODEL_DAYS}")
        for first, last in _months(parameters.start, parameters.until):
            _add_days(company, first, last)
        company.execute(f"create table planted as {PLANTED}")
        for name, table in TABLES.items():
            company.execute(
                f"copy ({table.select(name)}) "
                f"to '{truth / f'{name}.parquet'}' (format parquet, compression zstd)"
            )


def _set_variables(company: duckdb.DuckDBPyConnection, parameters: Parameters) -> None:
    days = (parameters.until - parameters.start).days + 1
    numbers = {
        "seed": parameters.seed,
        "people": parameters.people,
        "seats": parameters.seats,
        "days": days,
    }
    # Late enough to be a surprise, early enough to be billed.
    runaway = parameters.until - timedelta(days=min(20, days // 3))
    moments = {
        "start": parameters.start,
        "until": parameters.until,
        "runaway_day": runaway,
    }
    for name, number in numbers.items():
        company.execute(f"set variable {name} = {number}")
    for name, day in moments.items():
        company.execute(f"set variable {name} = date '{day}'")


def _add_days(company: duckdb.DuckDBPyConnection, first: date, last: date) -> None:
    """Make some days; a company of any length needs the memory of one month."""
    company.execute(f"set variable chunk_start = date '{first}'")
    company.execute(f"set variable chunk_end = date '{last}'")
    for name, (query, whole) in _DAILY.items():
        company.execute(f"create or replace temp table {name} as {query}")
        if whole is not None:
            company.execute(f"create table if not exists {whole} as from {name} limit 0")
            company.execute(f"insert into {whole} from {name}")


def _months(start: date, until: date) -> Iterator[tuple[date, date]]:
    first = start
    while first <= until:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(until, following - timedelta(days=1))
        first = following
