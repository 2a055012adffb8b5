"""Truths and files for all tests of the organisation."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from demo.organisation.generator import write_truth
from demo.organisation.views.files import write_files
from tests.demo.organisation.api_company import COMPANIES, Company, make_company
from tests.demo.organisation.small_truth import write_small_truth
from tests.demo.organisation.truths import LARGE, SMALL, Ask, open_tables


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The organisation's directory with its truth and the files made of it."""
    out = tmp_path_factory.mktemp("organisation")
    write_small_truth(out / "truth")
    write_files(out, SimpleNamespace(start=date(2026, 6, 15), until=date(2026, 9, 20)))
    return out


@pytest.fixture(scope="session")
def small_truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The truth of a small generated company."""
    truth = tmp_path_factory.mktemp("company") / "truth"
    write_truth(truth, SMALL)
    return truth


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Rows of a query about a larger company."""
    truth = tmp_path_factory.mktemp("company") / "truth"
    write_truth(truth, LARGE)
    with open_tables(truth) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


@pytest.fixture(scope="session", params=["small", "large"])
def ask(request: pytest.FixtureRequest, small_truth: Path, large: Ask) -> Iterator[Ask]:
    """Rows of a query about each of the two companies."""
    if request.param == "large":
        yield large
        return
    with open_tables(small_truth) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


@pytest.fixture(scope="session", params=COMPANIES)
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company as the vendor's APIs see it, at two sizes."""
    return make_company(tmp_path_factory.mktemp("company"), COMPANIES[request.param])
