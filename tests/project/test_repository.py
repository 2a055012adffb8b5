"""What git tracks is clean: no machine's paths, no registry's addresses, no secrets, no bulk."""

import re
from pathlib import Path

import pytest
import yaml

from tests.project.conftest import ROOT

LOCK = ROOT / "requirements.lock"
MAX_BYTES = 1024 * 1024
LARGER_FILES: set[str] = set()
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
# Kept byte for byte, as a client sent them.
RECORDED = "demo/recorded/"

# One letter stands in brackets, so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:wor[k]|tm[p]|roo[t])/")
REGISTRY = re.compile(
    r"\b(?:pyp[i]\.org|pythonhoste[d]\.org|npmj[s]\.(?:org|com)|debia[n]\.org|"
    r"crate[s]\.io|proxy\.golan[g]\.org)\b"
)
UNFINISHED = re.compile(r"\b(?:TOD[O]|FIXM[E])\b")
SECRET = re.compile(
    r"\bsk-ant-(?:api|admin|oat)\d\d-[\w-]{20,}|\bgh[pousr]_\w{36}|\bAKIA[A-Z0-9]{16}\b|"
    r"-----BEGIN [A-Z ]*PRIVATE KE[Y]-----"
)
ADDRESS = re.compile(r"\w+://|@ file:|--(?:extra-)?index-url|--find-links|--trusted-host")


def offending_lines(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """Return where a pattern occurs in the text files among the paths."""
    found = []
    for path in paths:
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    return found


@pytest.fixture(scope="module")
def written_files(tracked_files: list[Path]) -> list[Path]:
    """Return the tracked files that somebody wrote, the recorded ones aside."""
    return [path for path in tracked_files if RECORDED not in path.as_posix()]


def test_no_path_of_a_machine(written_files: list[Path]) -> None:
    assert offending_lines(MACHINE_PATH, written_files) == []


def test_no_address_of_a_registry(tracked_files: list[Path]) -> None:
    assert offending_lines(REGISTRY, tracked_files) == []


def test_no_secret(tracked_files: list[Path]) -> None:
    assert offending_lines(SECRET, tracked_files) == []


def test_nothing_is_left_unfinished(written_files: list[Path]) -> None:
    assert offending_lines(UNFINISHED, written_files) == []


def test_no_large_file(tracked_files: list[Path]) -> None:
    large = {
        str(path.relative_to(ROOT)) for path in tracked_files if path.stat().st_size > MAX_BYTES
    }
    assert large == LARGER_FILES


def test_text_files_end_with_one_newline(written_files: list[Path]) -> None:
    texts = {path: path.read_bytes() for path in written_files}
    broken = [
        str(path.relative_to(ROOT))
        for path, data in texts.items()
        if data and b"\0" not in data and (not data.endswith(b"\n") or data.endswith(b"\n\n"))
    ]
    assert broken == []


def test_no_lock_file_records_an_address(tracked_files: list[Path]) -> None:
    locks = [path for path in tracked_files if re.search(r"(\.lock|-lock\.json)$", path.name)]
    assert LOCK in locks
    assert offending_lines(ADDRESS, locks) == []


def test_lock_pins_every_package_with_hashes() -> None:
    text = re.sub(r"(?m)^\s*#.*\n", "", LOCK.read_text(encoding="utf-8")).replace("\\\n", " ")
    requirements = [line for line in text.splitlines() if line.strip()]
    assert len(requirements) > 50
    pinned = re.compile(r"[\w.-]+==[\w.!+]+( ; [^-]+)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert [line[:60] for line in requirements if not pinned.fullmatch(line)] == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_issue_form_is_one_that_can_be_shown(form: Path) -> None:
    content = yaml.safe_load(form.read_text(encoding="utf-8"))
    assert set(content) == {"name", "description", "labels", "body"}
    fields = content["body"]
    assert {field["type"] for field in fields} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert all(field["attributes"]["label"] for field in fields)
    ids = [field["id"] for field in fields]
    assert len(ids) == len(set(ids))
    assert any(field.get("validations", {}).get("required") for field in fields)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATH, "cp /tm~p/x ."),
        (MACHINE_PATH, "home='/wo~rk/main'"),
        (REGISTRY, "https://files.python~hosted.org/x"),
        (REGISTRY, "registry.npm~js.org"),
        (UNFINISHED, "# TO~DO: later"),
        (SECRET, "sk-ant-~api03-" + "a" * 24),
        (ADDRESS, "x @ https://host/x.whl"),
        (ADDRESS, "--index-url x"),
    ],
)
def test_patterns_find_what_they_are_for(
    pattern: re.Pattern[str], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.project.test_repository.ROOT", tmp_path)
    file = tmp_path / "file.txt"
    file.write_text(f"clean\n{text.replace('~', '')}\n", encoding="utf-8")
    assert [line.partition(": ")[0] for line in offending_lines(pattern, [file])] == ["file.txt:2"]


@pytest.mark.parametrize("text", ["var/tmp/x", "models/tmp/x", "~/tmp/x", "a/root/b"])
def test_other_paths_are_fine(text: str) -> None:
    assert not MACHINE_PATH.search(text)
