"""Exports, roster and invoices add up to the truth and know no more than their day."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from demo.organisation.views.files import write_files
from ingestion.files.changed_files import Reading
from ingestion.files.contracts import REJECTED_ROWS, FileContract
from ingestion.files.find import find_files
from ingestion.sources import declaration

FIRST_DAY, LAST_DAY = date(2026, 6, 15), date(2026, 9, 20)


def _csv(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "files" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_spend_reports_show_only_what_the_seat_does_not_include(out: Path) -> None:
    names = sorted(path.name for path in (out / "files/exports").glob("spend-report_*"))
    assert names == [
        "spend-report_2026-06-15_2026-06-30.csv",
        "spend-report_2026-07-01_2026-07-31.csv",
        "spend-report_2026-08-01_2026-08-31.csv",
        "spend-report_2026-09-01_2026-09-20.csv",
    ]
    # 10 USD a day: one day uses up the 10 USD, so 22 of July's 23 working days are charged.
    rows = _csv(out, "exports/spend-report_2026-07-01_2026-07-31.csv")
    found = {
        (row["user_email"], row["product"], row["model"]): (
            row["total_requests"],
            row["total_prompt_tokens"],
            row["total_completion_tokens"],
            row["total_gross_spend_usd"],
            row["total_net_spend_usd"],
        )
        for row in rows
    }
    tokens = (str(22 * 6), str(22 * 6 * 51_500), str(22 * 6 * 600))
    model = "claude-sonnet-5"
    assert found == {
        ("person.00004@example.com", "Claude Code", model): (*tokens, "214.500000", "193.050000"),
        ("person.00004@example.com", "Chat", model): (*tokens, "5.500000", "4.950000"),
    }


def test_spend_reports_change_their_header_in_mid_2026(out: Path) -> None:
    headers = {
        path.name: path.read_text(encoding="utf-8").splitlines()[0]
        for path in (out / "files/exports").glob("spend-report_*")
    }
    older = (
        "user_email,account_uuid,product,model,total_requests,total_prompt_tokens,"
        "total_completion_tokens,total_net_spend_usd,total_gross_spend_usd"
    )
    newer = (
        f"{older},user_id,total_uncached_input_tokens,total_cache_read_tokens,"
        "total_cache_write_5m_tokens,total_cache_write_1h_tokens,total_web_search_count,"
        "slack_channel_id,teams_channel_id"
    )
    assert headers.pop("spend-report_2026-06-15_2026-06-30.csv") == older
    assert set(headers.values()) == {newer}


def test_contributions_are_those_of_the_month(out: Path) -> None:
    rows = _csv(out, "exports/contributions_2026-07-01_2026-07-31.csv")
    # 23 working days, 12 of them of an odd date.
    assert [row["user_email"] for row in rows] == ["person.00004@example.com"]
    assert rows[0]["lines_with_claude_code"] == str(23 * 101)
    assert rows[0]["pull_requests_with_claude_code"] == "12"
    assert int(rows[0]["pull_requests_total"]) >= 12


def test_members_are_those_of_the_day(out: Path) -> None:
    def members(day: str) -> list[tuple[str, str]]:
        return [
            (row["user_email"], row["status"]) for row in _csv(out, f"exports/members_{day}.csv")
        ]

    leaver, invited = "person.00004@example.com", "person.00005@example.com"
    assert members("2026-07-31") == [(leaver, "assigned")]
    assert members("2026-08-31") == [(leaver, "assigned"), (invited, "invited")]
    assert members("2026-09-20") == [(invited, "invited")]


def test_roster_holds_the_history_of_everybody(out: Path) -> None:
    rows = _csv(out, "people/roster_2026-09-20.csv")
    assert ",".join(rows[0]) == (
        "employee_id,email,former_emails,manager_employee_id,legal_entity,department,team,function,"
        "seniority,location,start_date,end_date,cost_band,logins,valid_from_date,valid_to_date"
    )
    mover = [row for row in rows if row["employee_id"] == "E00001"]
    assert [
        (
            row["department"],
            row["manager_employee_id"],
            row["valid_from_date"],
            row["valid_to_date"],
        )
        for row in mover
    ] == [
        ("Data Platform", "", "2026-01-01", "2026-08-05"),
        ("Retail", "E00002", "2026-08-05", ""),
    ]
    assert {(row["email"], row["former_emails"]) for row in mover} == {
        ("person.00001@example.com", "maiden.00001@example.com")
    }
    assert {row["end_date"] for row in rows if row["employee_id"] == "E00004"} == {"2026-09-10"}
    # The login is what clients on Bedrock tell.
    (bedrock,) = (row for row in rows if row["employee_id"] == "E00002")
    assert bedrock["logins"] == "sso:p00002;github:octo-2"


def test_roster_does_not_know_what_comes_later(out: Path, tmp_path: Path) -> None:
    write_files_until = SimpleNamespace(start=FIRST_DAY, until=date(2026, 7, 31))
    (tmp_path / "truth").symlink_to(out / "truth")
    write_files(tmp_path, write_files_until)
    rows = _csv(tmp_path, "people/roster_2026-07-31.csv")
    assert len(rows) == 6
    assert {row["valid_to_date"] + row["end_date"] + row["former_emails"] for row in rows} == {""}
    assert rows[0]["email"] == "maiden.00001@example.com"


def _invoice(out: Path, product: str, month: str) -> dict[tuple[str, str], Decimal]:
    rows = _csv(out, f"invoices/invoices_{month}.csv")
    return {
        (row["line_kind"], row["description"]): Decimal(row["amount"])
        for row in rows
        if row["product"] == product
    }


def test_invoices_add_up_to_the_truth(out: Path) -> None:
    names = sorted(path.name for path in (out / "files/invoices").glob("invoices_*"))
    # September has not ended on the 20th.
    assert names == [f"invoices_2026-0{month}.csv" for month in (6, 7, 8)]

    # August has 21 working days; 80 % of 12.3456789012 + 1.1 + 0.5 a day; ten days of 31 of a
    # second seat at 20, one seat at 120; a tenth off the seats.
    enterprise = _invoice(out, "claude_enterprise", "2026-08")
    assert enterprise == {
        ("seat", "Seats, premium"): Decimal("120.00"),
        ("seat", "Added seats, prorated, standard"): Decimal("6.45"),
        ("discount", "Volume discount on seats"): Decimal("-12.65"),
        ("usage", "Usage at contract price"): Decimal("234.29"),
        ("tax", "VAT 19 %"): Decimal("66.14"),
    }
    # 20 days above the allowance, 10 each, a tenth off.
    team = _invoice(out, "claude_team", "2026-08")
    assert team["extra_usage", "Usage above the seats"] == Decimal("180.00")
    console = _invoice(out, "claude_console", "2026-08")
    assert {key[1]: amount for key, amount in console.items() if key[0] == "usage"} == {
        "API usage, workspace Claude Code": 21 * Decimal("6.25"),
        "API usage, workspace Apps": 21 * Decimal("0.75"),
        "API usage, workspace Default": 21 * Decimal("1.50"),
    }
    # 70.00 USD at 0.88.
    bedrock = _csv(out, "invoices/invoices_2026-08.csv")[-2]
    assert (bedrock["quantity"], bedrock["unit_price"]) == ("70.00", "0.88")
    assert (bedrock["amount"], bedrock["currency"]) == ("61.60", "EUR")


def test_a_rate_holds_from_one_invoice_date_to_the_next(out: Path) -> None:
    rates = [
        _csv(out, f"invoices/exchange_rates_{month}.csv")
        for month in ("2026-06", "2026-07", "2026-08")
    ]
    # A dollar is 0.86, 0.87 and 0.88 euros.
    assert [
        (row["currency"], row["usd_per_unit"], row["valid_from_date"], row["valid_to_date"])
        for [row] in rates
    ] == [
        ("EUR", "1.1627906977", "2026-07-01", "2026-08-01"),
        ("EUR", "1.1494252874", "2026-08-01", "2026-09-01"),
        ("EUR", "1.1363636364", "2026-09-01", "2026-10-01"),
    ]


def test_every_invoice_is_numbered_and_its_amounts_follow_from_its_prices(out: Path) -> None:
    for path in (out / "files/invoices").glob("invoices_*"):
        numbers: dict[str, list[int]] = {}
        for row in _csv(out, f"invoices/{path.name}"):
            numbers.setdefault(row["invoice_id"], []).append(int(row["line_number"]))
            product = Decimal(row["quantity"]) * Decimal(row["unit_price"])
            assert abs(product - Decimal(row["amount"])) <= Decimal("0.005")
            assert row["cost_centre"]
        assert len(numbers) == 4
        assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_the_same_truth_gives_the_same_bytes(out: Path, tmp_path: Path) -> None:
    (tmp_path / "truth").symlink_to(out / "truth")
    write_files(tmp_path, SimpleNamespace(start=FIRST_DAY, until=LAST_DAY))
    first = {file.relative_to(out): file.read_bytes() for file in _all_files(out)}
    again = {file.relative_to(tmp_path): file.read_bytes() for file in _all_files(tmp_path)}
    assert first
    assert first == again


def test_every_directory_is_there_before_its_first_file(out: Path, tmp_path: Path) -> None:
    (tmp_path / "truth").symlink_to(out / "truth")
    write_files(tmp_path, SimpleNamespace(start=FIRST_DAY, until=FIRST_DAY))
    directories = {path.name for path in (tmp_path / "files").iterdir()}
    assert directories == {"exports", "people", "invoices", "logs"}
    assert list((tmp_path / "files/invoices").iterdir()) == []


def _all_files(out: Path) -> list[Path]:
    return [path for path in (out / "files").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("directory", "source_id"),
    [("exports", "anthropic_exports"), ("people", "people"), ("invoices", "invoices")],
)
def test_the_loader_takes_every_row(out: Path, directory: str, source_id: str) -> None:
    contracts = tuple(declaration(source_id).forms(FileContract).values())
    files = find_files([out / "files" / directory])
    tables = Reading(directory, contracts, None, {}).read(files)
    written = sum(
        len(file.read_text(encoding="utf-8").splitlines()) - 1
        for file in (out / "files" / directory).iterdir()
    )
    # Beside the rows, each table has a marker row per part, which is withdrawn.
    landed = [
        row
        for contract in contracts
        for row in tables[contract.table].to_pylist()
        if not row["is_withdrawn"]
    ]
    assert len(landed) == written > 0
    assert [row for row in tables[REJECTED_ROWS].to_pylist() if not row["is_withdrawn"]] == []
