"""A simulated company, landed from everything that shows it, in this process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console

from demo.organisation import Parameters, generate
from demo.organisation.views.telemetry import bodies
from pipeline.landing import Window, land_all
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

    def settings(self, home: Path, sources: Sequence[str] = SOURCES) -> Settings:
        """Settings of an organisation that has configured these sources."""
        paths = {
            f"CLAUDE_ANALYTICS_{variable}": str(self.path / folder)
            for source_id, (variable, folder) in FILES.items()
            if source_id in sources
        }
        return load_settings(
            {
                "CLAUDE_ANALYTICS_HOME": str(home),
                "CLAUDE_ANALYTICS_AS_OF": self.parameters.until.isoformat(),
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
    """Generate a company, with its telemetry in files as a Collector writes them."""
    generate(path, parameters)
    telemetry = path / "telemetry"
    telemetry.mkdir()
    with (
        (telemetry / "logs.jsonl").open("wb") as logs,
        (telemetry / "metrics.jsonl").open("wb") as metrics,
    ):
        for body in bodies(path / "truth", parameters.start, parameters.until):
            file = logs if body.path.endswith("/logs") else metrics
            file.write(body.body + b"\n")
    return Company(path, parameters)
