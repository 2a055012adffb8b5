"""Keep dbt's project as it was parsed beside the project, so that no home parses the same again."""

import hashlib
import os
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_TOOLS: Final = ("dbt-core", "dbt-adapters", "dbt-duckdb")
_KEPT: Final = 8


def place(project: Path, environment: Mapping[str, str]) -> Path:
    """Return where the parse of exactly these files, tools and variables is kept.

    Args:
        project: The dbt project.
        environment: Variables that parsing depends on.
    """
    digest = hashlib.sha256()
    told = {name: text for name, text in os.environ.items() if name.startswith("DBT_")}
    tools = [sys.version, *(version(tool) for tool in _TOOLS)]
    digest.update(repr((str(project), tools, sorted({**told, **environment}.items()))).encode())
    described = yaml.safe_load((project / "dbt_project.yml").read_text("utf-8"))
    parts = {part for key, parts in described.items() if key.endswith("-paths") for part in parts}
    for name in ("dbt_project.yml", "profiles.example.yml", *sorted(parts)):
        root = project / name
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                digest.update(f"\0{path.relative_to(project)}\0{len(content)}\0".encode())
                digest.update(content)
    return project / "target" / "parsed" / f"{digest.hexdigest()[:32]}.msgpack"


def read(path: Path) -> "Manifest | None":
    """Return the parse that is kept there; None if there is none."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    if not path.is_file():
        return None
    manifest = Manifest.from_msgpack(path.read_bytes(), decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]  # dbt gives it no types
    return manifest


def keep(manifest: "Manifest", path: Path) -> None:
    """Keep a parse and forget the oldest; a project that cannot be written keeps none."""
    from dbt.parser.manifest import extended_mashumaro_encoder

    draft = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(manifest.to_msgpack(extended_mashumaro_encoder))
        draft.replace(path)
        kept = sorted(path.parent.glob("*.msgpack"), key=lambda parse: parse.stat().st_mtime)
        for old in kept[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        # An installed project may be read-only, and another process may have forgotten first.
        return
