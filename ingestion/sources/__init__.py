"""One package per system; the name of the package is the source id."""

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    import pyarrow as pa

SOURCE_IDS: Final = (
    "claude_code_otel",
    "claude_code_logs",
    "anthropic_console",
    "anthropic_enterprise",
    "anthropic_exports",
    "people",
    "invoices",
)
# What the load step fills beside the sources.
_OTHER_RAW_MODULES: Final = (
    "ingestion.observed_tables",
    "ingestion.pseudonyms",
    "ingestion.erasure",
    "ingestion.price_overlay",
)


class RawTables(Protocol):
    """A module that owns raw tables."""

    DATASET: str
    RAW_TABLES: "dict[str, pa.Schema]"


class SourceSettings(RawTables, Protocol):
    """The settings module of a source.

    One that asks for days has a `PULLS` as well: the table in which it notes what each asking
    said. Days without rows are then known as empty, forbidden or not yet published.
    """

    MEASURES: dict[str, tuple[str, ...]]


def source_settings(source_id: str) -> SourceSettings:
    """Settings of a source: its dataset, tables and key measures."""
    if source_id not in SOURCE_IDS:
        raise ValueError(f"unknown source {source_id}; choose from {', '.join(SOURCE_IDS)}")
    module = import_module(f"ingestion.sources.{source_id}.settings")
    return cast("SourceSettings", module)


def raw_tables() -> "Iterator[tuple[str, str, pa.Schema]]":
    """Dataset, name and columns of every raw table, loaded by dlt or not."""
    import pyarrow as pa

    for source_id in SOURCE_IDS:
        settings = source_settings(source_id)
        for table, schema in settings.RAW_TABLES.items():
            yield settings.DATASET, table, schema.append(pa.field("_dlt_load_id", pa.string()))
    for name in _OTHER_RAW_MODULES:
        module = cast("RawTables", import_module(name))
        for table, schema in module.RAW_TABLES.items():
            yield module.DATASET, table, schema
