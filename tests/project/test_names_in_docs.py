"""Pages promise nothing, and every name that they write as code is one of the project's."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import pytest

from tests.project.conftest import ROOT
from tests.project.test_docs import commands, make_targets, settings_variables

# Tells of what was, so its names may be gone.
HISTORY: Final = "CHANGELOG.md"
# What is said of tomorrow is forgotten when tomorrow comes.
PROMISE: Final = re.compile(
    r"\b(yet|soon|for now|so far|planned|upcoming|not implemented|will be|to come|"
    r"in (?:the )?future|at the moment|for the time being)\b",
    re.IGNORECASE,
)
# Names of others: variables of the client and of OpenTelemetry, an event that is only mentioned.
FOREIGN: Final = re.compile(r"OTEL_\w+|CLAUDE_CODE_\w+|feedback_survey")
MODEL: Final = re.compile(r"(?:stg|int|fct|dim|kpi|bdg|util)_\w+")
SOURCE_SUFFIXES: Final = {"", ".py", ".sql", ".yml", ".md", ".csv", ".ini", ".lock"}


@dataclass(frozen=True)
class Project:
    """What a page may name.

    Attributes:
        files: Tracked files, relative to the root.
        text: What stands in those that are neither pages nor tests.
    """

    files: frozenset[str]
    text: str

    @cached_property
    def words(self) -> set[str]:
        """Everything that looks like a name in a file, or in the name of one."""
        return set(re.findall(r"\w+", self.text)) | {
            word for file in self.files for word in re.findall(r"\w+", file)
        }

    @cached_property
    def macros(self) -> set[str]:
        """Macros by the names of their files."""
        return {Path(file).stem for file in self.files if re.match(r"macros/.*\.sql$", file)}

    @cached_property
    def models(self) -> set[str]:
        """Models and seeds by the names of their files."""
        return {
            Path(file).stem
            for file in self.files
            if re.match(r"(models|seeds)/.*\.(sql|csv)$", file)
        }

    def has_path(self, path: str) -> bool:
        """Whether files end or go on below a path, in which `<name>` stands for anything."""
        pattern = re.sub(r"<[^>]*>|\\\*", "[^/]*", re.escape(path.rstrip("/")).replace(r"\<", "<"))
        whole = re.compile(rf"(?:.*/)?{pattern}(?:/.*)?")
        return any(whole.fullmatch(file) for file in self.files)


@pytest.fixture(scope="module")
def project(tracked_files: list[Path]) -> Project:
    names = {path: str(path.relative_to(ROOT)) for path in tracked_files}
    texts = [
        path.read_bytes().decode("utf-8", "replace")
        for path, name in names.items()
        if path.suffix != ".md" and not name.startswith(("tests/", "demo/recorded/"))
    ]
    return Project(frozenset(names.values()), "\n".join(texts))


@pytest.fixture(scope="module")
def pages(tracked_files: list[Path]) -> dict[str, str]:
    names = {str(path.relative_to(ROOT)): path for path in tracked_files}
    return {
        name: path.read_text(encoding="utf-8")
        for name, path in names.items()
        if (path.suffix == ".md" or name == "Makefile") and name != HISTORY
    }


def promises(page: str, text: str, project: Project) -> Iterator[str]:
    """Words about what is not there."""
    yield from (found[0] for found in PROMISE.finditer(re.sub(r"\s+", " ", text)))


def unknown_words(page: str, text: str, project: Project) -> Iterator[str]:
    """Names with an underscore, such as macros, columns and settings, that stand in no file."""
    known = "\n".join(("", *project.words, *settings_variables()))
    for code in _codes(text):
        # A file of that form is the reader's own.
        for word in (
            () if code.endswith(".csv") else re.findall(r"(?<![\w.-])[A-Za-z]\w*_\w+", code)
        ):
            # The gates put names together: from the front of a column, and from its end.
            core = word.removesuffix("_recent")
            if f"\n{core}" not in known and not FOREIGN.fullmatch(word):
                yield word


def unused_macros(page: str, text: str, project: Project) -> Iterator[str]:
    """Macros that stand in a file, and that nothing calls."""
    for code in _codes(text):
        name = re.sub(r"\(.*\)$", "", code)
        # The definition is the first; a part for one warehouse has another name.
        if name in project.macros and len(re.findall(rf"(?<!__)\b{name}\(", project.text)) < 2:
            yield name


def unknown_models(page: str, text: str, project: Project) -> Iterator[str]:
    """Names of models that no file has."""
    for code in _codes(text):
        name = code.partition(".")[0]
        if MODEL.fullmatch(name) and name not in project.models:
            yield name


def unknown_paths(page: str, text: str, project: Project) -> Iterator[str]:
    """Files and directories of the project that are not there."""
    rooms = {file.partition("/")[0] for file in project.files if "/" in file}
    for code in _codes(text):
        if not re.fullmatch(r"[\w.<>*-]+(?:/[\w.<>*-]*)*", code):
            continue
        suffix = Path(code).suffix
        is_source = suffix in SOURCE_SUFFIXES - {"", ".csv", ".md"}
        in_room = "/" in code and code.partition("/")[0] in rooms and suffix in SOURCE_SUFFIXES
        is_there = project.has_path(code) or code in project.text
        if (is_source or in_room) and not is_there:
            yield code


def unknown_commands(page: str, text: str, project: Project) -> Iterator[str]:
    """Commands, options, make targets and Python modules that are not there."""
    called = "\n".join([*_codes(text), *re.findall(r"(?s)```(?:sh|text)\n(.*?)```", text)])
    for command in re.findall(r"claude-analytics (?:--verbose )?([a-z][a-z-]*)", called):
        if command not in commands():
            yield f"claude-analytics {command}"
    for target in re.findall(r"\bmake ([a-z][a-z-]*)", called):
        if target not in make_targets():
            yield f"make {target}"
    for module in re.findall(r"python -m ([a-z_]+(?:\.[a-z_]+)*)", called):
        path = module.replace(".", "/")
        if not {f"{path}.py", f"{path}/__main__.py"} & project.files:
            yield f"python -m {module}"
    for option in re.findall(r"(?<![\w-])--([a-z][a-z-]+)", called):
        if not re.search(rf"\b{option.replace('-', '[-_]')}\b", project.text):
            yield f"--{option}"


def _codes(text: str) -> list[str]:
    outside = re.sub(r"(?s)```.*?```", "", text)
    return [*dict.fromkeys(re.findall(r"`([^`\n]+)`", outside))]


Rule = Callable[[str, str, Project], Iterator[str]]
RULES: Final[tuple[Rule, ...]] = (
    promises,
    unknown_words,
    unused_macros,
    unknown_models,
    unknown_paths,
    unknown_commands,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_pages_keep_to_what_is_there(rule: Rule, pages: dict[str, str], project: Project) -> None:
    found = {name: sorted(set(rule(name, text, project))) for name, text in pages.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


PLANTED: Final[list[tuple[Rule, str, str]]] = [
    (promises, "no mart counts it\nyet.", "yet"),
    (promises, "Budgets will be added.", "will be"),
    (unknown_words, "Division by `safe_quotient(a, b)`.", "safe_quotient"),
    (unknown_words, "Set `CLAUDE_ANALYTICS_COLOUR=red`.", "CLAUDE_ANALYTICS_COLOUR"),
    (unknown_words, "The column `nobodys_cost_usd`.", "nobodys_cost_usd"),
    (unknown_models, "Read `fct_lunches_daily.date_day`.", "fct_lunches_daily"),
    (unknown_paths, "Write `docs/poems/<poem>.md`.", "docs/poems/<poem>.md"),
    (unknown_paths, "See `models/intermediate/lunch`.", "models/intermediate/lunch"),
    (unknown_paths, "See `lunch.py`.", "lunch.py"),
    (unknown_commands, "```sh\nmake lunch\n```", "make lunch"),
    (unknown_commands, "`claude-analytics lunch --people 3`", "claude-analytics lunch"),
    (unknown_commands, "`claude-analytics run --with-lunch`", "--with-lunch"),
    (unknown_commands, "`python -m benchmarks.lunch`", "python -m benchmarks.lunch"),
]


@pytest.mark.parametrize(("rule", "text", "expected"), PLANTED)
def test_a_name_that_is_not_there_is_found(
    rule: Rule, text: str, expected: str, project: Project
) -> None:
    assert list(rule("README.md", text, project)) == [expected]


def test_a_macro_that_nothing_calls_is_found() -> None:
    alone = Project(
        frozenset({"macros/keys/lunch_key.sql"}),
        "{% macro lunch_key(day) %}{{ adapter.dispatch('lunch_key')(day) }}{% endmacro %}",
    )
    assert list(unused_macros("README.md", "By `lunch_key`.", alone)) == ["lunch_key"]
    called = Project(alone.files, f"{alone.text} select {{{{ lunch_key('date_day') }}}}")
    assert list(unused_macros("README.md", "By `lunch_key(day)`.", called)) == []


@pytest.mark.parametrize(
    "text",
    [
        "`CLAUDE_ANALYTICS_KEEP_RELEASES` and `OTEL_LOGS_EXPORTER`",
        "`fct_usage_daily.date_day`, `int_usage__candidates`, `seeds/mappings/sources.csv`",
        "`models/staging/<source>/`, `_stand_in/clock`, `docs/sources/<source>.md`",
        "`quality/<gate>.json`, `spool/quarantine/`, `profiles.yml`, `http/protobuf`",
        "`claude-analytics build --full-refresh`, `make test-long`, `python -m benchmarks`",
        "The day was not published.",
    ],
)
def test_names_that_are_there_are_fine(text: str, project: Project) -> None:
    assert [found for rule in RULES for found in rule("README.md", text, project)] == []
