"""Keys show up nowhere, whatever the API answers; nor do names, hints and unknown fields land."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import duckdb
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.api.app import create_app
from demo.api.clock import MovableClock
from demo.api.faults import Fault, Faults, Kind
from demo.api.keys import (
    CONSOLE_ADMIN_KEY,
    DEMO_KEYS,
    ENTERPRISE_ADMIN_KEY,
    ENTERPRISE_ANALYTICS_KEY,
)
from demo.api.limits import Limits
from demo.organisation import Parameters, generate
from ingestion.http.limits import SystemClock
from tests.e2e.api_landing import GRANTED
from tests.e2e.loopback import serving
from tests.e2e.outcome import Cli
from tests.e2e.system import System
from tests.e2e.vendor import API_SOURCES, evening

pytestmark = [pytest.mark.long, pytest.mark.minutes(2.5)]

FIRST = date(2026, 8, 3)
LAST = date(2026, 8, 12)
PREFIX = "CLAUDE_ANALYTICS_"
_ADMIN_KEY: Final = "sk-ant-admin01-"
_API_KEY: Final = "sk-ant-api01-"
# Made up; 36 characters after a prefix that says of which kind a key is.
PLANTED: Final = {
    "CONSOLE_ADMIN_KEY": f"{_ADMIN_KEY}k3Zq8vWm2TfYp7LxB4nCs9RdHg6JwA5uEiQo",
    "ENTERPRISE_KEY": f"{_API_KEY}Xr5NtMb8GyKc2VhUe7ZaPw4SfLj9DqRo3iBx",
    "ENTERPRISE_ADMIN_KEY": f"{_API_KEY}Hf6WzQj3TsCv8BkEu5YnRm7PgXd2LaNo4iAe",
    "PSEUDONYM_KEY": "Ju4RbTx7KwFq2ZmVc9GhNs5EyPd8LaXo3iSv",
}
SERVED_KEYS = {
    PLANTED["CONSOLE_ADMIN_KEY"]: DEMO_KEYS[CONSOLE_ADMIN_KEY],
    PLANTED["ENTERPRISE_KEY"]: DEMO_KEYS[ENTERPRISE_ANALYTICS_KEY],
    PLANTED["ENTERPRISE_ADMIN_KEY"]: DEMO_KEYS[ENTERPRISE_ADMIN_KEY],
}
# The same keys, of the other kind of organisation each.
SWAPPED_KEYS = {
    PLANTED["CONSOLE_ADMIN_KEY"]: DEMO_KEYS[ENTERPRISE_ANALYTICS_KEY],
    PLANTED["ENTERPRISE_KEY"]: DEMO_KEYS[CONSOLE_ADMIN_KEY],
    PLANTED["ENTERPRISE_ADMIN_KEY"]: DEMO_KEYS[CONSOLE_ADMIN_KEY],
}
_PART = 12
KEY_PARTS = [key[-36:][at : at + _PART] for key in PLANTED.values() for at in range(0, 36, _PART)]

MARKER = "planted-display-text"
# What the APIs send and nobody may see here; any table also sends a field that nobody knows.
DISPLAYED = {
    "anthropic_console.api_keys": ("partial_key_hint",),
    "anthropic_console.users": ("name",),
    "anthropic_enterprise.members": ("name",),
    "anthropic_enterprise.spend_limits": ("actor__name",),
    "anthropic_enterprise.user_usage_report": ("actor__name",),
    "anthropic_enterprise.user_cost_report": ("actor__name",),
    "anthropic_enterprise.skills": ("skill_display_name",),
    "anthropic_enterprise.connectors": ("connector_display_name",),
}
UNKNOWN = "unheard_of_text"


@dataclass
class Switch:
    """Serves whatever a test puts behind it, and notes the markers that it sent."""

    app: ASGIApp
    sent: set[str] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            body: bytes = message.get("body", b"")
            self.sent.update(re.findall(rf"{MARKER}[\w.]*", body.decode()))
            await send(message)

        await self.app(scope, receive, note)


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company whose display texts, and whose unknown fields, are markers."""
    data_dir = tmp_path_factory.mktemp("organisation")
    generate(data_dir, Parameters(people=30, start=FIRST, until=LAST, seed=7))
    for view in data_dir.glob("views/anthropic_*/*.parquet"):
        table = f"{view.parent.name}.{view.stem}"
        texts = [f"'{MARKER}.{table}.{name}' as {name}" for name in DISPLAYED.get(table, ())]
        replaced = f"replace ({', '.join(texts)})" if texts else ""
        changed = view.with_suffix(".changed")
        duckdb.execute(
            f"""
            copy (
                select * {replaced}, '{MARKER}.{table}.{UNKNOWN}' as {UNKNOWN}
                from read_parquet('{view}')
            ) to '{changed}' (format parquet)
            """
        )
        changed.rename(view)
    return data_dir


@pytest.fixture(scope="module")
def switch(organisation: Path) -> Switch:
    return Switch(stand_in(organisation))


@pytest.fixture(scope="module")
def url(switch: Switch) -> Iterator[str]:
    with serving(switch) as url:
        yield url


def stand_in(
    data_dir: Path, *faults: Fault, is_swapped: bool = False, wrong_family_status: int = 401
) -> ASGIApp:
    clock = MovableClock(evening(LAST))
    return create_app(
        data_dir,
        keys=SWAPPED_KEYS if is_swapped else SERVED_KEYS,
        clock=clock,
        faults=Faults(faults),
        limits=Limits(clock, requests_per_minute=GRANTED),
        wrong_family_status=wrong_family_status,
    )


def settings(url: str) -> dict[str, str]:
    return {
        f"{PREFIX}API_URL": url,
        f"{PREFIX}API_REQUESTS_PER_MINUTE": str(GRANTED),
        f"{PREFIX}AS_OF": LAST.isoformat(),
        **{PREFIX + name: key for name, key in PLANTED.items()},
    }


FAULTS = {
    "401": [Fault(Kind.REVOKED_KEY)],
    "403": [Fault(Kind.MISSING_SCOPE)],
    "404": [Fault(Kind.NOT_FOUND)],
    "truncated": [Fault(Kind.TRUNCATED_BODY)],
    "500": [Fault(Kind.SERVER_ERROR, status=500)],
}


@pytest.mark.parametrize("name", [*FAULTS, "wrong kind 401", "wrong kind 403", "wrong kind 404"])
def test_no_key_shows_whatever_goes_wrong(
    name: str,
    organisation: Path,
    switch: Switch,
    url: str,
    home: Path,
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if name in FAULTS:
        switch.app = stand_in(organisation, *FAULTS[name])
    else:
        status = int(name.split()[-1])
        switch.app = stand_in(organisation, is_swapped=True, wrong_family_status=status)
    for variable, value in settings(url).items():
        monkeypatch.setenv(variable, value)
    # The loader would wait for the API to recover.
    monkeypatch.setattr(SystemClock, "sleep", lambda _clock, _seconds: None)
    for source_id in API_SOURCES:
        for options in ((), ("--verbose",)):
            outcome = cli(*options, "ingest", source_id, "--since", LAST.isoformat())
            assert outcome.code == 1, outcome
            assert re.search(r"forbidden|failed", outcome.err)
            assert parts_in(outcome.out + outcome.err, KEY_PARTS) == []
    assert found_in(home, [*KEY_PARTS, MARKER]) == []


def test_neither_key_nor_display_text_gets_into_a_release(
    organisation: Path, switch: Switch, url: str, tmp_path: Path
) -> None:
    switch.app = stand_in(organisation)
    switch.sent.clear()
    system = System(tmp_path / "home", settings(url))
    output = system.run("--verbose", "run")
    assert parts_in(output, [*KEY_PARTS, MARKER]) == []
    assert UNKNOWN in output
    assert found_in(system.home, [*KEY_PARTS, MARKER]) == []
    # That nothing was found says something: names of fields are, and all the markers were sent.
    assert found_in(system.home, [UNKNOWN])
    assert list(system.home.glob("releases/current/*.duckdb"))
    for table, names in DISPLAYED.items():
        assert {f"{MARKER}.{table}.{name}" for name in (*names, UNKNOWN)} <= switch.sent


def parts_in(text: str, parts: list[str]) -> list[str]:
    return [part for part in parts if part in text]


def found_in(home: Path, parts: list[str]) -> list[str]:
    """Files and tables that hold any of these texts, packed ones included."""
    pattern = re.compile("|".join(map(re.escape, parts)).encode())
    found = []
    for file in sorted(home.rglob("*")):
        if not file.is_file():
            continue
        content = file.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
        if pattern.search(content) or pattern.search(str(file).encode()):
            found.append(str(file))
        if file.suffix == ".duckdb":
            found += tables_with(file, pattern.pattern.decode())
        elif content[:4] == b"PAR1":
            rows = duckdb.execute(
                """
                select 1
                from read_parquet($file) as t
                where regexp_matches(cast(t as varchar), $pattern)
                limit 1
                """,
                {"file": str(file), "pattern": pattern.pattern.decode()},
            )
            found += [str(file)] * bool(rows.fetchone())
    return found


def tables_with(file: Path, pattern: str) -> list[str]:
    """Strings are packed inside a database, so they are read as tables."""
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        return [
            f"{file}: {schema}.{table}"
            for schema, table in tables
            if connection.execute(
                f"""
                select 1
                from {schema}.{table} as t
                where regexp_matches(cast(t as varchar), $pattern)
                limit 1
                """,
                {"pattern": pattern},
            ).fetchone()
        ]
