"""Marks survive being saved; those of transcripts that are gone do not."""

from pathlib import Path

import duckdb

from ingestion.sources.claude_code_logs.marks import Mark, key_of, load_marks, save_marks

OLD = Mark(size=10, mtime_ns=1_795_228_576_517_500_200, inode=2**64 - 1, offset=9, fingerprint="a")
NEW = Mark(size=20, mtime_ns=-1, inode=7, offset=19, fingerprint="b")


def test_saved_marks_come_back(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema raw_claude_code_logs")
        assert load_marks(connection) == ({}, {})
        file = tmp_path / "marks.json"
        save_marks(
            connection,
            {"one": OLD, "two": OLD, "three": OLD},
            dict.fromkeys(("one", "two", "three"), "root"),
            [],
            file,
        )
        save_marks(connection, {"two": NEW}, {"two": "other"}, ["three", "four"], file)
        assert load_marks(connection) == (
            {"one": OLD, "two": NEW},
            {"one": "root", "two": "other"},
        )


def test_a_key_tells_paths_apart_and_not_what_they_are() -> None:
    odd = "/home/ana/\udcff.jsonl"  # a name that is not UTF-8
    assert key_of(odd) != key_of("/home/ana/s.jsonl") == key_of("/home/ana/s.jsonl")
    assert "ana" not in key_of("/home/ana/s.jsonl")
