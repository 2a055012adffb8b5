"""Rules between the Python rooms, read from the syntax of their files."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions

import pytest

from tests.project.conftest import ROOT

ROOMS = ("ingestion", "quality", "publishing", "demo", "pipeline", "benchmarks")
PRICES_DIFF = "pipeline/prices_diff.py"
MAY_IMPORT: dict[str, set[str]] = {
    "ingestion": set(),
    "quality": set(),
    "publishing": set(),
    "demo": set(),
    "pipeline": {"ingestion", "quality", "publishing", "demo"},
    "benchmarks": {"ingestion", "quality", "publishing", "demo", "pipeline"},
}


def imported_rooms(source: str) -> set[str]:
    """Return the first parts of all absolute imports, also of those inside functions."""
    names = [
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    names += [
        node.module
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0
    ]
    return {name.partition(".")[0] for name in names}


def forbidden_imports(room: str, source: str) -> set[str]:
    """Return what a file of a room imports against the rules."""
    return imported_rooms(source) & {*ROOMS, "tests"} - {room} - MAY_IMPORT[room]


def swallowed_exceptions(source: str) -> list[int]:
    """Return the lines of handlers that catch everything or that do nothing without saying why."""
    lines = source.splitlines()
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            does_nothing = all(isinstance(step, ast.Pass) for step in node.body)
            # The reason stands in a comment on, above or right below the handler.
            end = node.end_lineno or node.lineno
            reason = any("#" in line for line in lines[node.lineno - 2 : end + 1])
            if node.type is None or (does_nothing and not reason):
                found.append(node.lineno)
    return found


def undeclared_imports(source: str, declared: set[str]) -> set[str]:
    """Return imported modules that neither Python, nor we, nor a declared package brings."""
    foreign = imported_rooms(source) - {*ROOMS, "tests"} - sys.stdlib_module_names
    return {name for name in foreign if declared.isdisjoint(_brought_by().get(name, ()))}


@cache
def _brought_by() -> dict[str, set[str]]:
    """Return the installed packages that bring each module."""
    return {name: set(map(_normal, found)) for name, found in packages_distributions().items()}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _declared(requirements: list[str]) -> set[str]:
    return {_normal(re.split(r"[\[<>=!~; ]", line)[0]) for line in requirements}


def printed_lines(source: str) -> list[int]:
    """Return the lines that call `print`."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]


def _files(room: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / room).rglob("*.py")):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_keep_their_distance(room: str) -> None:
    found = {name: forbidden_imports(room, source) for name, source in _files(room)}
    assert found
    assert {name: rooms for name, rooms in found.items() if rooms} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_is_printed(room: str) -> None:
    assert {name: found for name, source in _files(room) if (found := printed_lines(source))} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_no_exception_is_swallowed(room: str) -> None:
    found = {name: lines for name, text in _files(room) if (lines := swallowed_exceptions(text))}
    assert found == {}


def test_imports_are_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    # dbt-common is dbt's own half, split off; prices_diff has an environment of its own.
    needed = _declared(project["project"]["dependencies"]) | {"dbt-common"}
    for_development = needed | _declared(project["dependency-groups"]["dev"])
    found = {}
    for room in (*ROOMS, "tests"):
        declared = needed if room not in {"benchmarks", "tests"} else for_development
        for name, source in _files(room):
            if name != PRICES_DIFF and (missing := undeclared_imports(source, declared)):
                found[name] = missing
    assert found == {}


def test_undeclared_imports_are_seen() -> None:
    source = "import json\nfrom pytest import fixture\nimport yaml\nimport pipeline.cli"
    assert undeclared_imports(source, {"pytest"}) == {"yaml"}


def test_every_python_package_is_a_room() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"tests"} == set(ROOMS)


@pytest.mark.parametrize(
    ("room", "source", "expected"),
    [
        ("quality", "from ingestion.landing import land", {"ingestion"}),
        ("ingestion", "def f():\n    import pipeline.settings", {"pipeline"}),
        ("publishing", "import tests.e2e", {"tests"}),
        ("demo", "from . import replay\nimport ingestionish", set()),
        ("pipeline", "from demo.replay import replay\nimport benchmarks", {"benchmarks"}),
    ],
)
def test_forbidden_imports_are_seen(room: str, source: str, expected: set[str]) -> None:
    assert forbidden_imports(room, source) == expected


@pytest.mark.parametrize(
    ("handler", "is_swallowed"),
    [
        ("except:\n    raise", True),
        ("except OSError:\n    pass", True),
        ("except OSError:\n    pass  # gone already", False),
        ("except OSError:\n    return_code = 1", False),
    ],
)
def test_swallowed_exceptions_are_seen(handler: str, is_swallowed: bool) -> None:
    assert bool(swallowed_exceptions(f"x = 1\ntry:\n    f()\n{handler}\n")) == is_swallowed


def test_prints_are_seen() -> None:
    assert printed_lines("x = 1\nprint(x)\nconsole.print(x)") == [2]
