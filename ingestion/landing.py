"""Lands a dlt source in the warehouse file, safe against a kill at any moment."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import dlt
import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq
from dlt.common.configuration.container import Container
from dlt.common.configuration.providers import CustomLoaderDocProvider
from dlt.common.configuration.providers.provider import ConfigProvider
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
from dlt.common.runtime.run_context import RunContext
from dlt.common.schema.typing import TDeleteInsertStrategyDict, TSchemaContractDict
from dlt.common.storages import (
    FileStorage,
    LoadStorage,
    NormalizeStorage,
    PackageStorage,
    ParsedLoadJobFileName,
)
from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials
from dlt.extract import DltSource
from dlt.sources import DltResource

from ingestion.observed_days import observe_loads
from ingestion.raw_tables import (
    DUCKDB_CONFIG,
    LandingResult,
    connect,
    ensure_raw_tables,
    exists,
)
from ingestion.sources import declaration

logger = logging.getLogger(__name__)

_DLT_CONFIG: Final[dict[str, Any]] = {
    # An error is raised as well, and told to the user once.
    "runtime": {"dlthub_telemetry": False, "log_level": "CRITICAL"},
    "normalize": {"parquet_normalizer": {"add_dlt_load_id": True}},
    "load": {"truncate_staging_dataset": True},
}

RAW_CONTRACT: Final[TSchemaContractDict] = {
    "tables": "evolve",
    "columns": "evolve",
    "data_type": "freeze",
}
# Only delete-insert neither loses nor doubles rows when the process dies between a copy and its
# bookkeeping; the copy is then repeated into the staging table, so that must be deduplicated.
MERGE: Final[TDeleteInsertStrategyDict] = {"disposition": "merge", "strategy": "delete-insert"}

_STATES_KEPT: Final = 5
_LOAD_FOLDER: Final = "load"
_NORMALIZE_FOLDER: Final = "normalize"
# True in a row that only marks what is to be dropped.
_WITHDRAWN: Final = "is_withdrawn"


def merged(data: Any, name: str, *, part: str | None = None) -> DltResource:  # noqa: ANN401  # what dlt takes
    """A table of notes, or one whose rows replace those of the same part.

    Args:
        data: Its rows.
        name: Its name.
        part: The column that rows of a part share; a row marked as withdrawn only empties it.
    """
    if part is None:
        return dlt.resource(data, name=name, write_disposition=MERGE, primary_key="pull_key")
    mark = {_WITHDRAWN: {"hard_delete": True, "data_type": "bool"}}
    return dlt.resource(data, name=name, write_disposition=MERGE, merge_key=part, columns=mark)


class _PinnedContext(RunContext):
    """A dlt context with fixed settings: neither files nor variables of the user reach it."""

    def initial_providers(self) -> list[ConfigProvider]:
        return [CustomLoaderDocProvider("pinned", lambda: _DLT_CONFIG)]


@contextmanager
def _pinned_settings(working_dir: Path) -> Iterator[None]:
    container = Container()
    cookie = container[PluggableRunContext].push_context()
    try:
        container[PluggableRunContext].reload(_PinnedContext(str(working_dir)))
        yield
    finally:
        container[PluggableRunContext].pop_context(cookie)


def land(
    source: DltSource,
    *,
    source_id: str,
    database: Path,
    working_dir: Path,
    now: datetime | None = None,
) -> LandingResult:
    """Load what the source has and record which days were observed.

    Packages that a killed run left are loaded first. Then the local state is dropped, so that the
    warehouse alone says what was already read: a lost or older warehouse file is filled again
    instead of being trusted to hold what the local state remembers.

    Args:
        source: A dlt source whose tables all have a primary key.
        source_id: Name of its package in `ingestion.sources`.
        database: The warehouse file; nobody else may have it open.
        working_dir: Directory for dlt's packages and state.
        now: UTC moment, without zone, that the days count as observed at; the clock's if left out.
    """
    declared = declaration(source_id)
    ensure_raw_tables(database)
    rows: dict[str, int] = dict.fromkeys(declared.schemas, 0)
    load_ids: list[str] = []
    with _pinned_settings(working_dir):
        _complete_folders(working_dir / source_id)
        pipeline = _pipeline(source_id, declared.dataset, database, working_dir)
        if pipeline.has_pending_data:
            logger.info("%s: loading what an interrupted run left", source_id)
            _drop_normalized_extracts(working_dir / source_id)
            staging = f"{declared.dataset}_staging"
            _clear_interrupted_copies(working_dir / source_id, staging, database)
            load_ids += _run(pipeline, None, rows)
        pipeline.deactivate()
        _remove(working_dir / source_id)
        pipeline = _pipeline(source_id, declared.dataset, database, working_dir)
        load_ids += _run(pipeline, source, rows)
        while _has_more(pipeline, source.name):
            load_ids += _run(pipeline, source, rows)
    with connect(database) as connection:
        if exists(connection, declared.dataset, "_dlt_loads"):
            observe_loads(connection, declared, now)
            _forget_old_states(connection, declared.dataset)
    return LandingResult(source_id, rows, tuple(load_ids))


def _forget_old_states(connection: duckdb.DuckDBPyConnection, dataset: str) -> None:
    """Delete all states but the newest: dlt adds one, with all bookmarks, per load."""
    connection.execute(
        f"""
        delete from {dataset}._dlt_pipeline_state
        where version < (select max(version) - {_STATES_KEPT} from {dataset}._dlt_pipeline_state)
        """  # noqa: S608  # the dataset is a constant of the source
    )


def _pipeline(source_id: str, dataset: str, database: Path, working_dir: Path) -> dlt.Pipeline:
    credentials = DuckDbCredentials(str(database))
    credentials.global_config = dict(DUCKDB_CONFIG)
    return dlt.pipeline(
        pipeline_name=source_id,
        pipelines_dir=str(working_dir),
        destination=dlt.destinations.duckdb(credentials=credentials),
        dataset_name=dataset,
    )


def _run(pipeline: dlt.Pipeline, source: DltSource | None, rows: dict[str, int]) -> list[str]:
    """Run once, add the loaded rows per table and return the finished loads."""
    info = pipeline.run(source, loader_file_format="parquet")
    if info is None:
        return []
    for package in info.load_packages:
        for job in package.jobs["completed_jobs"]:
            table = job.job_file_info.table_name
            if table in rows and job.job_file_info.file_format == "parquet":
                rows[table] += _row_count(job.file_path)
    return list(info.loads_ids)


def _row_count(file: str) -> int:
    """Rows of a file, without the marks that make a merge drop what a source withdrew."""
    with pq.ParquetFile(file) as parquet:
        count: int = parquet.metadata.num_rows
        if _WITHDRAWN in parquet.schema_arrow.names:
            marks = parquet.read(columns=[_WITHDRAWN]).column(_WITHDRAWN)
            count -= pc.sum(marks).as_py() or 0
    return count


def _complete_folders(working_dir: Path) -> None:
    """Make the folders that dlt takes for granted once their parent exists."""
    storage = working_dir / _LOAD_FOLDER
    if storage.is_dir():
        for name in (
            LoadStorage.NEW_PACKAGES_FOLDER,
            LoadStorage.NORMALIZED_FOLDER,
            LoadStorage.LOADED_FOLDER,
        ):
            (storage / name).mkdir(exist_ok=True)


def _remove(working_dir: Path) -> None:
    """Remove a working directory at one stroke: dlt cannot use one that is half removed."""
    doomed = working_dir.with_name(f"{working_dir.name}.removed")
    if doomed.exists():
        shutil.rmtree(doomed)
    working_dir.rename(doomed)
    shutil.rmtree(doomed)


def _drop_normalized_extracts(working_dir: Path) -> None:
    """Drop what was extracted where the package that was made from it is already there.

    A process may die after such a package is complete and before its extract is removed, whole or
    in part. dlt would make the package again, and fail at every run because it exists.
    """
    extracts = working_dir / _NORMALIZE_FOLDER / NormalizeStorage.EXTRACTED_FOLDER
    packages = working_dir / _LOAD_FOLDER / LoadStorage.NORMALIZED_FOLDER
    if packages.is_dir():
        for package in packages.iterdir():
            if (extracts / package.name).exists():
                shutil.rmtree(extracts / package.name)


def _clear_interrupted_copies(working_dir: Path, staging: str, database: Path) -> None:
    """Empty the staging tables whose copy is going to be repeated.

    A process may die after a copy and before the note that it is done. The copy is then made
    again, and a source that vouches for unique rows would have them twice. A package has one file
    per table, so there is nothing else in such a table.
    """
    folder = working_dir / _LOAD_FOLDER / LoadStorage.NORMALIZED_FOLDER
    if not folder.is_dir():
        return
    packages = PackageStorage(FileStorage(str(folder)), "normalized")
    started = {
        (load_id, Path(job).name)
        for load_id in packages.list_packages()
        for job in packages.list_started_jobs(load_id)
    }
    repeated = [
        ParsedLoadJobFileName.parse(name)
        for load_id, name in started
        if packages.load_pending_transition(load_id, name) is None
    ]
    with connect(database) as connection:
        for job in repeated:
            if job.file_format == "parquet" and exists(connection, staging, job.table_name):
                connection.execute(f"truncate {staging}.{job.table_name}")


def _has_more(pipeline: dlt.Pipeline, source_name: str) -> bool:
    """Whether a resource ended its load early and says so in its state."""
    resources = pipeline.state.get("sources", {}).get(source_name, {}).get("resources", {})
    return any(state.get("has_more") for state in resources.values())
