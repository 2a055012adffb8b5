"""Writes what dbt's manifest knows into pages: the tables, and a picture of the folders.

`make docs` calls it; a test of the project says that both pages are current.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

TABLES_PAGE: Final = Path("docs/tables.md")
PICTURE_PAGE: Final = Path("docs/architecture.md")
_BEGIN: Final = "<!-- folders: begin -->\n"
_END: Final = "<!-- folders: end -->"
_PROJECT_DIR: Final = Path(__file__).resolve().parents[1]

_HEAD: Final = """\
# Tables

Every mart: what a row is, its columns, what null means, and what it reads. `make docs` writes this
page from the models: correct the YAML beside a model, not what stands here. Times are UTC; money is
never added over the kinds of cost that its name begins with.
"""
# Units of columns that say none themselves, by what their names end in.
_UNITS: Final = {
    "tokens": "tokens",
    "usd": "US dollars",
    "mtok": "US dollars per million",
    "count": "count",
    "seconds": "seconds",
    "ms": "milliseconds",
    "hours": "hours",
    "days": "days",
    "bytes": "bytes",
    "rate": "0 to 1",
    "share": "0 to 1",
    "at": "UTC time",
}
# All daily models ask it what to build; drawn as such, everything would lead to everything.
_ASKED_BY_ALL: Final = "intermediate/days"
_LAYERS: Final = ("seeds", "utilities", "staging", "intermediate", "marts", "gates")

Node = dict[str, Any]
Manifest = Mapping[str, Any]


def pages(manifest: Manifest, project_dir: Path = _PROJECT_DIR) -> dict[Path, str]:
    """Return the pages as they have to be, by their place in the project.

    Args:
        manifest: The manifest of the project, as dbt writes it.
        project_dir: Where the pages that are only written in part are read.
    """
    page = (project_dir / PICTURE_PAGE).read_text(encoding="utf-8")
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    drawn = f"{before}{_BEGIN}{picture(manifest)}{_END}{after}"
    return {TABLES_PAGE: dictionary(manifest), PICTURE_PAGE: drawn}


def dictionary(manifest: Manifest) -> str:
    """Describe all marts, by folder and name."""
    marts = [node for node in _models(manifest) if node["fqn"][1] == "marts"]
    parts = [_HEAD]
    for folder in dict.fromkeys(node["fqn"][2] for node in marts):
        parts.append(f"## {folder.capitalize()}\n")
        parts += [_mart(node) for node in marts if node["fqn"][2] == folder]
    return "\n".join(parts)


def _models(manifest: Manifest) -> list[Node]:
    found = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return sorted(found, key=lambda node: node["fqn"])


def _mart(mart: Node) -> str:
    reads = sorted({name.rpartition(".")[2] for name in mart["depends_on"]["nodes"]})
    columns = list(mart["columns"].values())
    has_additivity = any("additivity" in _meta(column) for column in columns)
    headings = ["column", "type", "unit", *["adds up"] * has_additivity, "null", "what it says"]
    lines = [f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
    for column in columns:
        unit, null, meaning = _told(column)
        additivity = [str(_meta(column).get("additivity", ""))] * has_additivity
        cells = [f"`{column['name']}`", column["data_type"] or "", unit, *additivity, null, meaning]
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    description = " ".join(mart["description"].split())
    return "\n".join(
        [
            f"### {mart['name']}\n",
            f"{description}\n",
            f"Reads {', '.join(f'`{name}`' for name in reads)}.\n",
            *lines,
            "",
        ]
    )


def _meta(column: Node) -> Node:
    meta: Node = column["config"]["meta"]
    return meta


def _told(column: Node) -> tuple[str, str, str]:
    """Unit, meaning of null, and meaning of a column, as its description tells them apart."""
    unit = str(_meta(column).get("unit", ""))
    null, meaning = "", ""
    # A description is clauses; one of them may be the unit, another what null means.
    for clause, end in re.findall(
        r"(.+?)(;|\.(?=\s|$)|$)\s*", " ".join(column["description"].split())
    ):
        if clause == "count":
            unit = unit or clause
        elif re.match(r"null\b", clause, re.IGNORECASE):
            null = re.sub(r"^null\s*", "", clause, flags=re.IGNORECASE)
        else:
            meaning += f"{clause}{end} "
    if any(constraint["type"] == "not_null" for constraint in column["constraints"]):
        null = "never"
    unit = unit or _UNITS.get(column["name"].rpartition("_")[2], "")
    return unit, null or "may be", re.sub(r";$", ".", meaning.strip())


def picture(manifest: Manifest) -> str:
    """Draw the folders of models as a Mermaid flow chart; a dashed arrow goes against the flow."""
    folders = {node["unique_id"]: "/".join(node["fqn"][1:-1]) for node in _models(manifest)}
    reads = Counter(
        ("seeds" if parent.startswith("seed.") else folders.get(parent, ""), folder)
        for name, folder in folders.items()
        for parent in manifest["nodes"][name]["depends_on"]["nodes"]
    )
    edges = sorted(
        (edge for edge in reads if edge[0] not in ("", edge[1], _ASKED_BY_ALL)),
        key=lambda edge: (-reads[edge], edge),
    )
    # The flow is what most models read; what would close a circle goes against it.
    onward: set[tuple[str, str]] = set()
    for origin, reader in edges:
        if not _reaches(onward, reader, origin):
            onward.add((origin, reader))
    arrows = {edge: "-->" for edge in _without_detours(onward)}
    arrows |= {edge: "-.->" for edge in edges if edge not in onward}
    drawn = {*folders.values(), *(folder for edge in edges for folder in edge)}
    lines = ["```mermaid", "flowchart LR"]
    for layer in _LAYERS:
        inside = sorted(folder for folder in drawn if folder.partition("/")[0] == layer)
        if inside == [layer]:
            lines.append(f"    {layer}[{layer}]")
        elif inside:
            lines.append(f"    subgraph {layer}")
            for folder in inside:
                lines.append(f"        {_id(folder)}[{folder.rpartition('/')[2]}]")
            lines.append("    end")
    for (origin, reader), arrow in sorted(arrows.items()):
        lines.append(f"    {_id(origin)} {arrow} {_id(reader)}")
    return "\n".join([*lines, "```", ""])


def _id(folder: str) -> str:
    return re.sub(r"\W", "_", folder)


def _reaches(edges: set[tuple[str, str]], start: str, end: str) -> bool:
    return start == end or any(
        _reaches(edges, there, end) for here, there in edges if here == start
    )


def _without_detours(edges: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Edges without those that a longer way makes needless; no way leads back."""
    return {
        (origin, reader)
        for origin, reader in edges
        if not any(
            _reaches(edges, other, reader)
            for here, other in edges
            if here == origin and other != reader
        )
    }


def main(arguments: list[str] | None = None) -> int:
    """Write the pages from a manifest.

    Args:
        arguments: The command line; that of the process if none.
    """
    parser = argparse.ArgumentParser(
        prog="python -m publishing.dictionary", description="Write pages from dbt's manifest."
    )
    parser.add_argument("manifest", type=Path, help="manifest.json, as `dbt parse` writes it")
    path = parser.parse_args(arguments).manifest
    if not path.is_file():
        parser.error(f"there is no manifest at {path}; `make docs` writes one")
    for page, text in pages(json.loads(path.read_text(encoding="utf-8"))).items():
        (_PROJECT_DIR / page).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
