"""Exports of claude.ai: which report, which period, and what happens to bad rows and files."""

import gzip
import logging
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.files.names import Period
from ingestion.files.resources import csv_source
from tests.ingestion.files.csv_home import CsvHome, pick, rejections

OLD_HEADER = (
    "user_email,account_uuid,product,model,total_requests,total_prompt_tokens,"
    "total_completion_tokens,total_net_spend_usd,total_gross_spend_usd"
)
NEW_HEADER = (
    f"{OLD_HEADER},user_id,total_uncached_input_tokens,total_cache_read_tokens,"
    "total_cache_write_5m_tokens,total_cache_write_1h_tokens,total_web_search_count,"
    "slack_channel_id,teams_channel_id"
)
ANA = "ana@example.com,11-22,Claude Code,claude-opus-5,3,1000,50,0.90,1.00"
BO = "bo@example.com,33-44,Chat,claude-sonnet-5,1,200,20,-0.05,0.123456789012"
AUGUST = "spend_2026-08.csv"
MEMBERS_HEADER = "user_email,role,seat_tier,status,added_date"


@pytest.fixture
def home(tmp_path: Path) -> CsvHome:
    return CsvHome(tmp_path, "anthropic_exports")


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        entry.getMessage()
        for entry in caplog.records
        if entry.name.startswith("ingestion") and entry.levelno >= logging.WARNING
    ]


def test_old_and_new_spend_reports(home: CsvHome) -> None:
    home.write("spend_2026-07-01_2026-07-31.csv", OLD_HEADER, ANA, BO)
    home.write("spend_2026-08-15.csv", NEW_HEADER, f"{ANA},user_01,100,800,60,40,2,C1,")
    rows = home.read()["spend_report"]
    assert pick(
        rows,
        *("period_start_date", "period_end_date", "date_day", "user_email", "product"),
        *("total_requests", "total_net_spend_usd", "total_gross_spend_usd"),
        *("user_id", "total_cache_write_1h_tokens", "slack_channel_id", "source_line"),
    ) == [
        (
            *(date(2026, 7, 1), date(2026, 7, 31), date(2026, 7, 1)),
            *("ana@example.com", "Claude Code", 3, "0.90", "1.00", None, None, None, 2),
        ),
        (
            *(date(2026, 7, 1), date(2026, 7, 31), date(2026, 7, 1)),
            *("bo@example.com", "Chat", 1, "-0.05", "0.123456789012", None, None, None, 3),
        ),
        (
            *(date(2026, 8, 15), date(2026, 8, 15), date(2026, 8, 15)),
            *("ana@example.com", "Claude Code", 3, "0.90", "1.00", "user_01", 40, "C1", 2),
        ),
    ]


def test_the_columns_tell_which_report_it_is(home: CsvHome) -> None:
    home.write(
        "a_2026-08.csv",
        "User;Pull requests with Claude Code;Lines total;Extra",
        "ana@example.com;4;900;x",
    )
    home.write(
        "b_2026-08-31.csv",
        "Name,E-mail address,Role,Seat type,Added at",
        "Ana,ana@example.com,Member,Premium,2026-01-05T23:30:00-02:00",
    )
    tables = home.read()
    assert pick(
        tables["contributions"],
        *("user_email", "pull_requests_with_claude_code", "pull_requests_total", "lines_total"),
    ) == [("ana@example.com", 4, None, 900)]
    assert rejections(tables) == [(None, "the column user_email is missing, which members needs")]
    home.write(
        "b_2026-08-31.csv",
        "Name,Email address,Role,Seat type,Added at",
        "Ana,ana@example.com,Member,Premium,2026-01-05T23:30:00-02:00",
    )
    tables = home.read()
    assert pick(tables["members"], "user_email", "role", "seat_tier", "added_date", "date_day") == [
        ("ana@example.com", "Member", "Premium", date(2026, 1, 6), date(2026, 8, 31))
    ]
    assert pick(tables["rejected_rows"], "source_file", "is_withdrawn") == [(None, True)]


def test_columns_may_be_renamed(home: CsvHome) -> None:
    home.write(
        "columns.toml", "[contributions]", 'user_email = "Who"', 'lines_total = "Lines (all)"'
    )
    home.write(
        "c_2026-08.csv", "who,pull_requests_with_claude_code,Lines (ALL)", "ana@example.com,4,900"
    )
    assert pick(home.read()["contributions"], "user_email", "lines_total") == [
        ("ana@example.com", 900)
    ]
    home.write("columns.toml", "[contributions]", 'who = "Who"')
    assert rejections(home.read()) == [
        (None, "columns.toml beside it: contributions has no column who to name")
    ]


def test_what_was_asked_is_noted(home: CsvHome) -> None:
    home.write("a_2026-08.csv", f"{OLD_HEADER},new_one", f"{ANA},x", modified="2026-09-02")
    home.write("b_2026-08.csv", OLD_HEADER, BO, modified="2026-09-03")
    home.write("members_2026-08-31.csv", MEMBERS_HEADER, modified="2026-09-01")
    assert pick(
        home.read()["pulls"],
        *("table_name", "date_day", "status", "row_count", "request_json", "unknown_fields"),
        "data_refreshed_at",
    ) == [
        (
            *("members", date(2026, 8, 31), "empty", 0),
            *(
                '{"files": ["members_2026-08-31.csv"]}',
                None,
                datetime.fromisoformat("2026-09-01T12:00"),
            ),
        ),
        (
            *("spend_report", date(2026, 8, 1), "landed", 2),
            *('{"files": ["a_2026-08.csv", "b_2026-08.csv"]}', "new_one"),
            datetime.fromisoformat("2026-09-03T12:00"),
        ),
    ]


def test_bad_rows_are_named_and_the_rest_lands(
    home: CsvHome, caplog: pytest.LogCaptureFixture
) -> None:
    path = home.write(
        AUGUST,
        OLD_HEADER,
        ANA,
        ANA.replace("Claude Code", ""),
        ANA.replace(",3,", ",3.5,"),
        ANA.replace("0.90", "0,90"),
        ANA.replace("1.00", ""),
        ANA.replace("1.00", "one"),
        "ana@example.com",
        BO,
    )
    tables = home.read()
    assert pick(tables["spend_report"], "source_line") == [(2,), (9,)]
    assert rejections(tables) == [
        (3, "product is empty"),
        (4, "total_requests is not a whole number of 0 or more"),
        (5, "10 values for 9 columns"),
        (6, "total_gross_spend_usd is empty"),
        (7, "total_gross_spend_usd is not a decimal number like 1234.50"),
        (8, "1 values for 9 columns"),
    ]
    assert pick(tables["rejected_rows"][:1], "table_name", "source_file", "date_day") == [
        ("spend_report", AUGUST, date(2026, 8, 1))
    ]
    assert messages(caplog) == [f"{path}: 6 rows left out, the first in line 3: product is empty"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("spend.csv", f"{OLD_HEADER}\n{ANA}\n".encode(), "its name tells no period; call it like"),
        ("spend_2026-02-30.csv", f"{OLD_HEADER}\n".encode(), "2026-02-30 is not a date"),
        (
            "spend_2026-08.csv",
            f"{OLD_HEADER}\n".replace(",product", "").encode(),
            "the column product is missing, which spend_report needs",
        ),
        ("members.csv", f"{MEMBERS_HEADER}\n".encode(), "its name tells no day; call it like"),
        (
            "members_2026-08.csv",
            f"{MEMBERS_HEADER}\n".encode(),
            "2026-08-01 to 2026-08-31 is not one day, and members holds for one",
        ),
        (
            "x_2026-08.csv",
            b"one,two\n1,2\n",
            "its columns fit none of spend_report, contributions, members",
        ),
        ("x_2026-08.csv", b"", "it is empty; the first line must name the columns"),
        ("x_2026-08.csv", f"{OLD_HEADER}\n".encode("utf-16"), "it is not in UTF-8"),
        ("x_2026-08.csv.gz", b"no gzip", "it is not a whole gzip file"),
        (
            "x_2026-08.csv.gz",
            gzip.compress(f"{OLD_HEADER}\n{ANA}\n".encode())[:-9],
            "it is not a whole gzip file",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_said_until_it_can(
    home: CsvHome, caplog: pytest.LogCaptureFixture, name: str, content: bytes, reason: str
) -> None:
    home.write("good_2026-07.csv", OLD_HEADER, ANA)
    path = home.write_bytes(name, content, modified="2026-11-02")
    tables = home.read()
    assert pick(tables["spend_report"], "source_file") == [("good_2026-07.csv",)]
    (rejected,) = tables["rejected_rows"]
    assert rejected["reason"].startswith(reason)
    assert (rejected["source_file"], rejected["source_line"]) == (name, None)
    assert (rejected["table_name"], rejected["date_day"]) == (None, date(2026, 11, 2))
    (message,) = messages(caplog)
    assert message == f"{path}: left out: {rejected['reason']}"
    assert "\n" not in message
    assert home.read()["rejected_rows"] == [rejected]
    path.unlink()
    assert pick(home.read()["rejected_rows"], "part_key", "is_withdrawn") == [
        (rejected["part_key"], True)
    ]
    assert home.read()["rejected_rows"] == []


def test_a_file_that_may_not_be_read_is_tried_again(
    home: CsvHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home.write(AUGUST, OLD_HEADER, ANA)
    with monkeypatch.context() as patch:
        # Root reads everything, so the refusal of the system has to be played.
        patch.setattr(Path, "read_bytes", refuse)
        assert rejections(home.read()) == [(None, "it cannot be read: Permission denied")]
    assert path.exists()
    assert len(home.read()["spend_report"]) == 1


def refuse(path: Path) -> bytes:
    raise PermissionError(13, "Permission denied", str(path))


def test_the_period_may_be_given_once(home: CsvHome) -> None:
    august = Period(date(2026, 8, 1), date(2026, 8, 31))
    named = home.write("spend_2026-07.csv", OLD_HEADER, BO)
    plain = home.write("spend.csv", OLD_HEADER, ANA)
    rows = home.read(named, plain, period=august)["spend_report"]
    assert pick(rows, "user_email", "period_start_date", "period_end_date") == [
        ("ana@example.com", date(2026, 8, 1), date(2026, 8, 31)),
        ("bo@example.com", date(2026, 7, 1), date(2026, 7, 31)),
    ]
    assert not any(home.read().values())
    # The same file for another month is another export.
    september = Period(date(2026, 9, 1), date(2026, 9, 30))
    rows = home.read(named, plain, period=september)["spend_report"]
    assert pick(rows, "user_email", "period_start_date") == [("ana@example.com", date(2026, 9, 1))]


@pytest.mark.parametrize("period", ["August", "2026-08-32"])
def test_a_period_that_is_none_is_refused(tmp_path: Path, period: str) -> None:
    with pytest.raises(ValueError, match=r"is no period; write|is not a date"):
        csv_source("anthropic_exports", [tmp_path], (), period)


def test_the_newer_of_two_files_for_one_period_counts(
    home: CsvHome, caplog: pytest.LogCaptureFixture
) -> None:
    home.write("sub/spend_2026-08 (1).csv", OLD_HEADER, BO, modified="2026-09-02")
    home.write(AUGUST, OLD_HEADER, ANA, BO, modified="2026-09-01")
    home.write("spend-eu_2026-08.csv", OLD_HEADER, ANA, modified="2026-09-01")
    rows = home.read()["spend_report"]
    assert pick(rows, "feed_name", "user_email") == [
        ("spend_eu", "ana@example.com"),
        ("spend", "bo@example.com"),
    ]
    both = "both hold spend 2026-08-01 2026-08-31"
    assert messages(caplog) == [f"sub/spend_2026-08 (1).csv takes the place of {AUGUST}, {both}"]
    caplog.clear()
    home.write(AUGUST, OLD_HEADER, ANA, modified="2026-09-03")
    assert pick(home.read()["spend_report"], "user_email") == [("ana@example.com",)]
    assert messages(caplog) == [f"{AUGUST} takes the place of sub/spend_2026-08 (1).csv, {both}"]


def test_equal_rows_of_a_file_all_count(home: CsvHome) -> None:
    home.write(AUGUST, OLD_HEADER, ANA, ANA)
    assert len({row["row_key"] for row in home.read()["spend_report"]}) == 2


def test_files_are_found_beneath_directories(home: CsvHome) -> None:
    home.write_bytes(
        "deep/er/SPEND_2026-08.CSV.GZ", gzip.compress(f"\ufeff{OLD_HEADER}\n{ANA}\n".encode())
    )
    for name in (".hidden/s_2026-08.csv", "~$s_2026-08.csv", "s_2026-08.csv.part", "s_2026-08.txt"):
        home.write(name, OLD_HEADER, BO)
    tables = home.read()
    assert pick(tables["spend_report"], "source_file", "feed_name") == [
        ("deep/er/SPEND_2026-08.CSV.GZ", "spend")
    ]
    assert not tables["rejected_rows"]


def test_a_wrong_path_is_refused_and_an_empty_one_said(
    home: CsvHome, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere: no such file or directory"):
        csv_source("anthropic_exports", [tmp_path / "nowhere"], ())
    home.read()
    assert messages(caplog) == [f"no CSV files beneath {home.files}"]


def test_landing_again_doubles_nothing_and_a_changed_file_replaces_its_period(
    home: CsvHome,
) -> None:
    home.write(AUGUST, OLD_HEADER, ANA, BO, "bad")
    gone = home.write("spend_2026-07.csv", OLD_HEADER, BO)
    home.write("members_2026-08-31.csv", MEMBERS_HEADER, "ana@example.com,Member,,,")
    found = """
        select period_start_date, user_email, cast(total_gross_spend_usd as decimal(28, 12))
        from raw_anthropic_exports.spend_report order by all
    """
    first = home.land()
    assert first.rows == {
        "spend_report": 3,
        "contributions": 0,
        "members": 1,
        "rejected_rows": 1,
        "pulls": 3,
    }
    before = home.query(found)
    assert [(str(day), email) for day, email, _ in before] == [
        ("2026-07-01", "bo@example.com"),
        ("2026-08-01", "ana@example.com"),
        ("2026-08-01", "bo@example.com"),
    ]
    assert not any(home.land().rows.values())
    assert home.query(found) == before

    # One user is gone, another's spend grew, the bad row is corrected, an older file is deleted.
    home.write(AUGUST, OLD_HEADER, ANA.replace("1.00", "1.50"), modified="2026-11-02")
    home.write("members_2026-08-31.csv", MEMBERS_HEADER, modified="2026-11-02")
    gone.unlink()
    assert home.land().rows == {
        "spend_report": 1,
        "contributions": 0,
        "members": 0,
        "rejected_rows": 0,
        "pulls": 2,
    }
    assert [(str(day), email, str(spend)) for day, email, spend in home.query(found)] == [
        ("2026-07-01", "bo@example.com", "0.123456789012"),
        ("2026-08-01", "ana@example.com", "1.500000000000"),
    ]
    counts = "select count(*) from raw_anthropic_exports.{}"
    assert home.query(counts.format("rejected_rows")) == [(0,)]
    assert home.query(counts.format("members")) == [(0,)]
    assert home.query(
        """
        select days.table_name, cast(days.date_day as varchar), status, row_count, measure_value
        from raw_ingestion.observed_days as days
        left join raw_ingestion.observed_measures as measures
            on
                days.load_id = measures.load_id
                and days.table_name = measures.table_name
                and days.date_day = measures.date_day
                and measure_name = 'total_gross_spend_usd'
        order by days.observed_at, days.table_name, days.date_day
        """
    ) == [
        ("members", "2026-08-31", "landed", 1, None),
        ("spend_report", "2026-07-01", "landed", 1, Decimal("0.1234567890")),
        ("spend_report", "2026-08-01", "landed", 2, Decimal("1.1234567890")),
        ("members", "2026-08-31", "empty", 0, None),
        ("spend_report", "2026-08-01", "landed", 1, Decimal("1.5")),
    ]
