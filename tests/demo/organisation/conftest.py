"""One organisation for all tests of the views that are files."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from demo.organisation.views.files import write_files
from tests.demo.organisation.small_truth import write_small_truth


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The organisation's directory with its truth and the files made of it."""
    out = tmp_path_factory.mktemp("organisation")
    write_small_truth(out / "truth")
    write_files(out, SimpleNamespace(start=date(2026, 6, 15), until=date(2026, 9, 20)))
    return out
