"""What each load saw: `raw_ingestion.observed_days` and `observed_measures`, append only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import duckdb

from ingestion.declared import PULLS, Declaration, Table

if TYPE_CHECKING:
    import pyarrow as pa

DATASET: Final = "raw_ingestion"
# What differs between two landings of the same content.
_NOT_CONTENT: Final = {
    "row_key",
    "parent_row_key",
    "pulled_at",
    "data_refreshed_at",
    "is_withdrawn",
}
# A total that every measure fits into: counts to 10^17, money to the tenth decimal.
_TOTAL: Final = "decimal(28, 10)"


@dataclass(frozen=True)
class ObservedTable:
    """A raw table whose days are observed.

    Attributes:
        name: Its name.
        relation: Its name with the schema.
        columns: Its columns, but for those of the loader.
        measures: What is summed per day, by the name of the measure.
        seen: Query of the days that loads saw: `date_day`, `load_id`, `status`.
    """

    name: str
    relation: str
    columns: tuple[str, ...]
    measures: Mapping[str, str]
    seen: str


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
    connection.begin()
    try:
        tables = [_observed_table(declared, table) for table in declared.observed]
        observe(connection, declared.source_id, tables, load_ids, now)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def observe(
    connection: duckdb.DuckDBPyConnection,
    source_id: str,
    tables: Iterable[ObservedTable],
    load_ids: list[str],
    now: datetime | None = None,
) -> None:
    """Record the days that loads saw, within the transaction of the caller.

    Args:
        connection: The warehouse.
        source_id: Whose loads.
        tables: Its tables.
        load_ids: The loads.
        now: UTC moment of the observation, without zone; the clock's if left out.
    """
    # No parameters: for the first of a process DuckDB imports pandas, which takes half a second.
    ids = ", ".join(f"'{load_id}'" for load_id in load_ids)
    connection.execute(f"set variable load_ids = [{ids}]")
    moment = _next_moment(connection, now)
    connection.execute(f"set variable observed_at = timestamp '{moment}'")
    for table in tables:
        _observe_table(connection, source_id, table)


def days_with_rows(relation: str) -> str:
    """Query of the days that loads saw, where a day is seen when it has rows of the load."""
    return f"""
        select distinct date_day, _dlt_load_id as load_id, 'landed' as status
        from {relation}
        where _dlt_load_id in (select unnest(getvariable('load_ids')))
    """  # noqa: S608  # names are constants of the source


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
    source_id: str,
    table: ObservedTable,
) -> None:
    """Write a row for each day and load, and one for each measure of an answered day."""
    measures = table.measures
    seen = _observed_query(table)
    json_fields = ", ".join(f"'{name}', {name}" for name in measures)
    connection.execute(
        f"""
        insert into {DATASET}.observed_days
        {seen}
        select
            '{source_id}', '{table.name}', date_day, getvariable('observed_at'), status,
            case when is_answered then row_count end,
            case when is_answered then cast(json_object({json_fields}) as varchar) end,
            load_id,
            case when is_answered then content_hash end
        from observed
        order by date_day, load_id
        """  # noqa: S608  # names are constants of the source
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
            '{source_id}', '{table.name}', date_day, getvariable('observed_at'), load_id,
            total.name, total.value
        from totals_by_name
        order by date_day, load_id, total.name
        """  # noqa: S608  # names are constants of the source
    )


def _observed_query(table: ObservedTable) -> str:
    """CTEs down to `observed`: per day and load what was seen, and the totals of the whole day.

    The hash of a day's content adds up those of its rows, so their order does not matter.
    """
    sums = "".join(f", sum({summand}) as {name}" for name, summand in table.measures.items())
    content = ", ".join(name for name in table.columns if name not in _NOT_CONTENT)
    zeros = "".join(f", coalesce(totals.{name}, 0) as {name}" for name in table.measures)
    return f"""
        with seen as ({table.seen}),
        totals as (
            select
                date_day, count(*) as row_count, sum(hash({content})) as content_hash{sums}
            from {table.relation}
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


def _observed_table(declared: Declaration, table: Table) -> ObservedTable:
    schema = table.form.schema
    relation = f"{declared.dataset}.{table.name}"
    return ObservedTable(
        name=table.name,
        relation=relation,
        columns=tuple(schema.names),
        measures={name: _summand(schema, name) for name in table.measures},
        # As the source noted its pulls, if it does.
        seen=_days_asked_for(f"{declared.dataset}.{PULLS}", table.name)
        if declared.notes_pulls
        else days_with_rows(relation),
    )


def _days_asked_for(pulls: str, table: str) -> str:
    # A load may ask for a day twice; what it was told last counts.
    return f"""
        select date_day, _dlt_load_id as load_id, status
        from {pulls}
        where table_name = '{table}' and _dlt_load_id in (select unnest(getvariable('load_ids')))
        qualify row_number() over (
            partition by date_day, _dlt_load_id
            order by pulled_at desc, pull_key desc
        ) = 1
    """  # noqa: S608  # names are constants of the source


def _summand(schema: "pa.Schema", name: str) -> str:
    import pyarrow as pa

    # Doubles are summed as decimals: the total must not depend on the order of the rows. Money
    # lands as the text that was sent, so that no binary float touches it.
    kind = schema.field(name).type
    if pa.types.is_floating(kind) or pa.types.is_string(kind):
        return f"try_cast({name} as {_TOTAL})"
    return name
