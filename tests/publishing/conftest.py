"""A small build file with marts, and with schemas that must never leave it."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

AS_OF = date(2026, 11, 20)

BUILD = """
create schema marts;
create schema staging;
create schema identity;
create table staging.people as select 'ana@example.com' as email;
create table identity.aliases as select 'ana@example.com' as email, 'p1' as person_key;
create table identity.int_identity__person_lookup as
select 'p1' as person_key, 'E1' as employee_id, 'ana@example.com' as email;
create table marts.fct_claude_requests (
    request_key varchar, date_day date, requested_at timestamp, input_tokens bigint,
    attempt integer, is_in_otel_events boolean, list_cost_usd decimal(18, 10), ratio double
);
insert into marts.fct_claude_requests
select 'key-' || (i * 7919 % 1000), date '2026-11-20' - cast(i % 3 as integer),
    timestamp '2026-11-20 10:00:00', i, 1, true, i / 1000, i / 3
from range(1000) as numbers (i);
comment on table marts.fct_claude_requests is '**Grain:** one row per request; it''s counted once.';
comment on column marts.fct_claude_requests.input_tokens is 'Uncached input tokens; count.';
create table marts.dim_people (person_key varchar);
insert into marts.dim_people values ('p1'), ('-1');
create table marts.fct_empty (date_day date, "odd 'name" varchar);
create table marts.fct_claude_requests__dbt_tmp as from marts.dim_people;
create view marts.dim_views as select person_key from warehouse.marts.dim_people;
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A build file."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(BUILD)
    return path


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """Where releases go; made by the first publish."""
    return tmp_path / "releases"
