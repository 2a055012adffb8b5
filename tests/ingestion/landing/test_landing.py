"""Landing telemetry: everything once, in resumable parts, with the days it saw."""

import gzip
import json
import random
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.landing import land
from ingestion.raw_tables import LandingResult, ensure_raw_tables
from ingestion.sources import raw_tables
from ingestion.sources.claude_code_otel.reader import claude_code_otel
from tests.ingestion.otlp.reading.exports import (
    RECORDED_DIR,
    TIME,
    line,
    logs,
    metrics,
    point,
    record,
)

pytestmark = pytest.mark.minutes(1)

DAY = 86_400 * 10**9


class Home:
    """A directory with files to land and the warehouse they land in."""

    def __init__(self, directory: Path) -> None:
        self.inbox = directory / "inbox"
        self.inbox.mkdir()
        self.database = directory / "warehouse.duckdb"
        self.working_dir = directory / "dlt"

    def land(self, **options: Any) -> LandingResult:  # noqa: ANN401  # passed on
        return land(
            claude_code_otel([self.inbox], **options),
            source_id="claude_code_otel",
            database=self.database,
            working_dir=self.working_dir,
        )

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def totals(self) -> list[tuple[Any, ...]]:
        return self.query(
            """
            select 'events', count(*), count(distinct event_key), sum(input_tokens), sum(cost_usd)
            from raw_claude_code_otel.events
            union all
            select 'points', count(*), count(distinct point_key), sum(value), max(time_unix_nano)
            from raw_claude_code_otel.metric_points
            """
        )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def write(path: Path, *payloads: dict[str, Any]) -> None:
    with path.open("ab") as stream:
        stream.write(b"".join(map(line, payloads)))


def request(number: int, at: int = TIME, tokens: int = 10) -> dict[str, Any]:
    sent = record(
        "api_request", at + number, request_id=f"r{number}", input_tokens=tokens, cost_usd=0.1
    )
    return logs(sent)


def copy_recorded(inbox: Path) -> None:
    for path in (RECORDED_DIR / "otlp").iterdir():
        if not path.name.endswith(".headers.json"):
            shutil.copy(path, inbox / path.name)


def assert_recorded_totals(home: Home) -> None:
    expected = json.loads((RECORDED_DIR / "expected.json").read_text())
    tokens = home.query(
        """
        select
            model, sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
            sum(cache_creation_tokens), sum(cache_creation_5m_tokens),
            sum(cache_creation_1h_tokens), count(*)
        from raw_claude_code_otel.events
        where event_name = 'api_request'
        group by model
        """
    )
    found = {
        # The old client does not split cache writes; what the server knew cannot be on the wire.
        model: [a if a is not None else b for a, b in zip(row, wanted, strict=True)]
        for model, *row in tokens
        for wanted in [expected["otlp_visible_tokens_by_model"][model]]
    }
    assert found == expected["otlp_visible_tokens_by_model"]
    events: dict[str, dict[str, int]] = {}
    for session, name, count in home.query(
        "select session_id, event_name, count(*) from raw_claude_code_otel.events group by all"
    ):
        events.setdefault(session, {})[name] = count
    assert events == expected["events_by_session"]
    costs = home.query(
        """
        select session_id, sum(cast(cost_usd as decimal(18, 10)))
        from raw_claude_code_otel.events
        group by session_id
        having sum(cost_usd) > 0
        """
    )
    assert {session: float(cost) for session, cost in costs} == pytest.approx(
        {
            session: cost
            for session, cost in expected["cost_usd_by_session_from_events"].items()
            if cost
        }
    )
    assert metric_sums(home) == {
        session: pytest.approx(sums) for session, sums in expected["metrics_by_session"].items()
    }
    assert home.query("select count(*) from raw_claude_code_otel.metric_points") == [
        (expected["metric_points"],)
    ]
    assert home.query("select count(*) from raw_claude_code_otel.rejected_lines") == [(0,)]


def metric_sums(home: Home) -> dict[str, dict[str, float]]:
    """Sums per session and series, named as in the expectation."""
    sums: dict[str, dict[str, float]] = {}
    for (
        session,
        name,
        kind,
        model,
        query_source,
        start,
        decision,
        tool,
        language,
        source,
        value,
    ) in home.query(
        """
            select
                session_id, metric_name, metric_type, model, query_source, start_type, decision,
                tool_name, language, decision_source, sum(value)
            from raw_claude_code_otel.metric_points
            where temporality = 1 and is_monotonic and metric_kind = 'sum'
            group by all
            """
    ):
        labels = {
            "type": kind,
            "start_type": start,
            "decision": decision,
            "tool_name": tool,
            "language": language,
            "source": source,
            "model": model,
            "query_source": query_source,
        }
        series = "".join(f"|{key}={label}" for key, label in labels.items() if label is not None)
        sums.setdefault(session, {})[name + series] = value
    return sums


def test_recorded_client_lands_with_its_totals(home: Home) -> None:
    copy_recorded(home.inbox)
    result = home.land()
    assert result.rows == {"events": 101, "metric_points": 65, "spans": 0, "rejected_lines": 0}
    assert_recorded_totals(home)


def test_landing_again_reads_nothing(home: Home) -> None:
    copy_recorded(home.inbox)
    home.land()
    before = home.query("from raw_ingestion.observed_days")
    result = home.land()
    assert (sum(result.rows.values()), result.load_ids) == (0, ())
    assert_recorded_totals(home)
    assert home.query("from raw_ingestion.observed_days") == before


def test_bodies_sent_again_in_another_order_land_once(home: Home) -> None:
    copy_recorded(home.inbox)
    home.land()
    names = sorted(path.name for path in home.inbox.iterdir())
    random.Random(7).shuffle(names)
    for position, name in enumerate(names):
        shutil.copy(home.inbox / name, home.inbox / f"again{position:02d}.{name}")
    result = home.land()
    assert result.rows["events"] == 101
    assert_recorded_totals(home)


def test_copies_within_one_load_collapse(home: Home) -> None:
    write(home.inbox / "a.json", request(1), request(1), request(2))
    write(home.inbox / "b.json", request(2), metrics(point(3.0)), metrics(point(3.0)))
    home.land()
    assert home.totals() == [
        ("events", 2, 2, 20, pytest.approx(0.2)),
        ("points", 1, 1, 3.0, TIME + 10**9),
    ]


def test_growing_file_is_read_on_from_where_it_ended(home: Home) -> None:
    live = home.inbox / "live.json"
    write(live, request(1), request(2))
    half = line(request(3))
    with live.open("ab") as stream:
        stream.write(half[:60])
    assert home.land().rows["events"] == 2
    with live.open("ab") as stream:
        stream.write(half[60:])
    write(live, request(4))
    assert home.land().rows["events"] == 2
    assert home.query(
        "select request_id, source_line from raw_claude_code_otel.events order by request_id"
    ) == [("r1", 1), ("r2", 2), ("r3", 3), ("r4", 4)]


@pytest.mark.parametrize("padding", [0, 5])
def test_rewritten_file_is_read_again(home: Home, padding: int) -> None:
    live = home.inbox / "live.json"
    write(live, request(1), request(2))
    home.land()
    live.unlink()
    # As long as before, or longer: the Collector truncates its file when it starts.
    write(live, *(request(number) for number in range(3, 5 + padding)))
    home.land()
    assert home.query("select count(*) from raw_claude_code_otel.events") == [(4 + padding,)]


def test_file_that_failed_is_tried_again(home: Home) -> None:
    whole = gzip.compress(line(request(1)) + line(request(2)))
    damaged = home.inbox / "a.json.gz"
    damaged.write_bytes(whole[:-12])
    write(home.inbox / "b.json", request(3))
    first = home.land()
    assert first.rows["rejected_lines"] == 1
    assert home.query(
        "select source_file, source_line from raw_claude_code_otel.rejected_lines"
    ) == [("a.json.gz", None)]
    home.land()
    damaged.write_bytes(whole)
    home.land()
    assert home.query("select count(*), sum(input_tokens) from raw_claude_code_otel.events") == [
        (3, 30)
    ]


def test_long_backlog_lands_in_parts(home: Home) -> None:
    for number in range(5):
        write(home.inbox / f"{number}.json", request(2 * number), request(2 * number + 1))
    result = home.land(max_load_rows=3)
    assert result.rows["events"] == 10
    assert len(result.load_ids) == 3
    assert home.totals()[0][1:4] == (10, 10, 100)
    assert home.land(max_load_rows=3).load_ids == ()


def test_failed_file_does_not_keep_a_landing_busy(home: Home) -> None:
    lines = b"".join(line(request(number)) for number in range(100))
    (home.inbox / "a.json.gz").write_bytes(gzip.compress(lines, 0)[:-300])
    write(home.inbox / "b.json", request(200))
    result = home.land(max_load_rows=1)
    assert result.rows["rejected_lines"] == 1
    assert home.query(
        "select count(*) from raw_claude_code_otel.events where request_id = 'r200'"
    ) == [(1,)]


def test_old_states_do_not_pile_up(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.landing._STATES_KEPT", 2)
    for number in range(5):
        write(home.inbox / "live.json", request(number))
        home.land()
    ((states,),) = home.query("select count(*) from raw_claude_code_otel._dlt_pipeline_state")
    assert states <= 3
    assert home.land().load_ids == ()


def test_bookmarks_of_deleted_files_are_forgotten(home: Home) -> None:
    write(home.inbox / "a.json", request(1))
    write(home.inbox / "b.json", request(2))
    home.land()
    (home.inbox / "a.json").unlink()
    home.land()
    write(home.inbox / "a.json", request(3))
    assert home.land().rows["events"] == 1
    assert home.totals()[0][1:4] == (3, 3, 30)


def test_number_that_turns_into_text_does_not_stop_the_load(home: Home) -> None:
    write(home.inbox / "a.json", request(1))
    home.land()
    odd = record("api_request", TIME + 9, request_id="r9", input_tokens="plenty", colour="red")
    write(home.inbox / "b.json", logs(odd))
    home.land()
    assert home.query(
        """
        select request_id, input_tokens, attributes_json
        from raw_claude_code_otel.events
        order by request_id
        """
    ) == [("r1", 10, None), ("r9", None, '{"colour":"red","input_tokens":"plenty"}')]


def test_lost_warehouse_is_filled_again(home: Home) -> None:
    copy_recorded(home.inbox)
    home.land()
    home.database.unlink()
    home.land()
    assert_recorded_totals(home)


def test_older_warehouse_is_filled_again(home: Home, tmp_path: Path) -> None:
    write(home.inbox / "a.json", request(1))
    home.land()
    shutil.copy(home.database, tmp_path / "backup")
    write(home.inbox / "b.json", request(2))
    home.land()
    shutil.copy(tmp_path / "backup", home.database)
    home.land()
    assert home.totals()[0][1:4] == (2, 2, 20)


def test_lost_working_directory_costs_nothing(home: Home) -> None:
    write(home.inbox / "a.json", request(1))
    home.land()
    shutil.rmtree(home.working_dir)
    assert home.land().rows["events"] == 0
    assert home.totals()[0][1:4] == (1, 1, 10)


def observed(home: Home) -> list[tuple[Any, ...]]:
    return home.query(
        """
        select
            table_name, cast(date_day as varchar), row_count,
            cast(measures_json ->> 'input_tokens' as bigint), load_id
        from raw_ingestion.observed_days
        where source_id = 'claude_code_otel' and status = 'landed'
        order by load_id, table_name, date_day
        """
    )


def test_days_are_observed_with_their_whole_totals(home: Home) -> None:
    write(home.inbox / "a.json", request(1), request(2, TIME + DAY), metrics(point(3.0)))
    (first,) = home.land().load_ids
    write(home.inbox / "b.json", request(3, TIME + DAY))
    (second,) = home.land().load_ids
    assert observed(home) == [
        ("events", "2026-11-20", 1, 10, first),
        ("events", "2026-11-21", 1, 10, first),
        ("metric_points", "2026-11-20", 1, None, first),
        ("events", "2026-11-21", 2, 20, second),
    ]


def test_load_that_was_not_observed_is_observed_by_the_next_landing(home: Home) -> None:
    write(home.inbox / "a.json", request(1))
    (first,) = home.land().load_ids
    with duckdb.connect(str(home.database)) as connection:
        connection.execute("delete from raw_ingestion.observed_days")
    home.land()
    assert observed(home) == [("events", "2026-11-20", 1, 10, first)]
    home.land()
    assert len(observed(home)) == 1


def test_landing_after_the_clock_was_set_back_counts_as_newer(home: Home) -> None:
    write(home.inbox / "a.json", request(1))
    (first,) = home.land().load_ids
    with duckdb.connect(str(home.database)) as connection:
        connection.execute("update raw_ingestion.observed_days set observed_at = '2100-01-01'")
    write(home.inbox / "b.json", request(2))
    (second,) = home.land().load_ids
    assert home.query("select load_id from raw_ingestion.observed_days order by observed_at") == [
        (first,),
        (second,),
    ]


def test_raw_tables_exist_before_anything_is_landed(home: Home) -> None:
    ensure_raw_tables(home.database)
    ensure_raw_tables(home.database)
    columns = set(
        home.query("select table_schema, table_name, column_name from information_schema.columns")
    )
    for dataset, table, schema in raw_tables():
        assert {(dataset, table, name) for name in schema.names} <= columns
    assert ("raw_claude_code_otel", "events", "_dlt_load_id") in columns
    assert ("raw_ingestion", "observed_days", "status") in columns


def test_tables_made_before_have_the_types_that_a_load_gives(home: Home, tmp_path: Path) -> None:
    types = """
        select table_name, column_name, data_type
        from information_schema.columns
        where table_schema = 'raw_claude_code_otel' and not starts_with(table_name, '_dlt')
        order by all
    """
    ensure_raw_tables(home.database)
    made = home.query(types)
    copy_recorded(home.inbox)
    home.land()
    assert home.query(types) == made


def test_times_are_utc_without_a_zone(home: Home) -> None:
    write(home.inbox / "a.json", request(0))
    home.land()
    assert home.query(
        "select typeof(event_at), cast(event_at as varchar) from raw_claude_code_otel.events"
    ) == [("TIMESTAMP", "2026-11-20 18:16:29.156")]


def test_settings_of_the_user_do_not_interfere(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "user" / ".dlt"
    settings.mkdir(parents=True)
    (settings / "config.toml").write_text(
        '[normalize.parquet_normalizer]\nadd_dlt_load_id = false\n[load]\nworkers = "many"\n'
    )
    monkeypatch.chdir(settings.parent)
    monkeypatch.setenv("NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID", "false")
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "true")
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "elsewhere"))
    write(home.inbox / "a.json", request(1))
    (load_id,) = home.land().load_ids
    assert home.query("select _dlt_load_id from raw_claude_code_otel.events") == [(load_id,)]
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_reaches_for_the_network(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.create_connection", refuse)
    write(home.inbox / "a.json", request(1))
    assert home.land().rows["events"] == 1
