"""The seeds, the id rules and the pricing SQL together: each expectation is worked out by hand."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from ingestion.raw_tables import ensure_raw_tables
from ingestion.sources.claude_code_logs.declaration import SOURCE
from tests.e2e.system import System

pytestmark = pytest.mark.slow

Tokens = Mapping[str, int | str]
UNKNOWN, RANGE = "unknown_model", "range"
K_IN: Tokens = {"input_tokens": 1000}
LONG: Tokens = {"input_tokens": 50_000, "cache_read_tokens": 250_000, "output_tokens": 1000}
K_201: Tokens = {"input_tokens": 201_000}
READS: Tokens = {"cache_read_tokens": 100_000}
FAST: Tokens = {"speed": "fast", **K_IN}
BATCH: Tokens = {"service_tier": "batch", **K_IN}
US: Tokens = {"inference_geo": "us", **K_IN}

# Model id as sent, UTC day, usage, cost in US dollars or the reason why there is none.
CASES: tuple[tuple[str, str, Tokens, str], ...] = (
    # The whole prompt decides the tier, on the days that have one.
    ("claude-sonnet-4-6", "2026-03-01", LONG, "0.4725"),
    ("claude-sonnet-4-6", "2026-03-12", LONG, "0.4725"),
    ("claude-sonnet-4-6", "2026-03-13", LONG, "0.24"),
    ("claude-sonnet-4-6", "2026-03-20", LONG, "0.24"),
    ("claude-haiku-5-5", "2026-11-20", {"input_tokens": 90_000, "output_tokens": 1000}, "0.0095"),
    ("claude-haiku-5-5", "2026-11-20", {"input_tokens": 110_000, "output_tokens": 1000}, "0.0575"),
    ("claude-sonnet-4-20250514", "2025-08-11", K_201, "0.603"),
    ("claude-sonnet-4-20250514", "2025-08-12", K_201, "1.206"),
    ("claude-sonnet-4-5-20250929[1m]", "2026-04-29", K_201, "1.206"),
    ("claude-sonnet-4-5-20250929", "2026-04-30", K_201, "0.603"),
    # Cache lifetimes, searches, batches.
    ("claude-opus-5-5", "2026-11-20", {"cache_creation_5m_tokens": 1000}, "0.005"),
    ("claude-opus-5-5", "2026-11-20", {"cache_creation_1h_tokens": 1000}, "0.008"),
    ("claude-3-haiku-20240307", "2025-01-01", {"cache_creation_5m_tokens": 1000}, "0.0003"),
    ("claude-sonnet-4-5", "2026-11-20", {"web_search_count": 3, **K_IN}, "0.033"),
    ("claude-sonnet-4-5", "2026-11-20", {"web_search_count": 3, **BATCH}, "0.0315"),
    ("claude-haiku-5-5", "2026-11-20", {"cache_read_tokens": 1}, "0.00000001"),
    # US geography from the 4.6 generation on; regional endpoints from 4.5 on.
    ("claude-opus-4-6", "2026-03-20", US, "0.0055"),
    ("claude-sonnet-4-5", "2026-03-20", US, "0.003"),
    ("claude-opus-5-5", "2026-11-20", {**US, "service_tier": "batch"}, "0.0022"),
    ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "2025-10-01", K_IN, "0.0033"),
    ("global.anthropic.claude-sonnet-4-5-20250929-v1:0", "2025-10-01", K_IN, "0.003"),
    ("us.anthropic.claude-opus-4-1-20250805-v1:0", "2025-10-01", K_IN, "0.015"),
    ("us-gov.anthropic.claude-opus-5-5", "2026-11-20", K_IN, "0.0048"),
    ("anthropic.claude-haiku-4-5", "2026-11-18", K_IN, "0.0011"),
    ("claude-haiku-4-5@20251001", "2026-11-18", K_IN, "0.001"),
    # Fast mode: prices of its own, a tier in its first weeks, standard once removed from Opus 4.6.
    ("claude-opus-4-6", "2026-02-10", {"speed": "fast", **K_201}, "12.06"),
    ("claude-opus-4-6", "2026-03-13", {"speed": "fast", **K_201}, "6.03"),
    ("claude-opus-4-6", "2026-06-28", FAST, "0.03"),
    ("claude-opus-4-6", "2026-06-29", FAST, "0.005"),
    ("claude-opus-4-7", "2026-07-23", FAST, "0.03"),
    ("claude-opus-4-7", "2026-07-24", FAST, RANGE),
    ("claude-opus-4-8", "2026-11-20", FAST, "0.01"),
    ("anthropic/claude-opus-5.5-fast", "2026-11-20", READS, "0.04"),
    (
        "claude-opus-5-5",
        "2026-11-20",
        {"speed": "fast", "cache_creation_5m_tokens": 1000, "cache_creation_1h_tokens": 1000},
        "0.026",
    ),
    ("claude-fable-5-2", "2026-11-09", FAST, "0.016"),
    ("claude-sonnet-5-5", "2026-11-20", FAST, RANGE),
    # Prices that changed, and days without one.
    ("claude-sonnet-5-5", "2026-10-06", READS, "0.02"),
    ("claude-sonnet-5-5", "2026-10-07", READS, "0.01"),
    ("claude-3-5-haiku-20241022", "2024-12-02", K_IN, "0.001"),
    ("claude-3-5-haiku-20241022", "2024-12-03", K_IN, "0.0008"),
    ("claude-opus-5-5", "2026-09-21", K_IN, RANGE),
    # An id is looked up whole.
    ("claude-opus-4", "2026-01-10", K_IN, "0.015"),
    ("claude-opus-4-5", "2026-01-10", K_IN, "0.005"),
    ("claude-sonnet-5", "2026-11-20", READS, "0.02"),
    ("claude-opus-4-9", "2026-11-20", K_IN, UNKNOWN),
    ("claude-sonnet-5-5-20270101", "2026-11-20", K_IN, UNKNOWN),
    # The overlay below holds on its own days only; before and after, the seed does.
    ("claude-opus-5", "2026-08-09", K_IN, "0.005"),
    ("claude-opus-5", "2026-08-10", K_IN, "0.004"),
    ("claude-opus-5", "2026-08-19", K_IN, "0.004"),
    ("claude-opus-5", "2026-08-20", K_IN, "0.005"),
    ("us.anthropic.claude-opus-5", "2026-08-10", K_IN, "0.0044"),
    ("claude-haiku-4.5", "2026-11-20", K_IN, "0.0009"),
    ("claude-opus-6", "2026-11-20", {"inference_geo": "us", **K_IN}, "0.0077"),
)
OVERLAY = """\
platform,claude_model_id,speed,min_prompt_tokens,input_usd_per_mtok,output_usd_per_mtok,\
cache_write_5m_usd_per_mtok,cache_write_1h_usd_per_mtok,cache_read_usd_per_mtok,\
valid_from_date,valid_to_date
anthropic,claude-opus-5,standard,0,4,20,5,8,0.4,2026-08-10,2026-08-20
anthropic,claude-haiku-4-5,standard,0,0.9,5,1.25,2,0.1,2026-11-20,
anthropic,claude-opus-6,standard,0,7,35,8.75,14,0.7,2026-11-20,
"""
WITHOUT_OVERLAY = {
    ("claude-opus-5", "2026-08-10"): "0.005",
    ("claude-opus-5", "2026-08-19"): "0.005",
    ("us.anthropic.claude-opus-5", "2026-08-10"): "0.0055",
    ("claude-haiku-4.5", "2026-11-20"): "0.001",
    ("claude-opus-6", "2026-11-20"): UNKNOWN,
}


def usage_line(number: int, model: str, day: str, usage: Tokens) -> dict[str, object]:
    writes = sum(int(usage.get(f"cache_creation_{ttl}_tokens", 0)) for ttl in ("5m", "1h"))
    return {
        "line_key": str(number),
        "date_day": date.fromisoformat(day),
        "logged_at": datetime.fromisoformat(f"{day}T12:00:00"),
        "session_id": str(number),
        "message_id": str(number),
        "request_id": str(number),
        "model": model,
        "input_tokens": 0,
        "output_tokens": 0,
        "cache_creation_tokens": writes,
        "_dlt_load_id": "1795200000.0",
        **usage,
    }


def costs(system: System) -> dict[int, tuple[Decimal | None, str]]:
    with duckdb.connect(str(system.home / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select session_id, list_cost_usd, price_status from marts.fct_claude_requests"
        ).fetchall()
    return {int(number): (cost, status) for number, cost, status in rows}


def wanted(cost: str) -> tuple[Decimal | None, str]:
    return (None, cost) if cost in (UNKNOWN, RANGE) else (Decimal(cost), "priced")


def test_requests_cost_what_the_price_list_of_their_day_says(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.csv"
    overlay.write_text(OVERLAY, encoding="utf-8")
    system = System(tmp_path / "home", {"CLAUDE_ANALYTICS_PRICE_OVERLAY": str(overlay)})
    ensure_raw_tables(system.home / "warehouse.duckdb")
    lines = [usage_line(number, *case[:3]) for number, case in enumerate(CASES)]
    synthetic = usage_line(len(CASES), "<synthetic>", "2026-11-20", {})
    schema = SOURCE.schemas["usage_lines"].append(pa.field("_dlt_load_id", pa.string()))
    table = pa.Table.from_pylist([*lines, synthetic], schema=schema)
    with duckdb.connect(str(system.home / "warehouse.duckdb")) as connection:
        connection.register("lines", table)
        connection.execute("insert into raw_claude_code_logs.usage_lines by name from lines")

    system.run("build")
    expected = {number: wanted(case[3]) for number, case in enumerate(CASES)}
    assert costs(system) == expected

    # Rows that were priced otherwise are priced again, without a new landing or a full refresh.
    overlay.write_text(OVERLAY.splitlines()[0] + "\n", encoding="utf-8")
    system.run("build")
    for number, (model, day, _, cost) in enumerate(CASES):
        expected[number] = wanted(WITHOUT_OVERLAY.get((model, day), cost))
    assert costs(system) == expected
