"""Marks survive being packed, and equal marks give equal text."""

from ingestion.sources.claude_code_logs.marks import Mark, Marks, pack, unpack

MARK = Mark(size=10, mtime_ns=1_795_228_576_517_500_200, inode=7, offset=9, fingerprint="ab12")


def test_packed_marks_come_back() -> None:
    marks: Marks = {"/logs/-a": {'odd "name"\n.jsonl': MARK, "s.jsonl": MARK}}
    assert unpack(pack(marks)) == marks


def test_no_text_is_no_marks() -> None:
    assert unpack("") == {}


def test_order_does_not_change_the_text() -> None:
    assert pack({"a": {"1": MARK, "2": MARK}, "b": {}}) == pack(
        {"b": {}, "a": {"2": MARK, "1": MARK}}
    )
