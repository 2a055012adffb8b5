"""Rules between the Python rooms, read from the syntax of their files."""

import ast
from collections.abc import Iterator

import pytest

from tests.project.conftest import ROOT

ROOMS = ("ingestion", "quality", "publishing", "demo", "pipeline", "benchmarks")
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
