"""The comparison of the price seed names what differs, and nothing else."""

import json
from datetime import date
from pathlib import Path

import pytest

from pipeline import prices_diff

SEED_HEADER = (
    "platform,claude_model_id,speed,min_prompt_tokens,input_usd_per_mtok,output_usd_per_mtok,"
    "cache_write_5m_usd_per_mtok,cache_write_1h_usd_per_mtok,cache_read_usd_per_mtok,"
    "valid_from_date,valid_to_date\n"
)
GENAI_DATA = """
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass
class Tier:
    start: int
    price: Decimal


@dataclass
class Tiered:
    base: Decimal
    tiers: list


@dataclass
class Prices:
    input_mtok: object = Decimal("3")
    output_mtok: object = Decimal("15")
    cache_write_mtok: object = Decimal("3.75")
    cache_write_1h_mtok: object = Decimal("6")
    cache_read_mtok: object = Decimal("0.3")


@dataclass
class Model:
    id: str
    prices: Prices

    def get_prices(self, at):
        return self.prices


@dataclass
class Provider:
    id: str
    models: list = field(default_factory=list)


long = Tiered(Decimal("3"), [Tier(200_000, Decimal("6"))])
models = [Model("same-latest", Prices()), Model("tiered", Prices(input_mtok=long))]
providers = [Provider("other"), Provider("anthropic", models)]
"""


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins of the two packages, and a seed, with known differences."""
    first_party = {
        "litellm_provider": "anthropic",
        "input_cost_per_token": 3e-06,
        "output_cost_per_token": 1.5e-05,
        "cache_creation_input_token_cost": 3.75e-06,
        "cache_creation_input_token_cost_above_1hr": 6e-06,
        "cache_read_input_token_cost": 3e-07,
    }
    table = {
        "same-20260101": first_party,
        "tiered": {**first_party, "output_cost_per_token": 2e-05},
        "us.same": {**first_party, "litellm_provider": "bedrock"},
    }
    for name, module, text in (
        ("litellm", "model_prices_and_context_window_backup.json", json.dumps(table)),
        ("genai_prices", "data.py", GENAI_DATA),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / module).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    pricing, mappings = tmp_path / "seeds" / "pricing", tmp_path / "seeds" / "mappings"
    pricing.mkdir(parents=True)
    mappings.mkdir()
    (pricing / "token_prices.csv").write_text(
        SEED_HEADER
        + "anthropic,same-20260101,standard,0,3,15,3.75,6,0.30,2026-01-01,\n"
        + "anthropic,tiered,standard,0,9,9,9,9,9,2025-01-01,2026-01-01\n"
        + "anthropic,tiered,standard,0,3,15,3.75,6,0.30,2026-01-01,\n"
        + "anthropic,tiered,fast,0,30,150,37.5,60,3,2026-01-01,\n"
        + "anthropic,<synthetic>,standard,0,0,0,0,0,0,2024-01-01,\n",
        encoding="utf-8",
    )
    (mappings / "model_aliases.csv").write_text(
        "model_alias,claude_model_id\nsame-latest,same-20260101\n", encoding="utf-8"
    )
    monkeypatch.setattr(prices_diff, "SEED", pricing / "token_prices.csv")


@pytest.mark.usefixtures("packages")
def test_differences_are_listed_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert prices_diff.main(["2026-06-01"]) == 0
    header, *rows, summary = capsys.readouterr().out.splitlines()
    assert header.split() == ["package", "model", "above", "price", "seed", "package", "says"]
    assert [row.split() for row in rows] == [
        ["litellm", "tiered", "0", "output_usd_per_mtok", "15", "20"],
        ["genai-prices", "tiered", "200000", "whole", "row", "absent", "present"],
    ]
    assert summary == "2 differences from 2 seed rows on 2026-06-01; nothing was written"


@pytest.mark.usefixtures("packages")
def test_the_seed_row_of_the_day_is_compared() -> None:
    prices = prices_diff.seed_prices(prices_diff.SEED, date(2025, 12, 31))
    assert {str(rate) for rate in prices["tiered", 0].values()} == {"9"}
    assert ("same-20260101", 0) not in prices


def test_a_missing_package_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert prices_diff.main(["2026-06-01"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "package litellm is not installed; run make prices-diff" in error


def test_a_wrong_day_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert prices_diff.main(["yesterday"]) == 2
    assert capsys.readouterr().err == "error: 'yesterday' is not a day (YYYY-MM-DD)\n"
