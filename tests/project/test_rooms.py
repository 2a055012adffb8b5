"""Rules of the rooms, read from their files: vendors' words, import circles, names."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations

import pytest

from tests.project.conftest import ROOT

PRODUCT = ("ingestion", "quality", "publishing", "pipeline", "demo")
# What only one vendor says; `x-request-id` and `is_next_page` are other words.
VENDOR_WORDS = re.compile(
    r"(?<![\w-])(anthropic[\w-]*|x-api-key|request-id|next_page|has_more|last_id|after_id"
    r"|starting_(at|date)|ending_(at|date)|(?<=\")results(?=\"))(?![\w-])",
    re.IGNORECASE,
)


def vendor_words(source: str) -> set[str]:
    """Return the words in a file that a vendor's dialect alone may say."""
    return {found.group(0).lower() for found in VENDOR_WORDS.finditer(source)}


def _python_files(room: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / room).rglob("*.py")):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_vendors_are_known_to_their_dialects_only() -> None:
    found = {name: vendor_words(text) for name, text in _python_files("ingestion/http")}
    # A dialect that says none would mean that the words above are not its words.
    assert found.pop("ingestion/http/dialects/anthropic.py") >= {"x-api-key", "last_id"}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('headers = {"anthropic-version": "2023-06-01"}', {"anthropic-version"}),
        ('cursor = payload.get("next_page")', {"next_page"}),
        ('def ask(is_next_page): "x-request-id"', set()),
        ("from ingestion.http.dialects.anthropic import IDS", {"anthropic"}),
    ],
)
def test_vendor_words_are_seen(source: str, expected: set[str]) -> None:
    assert vendor_words(source) == expected


# --- imports -----------------------------------------------------------------------------------


def imported_modules(source: str, package: str, known: Collection[str]) -> set[str]:
    """Return the modules of ours that a file imports, also inside functions; not for types only.

    Args:
        source: The text of the file.
        package: The package that the file lies in, for relative imports.
        known: All modules of ours.
    """
    found = set()
    for node in _running_nodes(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            # `from package import module` needs the module; what a package holds is the package.
            names = {f"{module}.{alias.name}" for alias in node.names}
            found |= (names & set(known)) or {module}
    return found & set(known)


def _running_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Walk all nodes but those under `if TYPE_CHECKING`."""
    yield node
    for child in ast.iter_child_nodes(node):
        is_type_block = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        if not is_type_block:
            yield from _running_nodes(child)


def circle(imports: Mapping[str, set[str]]) -> list[str]:
    """Return the modules of one import circle in their order; none if there is no circle."""
    finished: set[str] = set()

    def walk(module: str, path: list[str]) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in finished:
            return []
        for imported in sorted(imports.get(module, ())):
            if found := walk(imported, [*path, module]):
                return found
        finished.add(module)
        return []

    return next((found for module in sorted(imports) if (found := walk(module, []))), [])


def _module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _import_graph() -> dict[str, set[str]]:
    files = [file for room in PRODUCT for file in _python_files(room)]
    known = {_module_name(path) for path, _ in files}
    graph = {}
    for path, text in files:
        name = _module_name(path)
        package = name if path.endswith("__init__.py") else name.rpartition(".")[0]
        # A declaration names the reader that it calls only once its source is opened.
        opened = {f"{package}.reader"} if name.endswith(".declaration") else set()
        graph[name] = imported_modules(text, package, known) - {name} - opened
    return graph


def test_imports_form_no_circle() -> None:
    graph = _import_graph()
    assert "pipeline.settings" in graph["pipeline.flow"]
    assert circle(graph) == []


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({"a": "import b", "b": "import c", "c": "x = 1"}, []),
        ({"a": "import b", "b": "def f():\n    from a import g"}, ["a", "b", "a"]),
        ({"a": "if TYPE_CHECKING:\n    import b", "b": "import a"}, []),
        ({"p.a": "from . import b", "p.b": "from .a import x"}, ["p.a", "p.b", "p.a"]),
    ],
)
def test_circles_are_seen(sources: dict[str, str], expected: list[str]) -> None:
    graph = {
        name: imported_modules(text, name.rpartition(".")[0], sources)
        for name, text in sources.items()
    }
    assert circle(graph) == expected


# --- names -------------------------------------------------------------------------------------

# The demo says the words of the systems that it stands for; a command is what users type.
OTHERS_WORDS = ("demo", "pipeline.commands")
# Words for the same duty in each room: only what it is done to differs.
ROOM_WORDS = {
    "__main__",
    "client",
    "declaration",
    "errors",
    "reader",
    "rows",
    "settings",
    "tables",
}


def duty(module: str) -> str:
    """Return the word that a module is named by: receiving and receiver are one duty."""
    return re.sub(r"(?<=\w{3})(ings?|ers?|ures?|s)$", "", module.rpartition(".")[2])


def shared_duties(modules: Iterable[str]) -> dict[str, list[str]]:
    """Return the modules whose names say the same duty although they lie apart, by that duty."""
    named: dict[str, list[str]] = {}
    for module in sorted(modules):
        if module.rpartition(".")[2] not in ROOM_WORDS:
            named.setdefault(duty(module), []).append(module)
    return {
        word: found
        for word, found in named.items()
        if any(_lie_apart(one, other) for one, other in combinations(found, 2))
    }


def _lie_apart(one: str, other: str) -> bool:
    """Whether neither stands beside the other, nor beside what holds it."""
    return not (other.startswith(f"{one}.") or one.rpartition(".")[0] == other.rpartition(".")[0])


def test_a_name_has_one_duty() -> None:
    modules = [_module_name(path) for room in PRODUCT for path, _ in _python_files(room)]
    ours = [module for module in modules if not module.startswith(OTHERS_WORDS)]
    assert "ingestion.otlp.spool" in ours
    assert shared_duties(ours) == {}


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        (["a.receiver", "b.receiving"], {"receiv": ["a.receiver", "b.receiving"]}),
        (["a.erasure", "b.c.erasing"], {"eras": ["a.erasure", "b.c.erasing"]}),
        (["a.spool", "b.spool", "b.flow"], {"spool": ["a.spool", "b.spool"]}),
        (["a.errors", "b.errors", "a.source"], {}),
        (["a.receiving", "a.receiving.receiver", "b.dialect", "b.dialects"], {}),
    ],
)
def test_shared_duties_are_seen(modules: list[str], expected: dict[str, list[str]]) -> None:
    assert shared_duties(modules) == expected
