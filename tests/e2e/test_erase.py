"""After `erase` nothing under the home leads to the person, and every total is what it was."""

import gzip
import math
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import duckdb
import pytest
from rich.console import Console

from demo.organisation import Parameters
from ingestion.sources import declared_tables
from pipeline import errors, flow
from pipeline.cli import execute
from pipeline.settings import PREFIX, Settings
from pipeline.steps import Steps
from tests.e2e.company import FILES, Company, make_company

pytestmark = [pytest.mark.long, pytest.mark.minutes(6)]

PARAMETERS = Parameters(people=40, start=date(2026, 9, 1), until=date(2026, 9, 30), seed=7)
SOURCES = (
    "anthropic_console", "anthropic_enterprise", "anthropic_exports", "people", "invoices",
)  # fmt: skip
_QUIET = Steps(Console(quiet=True))
# The key is no identifier, and the note of the lock holds a process id.
_NOT_SEARCHED = {"pseudonym.key", "erasure.key", ".lock"}


@dataclass(frozen=True)
class Landed:
    """A company in a home, and how to land it again."""

    company: Company
    settings: Settings

    def spool(self, name: str) -> None:
        """Put all telemetry into the spool, as a receiver closes its files."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        self.settings.spool_dir.mkdir(parents=True, exist_ok=True)
        for signal in ("logs", "metrics"):
            source = self.company.path / "telemetry" / f"{signal}.jsonl"
            shutil.copyfile(source, self.settings.spool_dir / f"{signal}-{stamp}-1-{name}.jsonl")

    def land(self, name: str) -> None:
        """Land everything from everywhere, telemetry through the spool."""
        self.spool(name)
        self.company.land(self.settings.home, sources=SOURCES)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    """A company, landed and not yet built."""
    path = tmp_path_factory.mktemp("erase")
    company = make_company(path / "company", PARAMETERS)
    one = Landed(company, company.settings(path / "home", SOURCES))
    one.land("first")
    flow.prepare(one.settings, _QUIET)
    return one


def tables(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, list[str]]]:
    """Every table and view with its columns."""
    rows = connection.execute(
        """
        select table_schema, table_name, list(column_name order by ordinal_position)
        from information_schema.columns
        where table_catalog = current_database()
        group by all
        order by all
        """
    ).fetchall()
    yield from rows


def search(settings: Settings, sought: set[str]) -> list[str]:
    """Where anything of it stands: in a column of any table, or in the bytes of any file."""
    pattern = "|".join(map(_expression, sorted(sought)))
    found = []
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        for schema, table, columns in tables(connection):
            for column in columns:
                hit = connection.execute(
                    f'select 1 from "{schema}"."{table}" '
                    f'where regexp_matches(lower(cast("{column}" as varchar)), $1) limit 1',
                    [pattern],
                ).fetchone()
                if hit:
                    found.append(f"{schema}.{table}.{column}")
    expression = re.compile(pattern.encode())
    for path in sorted(settings.home.rglob("*")):
        if not path.is_file() or path.name in _NOT_SEARCHED:
            continue
        if path.suffix == ".parquet":
            found += [str(path) for row in duckdb.execute(f"from '{path}'").fetchall()
                      if re.search(pattern, str(row).lower())][:1]  # fmt: skip
        content = path.read_bytes()
        if path.suffix == ".gz":
            content += gzip.decompress(content)
        if expression.search(content.lower()):
            found.append(str(path.relative_to(settings.home)))
    return found


def _expression(value: str) -> str:
    """Pattern of a value; `e00017` and the like stand alone, as a random name may hold them."""
    escaped = re.escape(value).replace(r"\-", "-")
    is_short = re.fullmatch("[0-9a-f]{1,12}", value)
    return f"(?:^|[^0-9a-f]){escaped}(?:[^0-9a-f]|$)" if is_short else escaped


def totals(settings: Settings) -> dict[str, object]:
    """Rows, sums of all numbers, and people by day, of every mart."""
    found: dict[str, object] = {}
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        for schema, table, columns in tables(connection):
            if schema != "marts":
                continue
            types = dict(
                connection.execute(
                    "select column_name, data_type from information_schema.columns "
                    "where table_schema = 'marts' and table_name = ?",
                    [table],
                ).fetchall()
            )
            found[f"{table} rows"] = _one(connection, f"select count(*) from marts.{table}")
            for column, data_type in types.items():
                if data_type in ("BIGINT", "INTEGER", "DOUBLE") or data_type.startswith("DECIMAL"):
                    query = f'select sum("{column}") from marts.{table}'
                    found[f"{table}.{column}"] = _one(connection, query)
            if {"date_day", "person_key"} <= set(columns):
                query = (
                    f"select date_day, count(distinct person_key) from marts.{table} "
                    "group by date_day order by date_day"
                )
                found[f"{table} people"] = connection.execute(query).fetchall()
    return found


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def assert_same(before: dict[str, object], after: dict[str, object]) -> None:
    assert before.keys() == after.keys()
    moved = {
        name: (value, after[name])
        for name, value in before.items()
        if value != after[name]
        # Sums of floating numbers depend on the order of the rows.
        and not (isinstance(value, float) and math.isclose(value, float(str(after[name]))))
    }
    assert not moved


def known_of(landed: Landed, person_id: int) -> set[str]:
    """What the truth and the raw tables know a person by, lower-cased."""
    truth = landed.company.path / "truth"
    values: set[str] = {f"e{person_id:05d}", f"p{person_id:05d}"}
    for query in (
        f"select email, former_email, github_login from '{truth}/people.parquet'",
        f"select user_id, account_uuid, null from '{truth}/accounts.parquet'",
    ):
        for row in duckdb.execute(f"{query} where person_id = ?", [person_id]).fetchall():
            values |= {value for value in row if value}
    values |= {value.partition("@")[0] for value in values if "@" in value}
    with duckdb.connect(str(landed.settings.database), read_only=True) as raw:
        for query in (
            "select user_id from raw_claude_code_otel.events where list_contains($1, user_email)"
            " or list_contains($1, user_account_id) or list_contains($1, user_account_uuid)",
            "select unnest([id, name]) from raw_anthropic_console.api_keys"
            " where list_contains($1, principal__id)",
            "select person_pseudonym from raw_identity.pseudonyms"
            " where list_contains($1, lower(identity_value))",
        ):
            found = raw.execute(query, [sorted(values)]).fetchall()
            values |= {str(value) for (value,) in found if value}
    return {value.lower() for value in values}


def test_no_raw_column_that_holds_an_identifier_is_undeclared(landed: Landed) -> None:
    known = (known_of(landed, person) for person in range(1, PARAMETERS.people + 1))
    sought = sorted(set().union(*known), key=len, reverse=True)
    pattern = "|".join(re.escape(value) for value in sought).replace(r"\-", "-")
    found = set()
    with duckdb.connect(str(landed.settings.database), read_only=True) as raw:
        for schema, table, columns in tables(raw):
            if not schema.startswith("raw_") or schema == "raw_identity":
                continue
            for column in columns:
                hit = raw.execute(
                    f'select 1 from "{schema}"."{table}" '
                    f'where regexp_matches(lower(cast("{column}" as varchar)), $1) limit 1',
                    [f"(^|[^a-z0-9])({pattern})([^a-z0-9]|$)"],
                ).fetchone()
                if hit:
                    found.add((f"{schema}.{table}", column))

    assert len(found) > 30
    declared = declared_tables()
    assert not {(table, name) for table, name in found if name not in declared[table].personal}


def test_nothing_leads_back_and_totals_stay(
    landed: Landed, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = landed.settings
    for name, value in {
        "HOME": str(settings.home),
        "AS_OF": settings.as_of.isoformat(),
        "PSEUDONYM_KEY": str(settings.pseudonym_key),
        "EXPORT_PATHS": str(landed.company.path / FILES["anthropic_exports"][1]),
        "PEOPLE_PATHS": str(landed.company.path / FILES["people"][1]),
    }.items():
        monkeypatch.setenv(PREFIX + name, value)
    monkeypatch.setattr(errors, "_SECRETS", set())
    flow.build(settings, _QUIET)
    flow.check(settings, _QUIET, "marts")
    old = flow.publish(settings, _QUIET).path
    person, sought = _most_known(landed)
    email = next(value for value in sought if value.startswith("person.") and "@" in value)
    quarantine = settings.quarantine_dir
    quarantine.mkdir(parents=True, exist_ok=True)
    (quarantine / "logs-1.json.gz").write_bytes(gzip.compress(f'{{"e": "{email}"'.encode()))
    (quarantine / "logs-2.json").write_bytes(b"somebody else's")
    before = totals(settings)
    places = {where.partition(".")[0] for where in search(settings, sought)}
    assert places >= {"raw_people", "raw_claude_code_otel", "raw_identity", "identity", "marts"}
    assert any(place.startswith("spool/logs") for place in places)

    # Stopped halfway: raw tables are done, the marts are gone.
    with monkeypatch.context() as broken:
        broken.setattr(flow, "build", _stop_full_build(flow.build))
        assert execute(["erase", email, "--yes"]) != 0
    assert list(settings.home.glob(".erasing-*"))
    capfd.readouterr()
    assert execute(["ingest", "people"]) == 0
    assert "an erasure was interrupted" in " ".join(capfd.readouterr().err.split())
    assert execute(["erase"]) == 0
    assert "was interrupted; " not in " ".join(capfd.readouterr().err.split())

    assert search(settings, sought) == []
    assert_same(before, totals(settings))
    assert not old.exists()
    assert (settings.releases_dir / "current").exists()
    assert [path.name for path in quarantine.iterdir()] == ["logs-2.json"]
    assert not list(settings.home.glob(".erasing-*"))

    # The same sources bring the same person.
    landed.land("again")
    flow.prepare(settings, _QUIET)
    assert search(settings, sought) == []
    flow.check(settings, _QUIET, "raw")
    flow.build(settings, _QUIET)
    flow.check(settings, _QUIET, "marts")
    assert search(settings, sought) == []
    assert_same(before, totals(settings))

    capfd.readouterr()
    assert execute(["erase", email, "--yes"]) == 0
    assert "has been erased already" in " ".join(capfd.readouterr().err.split())
    assert execute(["erase"]) == 2
    assert "whom?" in capfd.readouterr().err
    assert execute(["erase", "nobody@example.com", "--yes"]) == 2
    (line,) = [one for one in capfd.readouterr().err.splitlines() if one.startswith("error:")]
    assert "nobody is known as nobody@example.com" in line
    assert person


def _most_known(landed: Landed) -> tuple[int, set[str]]:
    """The person whom most sources know, by most identifiers."""
    known = {person: known_of(landed, person) for person in range(1, PARAMETERS.people + 1)}
    person = max(known, key=lambda one: len(known[one]))
    return person, known[person]


def _stop_full_build(build: object) -> object:
    def stopped(*arguments: object, **options: object) -> None:
        if options.get("full_refresh"):
            raise errors.PipelineError("stopped by the test")
        build(*arguments, **options)  # type: ignore[operator]

    return stopped
