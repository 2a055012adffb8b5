"""What the pages say is what the project does."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main

from ingestion.sources import declarations
from pipeline.cli import app
from pipeline.configured_sources import SOURCES
from pipeline.settings import PREFIX
from publishing.dictionary import pages
from tests.project.conftest import ROOT
from tests.project.manifest_rules import models

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("ingestion/**/*.md")]
DEPENDENCIES = "0008-dependencies.md"


def commands() -> set[str]:
    return set(getattr(typer.main.get_command(app), "commands", {}))


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"(?m)^([a-z][a-z-]*):", makefile))


def settings_variables() -> set[str]:
    """Variables of the settings, the upper-case texts of `load_settings`, and of the sources."""
    tree = ast.parse((ROOT / "pipeline" / "settings.py").read_text(encoding="utf-8"))
    load = next(
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == "load_settings"
    )
    of_sources = {PREFIX + name for declared in declarations() for name in declared.variables}
    return of_sources | {
        PREFIX + node.value
        for node in ast.walk(load)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[A-Z][A-Z_]+", node.value)
    }


def test_readme_commands_exist() -> None:
    named = set(re.findall(r"claude-analytics ([a-z]+)", README))
    assert named == commands()


def test_readme_sources_exist() -> None:
    section = README.partition("## Connect your sources")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"(?m)^\| `([a-z_]+)` \|(.*)$", section))
    assert set(rows) == set(SOURCES)
    assert {name for name, row in rows.items() if SOURCES[name].setting not in row} == set()


def test_every_source_has_its_pages() -> None:
    for source_id in SOURCES:
        readme = ROOT / "ingestion" / "sources" / source_id / "README.md"
        text = readme.read_text(encoding="utf-8")
        page = ROOT / "docs" / "sources" / f"{source_id.replace('_', '-')}.md"
        if page.exists():
            assert f"docs/sources/{page.name}" in text, source_id
        else:
            # A source of few words says them in one place.
            assert "## For users" in text, source_id


@pytest.mark.parametrize("page", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_named_make_targets_exist(page: str) -> None:
    named = set(re.findall(r"(?m)(?:`|^|\$ )make ([a-z-]+)", page))
    assert named
    assert named <= make_targets()


def test_readme_lists_every_variable() -> None:
    listed = set(re.findall(rf"(?m)^\| `({PREFIX}\w+)` \|", README))
    assert settings_variables()
    assert settings_variables() | {PREFIX + "DATABASE"} == listed


def test_no_variable_is_used_in_secret(tracked_files: list[Path]) -> None:
    used = {
        name
        for path in tracked_files
        if path.suffix in {".py", ".sql", ".yml"} and path.parts[len(ROOT.parts)] != "tests"
        for name in re.findall(rf"{PREFIX}[A-Z][A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))
    }
    assert {name for name in used if f"`{name}`" not in README} == set()


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md"])
def test_every_mart_is_named(page: str, manifest: dict[str, Any]) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    marts = {model["name"] for model in models(manifest, "marts")}
    assert {mart for mart in marts if f"`{mart}`" not in text} == set()
    assert set(re.findall(r"`((?:fct|dim|kpi|bdg)_\w+)`", text)) <= marts


def test_pages_written_from_the_models_are_current(manifest: dict[str, Any]) -> None:
    stale = [
        str(page)
        for page, text in pages(manifest).items()
        if (ROOT / page).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "make docs writes them"


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_decision_says_why_what_and_which_numbers(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    number = re.match(r"\d{4}(?=-[a-z0-9-]+\.md$)", page.name)
    assert number, "the file is named 0000-what-was-chosen.md"
    assert text.startswith(f"# {number[0]} ")
    parts = re.findall(r"(?m)^(?:\*\*|## )(Context|Choice|Effect on numbers)\b", text)
    assert parts == ["Context", "Choice", "Effect on numbers"]


def test_decision_numbers_are_unique() -> None:
    numbers = [page.name[:4] for page in DECISIONS]
    assert len(numbers) == len(set(numbers))


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    names = {re.split(r"[\[<>=!~; ]", line)[0] for group in groups for line in group}
    text = (ROOT / "docs" / "decisions" / DEPENDENCIES).read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", text))
    assert {name for name in names if name not in words} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"(?s)```.*?```", "", page.read_text(encoding="utf-8"))
    links = re.findall(r"\]\((?!\w+://|mailto:|#)([^)#]+)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []
