"""Damaged files: one bad line costs that line, one bad file that file, and each is reported."""

import gzip
import os
import random
import zlib
from pathlib import Path

import pytest

from ingestion.otlp.reading import telemetry_files
from ingestion.otlp.reading.telemetry_files import find_files
from tests.ingestion.otlp.reading.exports import (
    TIME,
    frame,
    line,
    logs,
    message,
    read,
    record,
    rows,
)


def export_line(number: int) -> bytes:
    return line(logs(record("api_request", TIME + number, request_id=f"r{number}")))


def keys(directory: Path) -> list[str]:
    return [row["event_key"].removeprefix("api_request:") for row in rows(read(directory))]


def reasons(directory: Path) -> list[tuple[str, int | None, str]]:
    return [
        (reject.file, reject.line, reject.reason)
        for chunk in read(directory)
        for reject in chunk.rejects
    ]


@pytest.mark.parametrize("cut", [1, 10, 200, -2])
def test_half_written_last_line_waits(tmp_path: Path, cut: int) -> None:
    whole, last = export_line(1), export_line(2)
    (tmp_path / "live.json").write_bytes(whole + last[:cut])
    (chunk,) = read(tmp_path)
    assert keys(tmp_path) == ["r1"]
    assert (chunk.offset, chunk.lines, chunk.rejects) == (len(whole), 1, ())
    assert chunk.waiting_bytes == len(last[:cut])


def test_last_line_without_its_end_is_whole(tmp_path: Path) -> None:
    (tmp_path / "object").write_bytes(export_line(1) + export_line(2).rstrip())
    (chunk,) = read(tmp_path)
    assert keys(tmp_path) == ["r1", "r2"]
    assert chunk.waiting_bytes == 0


def test_half_written_message_waits(tmp_path: Path) -> None:
    whole = frame(message("logs", logs(record("api_request", request_id="r1"))))
    (tmp_path / "live.proto").write_bytes(whole + whole[:-3])
    (chunk,) = read(tmp_path)
    assert keys(tmp_path) == ["r1"]
    assert (chunk.offset, chunk.waiting_bytes) == (len(whole), len(whole) - 3)


def test_broken_line_is_reported_and_the_rest_lands(tmp_path: Path) -> None:
    broken = export_line(2).rstrip()[:-5] + b"\n"
    content = (export_line(1), broken, b"\n", b"hello\n", b'{"resourceLogs":7}\n', export_line(3))
    (tmp_path / "logs.json").write_bytes(b"".join(content))
    assert keys(tmp_path) == ["r1", "r3"]
    assert reasons(tmp_path) == [
        ("logs.json", 2, "broken JSON"),
        ("logs.json", 4, "not an OTLP export"),
        ("logs.json", 5, "not shaped like an OTLP export"),
    ]
    assert rows(read(tmp_path))[-1]["source_line"] == 6


def test_half_a_character_does_not_break_a_line(tmp_path: Path) -> None:
    cut = export_line(1).replace(b'"r1"', b'"r1"}},{"key":"name","value":{"stringValue":"\\ud83d"')
    (tmp_path / "logs.json").write_bytes(cut + export_line(2))
    assert keys(tmp_path) == ["r1", "r2"]
    assert reasons(tmp_path) == []


def test_broken_record_keeps_its_neighbours(tmp_path: Path) -> None:
    payload = logs(record("api_request", request_id="r1"), {"timeUnixNano": "soon"})
    (tmp_path / "logs.json").write_bytes(line(payload) + export_line(2))
    assert keys(tmp_path) == ["r1", "r2"]
    assert [where[:2] for where in reasons(tmp_path)] == [("logs.json", 1)]


def test_report_says_nothing_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "logs.json").write_bytes(b'{"resourceLogs": SECRET}\nSECRET\n')
    assert len(reasons(tmp_path)) == 2
    assert "SECRET" not in str(reasons(tmp_path))


@pytest.mark.parametrize("kept", [30, 2_000, -20])
def test_corrupt_gzip_gives_what_is_readable_and_is_reported(tmp_path: Path, kept: int) -> None:
    # Random ids keep the compressed lines apart, so that a cut leaves some of them whole.
    ids = random.Random(7)
    lines = [
        line(logs(record("api_request", TIME + number, request_id=ids.randbytes(64).hex())))
        for number in range(200)
    ]
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b"".join(lines))[:kept])
    (tmp_path / "b.json").write_bytes(export_line(1))
    found = rows(read(tmp_path))
    assert found[-1]["event_key"] == "api_request:r1"
    in_gzip = sum(row["source_file"] == "a.json.gz" for row in found)
    assert in_gzip == 0 if kept == 30 else 0 < in_gzip <= 200
    ((file, number, reason),) = reasons(tmp_path)
    assert (file, number) == ("a.json.gz", None)
    assert reason.startswith("corrupt gzip")
    assert not [
        chunk for chunk in read(tmp_path) if chunk.file.name == "a.json.gz" and chunk.is_end
    ]


def test_gzip_with_a_wrong_checksum_is_reported(tmp_path: Path) -> None:
    compressed = bytearray(gzip.compress(export_line(1)))
    compressed[-8] ^= 0xFF
    (tmp_path / "a.json.gz").write_bytes(compressed)
    ((_, _, reason),) = reasons(tmp_path)
    assert "CRC" in reason


def test_flipped_bits_inside_gzip_are_reported(tmp_path: Path) -> None:
    lines = b"".join(export_line(number) for number in range(500))
    compressed = bytearray(gzip.compress(lines))
    middle = len(compressed) // 2
    compressed[middle : middle + 40] = b"\xff" * 40
    (tmp_path / "a.json.gz").write_bytes(compressed)
    with pytest.raises((zlib.error, gzip.BadGzipFile, EOFError)):
        gzip.decompress(compressed)
    assert any(number is None for _, number, _ in reasons(tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for the superuser")
def test_file_without_permission_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(export_line(1))
    (tmp_path / "a.json").chmod(0)
    (tmp_path / "b.json").write_bytes(export_line(2))
    assert keys(tmp_path) == ["r2"]
    assert reasons(tmp_path) == [("a.json", None, "cannot be read: Permission denied")]


def test_file_that_cannot_be_opened_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.json").write_bytes(export_line(1))
    (tmp_path / "b.json").write_bytes(export_line(2))
    is_gzip = telemetry_files.is_gzip

    def refuse(path: Path) -> bool:
        if path.name == "a.json":
            raise PermissionError(13, "Permission denied")
        return is_gzip(path)

    monkeypatch.setattr(telemetry_files, "is_gzip", refuse)
    assert keys(tmp_path) == ["r2"]
    assert reasons(tmp_path) == [("a.json", None, "cannot be read: Permission denied")]


@pytest.mark.parametrize("content", [b"", b"\n", b"\n\n  \n"])
def test_empty_files_are_fine(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "logs.json").write_bytes(content)
    (tmp_path / "logs.json.gz").write_bytes(gzip.compress(content))
    assert reasons(tmp_path) == []
    assert sum(chunk.table.num_rows for chunk in read(tmp_path)) == 0


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(range(256)), b"hello world\n"])
def test_other_files_are_reported(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "logs.json").write_bytes(content)
    assert {reason for _, _, reason in reasons(tmp_path)} <= {"not an OTLP export", "broken JSON"}
    assert reasons(tmp_path)


def test_live_and_quarantined_files_are_not_read(tmp_path: Path) -> None:
    names = ("a.jsonl.open", "b.tmp", "quarantine/c.json", ".hidden/d.json", ".e.json", "f/g.json")
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(export_line(1))
    assert [file.name for file in find_files([tmp_path])] == ["f/g.json"]


def test_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such file or directory"):
        list(find_files([tmp_path / "nothing"]))


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("workers", [1, 2])
def test_blocks_and_workers_do_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compress: bool, workers: int
) -> None:
    monkeypatch.setattr(telemetry_files, "BLOCK_BYTES", 1000)
    lines = [export_line(number) for number in range(40)]
    lines[20] = b"broken\n"
    content = b"".join(lines) + export_line(40)[:50]
    (tmp_path / "logs.json").write_bytes(gzip.compress(content) if compress else content)
    chunks = read(tmp_path, workers=workers)
    assert len(chunks) > 5
    found = rows(chunks)
    assert [(row["event_key"], row["source_line"]) for row in found] == [
        (f"api_request:r{number}", number + 1) for number in range(40) if number != 20
    ]
    assert [reject.line for chunk in chunks for reject in chunk.rejects] == [21]
    assert chunks[-1].waiting_bytes == 50


def test_messages_are_cut_into_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry_files, "BLOCK_BYTES", 1000)
    frames = [
        frame(message("logs", logs(record("api_request", TIME, request_id=f"r{number}"))))
        for number in range(60)
    ]
    (tmp_path / "logs.proto").write_bytes(b"".join(frames))
    chunks = read(tmp_path)
    assert len(chunks) > 2
    assert keys(tmp_path) == [f"r{number}" for number in range(60)]
    assert chunks[-1].offset == sum(map(len, frames))
