"""Compare the price seed with the tables of two public packages: `python -m pipeline.prices_diff`.

A development aid. It reads files of the installed packages and the seed, uses no network and writes
nothing; a person decides what a difference means. It runs with the standard library and the two
packages alone, outside the project's own environment.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

SEED: Final = Path(__file__).resolve().parents[1] / "seeds" / "pricing" / "token_prices.csv"
LITELLM: Final = "litellm"
GENAI_PRICES: Final = "genai_prices"
_LITELLM_TABLE: Final = "model_prices_and_context_window_backup.json"
_RATE_FIELDS: Final = {
    # Column of the seed: key of litellm (USD per token), key of genai-prices (USD per MTok).
    "input_usd_per_mtok": ("input_cost_per_token", "input_mtok"),
    "output_usd_per_mtok": ("output_cost_per_token", "output_mtok"),
    "cache_write_5m_usd_per_mtok": ("cache_creation_input_token_cost", "cache_write_mtok"),
    "cache_write_1h_usd_per_mtok": (
        "cache_creation_input_token_cost_above_1hr",
        "cache_write_1h_mtok",
    ),
    "cache_read_usd_per_mtok": ("cache_read_input_token_cost", "cache_read_mtok"),
}
_NO_REQUEST: Final = "<synthetic>"

PriceKey = tuple[str, int]
Rates = Mapping[str, Decimal | None]
PriceTable = Mapping[PriceKey, Rates]
Difference = tuple[str, ...]


class PackageMissing(Exception):
    """A compared package is not installed; the message says how to get it."""


def seed_prices(seed: Path, on_day: date) -> dict[PriceKey, dict[str, Decimal | None]]:
    """Return the standard prices of Anthropic's own API that the seed has in force on a day."""
    prices: dict[PriceKey, dict[str, Decimal | None]] = {}
    with seed.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            is_in_force = row["valid_from_date"] <= on_day.isoformat() and (
                not row["valid_to_date"] or on_day.isoformat() < row["valid_to_date"]
            )
            is_compared = (
                row["platform"] == "anthropic"
                and row["speed"] == "standard"
                and row["claude_model_id"] != _NO_REQUEST
            )
            if is_in_force and is_compared:
                key = (row["claude_model_id"], int(row["min_prompt_tokens"]))
                prices[key] = {field: Decimal(row[field]) for field in _RATE_FIELDS}
    return prices


def litellm_prices() -> dict[PriceKey, dict[str, Decimal | None]]:
    """Return the first-party Claude prices of litellm's packaged table, without importing it."""
    table = json.loads((_package_dir(LITELLM) / _LITELLM_TABLE).read_text(encoding="utf-8"))
    prices: dict[PriceKey, dict[str, Decimal | None]] = {}
    for model_id, entry in table.items():
        if entry.get("litellm_provider") != "anthropic" or "/" in model_id:
            continue
        for tier, suffix in _litellm_tiers(entry):
            prices[model_id, tier] = {
                field: _per_mtok(entry.get(key + suffix))
                for field, (key, _) in _RATE_FIELDS.items()
            }
    return prices


def genai_prices(on_day: date) -> dict[PriceKey, dict[str, Decimal | None]]:
    """Return the first-party Claude prices of genai-prices' packaged table on a day."""
    _package_dir(GENAI_PRICES)
    from genai_prices.data import providers

    (anthropic,) = [provider for provider in providers if provider.id == "anthropic"]
    noon = datetime(on_day.year, on_day.month, on_day.day, 12, tzinfo=UTC)
    prices: dict[PriceKey, dict[str, Decimal | None]] = {}
    for model in anthropic.models:
        found = model.get_prices(noon)
        rates = {field: getattr(found, key, None) for field, (_, key) in _RATE_FIELDS.items()}
        tiers = {tier.start for rate in rates.values() for tier in getattr(rate, "tiers", ())}
        for tier in (0, *sorted(tiers)):
            prices[model.id, tier] = {field: _tiered(rate, tier) for field, rate in rates.items()}
    return prices


def differences(
    package: str, ours: PriceTable, theirs: PriceTable, same_model: Mapping[str, str]
) -> Iterator[Difference]:
    """Yield model, tier, column, our price and theirs for all that is not equal.

    Args:
        package: Name of the compared package.
        ours: Prices of the seed.
        theirs: Prices of the package, under ids of its own.
        same_model: Canonical id of every alias the project knows.
    """
    canonical = {
        (same_model.get(model, model), tier): rates for (model, tier), rates in theirs.items()
    }
    for model, tier in sorted(ours.keys() | canonical.keys()):
        mine, other = ours.get((model, tier)), canonical.get((model, tier))
        if mine is None or other is None:
            yield (package, model, str(tier), "whole row", _presence(mine), _presence(other))
            continue
        for field in _RATE_FIELDS:
            if mine[field] != other[field]:
                yield (package, model, str(tier), field, _usd(mine[field]), _usd(other[field]))


def aliases(seed: Path) -> dict[str, str]:
    """Return the canonical model id of every alias."""
    with seed.open(encoding="utf-8", newline="") as file:
        return {row["model_alias"]: row["claude_model_id"] for row in csv.DictReader(file)}


def render(rows: Iterable[Difference]) -> str:
    """Return differences as an aligned table."""
    header = ("package", "model", "above", "price", "seed", "package says")
    table = [header, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the differences of a day (the first argument, default today)."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        on_day = date.fromisoformat(arguments[0]) if arguments else datetime.now(UTC).date()
    except ValueError:
        sys.stderr.write(f"error: {arguments[0]!r} is not a day (YYYY-MM-DD)\n")
        return 2
    ours = seed_prices(SEED, on_day)
    same_model = aliases(SEED.parents[1] / "mappings" / "model_aliases.csv")
    try:
        compared = {"litellm": litellm_prices(), "genai-prices": genai_prices(on_day)}
    except PackageMissing as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    rows = [
        row
        for package, theirs in compared.items()
        for row in differences(package, ours, theirs, same_model)
    ]
    sys.stdout.write(render(rows) + "\n" if rows else "")
    sys.stdout.write(
        f"{len(rows)} differences from {len(ours)} seed rows on {on_day}; nothing was written\n"
    )
    return 0


def _package_dir(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise PackageMissing(
            f"package {package.replace('_', '-')} is not installed; run make prices-diff, which "
            "installs the dependency group `prices` in an environment of its own"
        )
    return Path(spec.origin).parent


def _litellm_tiers(entry: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield each prompt threshold with the suffix of its keys."""
    yield 0, ""
    stem = "input_cost_per_token_above_"
    for key in entry:
        size = key.removeprefix(stem).removesuffix("k_tokens")
        if key.startswith(stem) and size.isdigit():
            yield int(size) * 1000, f"_above_{size}k_tokens"


def _per_mtok(usd_per_token: float | None) -> Decimal | None:
    return None if usd_per_token is None else Decimal(str(usd_per_token)) * 1_000_000


def _tiered(rate: Any, tier: int) -> Decimal | None:  # noqa: ANN401 - a type of the compared package
    if rate is None or isinstance(rate, Decimal):
        return rate
    price = rate.base
    for step in rate.tiers:
        if step.start <= tier:
            price = step.price
    return Decimal(price)


def _usd(rate: Decimal | None) -> str:
    return "not given" if rate is None else f"{rate.normalize():f}"


def _presence(rates: Rates | None) -> str:
    return "absent" if rates is None else "present"


if __name__ == "__main__":
    sys.exit(main())
