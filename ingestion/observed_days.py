"""What each load saw: `raw_ingestion.observed_days` and `observed_measures`, append only."""

from datetime import UTC, datetime, timedelta
from typing import Final

import duckdb
import pyarrow as pa

from ingestion.declared import Declaration, Table
from ingestion.pulls import PULLS

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
    "content_hash": pa.string(),
}
# What differs between two landings of the same content.
_NOT_CONTENT: Final = {
    "row_key",
    "parent_row_key",
    "pulled_at",
    "data_refreshed_at",
    "is_withdrawn",
}
_MEASURE_COLUMNS: Final["dict[str, pa.DataType]"] = {
    "source_id": pa.string(),
    "table_name": pa.string(),
    "date_day": pa.date32(),
    "observed_at": pa.timestamp("us"),
    "load_id": pa.string(),
    "measure_name": pa.string(),
    "measure_value": pa.decimal128(28, 10),
}
RAW_TABLES: Final[dict[str, pa.Schema]] = {
    "observed_days": pa.schema(_COLUMNS),
    "observed_measures": pa.schema(_MEASURE_COLUMNS),
}
# A total that every measure fits into: counts to 10^17, money to the tenth decimal.
_TOTAL: Final = "decimal(28, 10)"


def observe_loads(
    connection: duckdb.DuckDBPyConnection,
    declared: Declaration,
    now: datetime | None = None,
) -> None:
    """Record the days that finished loads asked for or touched, with the totals they now have.

    Loads that an earlier run finished but did not live to record are recorded as well. All in one
    transaction, so a load counts as observed with all its tables or not at all.

    Args:
        connection: The warehouse.
        declared: Whose loads.
        now: UTC moment of the observation, without zone; the clock's if left out.
    """
    load_ids = _unobserved_loads(connection, declared)
    if not load_ids:
        return
    observed_at = _next_moment(connection, now)
    connection.begin()
    try:
        for table in declared.observed:
            _observe_table(connection, declared, table, load_ids, observed_at)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _next_moment(connection: duckdb.DuckDBPyConnection, now: datetime | None) -> datetime:
    """The time now, but later than all observations before.

    Models rebuild what was observed after they were built; a clock that was set back must not
    hide a landing from them.
    """
    moment = datetime.now(UTC).replace(tzinfo=None) if now is None else now
    newest = connection.execute(f"select max(observed_at) from {DATASET}.observed_days").fetchone()  # noqa: S608  # a constant
    latest: datetime | None = newest[0] if newest else None
    return moment if latest is None else max(moment, latest + timedelta(microseconds=1))


def _unobserved_loads(connection: duckdb.DuckDBPyConnection, declared: Declaration) -> list[str]:
    # Loads are observed in their order, so whatever came before the last observed one is done.
    rows = connection.execute(
        f"""
        select loads.load_id
        from {declared.dataset}._dlt_loads as loads
        where
            loads.status = 0
            and loads.load_id > (
                select coalesce(max(load_id), '')
                from {DATASET}.observed_days
                where source_id = $source_id
            )
        """,  # noqa: S608  # the dataset is a constant of the source
        {"source_id": declared.source_id},
    ).fetchall()
    return [load_id for (load_id,) in rows]


def _observe_table(
    connection: duckdb.DuckDBPyConnection,
    declared: Declaration,
    table: Table,
    load_ids: list[str],
    observed_at: datetime,
) -> None:
    """Write a row for each day and load, and one for each measure of an answered day."""
    seen = _observed_query(declared, table)
    values = {"load_ids": load_ids, "observed_at": observed_at}
    json_fields = ", ".join(f"'{name}', {name}" for name in table.measures)
    connection.execute(
        f"""
        insert into {DATASET}.observed_days
        {seen}
        select
            '{declared.source_id}', '{table.name}', date_day, $observed_at, status,
            case when is_answered then row_count end,
            case when is_answered then cast(json_object({json_fields}) as varchar) end,
            load_id,
            case when is_answered then content_hash end
        from observed
        order by date_day, load_id
        """,  # noqa: S608  # names are constants of the source
        values,
    )
    totals = ", ".join(
        f"{{'name': '{name}', 'value': cast({name} as {_TOTAL})}}"
        for name in ("row_count", *table.measures)
    )
    connection.execute(
        f"""
        insert into {DATASET}.observed_measures
        {seen},
        totals_by_name as (
            select date_day, load_id, unnest([{totals}]) as total
            from observed
            where is_answered
        )
        select
            '{declared.source_id}', '{table.name}', date_day, $observed_at, load_id,
            total.name, total.value
        from totals_by_name
        order by date_day, load_id, total.name
        """,  # noqa: S608  # names are constants of the source
        values,
    )


def _observed_query(declared: Declaration, table: Table) -> str:
    """CTEs down to `observed`: per day and load what was seen, and the totals of the whole day.

    The hash of a day's content adds up those of its rows, so their order does not matter.
    """
    schema = table.form.schema
    # Doubles are summed as decimals: the total must not depend on the order of the rows.
    sums = "".join(f", sum({_summand(schema, name)}) as {name}" for name in table.measures)
    content = ", ".join(name for name in schema.names if name not in _NOT_CONTENT)
    zeros = "".join(f", coalesce(totals.{name}, 0) as {name}" for name in table.measures)
    return f"""
        with seen as ({_seen_query(declared, table)}),
        totals as (
            select
                date_day, count(*) as row_count, sum(hash({content})) as content_hash{sums}
            from {declared.dataset}.{table.name}
            where date_day in (select date_day from seen)
            group by date_day
        ),
        observed as (
            select
                seen.date_day,
                seen.load_id,
                seen.status in ('landed', 'empty') as is_answered,
                case
                    when seen.status not in ('landed', 'empty') then seen.status
                    when totals.row_count > 0 then 'landed'
                    else 'empty'
                end as status,
                coalesce(totals.row_count, 0) as row_count,
                cast(coalesce(totals.content_hash, 0) as varchar) as content_hash{zeros}
            from seen
            left join totals using (date_day)
        )
    """  # noqa: S608  # names are constants of the source


def _seen_query(declared: Declaration, table: Table) -> str:
    """Days per load: as the source noted its pulls, else those with rows of the load."""
    if not declared.notes_pulls:
        return f"""
            select distinct date_day, _dlt_load_id as load_id, 'landed' as status
            from {declared.dataset}.{table.name}
            where _dlt_load_id in (select unnest($load_ids))
        """  # noqa: S608  # names are constants of the source
    # A load may ask for a day twice; what it was told last counts.
    return f"""
        select date_day, _dlt_load_id as load_id, status
        from {declared.dataset}.{PULLS}
        where table_name = '{table.name}' and _dlt_load_id in (select unnest($load_ids))
        qualify row_number() over (
            partition by date_day, _dlt_load_id
            order by pulled_at desc, pull_key desc
        ) = 1
    """  # noqa: S608  # names are constants of the source


def _summand(schema: pa.Schema, name: str) -> str:
    kind = schema.field(name).type
    # Money lands as the text that was sent, so that no binary float touches it.
    if pa.types.is_floating(kind) or pa.types.is_string(kind):
        return f"try_cast({name} as {_TOTAL})"
    return name
