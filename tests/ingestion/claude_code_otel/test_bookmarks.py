"""Bookmarks: what is read on, what is read again, what is left alone."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ingestion.otlp.reading.reader import Chunk, FilePart
from ingestion.otlp.reading.telemetry_files import TelemetryFile
from ingestion.sources.claude_code_otel.bookmarks import Bookmarks

NOTHING = pa.table({})


def chunk(
    file: TelemetryFile, offset: int, *, is_end: bool = False, is_appendable: bool = False
) -> Chunk:
    lines = offset // 10
    return Chunk(file, NOTHING, offset, lines, is_end=is_end, is_appendable=is_appendable)


@pytest.fixture
def file(tmp_path: Path) -> TelemetryFile:
    path = tmp_path / "live.json"
    path.write_bytes(b"0123456789" * 10)
    return TelemetryFile(path, path.name)


def reread(state: dict[str, Any], file: TelemetryFile) -> list[FilePart]:
    return list(Bookmarks(state).unread([file]))


def read(state: dict[str, Any], file: TelemetryFile, offset: int, **marks: bool) -> None:
    bookmarks = Bookmarks(state)
    list(bookmarks.unread([file]))
    bookmarks.advance(chunk(file, offset, **marks))
    bookmarks.save()


def test_new_file_is_read_whole(file: TelemetryFile) -> None:
    assert reread({}, file) == [FilePart(file)]


def test_finished_file_is_left_alone(file: TelemetryFile) -> None:
    state: dict[str, Any] = {}
    read(state, file, 100, is_end=True, is_appendable=True)
    assert reread(state, file) == []


def test_part_that_was_read_is_read_on(file: TelemetryFile) -> None:
    state: dict[str, Any] = {}
    read(state, file, 60, is_appendable=True)
    assert reread(state, file) == [FilePart(file, 60, 6)]


def test_what_was_added_while_reading_is_not_missed(file: TelemetryFile) -> None:
    state: dict[str, Any] = {}
    bookmarks = Bookmarks(state)
    list(bookmarks.unread([file]))
    with file.path.open("ab") as stream:
        stream.write(b"more")
    bookmarks.advance(chunk(file, 100, is_end=True, is_appendable=True))
    bookmarks.save()
    assert reread(state, file) == [FilePart(file, 100, 10)]


@pytest.mark.parametrize("content", [b"9" * 100, b"9" * 200, b"0123"])
def test_other_content_is_read_whole(file: TelemetryFile, content: bytes) -> None:
    state: dict[str, Any] = {}
    read(state, file, 100, is_end=True, is_appendable=True)
    file.path.write_bytes(content + b"\n")
    assert reread(state, file) == [FilePart(file)]


def test_file_that_cannot_be_appended_to_is_read_whole(file: TelemetryFile) -> None:
    state: dict[str, Any] = {}
    read(state, file, 100, is_end=True)
    assert reread(state, file) == []
    with file.path.open("ab") as stream:
        stream.write(b"more")
    assert reread(state, file) == [FilePart(file)]


def test_failed_file_has_no_bookmark(file: TelemetryFile) -> None:
    state: dict[str, Any] = {}
    read(state, file, 50)
    assert reread(state, file) == [FilePart(file)]


def test_vanished_file_is_forgotten(file: TelemetryFile) -> None:
    state: dict[str, Any] = {}
    read(state, file, 100, is_end=True)
    file.path.unlink()
    list(Bookmarks(state).unread([]))
    assert state["files"] == "{}"
