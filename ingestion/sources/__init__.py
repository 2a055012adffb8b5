"""One package per system; its name is the source id, and `declaration` says all of it."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa

    from ingestion.declared import Declaration, Table

# The order of a run and of lists; others follow by name.
_FIRST: Final = (
    "claude_code_otel",
    "claude_code_logs",
    "anthropic_console",
    "anthropic_enterprise",
    "anthropic_exports",
    "people",
    "invoices",
)
_FOUND: Final = {path.parent.name for path in Path(__file__).parent.glob("*/declaration.py")}
SOURCE_IDS: Final = (*_FIRST, *sorted(_FOUND - set(_FIRST)))
# What the load step fills beside the sources.
_OTHER_RAW_MODULES: Final = (
    "ingestion.observed_tables",
    "ingestion.pseudonyms",
    "ingestion.erasure",
    "ingestion.price_overlay",
)


@cache
def declaration(source_id: str) -> "Declaration":
    """What a source declares."""
    if source_id not in SOURCE_IDS:
        raise ValueError(f"unknown source {source_id}; choose from {', '.join(SOURCE_IDS)}")
    declared: Declaration = import_module(f"{__name__}.{source_id}.declaration").SOURCE
    return declared


def declarations() -> "list[Declaration]":
    """What every source declares."""
    return [declaration(source_id) for source_id in SOURCE_IDS]


def declared_tables() -> "dict[str, Table]":
    """Every table of a source, by its name with the schema."""
    return {
        f"{declared.dataset}.{table.name}": table
        for declared in declarations()
        for table in declared.tables
    }


def raw_tables() -> "Iterator[tuple[str, str, pa.Schema]]":
    """Dataset, name and columns of every raw table, loaded by dlt or not."""
    import pyarrow as pa

    load_id = pa.field("_dlt_load_id", pa.string())
    for declared in declarations():
        for table, schema in declared.schemas.items():
            yield declared.dataset, table, schema.append(load_id)
    for name in _OTHER_RAW_MODULES:
        module = import_module(name)
        for table, schema in module.RAW_TABLES.items():
            yield module.DATASET, table, schema
