"""What each load saw: `raw_ingestion.observed_days`, append only."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import duckdb
import pyarrow as pa

from ingestion.sources import SourceSettings

DATASET: Final = "raw_ingestion"
_COLUMNS: Final["dict[str, pa.DataType]"] = {
    "source_id": pa.string(),
    "table_name": pa.string(),
    "date_day": pa.date32(),
    "observed_at": pa.timestamp("us"),
    "status": pa.string(),
    "row_count": pa.int64(),
    "measures_json": pa.string(),
    "load_id": pa.string(),
}
RAW_TABLES: Final[dict[str, pa.Schema]] = {"observed_days": pa.schema(_COLUMNS)}


def observe_loads(
    connection: duckdb.DuckDBPyConnection, source_id: str, settings: SourceSettings
) -> None:
    """Record the days that finished loads touched, with the totals those days now have.

    Loads that an earlier run finished but did not live to record are recorded as well. All in one
    transaction, so a load counts as observed with all its tables or not at all.
    """
    load_ids = _unobserved_loads(connection, source_id, settings.DATASET)
    if not load_ids:
        return
    observed_at = _next_moment(connection)
    connection.begin()
    try:
        for query in _observations(source_id, settings):
            connection.execute(query, {"load_ids": load_ids, "observed_at": observed_at})
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _next_moment(connection: duckdb.DuckDBPyConnection) -> datetime:
    """The time now, but later than all observations before.

    Models rebuild what was observed after they were built; a clock that was set back must not
    hide a landing from them.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    newest = connection.execute(f"select max(observed_at) from {DATASET}.observed_days").fetchone()  # noqa: S608  # a constant
    latest: datetime | None = newest[0] if newest else None
    return now if latest is None else max(now, latest + timedelta(microseconds=1))


def _unobserved_loads(
    connection: duckdb.DuckDBPyConnection, source_id: str, dataset: str
) -> list[str]:
    # Loads are observed in their order, so whatever came before the last observed one is done.
    rows = connection.execute(
        f"""
        select loads.load_id
        from {dataset}._dlt_loads as loads
        where
            loads.status = 0
            and loads.load_id > (
                select coalesce(max(load_id), '')
                from {DATASET}.observed_days
                where source_id = $source_id
            )
        """,  # noqa: S608  # the dataset is a constant of the source
        {"source_id": source_id},
    ).fetchall()
    return [load_id for (load_id,) in rows]


def _observations(source_id: str, settings: SourceSettings) -> Iterator[str]:
    """One insert per table: a row for each day and load, totals of the whole day."""
    for table, measures in settings.MEASURES.items():
        schema = settings.RAW_TABLES[table]
        relation = f"{settings.DATASET}.{table}"
        # Doubles are summed as decimals: the total must not depend on the order of the rows.
        sums = ", ".join(
            f"'{name}', coalesce(sum({_summand(schema, name)}), 0)" for name in measures
        )
        yield f"""
            insert into {DATASET}.observed_days
            with touched as (
                select distinct date_day, _dlt_load_id as load_id
                from {relation}
                where _dlt_load_id in (select unnest($load_ids))
            ),
            totals as (
                select date_day, count(*) as row_count, json_object({sums}) as measures
                from {relation}
                where date_day in (select date_day from touched)
                group by date_day
            )
            select
                '{source_id}', '{table}', date_day, $observed_at, 'landed', row_count,
                cast(measures as varchar), load_id
            from touched
            inner join totals using (date_day)
            order by date_day, load_id
        """  # noqa: S608  # names are constants of the source


def _summand(schema: pa.Schema, name: str) -> str:
    if pa.types.is_floating(schema.field(name).type):
        return f"try_cast({name} as decimal(28, 10))"
    return name
