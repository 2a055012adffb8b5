"""Who a Claude Code client says it is: by sign-in, by API key, on Bedrock.

Only a signed-in client knows an account. With an API key or on Bedrock it knows its installation;
the company's launch wrapper adds the login of the person on Bedrock, where it is installed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final

import duckdb

from .console import ORGANISATION_ID
from .otlp_json import attributes, joined
from .reading import email_on

# Routes that a client signs in for, each with the system of the account, and whose they are.
ORGANIZATION_IDS: Final = {
    "console": ORGANISATION_ID,
    "enterprise": "00000000-0000-4000-8000-000000000002",
    "team": "00000000-0000-4000-8000-000000000003",
}

_TERMINALS: Final = ("vscode", "iTerm.app", "cursor", "WarpTerminal", "tmux", "ghostty")
_MACHINES: Final = (
    {"host.arch": "arm64", "os.type": "darwin", "os.version": "25.1.0"},
    {"host.arch": "amd64", "os.type": "linux", "os.version": "6.8.0-generic-0"},
    {"host.arch": "arm64", "os.type": "darwin", "os.version": "24.6.0"},
    {"host.arch": "amd64", "os.type": "windows", "os.version": "10.0.26100"},
)
_LANGUAGES: Final = ("Python", "TypeScript", "Java", "Go", "SQL")
# One laptop in so many has no wrapper, so its use of Bedrock stays without a name.
_LAPTOPS_PER_UNWRAPPED: Final = 8


def installation_id(sender: str) -> str:
    """The random id that a client makes for its installation."""
    return sha256(f"installation of {sender}".encode()).hexdigest()


def login_of(person_id: int) -> str:
    """Login of a person at the company, as the roster knows it."""
    return f"p{person_id:05}"


def client_version(day: date, number: int) -> str:
    """Version of the client on a day: a release every third day, taken up some days later."""
    elapsed_days = max((day - date(2026, 1, 1)).days - number % 11, 0)
    return f"2.1.{220 + elapsed_days // 3}"


@dataclass(frozen=True)
class Sender:
    """A client on a day.

    Attributes:
        name: Name of the person or the actor, for messages.
        number: Tells one machine from another.
        resource: str of the process.
        version: Version of the client.
        language: Language that the code is written in.
        organization_attributes: What the organisation adds to every record.
        terminal: Type of its terminal.
        identities: By route, what it knows of the account.
    """

    name: str
    number: int
    resource: str
    version: str
    language: str
    organization_attributes: str
    terminal: str
    identities: dict[str, str]

    def common_attributes(self, route: str, session_id: str) -> str:
        """What every record of a session carries."""
        provider = "bedrock" if route == "bedrock" else "firstParty"
        return joined(
            self.organization_attributes,
            attributes({"user.id": installation_id(self.name), "session.id": session_id}),
            self.identities.get(route, ""),
            attributes({"anthropic.provider": provider, "terminal.type": self.terminal}),
        )


class Senders:
    """All clients of the organisation.

    Args:
        truth: Connection to the truth.
    """

    def __init__(self, truth: duckdb.DuckDBPyConnection) -> None:
        self._people = {
            row[0]: row[1:]
            for row in truth.execute(
                """
                select person_id, email, former_email, email_changed_date, legal_entity
                from people where has_telemetry
                """
            ).fetchall()
        }
        self._accounts = {
            (person_id, system): (user_id, account_uuid)
            for person_id, system, user_id, account_uuid in truth.execute(
                "select person_id, system, user_id, account_uuid from accounts order by added_date"
            ).fetchall()
        }
        self._on_bedrock = {
            person_id
            for (person_id,) in truth.execute(
                "select distinct person_id from requests where route = 'bedrock'"
            ).fetchall()
        }
        self._memberships: dict[int, list[tuple[date, date | None, str, str]]] = {}
        for person_id, *membership in truth.execute(
            """
            select person_id, valid_from_date, valid_to_date, department, team
            from memberships order by person_id, valid_from_date
            """
        ).fetchall():
            first, end, department, team = membership
            self._memberships.setdefault(person_id, []).append((first, end, department, team))

    def person(self, person_id: int, day: date) -> Sender:
        """The client of a person."""
        email, former, changed, legal_entity = self._people[person_id]
        identities = {}
        for route, organization_id in ORGANIZATION_IDS.items():
            account = self._accounts.get((person_id, route))
            is_signed_in = route != "console" or legal_entity == "console_subsidiary"
            if account and is_signed_in:
                identities[route] = attributes(
                    {
                        "organization.id": organization_id,
                        "user.email": email_on(day, email, former, changed),
                        "user.account_uuid": account[1],
                        "user.account_id": account[0],
                    }
                )
        organization_attributes = attributes(dict(self._organization(person_id, day)))
        name = f"person-{person_id:05}"
        terminal = _TERMINALS[person_id % len(_TERMINALS)]
        return _sender(name, person_id, day, terminal, organization_attributes, identities)

    def actor(self, actor_id: int, day: date) -> Sender:
        """The client of a service, which has a key and nothing else."""
        return _sender(f"actor-{actor_id:05}", actor_id, day, "dumb", "", {})

    def _organization(self, person_id: int, day: date) -> Iterator[tuple[str, str]]:
        for first, end, department, team in self._memberships.get(person_id, ()):
            if first <= day and (end is None or day < end):
                # The variable that holds them takes no spaces.
                yield "department", department.replace(" ", "-")
                yield "team.id", team.replace(" ", "-")
        if person_id in self._on_bedrock and person_id % _LAPTOPS_PER_UNWRAPPED:
            yield "enduser.id", login_of(person_id)


def _sender(
    name: str,
    number: int,
    day: date,
    terminal: str,
    organization_attributes: str,
    identities: dict[str, str],
) -> Sender:
    version = client_version(day, number)
    machine = _MACHINES[number % len(_MACHINES)]
    process = {**machine, "service.name": "claude-code", "service.version": version}
    return Sender(
        name=name,
        number=number,
        resource=joined(organization_attributes, attributes(process)),
        version=version,
        language=_LANGUAGES[number % len(_LANGUAGES)],
        organization_attributes=organization_attributes,
        terminal=terminal,
        identities=identities,
    )
