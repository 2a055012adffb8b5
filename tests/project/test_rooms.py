"""What may stand in which room, read from the files themselves."""

import re
from collections.abc import Iterator

import pytest

from tests.project.conftest import ROOT

# What only one vendor says; `x-request-id` and `is_next_page` are other words.
VENDOR_WORDS = re.compile(
    r"(?<![\w-])(anthropic[\w-]*|x-api-key|request-id|next_page|has_more|last_id|after_id"
    r"|starting_(at|date)|ending_(at|date)|(?<=\")results(?=\"))(?![\w-])",
    re.IGNORECASE,
)


def vendor_words(source: str) -> set[str]:
    """Return the words in a file that a vendor's dialect alone may say."""
    return {found.group(0).lower() for found in VENDOR_WORDS.finditer(source)}


def _python_files(room: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / room).rglob("*.py")):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_vendors_are_known_to_their_dialects_only() -> None:
    found = {name: vendor_words(text) for name, text in _python_files("ingestion/http")}
    # A dialect that says none would mean that the words above are not its words.
    assert found.pop("ingestion/http/dialects/anthropic.py") >= {"x-api-key", "last_id"}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('headers = {"anthropic-version": "2023-06-01"}', {"anthropic-version"}),
        ('cursor = payload.get("next_page")', {"next_page"}),
        ('def ask(is_next_page): "x-request-id"', set()),
        ("from ingestion.http.dialects.anthropic import IDS", {"anthropic"}),
    ],
)
def test_vendor_words_are_seen(source: str, expected: set[str]) -> None:
    assert vendor_words(source) == expected
