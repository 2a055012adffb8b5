"""Telemetry of the organisation: what its Claude Code clients post to the company's receiver.

Counters of a person's day equal those of the truth; requests are those that the truth says
telemetry has seen. A client posts its events in batches and its metrics once a day.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

import duckdb

from demo.posting import Body

from .clients import Sender, Senders
from .otlp_json import logs_body, metrics_body
from .reading import open_truth
from .telemetry_events import SessionEvents
from .telemetry_metrics import metrics_of
from .telemetry_sessions import Counters, Request, SessionDay

# What the client's exporter sends at once.
_MAX_RECORDS: Final = 512
# Read together; bounds the memory.
_DAYS_READ: Final = 7

_Key = tuple[date, int | None, int | None, str]

_REQUESTS_SQL: Final = """
    select
        date_day, person_id, actor_id, route, session_id, request_id, epoch_ms(requested_at),
        claude_model_id, input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens,
        cache_write_1h_tokens, cast(cost_usd as double), cast(round(cost_usd * 1000000) as bigint)
    from requests
    where seen_by_telemetry and date_day between ? and ?
    order by date_day, person_id nulls last, actor_id, route, session_id, requested_at, request_id
"""
_COUNTERS_SQL: Final = f"""
    select
        date_day, person_id, actor_id, route,
        {", ".join(f"cast(coalesce(sum({name}), 0) as bigint)" for name in Counters._fields)}
    from usage_daily
    where surface = 'claude_code' and date_day between ? and ?
    group by all
"""  # noqa: S608 - the names are our own


def bodies(truth: Path, first_day: date, last_day: date) -> Iterator[Body]:
    """Make what all clients post, day by day and client by client.

    Args:
        truth: Directory of the truth's Parquet files.
        first_day: First day of telemetry, UTC.
        last_day: Last day of telemetry.
    """
    connection = open_truth(truth)
    senders = Senders(connection)
    start = first_day
    while start <= last_day:
        end = min(start + timedelta(days=_DAYS_READ - 1), last_day)
        yield from _bodies(connection, senders, start, end)
        start = end + timedelta(days=1)


def _bodies(
    connection: duckdb.DuckDBPyConnection, senders: Senders, start: date, end: date
) -> Iterator[Body]:
    counters: dict[_Key, Counters] = {
        row[:4]: Counters(*row[4:])
        for row in connection.execute(_COUNTERS_SQL, [start, end]).fetchall()
    }
    columns = connection.execute(_REQUESTS_SQL, [start, end]).to_arrow_table().columns
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    requests = map(Request._make, rows)
    for (day, person_id, actor_id), of_client in groupby(requests, key=lambda row: row[:3]):
        if person_id is not None:
            sender = senders.person(person_id, day)
        else:
            sender = senders.actor(actor_id, day)
        sessions: dict[str, SessionDay] = {}
        for route, of_route in groupby(of_client, key=lambda row: row.route):
            key = (day, person_id, actor_id, route)
            sessions |= _sessions(list(of_route), counters.get(key, Counters()))
        yield from _bodies_of_client(day, sender, sessions)


def _sessions(requests: Sequence[Request], counters: Counters) -> dict[str, SessionDay]:
    groups = {
        session_id: list(group)
        for session_id, group in groupby(requests, key=lambda row: row.session_id)
    }
    return {
        session_id: SessionDay(group, counters.share(number, len(groups)))
        for number, (session_id, group) in enumerate(groups.items())
    }


def _bodies_of_client(day: date, sender: Sender, sessions: dict[str, SessionDay]) -> Iterator[Body]:
    name = f"{day}.{sender.name}"
    records = [
        record
        for session in sessions.values()
        for record in SessionEvents(session, sender).records()
    ]
    for start in range(0, len(records), _MAX_RECORDS):
        batch = records[start : start + _MAX_RECORDS]
        yield logs_body(f"{name}.{start}.logs", sender.resource, sender.version, batch)
    yield metrics_body(
        f"{name}.metrics", sender.resource, sender.version, metrics_of(sessions, sender)
    )
