"""A release is whole, true to the marts, and never seen half done."""

import hashlib
import json
import os
import resource
import signal
import struct
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from publishing import release as release_module
from publishing.release import PublishError, Release, publish

from .conftest import AS_OF

REPOSITORY = Path(__file__).parents[2]
MARTS = ["dim_people", "dim_views", "fct_claude_requests", "fct_empty"]


def publish_once(database: Path, releases: Path, keep: int = 5) -> Release:
    return publish(database, releases, AS_OF, "0123abc", keep)


def assert_whole(release: Path) -> dict[str, Any]:
    """Every file is listed, and every listed file has its checksum; return the manifest."""
    manifest: dict[str, Any] = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    entries = [manifest["database"], *(table["file"] for table in manifest["tables"])]
    for entry in entries:
        content = (release / entry["path"]).read_bytes()
        assert len(content) == entry["bytes"]
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    files = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()}
    assert files == {entry["path"] for entry in entries} | {"manifest.json"}
    assert manifest["release_id"] == release.resolve().name
    return manifest


def visible(releases: Path) -> set[str]:
    return {path.name for path in releases.iterdir()} - {".lock"}


def current_id(releases: Path) -> str:
    return str((releases / "current").readlink())


def test_release_holds_the_marts_and_nothing_else(database: Path, releases: Path) -> None:
    release = publish_once(database, releases)

    manifest = assert_whole(release.path)
    assert visible(releases) == {release.id, "current"}
    assert current_id(releases) == release.id
    assert [table["name"] for table in manifest["tables"]] == MARTS
    assert [table["rows"] for table in manifest["tables"]] == [2, 2, 1000, 0]
    assert manifest["as_of"] == "2026-11-20"
    assert manifest["git_revision"] == "0123abc"
    assert manifest["manifest_version"] == 1
    assert manifest["product_version"]
    assert datetime.fromisoformat(manifest["created_at"]).utcoffset() is not None
    requests = manifest["tables"][2]
    assert requests["description"] == "**Grain:** one row per request; it's counted once."
    assert requests["columns"][0] == {"name": "request_key", "type": "VARCHAR", "description": ""}
    assert requests["columns"][3] == {
        "name": "input_tokens",
        "type": "BIGINT",
        "description": "Uncached input tokens; count.",
    }
    assert requests["columns"][6]["type"] == "DECIMAL(18,10)"
    for path in release.path.rglob("*"):
        assert path.is_dir() or b"ana@example.com" not in path.read_bytes()


def test_duckdb_file_equals_the_marts_with_their_comments(database: Path, releases: Path) -> None:
    release = publish_once(database, releases)

    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as warehouse (read_only)")
        connection.execute(
            f"attach '{release.path / 'claude_analytics.duckdb'}' as released (read_only)"
        )
        for table in MARTS:
            for left, right in (("warehouse", "released"), ("released", "warehouse")):
                assert not connection.execute(
                    f"from {left}.marts.{table} except all from {right}.marts.{table}"
                ).fetchall()
        schemas = connection.execute(
            "select distinct schema_name from duckdb_tables() where database_name = 'released'"
        ).fetchall()
        assert schemas == [("marts",)]
        comments = connection.execute(
            """
            select comment from duckdb_tables()
            where database_name = 'released' and table_name = 'fct_claude_requests'
            union all
            select comment from duckdb_columns()
            where database_name = 'released' and comment is not null
            """
        ).fetchall()
        assert comments == [
            ("**Grain:** one row per request; it's counted once.",),
            ("Uncached input tokens; count.",),
        ]


def test_duckdb_file_has_the_old_storage_version(database: Path, releases: Path) -> None:
    file = publish_once(database, releases).path / "claude_analytics.duckdb"

    # The main header: checksum, magic bytes, version number. 64 is v1.0.0, 65 v1.2.0, 66 v1.3.0.
    header = file.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert struct.unpack("<Q", header[12:20]) == (65,)
    with duckdb.connect(str(file), read_only=True) as connection:
        tags = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where not internal"
        ).fetchone()
    assert tags == ("v1.2.0+",)


def test_parquet_equals_the_marts_in_order(database: Path, releases: Path) -> None:
    release = publish_once(database, releases)

    file = release.path / "parquet" / "fct_claude_requests.parquet"
    with duckdb.connect(str(database), read_only=True) as connection:
        expected = connection.execute(
            "from marts.fct_claude_requests order by date_day, request_key"
        ).fetchall()
        assert connection.execute("from read_parquet(?)", [str(file)]).fetchall() == expected
    metadata = pq.read_metadata(file)
    assert metadata.row_group(0).column(0).compression == "ZSTD"
    types = {field.name: str(field.type) for field in pq.read_schema(file)}
    assert types["list_cost_usd"] == "decimal128(18, 10)"
    assert types["date_day"] == "date32[day]"
    assert types["requested_at"] == "timestamp[us]"


def test_equal_marts_give_equal_parquet(database: Path, releases: Path) -> None:
    first = publish_once(database, releases)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            """
            create or replace table marts.fct_claude_requests as
            from marts.fct_claude_requests order by hash(request_key)
            """
        )
    second = publish_once(database, releases)

    checksums = [
        [table.file.sha256 for table in release.manifest.tables] for release in (first, second)
    ]
    assert checksums[0] == checksums[1]
    assert first.id != second.id


@pytest.mark.parametrize(
    "data_type",
    ["hugeint", "decimal(38, 10)", "decimal(19, 2)", "timestamptz", "timestamp_ns", "float", "json",
     "smallint", "integer[]", "struct(a integer)", "enum ('a')", "blob", "time", "uuid", "ubigint"],
)  # fmt: skip
def test_other_column_types_are_refused(database: Path, releases: Path, data_type: str) -> None:
    publish_once(database, releases)
    before = current_id(releases)
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create table marts.fct_odd (date_day date, odd_value {data_type})")

    with pytest.raises(PublishError, match=r"fct_odd\.odd_value is ") as caught:
        publish_once(database, releases)

    assert "date_day" not in str(caught.value)
    assert current_id(releases) == before
    assert visible(releases) == {before, "current"}


def test_the_newest_releases_stay(database: Path, releases: Path) -> None:
    releases.mkdir()
    (releases / "notes").mkdir()
    published = [publish_once(database, releases, keep=2) for _ in range(4)]

    assert visible(releases) == {published[2].id, published[3].id, "current", "notes"}
    assert current_id(releases) == published[3].id


def test_the_current_release_stays_though_the_clock_went_back(
    database: Path, releases: Path
) -> None:
    future = publish_once(database, releases)
    (releases / future.id).rename(releases / "20990101T000000000000Z")

    now = publish_once(database, releases, keep=1)

    assert visible(releases) == {now.id, "current"}


def test_an_open_release_outlives_its_removal(database: Path, releases: Path) -> None:
    first = publish_once(database, releases)
    with duckdb.connect(str(first.path / "claude_analytics.duckdb"), read_only=True) as connection:
        publish_once(database, releases, keep=1)
        assert not first.path.exists()
        assert connection.execute("select count(*) from marts.fct_claude_requests").fetchone() == (
            1000,
        )


def test_the_build_file_is_not_touched(database: Path, releases: Path) -> None:
    before = (database.read_bytes(), database.stat().st_mtime_ns)
    publish_once(database, releases)
    assert (database.read_bytes(), database.stat().st_mtime_ns) == before
    assert not database.with_name("warehouse.duckdb.wal").exists()


def test_a_failed_switch_leaves_everything_as_it_was(
    database: Path, releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish_once(database, releases)

    def fail(link: Path, target: str, scratch: Path) -> None:
        scratch.symlink_to(target)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(release_module, "switch_link", fail)
    with pytest.raises(PublishError, match="No space left on device"):
        publish_once(database, releases)

    assert visible(releases) == {first.id, "current"}
    assert_whole(releases / "current")


def test_a_full_disk_leaves_everything_as_it_was(database: Path, releases: Path) -> None:
    first = publish_once(database, releases)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into marts.dim_people select md5(i::varchar) from range(200000) as n (i)"
        )

    # A limit on the size of files stands in for the disk: the write fails in the middle of a file.
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        with pytest.raises(PublishError, match=r"^nothing was published to [^\n]*stays current$"):
            publish_once(database, releases)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)

    assert visible(releases) == {first.id, "current"}
    assert_whole(releases / "current")
    assert publish_once(database, releases).manifest.tables[0].rows == 200_002


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_missing_permission_is_one_clear_line(database: Path, releases: Path) -> None:
    first = publish_once(database, releases)
    releases.chmod(0o500)
    try:
        with pytest.raises(PublishError, match="Permission denied"):
            publish_once(database, releases)
    finally:
        releases.chmod(0o700)
    assert visible(releases) == {first.id, "current"}


def test_a_file_in_the_way_is_one_clear_line(database: Path, releases: Path) -> None:
    releases.write_text("not a directory")
    with pytest.raises(PublishError, match=r"^nothing was published to [^\n]*File exists[^\n]*$"):
        publish_once(database, releases)


def test_a_directory_named_current_is_not_replaced(database: Path, releases: Path) -> None:
    (releases / "current").mkdir(parents=True)
    with pytest.raises(PublishError, match="Is a directory"):
        publish_once(database, releases)
    assert visible(releases) == {"current"}


def test_wrong_use_is_one_clear_line(database: Path, releases: Path, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"^there is no warehouse at "):
        publish_once(tmp_path / "none.duckdb", releases)
    with pytest.raises(PublishError, match=r"^at least one release must stay, not 0"):
        publish_once(database, releases, keep=0)
    empty = tmp_path / "empty.duckdb"
    duckdb.connect(str(empty)).close()
    with pytest.raises(PublishError, match=r"^the warehouse has no marts; run "):
        publish_once(empty, releases)
    damaged = tmp_path / "damaged.duckdb"
    damaged.write_bytes(b"not a database" * 1000)
    with pytest.raises(PublishError, match=r"^nothing was published to [^\n]*stays current$"):
        publish_once(damaged, releases)
    assert visible(releases) == set()


def test_only_one_publishes_at_a_time(
    database: Path, releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner: list[str] = []

    def interrupt(*arguments: object) -> None:
        with pytest.raises(PublishError) as caught:
            publish_once(database, releases)
        inner.append(str(caught.value))
        raise OSError("interrupted")

    monkeypatch.setattr(release_module, "_write", interrupt)
    with pytest.raises(PublishError, match="interrupted"):
        publish_once(database, releases)
    assert inner == [f"another process publishes to {releases}; wait for it"]


@pytest.mark.slow
def test_a_killed_publish_is_never_seen_and_heals(database: Path, releases: Path) -> None:
    current = ""
    for _ in range(2):
        current = publish(database, releases, AS_OF, None, keep=2).id
    script = Path(__file__).with_name("killed_publish.py")
    with subprocess.Popen(
        [sys.executable, script, database, releases],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as killer:

        def publish_until(line: int) -> str:
            assert killer.stdin
            assert killer.stdout
            killer.stdin.write(f"{line}\n")
            killer.stdin.flush()
            return killer.stdout.readline().strip()

        functions = dict(enumerate(publish_until(0).split(","), start=1))
        # Spread over the writing, and each line where a release is named, linked or removed.
        ends = {"_activate", "switch_link", "_expire"}
        lines = [n for n, name in functions.items() if name in ends or n % 80 == 1]
        current = current_id(releases)
        switched = left_over = 0
        for line in lines:
            assert publish_until(line) == str(-signal.SIGKILL)

            assert (releases / "current").exists()
            switched += current_id(releases) != current
            names = {path.name for path in releases.iterdir()}
            left_over += any(name.startswith((".staging", ".expired", ".link")) for name in names)
            for name in names:
                if not name.startswith("."):
                    assert_whole(releases / name)

            healed = publish(database, releases, AS_OF, None, keep=2)
            current = current_id(releases)
            assert current == healed.id
            assert_whole(healed.path)
            assert len(visible(releases)) == 3
            assert not any(name.startswith(".") for name in visible(releases))
        assert switched
        assert left_over
