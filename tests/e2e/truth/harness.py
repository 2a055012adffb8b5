"""A built warehouse beside the truth of its company, in one connection."""

import duckdb

from ingestion.pseudonyms import pseudonym
from pipeline.settings import Settings
from tests.e2e.company import Company


def open_with_truth(settings: Settings, company: Company) -> duckdb.DuckDBPyConnection:
    """Open a warehouse read-only, with the truth's tables as views of the schema `truth`.

    `truth.person_keys` and `truth.actor_keys` tell which member of the marts somebody is. Keys of
    people are made here from the roster's numbers, not looked up.
    """
    connection = duckdb.connect()
    connection.execute(f"attach '{settings.database}' as warehouse (read_only)")
    connection.execute("create schema truth")
    for file in sorted((company.path / "truth").glob("*.parquet")):
        connection.execute(f"create view truth.{file.stem} as select * from read_parquet('{file}')")
    _person_keys(connection, settings)
    connection.execute("use warehouse")
    connection.execute("set search_path = 'warehouse.marts,memory.main,memory.truth'")
    connection.execute(
        """
        create view memory.truth.actor_keys as
        select actor_id, aliases.actor_key, aliases.person_key
        from memory.truth.actors
        join warehouse.identity.int_identity__aliases as aliases
            on identity_kind = 'api_key_id' and identity_value = api_key_id
        """
    )
    return connection


def _person_keys(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    key = settings.pseudonym_key
    assert key
    people = connection.execute("select person_id from truth.people").fetchall()
    connection.execute("create table truth.person_keys (person_id bigint, person_key varchar)")
    connection.executemany(
        "insert into truth.person_keys values (?, ?)",
        [
            (person_id, pseudonym(key.encode(), "employee_id", employee_id(person_id)))
            for (person_id,) in people
        ],
    )


def employee_id(person_id: int) -> str:
    """Number of an employee in the roster."""
    return f"E{person_id:05}"


def differing(connection: duckdb.DuckDBPyConnection, query: str, limit: int = 5) -> list[object]:
    """Rows that a comparison finds; some of them, for the message."""
    return list(connection.execute(f"select * from ({query}) limit {limit}").fetchall())
