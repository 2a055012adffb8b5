"""The order in which test files run, and that generated examples are the same in every run."""

from pathlib import Path

import pytest
from hypothesis import settings

# An example that is found by luck, or too slow on a busy machine, would fail for somebody else.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the files that take longest start first, so that no worker ends long after the others."""
    minutes: dict[Path, float] = {}
    for item in items:
        marker = item.get_closest_marker("minutes")
        if marker:
            minutes[item.path] = float(marker.args[0])
    items.sort(key=lambda item: -minutes.get(item.path, 0))
