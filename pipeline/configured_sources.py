"""The sources as the command line lands them: what each declares, with what the settings hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingestion.sources import SOURCE_IDS
from pipeline.errors import UsageError
from pipeline.settings import PREFIX, Settings

if TYPE_CHECKING:
    from ingestion.declared import Api, Declaration, Files
    from ingestion.http.endpoints import ApiSource
    from ingestion.raw_tables import LandingResult


@dataclass(frozen=True)
class FileSource:
    """A source that is read from files.

    Args:
        declared: The source.
        files: Where it is read from.
    """

    declared: "Declaration"
    files: "Files"

    @property
    def source_id(self) -> str:
        """Its name on the command line and in `raw_ingestion.observed_days`."""
        return self.declared.source_id

    @property
    def setting(self) -> str:
        """The variable that names its paths."""
        return PREFIX + self.files.setting

    def configured_paths(self, settings: Settings) -> tuple[Path, ...]:
        """Where the settings say it is."""
        has_spool = self.files.has_spool and settings.spool_dir.is_dir()
        spool = (settings.spool_dir,) if has_spool else ()
        return (*spool, *settings.paths.get(self.files.setting, ()))

    def is_configured(self, settings: Settings) -> bool:
        """Whether the settings name anything to land."""
        return bool(self.configured_paths(settings))

    def land(
        self, settings: Settings, paths: Sequence[Path], period: str | None = None
    ) -> "LandingResult":
        """Land paths, for files of a period if one is given."""
        now = settings.landing_moment
        if self.files.open is None:
            if self.files.land is None:
                raise ValueError(f"{self.source_id} does not say how it is read")
            return self.files.land(paths, settings.database, settings.dlt_dir, now)
        from ingestion.landing import land

        return land(
            self.files.open(paths, period),
            source_id=self.source_id,
            database=settings.database,
            working_dir=settings.dlt_dir,
            now=now,
        )

    @property
    def names_people(self) -> bool:
        """Whether its rows name people, who get pseudonyms."""
        return any(table.persons for table in self.declared.tables)


@dataclass(frozen=True)
class KeySource:
    """A source that is asked through an API, with a key.

    Args:
        declared: The source.
        api: How it is asked.
    """

    declared: "Declaration"
    api: "Api"

    @property
    def source_id(self) -> str:
        """Its name on the command line and in `raw_ingestion.observed_days`."""
        return self.declared.source_id

    @property
    def setting(self) -> str:
        """The variable that holds its key."""
        return PREFIX + self.api.setting

    def is_configured(self, settings: Settings) -> bool:
        """Whether the settings hold a key."""
        return self.api.setting in settings.keys

    def open(self, settings: Settings) -> "ApiSource":
        """Open the API."""
        return self.api.open(settings.api_url, settings.keys, settings.api_requests_per_minute)


Source = FileSource | KeySource


@cache
def _source(source_id: str) -> Source:
    from ingestion.declared import Files
    from ingestion.sources import declaration

    declared = declaration(source_id)
    access = declared.access
    if isinstance(access, Files):
        return FileSource(declared, access)
    return KeySource(declared, access)


class _Sources(Mapping[str, Source]):
    """All sources by name; one is read when it is asked for, since names alone suffice for help."""

    def __getitem__(self, source_id: str) -> Source:
        if source_id not in SOURCE_IDS:
            raise KeyError(source_id)
        return _source(source_id)

    def __iter__(self) -> Iterator[str]:
        return iter(SOURCE_IDS)

    def __len__(self) -> int:
        return len(SOURCE_IDS)


SOURCES: Final = _Sources()


def file_sources() -> list[FileSource]:
    """The sources that are read from files."""
    return [source for source in SOURCES.values() if isinstance(source, FileSource)]


def find_source(source_id: str) -> Source:
    """Return a source by name.

    Raises:
        UsageError: There is none; the message lists those that exist.
    """
    if source_id not in SOURCES:
        raise UsageError(f"unknown source {source_id!r}; known sources: {', '.join(SOURCES)}")
    return SOURCES[source_id]
