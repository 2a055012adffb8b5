"""A simulated company, landed from everything that shows it, in this process."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
from rich.console import Console

from demo.organisation import Parameters, generate
from demo.organisation.views.local_logs import write_local_logs
from demo.organisation.views.reading import open_truth
from demo.organisation.views.telemetry import bodies
from pipeline.intake import Window, land_all
from pipeline.settings import Settings, load_settings
from pipeline.steps import Steps
from tests.e2e.vendor import API_SOURCES, Vendor, evening

FILES = {
    "anthropic_exports": ("EXPORT_PATHS", "files/exports"),
    "people": ("PEOPLE_PATHS", "files/people"),
    "invoices": ("INVOICE_PATHS", "files/invoices"),
    "claude_code_logs": ("LOG_PATHS", "files/logs"),
    "claude_code_otel": ("OTLP_PATHS", "telemetry"),
}
SOURCES = (*API_SOURCES, *FILES)
# By then everything is published, and nothing of the company changes any more.
_SETTLED = timedelta(days=5)
_QUIET = Steps(Console(quiet=True))
_GRANTED = 1_000_000


@dataclass(frozen=True)
class Company:
    """A company and where it lies.

    Args:
        path: What it was generated into.
        parameters: What it was made from.
    """

    path: Path
    parameters: Parameters

    def settings(
        self, home: Path, sources: Sequence[str] = SOURCES, *, as_of: date | None = None
    ) -> Settings:
        """Settings of an organisation that has configured these sources.

        Args:
            home: Where the warehouse is made or goes on.
            sources: Which sources are configured.
            as_of: Reporting day in place of the last one.
        """
        paths = {
            f"CLAUDE_ANALYTICS_{variable}": str(self.path / folder)
            for source_id, (variable, folder) in FILES.items()
            if source_id in sources
        }
        return load_settings(
            {
                "CLAUDE_ANALYTICS_HOME": str(home),
                "CLAUDE_ANALYTICS_AS_OF": (as_of or self.parameters.until).isoformat(),
                "CLAUDE_ANALYTICS_PSEUDONYM_KEY": "a key of a made-up company",
                **paths,
            }
        )

    def land(
        self, home: Path, *, sources: Sequence[str] = SOURCES, now: datetime | None = None
    ) -> Settings:
        """Land what these sources show when everything has been published and corrected.

        Args:
            home: Where the warehouse is made or goes on.
            sources: Which sources are configured.
            now: The moment of the landing instead.
        """
        settings = self.settings(home, sources)
        vendor = Vendor(
            self.path, now or evening(self.parameters.until + _SETTLED), granted=_GRANTED
        )
        apis = [source_id for source_id in API_SOURCES if source_id in sources]
        vendor.land(home, sources=apis, since=self.parameters.start)
        problems = land_all(settings, _QUIET, Window())
        assert problems == ()
        return settings


def make_company(path: Path, parameters: Parameters) -> Company:
    """Generate a company, with its telemetry in files as a Collector writes them.

    Args:
        path: Where to.
        parameters: What it is made from.
    """
    generate(path, parameters)
    company = Company(path, parameters)
    write_telemetry(company, lambda _: path / "telemetry")
    return company


def write_telemetry(
    company: Company,
    folder_of: Callable[[date], Path],
    *,
    sends: Callable[[str], bool] | None = None,
) -> None:
    """Write telemetry in files as a Collector does.

    Args:
        company: Whose.
        folder_of: Where that of a day goes.
        sends: Whether a client, `person-00017` or `actor-00003`, sends any; all do without.
    """
    parameters = company.parameters
    for body in bodies(company.path / "truth", parameters.start, parameters.until):
        day, client, _ = body.name.split(".", 2)
        if sends and not sends(client):
            continue
        folder = folder_of(date.fromisoformat(day))
        folder.mkdir(parents=True, exist_ok=True)
        signal = body.path.rpartition("/")[2]
        with (folder / f"{signal}.jsonl").open("ab") as file:
            file.write(body.body + b"\n")


def hand_in_logs(company: Company, share: int) -> None:
    """Have one in so many developers with telemetry hand in the logs of their machine, too.

    Args:
        company: Whose truth and logs are written anew.
        share: One in how many.
    """
    requests = company.path / "truth" / "requests.parquet"
    people = company.path / "truth" / "people.parquet"
    changed = requests.with_suffix(".new")
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select * replace (seen_by_logs or coalesce(person_id % {share} = 0, false)
                    as seen_by_logs)
                from read_parquet('{requests}')
            ) to '{changed}' (format parquet)
            """
        )
        changed.replace(requests)
        connection.execute(
            f"""
            copy (
                select * replace (has_local_logs or (has_telemetry and person_id % {share} = 0)
                    as has_local_logs)
                from read_parquet('{people}')
            ) to '{changed}' (format parquet)
            """
        )
        changed.replace(people)
    with open_truth(company.path / "truth") as truth:
        write_local_logs(truth, company.path / "files" / "logs")


def send_telemetry_of(company: Company, people: str) -> None:
    """Leave the telemetry of some people alone, as an organisation of its own would receive it.

    Args:
        company: Whose telemetry is written anew.
        people: SQL condition on the truth's table of people.
    """
    with open_truth(company.path / "truth") as truth:
        senders = {
            f"person-{person_id:05}"
            for (person_id,) in truth.execute(
                f"select person_id from people where {people}"
            ).fetchall()
        }
    telemetry = company.path / "telemetry"
    shutil.rmtree(telemetry)
    telemetry.mkdir()
    write_telemetry(company, lambda _: telemetry, sends=senders.__contains__)
