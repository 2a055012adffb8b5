"""Live files, orphans and expiry: what is acknowledged stays, half lines go."""

import asyncio
import errno
import fcntl
import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingestion.otlp.receiving.counters import SignalCounters
from ingestion.otlp.receiving.live_file import GroupCommit, LiveFile, NotStoredError
from ingestion.otlp.spool import (
    adopt_orphans,
    closed_files,
    keep_body,
    live_files,
    make_directories,
    prune,
)

DAY = 86_400


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    make_directories(tmp_path / "spool")
    return tmp_path / "spool"


def live(spool: Path, close_bytes: int = 10**6, close_seconds: float = 60.0) -> LiveFile:
    return LiveFile(spool, "logs", close_bytes, close_seconds)


def contents(spool: Path) -> list[bytes]:
    return [path.read_bytes() for path in closed_files(spool, "logs")]


def orphan(spool: Path, content: bytes, name: str = "logs-20261120T000000000000-1-aa") -> Path:
    path = spool / f"{name}.jsonl.open"
    path.write_bytes(content)
    return path


def test_spool_is_for_its_owner_only(spool: Path) -> None:
    file = live(spool)
    file.append([b"{}\n"])
    (path,) = live_files(spool)
    assert path.stat().st_mode & 0o777 == 0o600
    assert spool.stat().st_mode & 0o777 == 0o700
    assert (spool / "quarantine").stat().st_mode & 0o777 == 0o700


def test_lines_may_be_read_once_the_file_is_closed(spool: Path) -> None:
    file = live(spool)
    file.append([b"1\n", b"2\n"])
    file.append([b"3\n"])
    assert contents(spool) == []
    file.close()
    assert contents(spool) == [b"1\n2\n3\n"]
    assert live_files(spool) == []


def test_file_closes_at_its_size(spool: Path) -> None:
    file = live(spool, close_bytes=4)
    file.append([b"1\n"])
    assert contents(spool) == []
    file.append([b"2\n"])
    assert contents(spool) == [b"1\n2\n"]
    file.append([b"3\n"])
    file.close()
    assert contents(spool) == [b"1\n2\n", b"3\n"]


def test_file_is_due_after_its_age(spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr("ingestion.otlp.receiving.live_file.time.monotonic", lambda: now)
    file = live(spool, close_seconds=10.0)
    assert file.seconds_left() is None
    file.append([b"1\n"])
    assert file.seconds_left() == 10.0
    monkeypatch.setattr("ingestion.otlp.receiving.live_file.time.monotonic", lambda: now + 11)
    assert file.seconds_left() == 0.0


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the kernel refuse to write past a size, as it does when a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_half_a_line_never_stays_when_the_disk_refuses(spool: Path) -> None:
    file = live(spool)
    file.append([b"a" * 900 + b"\n"])
    with largest_file(1000), pytest.raises(OSError, match="too large"):
        file.append([b"b" * 50 + b"\n", b"c" * 900 + b"\n"])
    file.append([b"d\n"])
    file.close()
    assert contents(spool) == [b"a" * 900 + b"\n", b"d\n"]
    assert live_files(spool) == []


def test_no_empty_file_stays_when_the_first_line_fails(spool: Path) -> None:
    with largest_file(0), pytest.raises(OSError, match="too large"):
        live(spool).append([b"1\n"])
    assert list(spool.glob("*.*")) == []


def test_line_that_could_not_be_made_durable_is_taken_back(
    spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = live(spool)
    file.append([b"1\n"])
    fsync = os.fsync
    failures = [OSError(errno.EIO, "Input/output error")]

    def failing_once(descriptor: int) -> None:
        if failures:
            raise failures.pop()
        fsync(descriptor)

    monkeypatch.setattr("ingestion.otlp.receiving.live_file.os.fsync", failing_once)
    with pytest.raises(OSError, match="Input/output"):
        file.append([b"2\n"])
    # The pages of a failed fsync cannot be trusted: the next line goes to another file.
    assert contents(spool) == [b"1\n"]
    file.append([b"3\n"])
    file.close()
    assert contents(spool) == [b"1\n", b"3\n"]


def test_file_that_cannot_be_cut_back_is_cut_before_the_next_line(
    spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = live(spool)
    file.append([b"1\n"])

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("ingestion.otlp.receiving.live_file.os.ftruncate", broken)
        patch.setattr(Path, "rename", broken)
        with largest_file(4), pytest.raises(OSError, match="too large"):
            file.append([b"half a line\n"])
    file.append([b"2\n"])
    file.close()
    assert contents(spool) == [b"1\n2\n"]


def test_orphan_is_closed_without_its_half_line(spool: Path) -> None:
    orphan(spool, b'{"a": 1}\n{"b": 2}\n{"c"', "logs-20261120T000000000000-1-aa")
    orphan(spool, b'{"d', "logs-20261120T000000000001-1-bb")
    orphan(spool, b"", "logs-20261120T000000000002-1-cc")
    adopted = adopt_orphans(spool)
    assert [path.name for path in adopted] == ["logs-20261120T000000000000-1-aa.jsonl"]
    assert contents(spool) == [b'{"a": 1}\n{"b": 2}\n']
    assert live_files(spool) == []
    assert adopt_orphans(spool) == []


def test_half_line_longer_than_one_read_is_cut(
    spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.otlp.spool._SEARCH_BYTES", 3)
    orphan(spool, b"whole line\nhalf a line that is longer")
    adopt_orphans(spool)
    assert contents(spool) == [b"whole line\n"]


def test_file_of_a_running_receiver_is_left_alone(spool: Path) -> None:
    file = live(spool)
    file.append([b"1\n"])
    assert adopt_orphans(spool) == []
    file.append([b"2\n"])
    file.close()
    assert contents(spool) == [b"1\n2\n"]


def test_new_file_taken_for_an_orphan_is_replaced(
    spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = fcntl.flock
    adopted: list[Path] = []

    def late_flock(descriptor: int, operation: int) -> None:
        if not adopted:
            adopted.append(live_files(spool)[0])
            adopted[0].unlink()  # What `adopt_orphans` does with an empty file.
        flock(descriptor, operation)

    monkeypatch.setattr("ingestion.otlp.receiving.live_file.fcntl.flock", late_flock)
    file = live(spool)
    file.append([b"1\n"])
    file.close()
    assert contents(spool) == [b"1\n"]


def test_expiry_by_age(spool: Path) -> None:
    old = time.time() - 8 * DAY
    for name in ("logs-1.jsonl", "metrics-1.jsonl", "logs-2.jsonl", "logs-3.jsonl.open"):
        (spool / name).write_bytes(b"{}\n")
    body = keep_body(spool, "logs", b"x", is_json=True, is_gzip=True)
    kept = keep_body(spool, "logs", b"y", is_json=False, is_gzip=False)
    for name in ("logs-1.jsonl", "metrics-1.jsonl", "logs-3.jsonl.open"):
        os.utime(spool / name, (old, old))
    os.utime(body, (old - 7 * DAY, old - 7 * DAY))
    os.utime(kept, (old, old))
    assert prune(spool, keep_days=7, quarantine_days=14) == 3
    assert sorted(path.name for path in spool.rglob("*") if path.is_file()) == sorted(
        ["logs-2.jsonl", "logs-3.jsonl.open", kept.name]
    )


def test_quarantined_body_is_whole_private_and_named_by_its_encoding(spool: Path) -> None:
    path = keep_body(spool, "metrics", b"\x00body", is_json=False, is_gzip=True)
    assert path.parent == spool / "quarantine"
    assert path.name.startswith("metrics-")
    assert path.name.endswith(".pb.gz")
    assert path.read_bytes() == b"\x00body"
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_stays_of_a_body_that_cannot_be_quarantined(spool: Path) -> None:
    with largest_file(10), pytest.raises(OSError, match="too large"):
        keep_body(spool, "logs", b"x" * 20, is_json=True, is_gzip=False)
    assert list((spool / "quarantine").iterdir()) == []


class HeldFile(LiveFile):
    """Holds back the first append until it is released, and notes the groups."""

    def __init__(self, spool: Path, close_seconds: float = 60.0) -> None:
        super().__init__(spool, "logs", 10**6, close_seconds)
        self.groups: list[list[bytes]] = []
        self.entered = threading.Event()
        self.release = threading.Event()
        self.closed = threading.Event()

    def append(self, lines: list[bytes]) -> None:  # type: ignore[override]
        self.groups.append(lines)
        self.entered.set()
        assert self.release.wait(30)
        super().append(lines)

    def close(self) -> None:
        super().close()
        if self.groups:
            self.closed.set()


def test_one_fsync_acknowledges_all_that_wait(spool: Path) -> None:
    file = HeldFile(spool)
    counters = SignalCounters()

    async def scenario() -> None:
        commit = GroupCommit(file, counters)
        writer = asyncio.create_task(commit.run())
        first = asyncio.create_task(commit.append(b"0\n"))
        await asyncio.to_thread(file.entered.wait, 30)
        others = [asyncio.create_task(commit.append(b"%d\n" % n)) for n in range(1, 21)]
        await asyncio.sleep(0)
        assert not first.done()
        file.release.set()
        await asyncio.gather(first, *others)
        commit.stop()
        await writer

    asyncio.run(scenario())
    assert [len(group) for group in file.groups] == [1, 20]
    assert (counters.batches, counters.fsyncs) == (2, 2)
    assert contents(spool) == [b"".join(b"%d\n" % number for number in range(21))]


def test_file_closes_by_age_without_further_bodies(spool: Path) -> None:
    file = HeldFile(spool, close_seconds=0.01)
    file.release.set()

    async def scenario() -> list[bytes]:
        commit = GroupCommit(file, SignalCounters())
        writer = asyncio.create_task(commit.run())
        await commit.append(b"1\n")
        assert await asyncio.to_thread(file.closed.wait, 30)
        before_stop = contents(spool)
        commit.stop()
        await writer
        return before_stop

    assert asyncio.run(scenario()) == [b"1\n"]


def test_all_of_a_group_hear_of_its_failure_and_the_next_group_is_stored(spool: Path) -> None:
    async def scenario() -> tuple[BaseException | None, ...]:
        commit = GroupCommit(live(spool), SignalCounters())
        writer = asyncio.create_task(commit.run())
        with largest_file(0):
            outcomes = await asyncio.gather(
                commit.append(b"1\n"), commit.append(b"2\n"), return_exceptions=True
            )
        await commit.append(b"3\n")
        commit.stop()
        await writer
        return outcomes

    outcomes = asyncio.run(scenario())
    assert [type(outcome) for outcome in outcomes] == [NotStoredError, NotStoredError]
    assert contents(spool) == [b"3\n"]


def test_bodies_that_wait_at_the_end_are_still_stored(spool: Path) -> None:
    async def scenario() -> None:
        commit = GroupCommit(live(spool), SignalCounters())
        waiting = [asyncio.create_task(commit.append(b"%d\n" % number)) for number in range(3)]
        await asyncio.sleep(0)
        commit.stop()
        await commit.run()
        await asyncio.gather(*waiting)

    asyncio.run(scenario())
    assert contents(spool) == [b"0\n1\n2\n"]
