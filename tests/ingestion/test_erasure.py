"""A person leaves the raw tables, nobody else does, and new loads do not bring them back."""

import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingestion.erasure import ErasureError, compact, erase, erase_again, identities_of, remains
from ingestion.pseudonyms import resolve_pseudonyms
from ingestion.raw_tables import ensure_raw_tables
from ingestion.replacements import Erasure, Identity, Replacer, plan_erasure
from ingestion.sources import declared_tables

KEY = b"a key of the list"
EMAIL = "ana.berg@example.com"
ANA = (
    Identity("employee_id", "17"),
    Identity("email", EMAIL),
    Identity("email", "ana.berg@old.example.com"),
    Identity("sso_login", "aberg"),
    Identity("account_id", "user_01Ana"),
    Identity("api_key_name", "claude"),
)
DOMAINS = ("example.com",)


def ana() -> Erasure:
    return plan_erasure(ANA, ["f00d"], DOMAINS)


def replacer(erasure: Erasure) -> Replacer:
    return Replacer(erasure.replacements)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A warehouse with all raw tables, empty."""
    path = tmp_path / "warehouse.duckdb"
    ensure_raw_tables(path)
    return path


def put(database: Path, table: str, rows: Iterable[dict[str, object]]) -> None:
    with duckdb.connect(str(database)) as connection:
        for row in rows:
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" for _ in row)
            connection.execute(f"insert into {table} ({names}) values ({marks})", [*row.values()])


def query(database: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_same_core_gets_the_same_token_and_identifiers_keep_their_shape() -> None:
    whole = replacer(ana()).whole
    local, _, domain = whole(EMAIL, None).partition("@")

    assert domain == "example.com"
    assert whole("Ana.Berg@old.example.com", None) == f"{local}@erased.invalid"
    assert whole("user_01Ana", None).startswith("user_erased-")
    assert len({local, whole("17", None), whole("aberg", None), whole("user_01Ana", None)}) == 4


def test_a_second_erasure_gives_other_tokens() -> None:
    assert replacer(ana()).whole(EMAIL, None) != replacer(ana()).whole(EMAIL, None)


@pytest.mark.parametrize(
    "text",
    [
        "joana.berg@example.com",
        "x.ana.berg@example.com",
        "ana.berg@example.com.au",
        "ana.bergman",
        "17",
        '{"count": "17"}',
        "user_01Anabel",
        "claude-opus-5",
    ],
)
def test_texts_of_others_stay(text: str) -> None:
    assert replacer(ana()).within(text, None) == text


@pytest.mark.parametrize(
    "text",
    [
        f'{{"by": "{EMAIL.upper()}"}}',
        "claude_code_key_ana.berg_x7",
        "/home/aberg/repo",
        "-home-aberg-repo",
        "user_01ana, user_01Ben",
    ],
)
def test_identifiers_within_texts_go(text: str) -> None:
    erasure = ana()
    changed = replacer(erasure).within(text, None)

    assert changed != text
    assert not re.search("ana|berg", changed, re.IGNORECASE)
    assert ("Ben" in text) == ("Ben" in changed)


def test_lists_lose_short_identifiers_too() -> None:
    listed = json.loads(replacer(ana()).listed('[{"login": "17"}, {"login": "18"}]', None))
    (first, second) = (entry["login"] for entry in listed)
    # Not a search for 17: it may stand in the random name.
    assert first != "17"
    assert second == "18"


def test_an_identifier_that_others_have_goes_on_its_days_only() -> None:
    until = date(2026, 3, 1)
    erasure = plan_erasure([Identity("email", EMAIL, date(2026, 1, 1), until)], [], DOMAINS)

    whole = replacer(erasure).whole
    assert whole(EMAIL, date(2026, 2, 28)) != EMAIL
    assert whole(EMAIL, until) == EMAIL
    assert whole(EMAIL, None) == EMAIL
    assert not erasure.sought().search(EMAIL)


def test_what_is_noted_down_is_read_as_it_was(tmp_path: Path) -> None:
    erasure = ana()
    erasure.write(tmp_path / "note")

    assert Erasure.read(tmp_path / "note") == erasure
    assert (tmp_path / "note").stat().st_mode & 0o077 == 0


def test_every_person_is_named_in_columns_of_their_table() -> None:
    missing = {
        (name, column)
        for name, table in declared_tables().items()
        for column in (*table.personal, *table.emptied, *filter(None, [table.owner]))
        if column not in table.form.schema.names
    }
    assert not missing


def roster_row(**values: object) -> dict[str, object]:
    return {
        "date_day": date(2026, 3, 1),
        "employee_id": "17",
        "email": EMAIL,
        "former_emails_json": json.dumps(["ana.berg@old.example.com"]),
        "logins_json": json.dumps([{"login": "aberg", "system": "sso"}]),
        "department": "Sales",
        "seniority": "lead",
        "valid_from_date": date(2026, 1, 1),
        "_dlt_load_id": "1",
        **values,
    }


BEN = roster_row(
    employee_id="18",
    email="ben@example.com",
    former_emails_json=None,
    logins_json=None,
    manager_employee_id="17",
)


def test_a_person_leaves_all_tables_and_the_others_stay(database: Path) -> None:
    put(database, "raw_people.roster", [roster_row(), BEN])
    put(
        database,
        "raw_claude_code_otel.events",
        [
            {"event_key": "1", "user_email": EMAIL, "attributes_json": f'{{"a":"{EMAIL}"}}'},
            # No source is meant to bring one here.
            {"event_key": "2", "user_email": "ben@example.com", "os_type": f"of {EMAIL}"},
        ],
    )
    resolve_pseudonyms(database, b"another key")

    assert erase(database, KEY, ana())

    assert not remains(database, ana().sought())
    assert query(
        database,
        """
        select department, seniority, valid_from_date
        from raw_people.roster
        where email like 'er%'
        """,
    ) == [("Sales", None, date(2026, 1, 1))]
    assert query(
        database,
        """
        select ben.seniority, ben.manager_employee_id = ana.employee_id
        from raw_people.roster as ben, raw_people.roster as ana
        where ben.employee_id = '18' and ana.employee_id != '18'
        """,
    ) == [("lead", True)]
    resolve_pseudonyms(database, b"another key")
    assert query(
        database,
        """
        select count(*), count(distinct identity_value) filter (where identity_kind = 'email')
        from raw_identity.pseudonyms
        """,
    ) == [(5, 3)]


def test_new_loads_do_not_bring_them_back(database: Path) -> None:
    put(database, "raw_people.roster", [roster_row(), BEN])
    erase(database, KEY, ana())
    before = query(database, "select distinct email from raw_people.roster order by all")
    put(database, "raw_people.roster", [roster_row(_dlt_load_id="2")])
    put(
        database,
        "raw_claude_code_otel.events",
        [{"user_id": "user_01Ana", "source_file": "logs.jsonl", "_dlt_load_id": "2"}],
    )
    put(
        database,
        "raw_anthropic_console.api_keys",
        [{"name": "claude_code_key_ana.berg_new", "_dlt_load_id": "2"}],
    )

    repeated = erase_again(database, lambda: KEY)

    assert repeated.values == 6
    assert repeated.telemetry_files == ("logs.jsonl",)
    assert not remains(database, ana().sought())
    assert query(database, "select distinct email from raw_people.roster order by all") == before
    assert query(
        database,
        "select count(distinct seniority) from raw_people.roster where employee_id != '18'",
    ) == [(0,)]
    # What was looked through is not read again, so a row that is put into such a load stays.
    put(database, "raw_people.roster", [roster_row(_dlt_load_id="2")])
    assert erase_again(database, lambda: KEY).values == 0


def test_nobody_erased_needs_no_key(database: Path) -> None:
    def read_key() -> bytes:
        raise AssertionError

    assert erase_again(database, read_key).values == 0


def test_the_list_holds_hashes_only_and_needs_its_key(database: Path) -> None:
    erase(database, KEY, ana())

    (digests,) = query(database, "select string_agg(identity_hash) from raw_identity.erasures")
    assert EMAIL not in str(digests)
    with pytest.raises(ErasureError, match="made with another key"):
        erase_again(database, lambda: b"some other key")


def test_an_erasure_may_be_repeated(database: Path) -> None:
    put(database, "raw_people.roster", [roster_row()])
    erasure = ana()

    assert erase(database, KEY, erasure) > 0
    listed = query(database, "select count(*) from raw_identity.erasures")
    assert erase(database, KEY, erasure) == 0
    assert query(database, "select count(*) from raw_identity.erasures") == listed


def test_what_was_deleted_leaves_the_file(database: Path) -> None:
    secret = "ana.berg." + "x7q9" * 8
    with duckdb.connect(str(database)) as connection:
        connection.execute("set force_compression = 'uncompressed'")
        connection.execute(
            "insert into raw_people.roster (email) select ? || i from range(50) as numbers (i)",
            [secret],
        )
        connection.execute("checkpoint")
        connection.execute("update raw_people.roster set email = 'gone'")
        connection.execute("create schema marts")
        connection.execute("create view marts.emails as select email from raw_people.roster")
    assert secret.encode() in database.read_bytes()
    database.with_name("warehouse.duckdb.compact").write_bytes(b"left by a kill")

    compact(database)

    assert secret.encode() not in database.read_bytes()
    assert [path.name for path in database.parent.iterdir()] == [database.name]
    assert query(database, "select distinct email from marts.emails") == [("gone",)]


def aliases(database: Path, rows: list[tuple[str, str, date, date, str]]) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema identity")
        connection.execute(
            "create table identity.int_identity__aliases (identity_kind varchar, "
            "identity_value varchar, valid_from_date date, until_date date, person_key varchar)"
        )
        connection.executemany(
            "insert into identity.int_identity__aliases values (?,?,?,?,?)", rows
        )


def test_people_are_found_by_anything_and_never_guessed(database: Path) -> None:
    always = (date(1900, 1, 1), date(9999, 12, 31))
    left = (date(1900, 1, 1), date(2026, 3, 1))
    came = (date(2026, 3, 1), date(9999, 12, 31))
    aliases(
        database,
        [
            ("employee_id", "17", *always, "aaa"),
            ("email", EMAIL, *always, "aaa"),
            ("email", "sales@example.com", *left, "aaa"),
            ("email", "sales@example.com", *came, "bbb"),
            ("email", "ben@example.com", *always, "bbb"),
        ],
    )

    for person in ("17", EMAIL.upper(), "aaa"):
        identities, pseudonyms, _ = identities_of(database, person)
        assert {identity.value for identity in identities} == {"17", EMAIL, "sales@example.com"}
        assert pseudonyms == ["aaa"]
        assert [one.value for one in identities if not one.is_theirs_alone] == ["sales@example.com"]
    assert identities_of(database, "nobody@example.com") == ([], [], [])
    with pytest.raises(ErasureError, match="2 people"):
        identities_of(database, "sales@example.com")
