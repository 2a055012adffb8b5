"""All settings of the pipeline, read once from environment variables and checked."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final, Literal, get_args
from urllib.parse import urlsplit

from pipeline.errors import UsageError, keep_secret

PREFIX: Final = "CLAUDE_ANALYTICS_"
# Each source declares which of these is its own.
_PATHS_SUFFIX: Final = "_PATHS"
PROJECT_DIR: Final = Path(__file__).resolve().parent.parent

# No tool that the pipeline starts in this process or beside it gets to see these.
_SOURCE_KEYS: Final = ("CONSOLE_ADMIN_KEY", "ENTERPRISE_KEY", "ENTERPRISE_ADMIN_KEY")
SECRET_VARIABLES: Final = tuple(PREFIX + name for name in ("PSEUDONYM_KEY", *_SOURCE_KEYS))

# What a release may tell about people (docs/decisions/0033).
PrivacyMode = Literal["named", "pseudonymous", "aggregate"]

_API_URL: Final = "https://api.anthropic.com"
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_CACHE_TTLS: Final = ("5m", "1h")
_ENTERPRISE_PLANS: Final = ("usage_based", "seat_based")
_MEMORY: Final = re.compile(r"[1-9][0-9]*(MB|GB)")
_MIN_KEY_LENGTH: Final = 16


@dataclass(frozen=True)
class Settings:
    """What the environment says; the README lists every variable.

    Args:
        home: Directory of everything the pipeline writes.
        as_of: Reporting day, the one clock of all models.
        has_fixed_clock: Whether the reporting day was given rather than taken from the clock.
        paths: Where sources are read from, by the variable that says so, without its prefix.
        keys: Keys of APIs by their variable, without its prefix.
        price_overlay: CSV file with price rows of the site.
        keep_releases: How many releases stay.
        spool_keep_days: How long landed spool files stay.
        quarantine_days: How long bodies that cannot be decoded stay.
        cache_write_ttl_subscription: Cache time to live assumed for subscription sign-in.
        cache_write_ttl_other: Cache time to live assumed for everybody else.
        enterprise_plan: Whether the Enterprise reports show all use or what goes beyond the seats.
        memory_limit: Most memory that the build takes before it uses the disk.
        pseudonym_key: Key of the pseudonyms; None means the key file in the home.
        privacy_mode: Whether releases name people, carry their pseudonyms, or no row per person.
        api_url: Scheme and host of Anthropic's API.
        api_requests_per_minute: A limit that the vendor granted in place of the documented ones.
    """

    home: Path
    as_of: date
    has_fixed_clock: bool = False
    paths: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    price_overlay: Path | None = None
    keep_releases: int = 5
    spool_keep_days: int = 7
    quarantine_days: int = 14
    cache_write_ttl_subscription: str = "1h"
    cache_write_ttl_other: str = "5m"
    enterprise_plan: str = "usage_based"
    memory_limit: str = "6GB"
    pseudonym_key: str | None = field(default=None, repr=False)
    privacy_mode: PrivacyMode = "pseudonymous"
    api_url: str = _API_URL
    api_requests_per_minute: int | None = None

    @property
    def database(self) -> Path:
        """The build file; nobody but the pipeline reads it."""
        return self.home / "warehouse.duckdb"

    @property
    def spool_dir(self) -> Path:
        """Where the receiver stores what it acknowledged."""
        return self.home / "spool"

    @property
    def quarantine_dir(self) -> Path:
        """Bodies that could not be decoded."""
        return self.spool_dir / "quarantine"

    @property
    def dlt_dir(self) -> Path:
        """Working directory of the loader."""
        return self.home / "dlt"

    @property
    def dbt_dir(self) -> Path:
        """Profile, compiled models and log of dbt."""
        return self.home / "dbt"

    @property
    def quality_dir(self) -> Path:
        """Results of the gates and their Data Docs."""
        return self.home / "quality"

    @property
    def releases_dir(self) -> Path:
        """Published releases and the link to the current one."""
        return self.home / "releases"

    @property
    def key_file(self) -> Path:
        """Key of the pseudonyms, made at first use."""
        return self.home / "pseudonym.key"

    @property
    def erasure_key_file(self) -> Path:
        """Key of the list of erased people, made when the first is erased."""
        return self.home / "erasure.key"

    @property
    def lock_file(self) -> Path:
        """Held by the one command that may write the warehouse."""
        return self.home / ".lock"

    @property
    def landing_moment(self) -> datetime | None:
        """UTC moment that landings count as observed at; None leaves it to the clock."""
        return self.reference_at if self.has_fixed_clock else None

    @property
    def reference_at(self) -> datetime:
        """UTC moment that freshness is measured from: now, or the end of a fixed reporting day."""
        if self.has_fixed_clock:
            return datetime.combine(self.as_of + timedelta(days=1), time.min)
        return datetime.now(UTC).replace(tzinfo=None)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings.

    Args:
        environ: Variables to read; the process environment if left out.

    Raises:
        UsageError: A value is wrong; the message names the variable.
    """
    values = {
        name.removeprefix(PREFIX): value.strip()
        for name, value in (os.environ if environ is None else environ).items()
        if name.startswith(PREFIX) and value.strip()
    }
    for name in SECRET_VARIABLES:
        keep_secret(values.get(name.removeprefix(PREFIX), ""))
    overlay = values.get("PRICE_OVERLAY")
    keys = {name: values[name] for name in _SOURCE_KEYS if name in values}
    if "ENTERPRISE_KEY" in keys:
        # One key may hold all scopes.
        keys.setdefault("ENTERPRISE_ADMIN_KEY", keys["ENTERPRISE_KEY"])
    return Settings(
        # Absolute: dbt reads the project from elsewhere than the user's working directory.
        home=Path(values.get("HOME", "var")).expanduser().absolute(),
        as_of=_day(values["AS_OF"]) if "AS_OF" in values else datetime.now(UTC).date(),
        has_fixed_clock="AS_OF" in values,
        paths={name: _paths(text) for name, text in values.items() if name.endswith(_PATHS_SUFFIX)},
        keys=keys,
        price_overlay=Path(overlay).expanduser().absolute() if overlay else None,
        keep_releases=_number(values, "KEEP_RELEASES", default=5, least=1),
        spool_keep_days=_number(values, "SPOOL_KEEP_DAYS", default=7, least=1),
        quarantine_days=_number(values, "QUARANTINE_DAYS", default=14, least=0),
        cache_write_ttl_subscription=_ttl(values, "CACHE_WRITE_TTL_SUBSCRIPTION", default="1h"),
        cache_write_ttl_other=_ttl(values, "CACHE_WRITE_TTL_OTHER", default="5m"),
        enterprise_plan=_enterprise_plan(values.get("ENTERPRISE_PLAN", _ENTERPRISE_PLANS[0])),
        memory_limit=_memory(values.get("MEMORY_LIMIT", "6GB")),
        pseudonym_key=_key(values.get("PSEUDONYM_KEY")),
        privacy_mode=_privacy_mode(values.get("PRIVACY_MODE", "pseudonymous")),
        api_url=_url(values.get("API_URL", _API_URL)),
        api_requests_per_minute=(
            _number(values, "API_REQUESTS_PER_MINUTE", default=1, least=1)
            if "API_REQUESTS_PER_MINUTE" in values
            else None
        ),
    )


def parse_day(text: str, name: str) -> date:
    """Read a calendar day.

    Args:
        text: The day as YYYY-MM-DD.
        name: What the user called it, for the error line.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name} is not a day: {text!r}; write it as YYYY-MM-DD") from None


def check_readable(paths: Sequence[Path], name: str) -> None:
    """Refuse paths that are not there or not readable.

    Args:
        paths: What the user gave.
        name: Where the user gave it, for the error line.

    Raises:
        UsageError: One of them cannot be read.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"no such file or directory: {path}; check {name}")
        if not os.access(path, os.R_OK):
            raise UsageError(f"permission denied: {path}; grant this user read access ({name})")


def _day(text: str) -> date:
    return parse_day(text, PREFIX + "AS_OF")


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(Path(part).expanduser().absolute() for part in text.split(os.pathsep) if part)


def _url(text: str) -> str:
    """Check the address that keys are sent to: encrypted, unless it never leaves the machine."""
    try:
        parts = urlsplit(text)
        is_bare = bool(parts.hostname) and not (parts.username or parts.query or parts.fragment)
    except ValueError:
        is_bare = False
    schemes = ("https", "http") if is_bare and parts.hostname in _LOOPBACK else ("https",)
    if not is_bare or parts.scheme not in schemes:
        # The value is not shown: an address may hold a password.
        raise UsageError(
            f"{PREFIX}API_URL is no address of an API; give scheme and host, such as {_API_URL} "
            "(without encryption only on loopback)"
        )
    return text.rstrip("/")


def _number(values: Mapping[str, str], name: str, *, default: int, least: int) -> int:
    text = values.get(name, str(default))
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise UsageError(f"{PREFIX}{name} is {text!r}; give a whole number of at least {least}")
    return number


def _ttl(values: Mapping[str, str], name: str, *, default: str) -> str:
    text = values.get(name, default)
    if text not in _CACHE_TTLS:
        raise UsageError(f"{PREFIX}{name} is {text!r}; give one of {', '.join(_CACHE_TTLS)}")
    return text


def _enterprise_plan(text: str) -> str:
    if text not in _ENTERPRISE_PLANS:
        plans = ", ".join(_ENTERPRISE_PLANS)
        raise UsageError(f"{PREFIX}ENTERPRISE_PLAN is {text!r}; give one of {plans}")
    return text


def _memory(text: str) -> str:
    if not _MEMORY.fullmatch(text):
        raise UsageError(f"{PREFIX}MEMORY_LIMIT is {text!r}; give a size such as 6GB")
    return text


def _privacy_mode(text: str) -> PrivacyMode:
    modes: tuple[PrivacyMode, ...] = get_args(PrivacyMode)
    for mode in modes:
        if text == mode:
            return mode
    raise UsageError(f"{PREFIX}PRIVACY_MODE is {text!r}; give one of {', '.join(modes)}")


def _key(text: str | None) -> str | None:
    if text is None:
        return None
    if len(text) < _MIN_KEY_LENGTH:
        raise UsageError(
            f"{PREFIX}PSEUDONYM_KEY is too short; give at least {_MIN_KEY_LENGTH} random characters"
        )
    return text
