"""The overlay file lands as it is written, or is refused in one line that says where and why."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion.price_overlay import PriceOverlayError, load_price_overlay, read_price_overlay

HEADER = (
    "platform,claude_model_id,speed,min_prompt_tokens,input_usd_per_mtok,output_usd_per_mtok,"
    "cache_write_5m_usd_per_mtok,cache_write_1h_usd_per_mtok,cache_read_usd_per_mtok,"
    "valid_from_date,valid_to_date,source_note,source_checked_date,confidence"
)
ROW = "anthropic,claude-opus-6,standard,0,3,15,3.75,6,0.3,2026-03-01,2026-04-01,our contract,,"


def write(tmp_path: Path, *lines: str) -> Path:
    overlay = tmp_path / "overlay.csv"
    overlay.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return overlay


def landed(database: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute("select * from raw_pricing.token_price_overlay").fetchall()


def test_rows_land_typed_and_replace_each_other(tmp_path: Path) -> None:
    database = tmp_path / "w.duckdb"
    open_ended = ROW.replace("2026-04-01", "").replace("claude-opus-6", "Claude-Opus-7")
    assert load_price_overlay(database, write(tmp_path, HEADER, ROW, "", open_ended)) == 2
    rates = tuple(Decimal(rate) for rate in ("3", "15", "3.75", "6", "0.3"))
    expected = ("anthropic", "claude-opus-6", "standard", 0, *rates, date(2026, 3, 1))
    assert landed(database)[0] == (*expected, date(2026, 4, 1), "our contract", None, None)
    assert landed(database)[1][1] == "claude-opus-7"
    assert landed(database)[1][10] is None

    assert load_price_overlay(database, write(tmp_path, HEADER, ROW)) == 1
    assert len(landed(database)) == 1
    assert load_price_overlay(database, None) == 0
    assert landed(database) == []


def test_optional_columns_may_be_absent_and_order_is_free(tmp_path: Path) -> None:
    names = HEADER.split(",")[:10]
    cells = ROW.split(",")[:10]
    overlay = write(tmp_path, ",".join(reversed(names)), ",".join(reversed(cells)))
    (row,) = read_price_overlay(overlay)
    assert row["input_usd_per_mtok"] == Decimal(3)
    assert row["valid_to_date"] is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2026-03-01", "2026-13-01", "valid_from_date '2026-13-01' is not a date"),
        ("2026-03-01", "20260301", "valid_from_date '20260301' is not a date"),
        ("2026-03-01", "", "valid_from_date is missing"),
        ("2026-04-01", "2026-03-01", "valid_to_date is not after valid_from_date"),
        (",15,", ",-15,", "output_usd_per_mtok '-15' is not a price"),
        (",15,", ",,", "output_usd_per_mtok is missing"),
        (",15,", ",cheap,", "output_usd_per_mtok 'cheap' is not a number"),
        (",15,", ",nan,", "output_usd_per_mtok 'nan' is not a price"),
        (",15,", ",1e9,", "output_usd_per_mtok '1e9' is above 100000"),
        (",0.3,", ",0.0000001,", "cache_read_usd_per_mtok '0.0000001' has more than 6 decimal"),
        (",0,3,", ",-1,3,", "min_prompt_tokens '-1' is not a whole number"),
        ("standard", "slow", "speed 'slow' is not one of fast, standard"),
        ("anthropic", "mainframe", "platform 'mainframe' is not one of"),
        ("claude-opus-6", "", "claude_model_id is missing"),
        ("our contract,,", "our contract,,,surplus", "15 values for 14 columns"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    database = tmp_path / "w.duckdb"
    load_price_overlay(database, write(tmp_path, HEADER, ROW))
    overlay = write(tmp_path, HEADER, ROW, ROW.replace(old, new, 1))
    with pytest.raises(PriceOverlayError) as caught:
        load_price_overlay(database, overlay)
    message = str(caught.value)
    assert message.startswith(f"{overlay}, line 3: ")
    assert reason in message
    assert "\n" not in message
    assert len(landed(database)) == 1, "a refused file must leave the table as it was"


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (HEADER.replace("speed", "velocity"), "line 1: unknown column 'velocity'"),
        (HEADER.replace(",input_usd_per_mtok", ""), "line 1: column input_usd_per_mtok is missing"),
        (HEADER + ",speed", "line 1: a column appears twice"),
    ],
)
def test_a_wrong_header_is_refused(tmp_path: Path, header: str, reason: str) -> None:
    with pytest.raises(PriceOverlayError, match=reason):
        read_price_overlay(write(tmp_path, header, ROW))


def test_an_empty_file_lacks_its_columns(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.csv"
    overlay.touch()
    with pytest.raises(PriceOverlayError, match="column platform is missing"):
        read_price_overlay(overlay)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.csv"
    overlay.write_bytes(b"\xff\xfe\x00platform")
    with pytest.raises(PriceOverlayError, match="not a CSV file in UTF-8"):
        read_price_overlay(overlay)


def test_rows_that_claim_the_same_day_are_refused(tmp_path: Path) -> None:
    touching = ROW.replace("2026-03-01", "2026-04-01").replace(
        "2026-04-01,2026-04-01", "2026-04-01,"
    )
    assert len(read_price_overlay(write(tmp_path, HEADER, touching, ROW))) == 2
    overlapping = ROW.replace("2026-03-01,2026-04-01", "2026-03-31,")
    with pytest.raises(PriceOverlayError, match="line 2: its days overlap with those of line 3"):
        read_price_overlay(write(tmp_path, HEADER, overlapping, ROW))
