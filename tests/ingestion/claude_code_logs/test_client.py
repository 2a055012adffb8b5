"""Transcripts are found wherever they lie, and only their new lines are read."""

import logging
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.sources.claude_code_logs import client
from ingestion.sources.claude_code_logs.client import NewLines, Transcript, find_transcripts
from ingestion.sources.claude_code_logs.marks import Mark

LINE = b'{"message":{"usage":{}}}\n'
SPACED = b'{ "message" : { "usage" : {} } }\n'
OTHER = b'{"type":"user","text":"says \\"usage\\" and more"}\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with transcripts of two projects and what must be left alone."""
    for name in (
        ".claude/projects/-repo-a/s1.jsonl",
        ".claude/projects/-repo-a/s1/subagents/agent-1.jsonl",
        ".claude/projects/-repo-a/s1/tool-results/copy.jsonl",
        ".claude/projects/-repo-b/agent-2.jsonl",
        ".claude/projects/-repo-b/notes.txt",
        ".claude/projects/beside.jsonl",
        ".claude/history.jsonl",
        "data/rows.jsonl",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(LINE)
    return tmp_path


def names(found: list[Transcript]) -> list[str]:
    return sorted(transcript.name for transcript in found)


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        (".", ["agent-1.jsonl", "agent-2.jsonl", "s1.jsonl"]),
        (".claude", ["agent-1.jsonl", "agent-2.jsonl", "s1.jsonl"]),
        (".claude/projects", ["agent-1.jsonl", "agent-2.jsonl", "s1.jsonl"]),
        (".claude/projects/-repo-a", ["agent-1.jsonl", "s1.jsonl"]),
        (".claude/projects/-repo-a/s1.jsonl", ["s1.jsonl"]),
    ],
)
def test_found_from_any_height(home: Path, below: str, expected: list[str]) -> None:
    found = find_transcripts(home / below)
    assert names(found) == expected
    assert {item.project_path.name for item in found} <= {"-repo-a", "-repo-b"}


def test_copies_outside_of_a_projects_directory(home: Path, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    shutil.copytree(home / ".claude/projects/-repo-a", copies / "-repo-a")
    shutil.copytree(home / ".claude/projects/-repo-b", copies / "-repo-b")
    found = {transcript.name: transcript for transcript in find_transcripts(copies)}
    assert sorted(found) == ["agent-1.jsonl", "agent-2.jsonl", "s1.jsonl"]
    assert found["s1.jsonl"].project_path.name == "-repo-a"
    assert found["agent-2.jsonl"].project_path.name == "-repo-b"


def test_the_project_is_below_the_innermost_projects(tmp_path: Path) -> None:
    path = tmp_path / "projects/team/.claude/projects/-repo/s.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(LINE)
    (found,) = find_transcripts(tmp_path)
    assert found.project_path.name == "-repo"


def test_subagents_of_new_and_old_clients(home: Path) -> None:
    subagents = {item.name: item.is_subagent for item in find_transcripts(home)}
    assert subagents == {"s1.jsonl": False, "agent-1.jsonl": True, "agent-2.jsonl": True}


def test_a_wrong_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere: no such file or directory"):
        find_transcripts(tmp_path / "nowhere")


def test_a_dangling_link_does_not_stop_the_search(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (home / ".claude/projects/-repo-a/gone.jsonl").symlink_to(home / "gone")
    with caplog.at_level(logging.WARNING):
        assert len(find_transcripts(home)) == 3
    assert [record.getMessage().count("gone.jsonl") for record in caplog.records] == [1]


def test_a_directory_named_like_a_transcript_is_searched(home: Path) -> None:
    inner = home / ".claude/projects/-repo-a/odd.jsonl/s3.jsonl"
    inner.parent.mkdir()
    inner.write_bytes(LINE)
    assert "s3.jsonl" in names(find_transcripts(home))


def read(path: Path, before: Mark | None = None) -> tuple[list[int], Mark]:
    (transcript,) = find_transcripts(path)
    lines = NewLines(transcript, before)
    offsets = [offset for offset, _ in lines.read()]
    return offsets, lines.mark


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    path = tmp_path / "s.jsonl"
    path.write_bytes(OTHER + LINE + OTHER + LINE)
    return path


def test_only_lines_that_name_usage(transcript: Path) -> None:
    offsets, mark = read(transcript)
    assert offsets == [len(OTHER), 2 * len(OTHER) + len(LINE)]
    assert mark.offset == transcript.stat().st_size


def test_a_grown_file_is_read_from_the_mark(transcript: Path) -> None:
    _, mark = read(transcript)
    size = transcript.stat().st_size
    with transcript.open("ab") as file:
        file.write(LINE)
    (listed,) = find_transcripts(transcript)
    assert not listed.is_unchanged(mark)
    offsets, mark = read(transcript, mark)
    assert offsets == [size]
    assert listed.is_unchanged(mark)


def test_a_cut_last_line_waits(transcript: Path) -> None:
    whole = transcript.read_bytes()
    transcript.write_bytes(whole + LINE[:-5])
    offsets, mark = read(transcript)
    assert (len(offsets), mark.offset) == (2, len(whole))
    with transcript.open("ab") as file:
        file.write(LINE[-5:])
    assert read(transcript, mark)[0] == [len(whole)]


def test_a_file_without_any_whole_line_waits(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(LINE[:-1])
    offsets, mark = read(path)
    assert (offsets, mark.offset) == ([], 0)
    path.write_bytes(LINE)
    assert read(path, mark)[0] == [0]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(LINE, id="truncated"),
        pytest.param(b"", id="emptied"),
        pytest.param(LINE + OTHER + LINE + OTHER + LINE, id="rewritten at the start"),
        pytest.param(OTHER + LINE + LINE + OTHER + LINE, id="rewritten before the mark"),
        pytest.param(b"{ " + (OTHER + LINE + OTHER + LINE)[2:], id="other first bytes"),
    ],
)
def test_a_changed_file_is_read_again(
    transcript: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "FINGERPRINT_BYTES", 20)
    _, mark = read(transcript)
    transcript.write_bytes(content)
    offsets, _ = read(transcript, mark)
    assert len(offsets) == content.count(LINE)


def test_a_replaced_file_is_read_again(transcript: Path) -> None:
    _, mark = read(transcript)
    copy = transcript.with_suffix(".new")
    copy.write_bytes(transcript.read_bytes() + LINE)
    copy.replace(transcript)
    assert len(read(transcript, mark)[0]) == 3


def test_an_untouched_file_fits_its_mark(transcript: Path) -> None:
    _, mark = read(transcript)
    (listed,) = find_transcripts(transcript)
    assert listed.is_unchanged(mark)
    os.utime(transcript, ns=(0, 1))
    (listed,) = find_transcripts(transcript)
    assert not listed.is_unchanged(mark)


@given(
    parts=st.lists(
        st.sampled_from([LINE, SPACED, OTHER, b"\n", b"x" * 40 + b"\n", LINE[:-1]]), max_size=9
    ),
    block_bytes=st.integers(min_value=1, max_value=70),
)
def test_any_block_size_gives_the_same_lines(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], block_bytes: int
) -> None:
    content = b"".join(parts)
    path = tmp_path_factory.mktemp("logs") / "s.jsonl"
    path.write_bytes(content)
    expected = []
    offset = 0
    for line in content.splitlines(keepends=True):
        if b'"usage"' in line and line.endswith(b"\n"):
            expected.append((offset, line.rstrip(b"\n")))
        offset += len(line)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "BLOCK_BYTES", block_bytes)
        (listed,) = find_transcripts(path)
        assert list(NewLines(listed, None).read()) == expected
