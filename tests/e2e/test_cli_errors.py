"""Each thing that can go wrong ends in one clear line and the right exit code."""

import errno
import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipeline import dbt, flow
from pipeline.commands import receive
from pipeline.errors import PipelineError, UsageError, describe, keep_secret, redact, traceback_of
from pipeline.home import exclusive
from pipeline.settings import PROJECT_DIR, SECRET_VARIABLES, Settings, load_settings
from tests.e2e.outcome import Cli, Outcome

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

SECRET = "planted-token-4711-value"


def assert_one_line(outcome: Outcome, code: int, *words: str) -> None:
    assert outcome.code == code, outcome
    lines = outcome.err.splitlines()
    errors = [line for line in lines if line.startswith("error:")]
    assert len(errors) == 1, lines
    assert lines[-1] == errors[0]
    assert "Traceback" not in outcome.err
    for word in words:
        assert word in errors[0], errors[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("erase", "ana@example.com"), ("no warehouse", "claude-analytics run")),
        (("ingest", "nope"), ("unknown source 'nope'", "claude_code_otel, claude_code_logs")),
        (("ingest", "claude_code_logs", "--path", "/no/such/dir"), ("/no/such/dir", "--path")),
        (("ingest", "claude_code_logs"), ("--path", "CLAUDE_ANALYTICS_LOG_PATHS")),
        (("ingest", "claude_code_otel"), ("--path", "CLAUDE_ANALYTICS_OTLP_PATHS")),
        (
            ("ingest", "claude_code_otel", "--path", ".", "--since", "2026-11-01"),
            ("--since", "would lose rows"),
        ),
        (
            ("ingest", "claude_code_otel", "--path", ".", "--until", "yesterday"),
            ("--until", "'yesterday'", "YYYY-MM-DD"),
        ),
        (("ingest", "anthropic_console"), ("no key", "CLAUDE_ANALYTICS_CONSOLE_ADMIN_KEY")),
        (("ingest", "anthropic_enterprise"), ("no key", "CLAUDE_ANALYTICS_ENTERPRISE_KEY")),
        (("ingest", "anthropic_console", "--path", "."), ("--path", "--since")),
        (("ingest", "anthropic_console", "--period", "2026-08"), ("--period", "--since")),
        (("ingest", "anthropic_console", "--since", "soon"), ("--since", "'soon'", "YYYY-MM-DD")),
        (
            (
                *("ingest", "anthropic_console", "--since", "2026-08-02"),
                *("--until", "2026-08-01"),
            ),
            ("--since 2026-08-02", "--until 2026-08-01"),
        ),
        (("ingest", "anthropic_exports"), ("--path", "CLAUDE_ANALYTICS_EXPORT_PATHS")),
        (("ingest", "people"), ("--path", "CLAUDE_ANALYTICS_PEOPLE_PATHS")),
        (("ingest", "invoices"), ("--path", "CLAUDE_ANALYTICS_INVOICE_PATHS")),
        (("ingest", "people", "--path", ".", "--since", "2026-08-01"), ("--since",)),
        (("ingest", "people", "--path", ".", "--period", "2026-08"), ("--period", "people")),
        (
            ("ingest", "anthropic_exports", "--path", ".", "--period", "August"),
            ("--period", "'August'", "2026-08"),
        ),
        (
            ("ingest", "anthropic_exports", "--path", ".", "--period", "2026-13"),
            ("--period", "2026-13"),
        ),
        (("run",), ("nothing to land", "receive", "CLAUDE_ANALYTICS_LOG_PATHS")),
        (("ingest",), ("source", "--help")),
        (("harvest",), ("harvest", "--help")),
        (("run", "--fast"), ("--fast", "--help")),
        (("check", "spelling"), ("spelling", "raw", "marts")),
        (("check", "raw"), ("no warehouse", "claude-analytics run")),
        (("publish",), ("no warehouse", "claude-analytics run")),
        (("publish", "--to", "postgres"), ("postgres", "not built yet", "files")),
        (("publish", "--to", "fax"), ("fax", "unknown", "files")),
        (("receive", "--port", "70000"), ("--port", "70000")),
        (("receive", "--host", "0.0.0.0"), ("without a token", "--token-file")),  # noqa: S104
        (("receive", "--host", "host.invalid"), ("cannot listen on host.invalid:4318", "--host")),
    ],
)
def test_wrong_use_is_one_line_and_code_2(
    cli: Cli, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    assert_one_line(cli(*arguments), 2, *words)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AS_OF", "tomorrow"),
        ("AS_OF", "2026-02-30"),
        ("KEEP_RELEASES", "0"),
        ("KEEP_RELEASES", "many"),
        ("SPOOL_KEEP_DAYS", "0"),
        ("QUARANTINE_DAYS", "-1"),
        ("CACHE_WRITE_TTL_OTHER", "2h"),
        ("ENTERPRISE_PLAN", "monthly"),
        ("MEMORY_LIMIT", "much"),
        ("PSEUDONYM_KEY", "short"),
        ("PRIVACY_MODE", "secret"),
        ("API_URL", "http://api.example.com"),
        ("API_URL", "api.example.com"),
        ("API_URL", "https://somebody:word@api.example.com"),
        ("API_URL", "https://[half"),
        ("API_REQUESTS_PER_MINUTE", "0"),
    ],
)
def test_wrong_setting_names_the_variable(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CLAUDE_ANALYTICS_{name}", value)
    assert_one_line(cli("status"), 2, f"CLAUDE_ANALYTICS_{name}")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://api.example.com/", "https://api.example.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_keys_go_over_encrypted_addresses_or_nowhere(given: str, read: str) -> None:
    assert load_settings({"CLAUDE_ANALYTICS_API_URL": given}).api_url == read


def test_one_enterprise_key_may_hold_all_scopes() -> None:
    one = load_settings({"CLAUDE_ANALYTICS_ENTERPRISE_KEY": "key-of-all-scopes"})
    assert one.keys["ENTERPRISE_ADMIN_KEY"] == "key-of-all-scopes"
    two = load_settings(
        {
            "CLAUDE_ANALYTICS_ENTERPRISE_KEY": "key-of-analytics",
            "CLAUDE_ANALYTICS_ENTERPRISE_ADMIN_KEY": "key-of-members",
        }
    )
    assert two.keys == {
        "ENTERPRISE_KEY": "key-of-analytics",
        "ENTERPRISE_ADMIN_KEY": "key-of-members",
    }


def test_wrong_configured_path_names_the_variable(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLAUDE_ANALYTICS_LOG_PATHS", str(tmp_path / "gone"))
    assert_one_line(
        cli("ingest", "claude_code_logs"), 2, str(tmp_path / "gone"), "CLAUDE_ANALYTICS_LOG_PATHS"
    )


def test_home_below_a_file_cannot_be_made(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CLAUDE_ANALYTICS_HOME", str(tmp_path / "file" / "home"))
    assert_one_line(cli("run"), 2, "cannot write the home", "CLAUDE_ANALYTICS_HOME")


def test_home_of_somebody_else_is_refused(home: Path) -> None:
    home.mkdir(mode=0o555)
    reading, writing = os.pipe()
    child = os.fork()  # A user without rights, who may not even start another interpreter.
    if child == 0:
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            with exclusive(load_settings()):
                pass
        except UsageError as error:
            os.write(writing, "|".join(map(str, describe(error))).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as answer:
        line = answer.read()
    assert line.startswith(f"cannot write the home {home}: Permission denied")
    assert line.endswith("|2")


def test_port_in_use(cli: Cli) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert_one_line(cli("receive", "--port", str(port)), 2, str(port), "--port", "in use")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, "No such file"),
        (b"", "empty"),
        (b"\n", "empty"),
        (b"two words\n", "one line"),
        (b"one\ntwo\n", "one line"),
        (b"\xff\xfe\x00", "not a text file"),
    ],
)
def test_bad_token_file(cli: Cli, tmp_path: Path, content: bytes | None, word: str) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    assert_one_line(cli("receive", "--token-file", str(file)), 2, str(file), word)


def test_token_is_read_from_the_first_line(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{SECRET}\n")
    assert receive.read_token(file) == SECRET


def test_second_run_names_the_first(cli: Cli, home: Path) -> None:
    with exclusive(load_settings()):
        assert_one_line(cli("run"), 1, "another run is active", f"pid {os.getpid()}", str(home))
    assert (home / ".lock").exists()
    with exclusive(load_settings()):
        pass  # The lock of a finished run does not stay.


def test_damaged_warehouse(cli: Cli, home: Path) -> None:
    home.mkdir()
    (home / "warehouse.duckdb").write_bytes(b"this was a database once" * 1000)
    for command in (("run",), ("build",), ("check", "raw"), ("status",)):
        assert_one_line(cli(*command), 1, "damaged", "warehouse.duckdb", "backup")


def test_warehouse_held_by_another_process(cli: Cli, home: Path) -> None:
    home.mkdir()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True);"
            "sys.stdin.read()",
            str(home / "warehouse.duckdb"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert_one_line(cli("build"), 1, "held by another process", f"PID {holder.pid}")
        assert_one_line(cli("status"), 1, "held by another process")
    finally:
        holder.communicate(b"")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "/var/spool/file"),
        duckdb.IOException("IO Error: Could not write file: No space left on device"),
    ],
)
def test_full_disk_is_found_under_every_wrapping(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        try:
            try:
                raise error
            except Exception as inner:
                raise RuntimeError("step failed") from inner
        except RuntimeError as middle:
            raise ValueError("pipeline failed\nin two lines") from middle

    monkeypatch.setattr(flow, "run", fail)
    assert_one_line(cli("run"), 1, "disk full", "CLAUDE_ANALYTICS_HOME")


def test_unexpected_error_is_one_line_and_verbose_shows_where(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_secret(SECRET)

    def fail(*_: object) -> None:
        raise ValueError(f"bad value\nin the middle of {SECRET}")

    monkeypatch.setattr(flow, "run", fail)
    quiet = cli("run")
    assert_one_line(quiet, 1, "ValueError: bad value in the middle of [hidden]", "--verbose")
    for arguments in (("--verbose", "run"), ("run", "--verbose")):
        loud = cli(*arguments)
        assert "Traceback" in loud.err
        assert "test_cli_errors.py" in loud.err
        assert SECRET not in loud.err + loud.out


def test_interrupted_run_says_so(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(flow, "run", interrupt)
    outcome = cli("run")
    assert outcome.code == 130
    assert outcome.err.startswith("interrupted;")
    assert "Traceback" not in outcome.err


def test_receiver_says_where_it_listens_and_never_its_token(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{SECRET}\n")
    command = [sys.executable, "-m", "pipeline", "--verbose", "receive", "--port", "0"]
    with subprocess.Popen(
        [*command, "--token-file", str(file)],
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as receiver:
        assert receiver.stdout is not None
        line = receiver.stdout.readline()
        found = re.fullmatch(rf"receiving on http://127\.0\.0\.1:(\d+) into {home}/spool\n", line)
        assert found, line
        connection = HTTPConnection("127.0.0.1", int(found[1]), timeout=30)
        codes = []
        for token in ("wrong-token", SECRET):
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
            connection.request("POST", "/v1/logs", b"{}", headers)
            answer = connection.getresponse()
            answer.read()
            codes.append(answer.status)
        connection.close()
        receiver.terminate()
        out, err = receiver.communicate()
    assert codes == [401, 200]
    assert receiver.returncode == 0
    assert "stopped" in err
    assert SECRET not in out + err


def test_token_in_a_refused_file_is_never_shown(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{SECRET} {SECRET}\n")
    for arguments in ((), ("--verbose",)):
        outcome = cli(*arguments, "receive", "--token-file", str(file))
        assert SECRET not in outcome.err + outcome.out


@pytest.mark.parametrize("name", SECRET_VARIABLES)
def test_secret_setting_is_never_shown(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, SECRET)

    def fail(settings: object, *_: object) -> None:
        assert SECRET not in repr(settings)
        raise ValueError(f"{settings} with {os.environ[name]}")

    monkeypatch.setattr(flow, "run", fail)
    for arguments in ((), ("--verbose",)):
        outcome = cli(*arguments, "run")
        assert outcome.code == 1
        assert "[hidden]" in outcome.err
        assert SECRET not in outcome.err + outcome.out


def test_longer_secret_is_hidden_whole() -> None:
    keep_secret("abcdef")
    keep_secret("abcdef-and-more")
    assert redact("x abcdef-and-more y") == "x [hidden] y"
    assert "abcdef" not in traceback_of(ValueError("abcdef"))


def test_missing_permission_names_the_path() -> None:
    line, code = describe(PermissionError(errno.EACCES, "Permission denied", "/data/logs"))
    assert (line.startswith("permission denied: /data/logs;"), code) == (True, 2)


def test_own_errors_keep_their_code() -> None:
    wrapped = RuntimeError("outer")
    wrapped.__cause__ = UsageError("change this")
    assert describe(wrapped) == ("change this", 2)
    assert describe(PipelineError("gate failed")) == ("gate failed", 1)


@pytest.fixture
def small_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dbt project with one good and one breakable model, in place of the repository's."""
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text(
        "name: claude_analytics\nprofile: claude_analytics\nmodel-paths: [models]\n"
        "test-paths: [tests]\nflags: {send_anonymous_usage_stats: false}\n"
    )
    profile = (PROJECT_DIR / "profiles.example.yml").read_text()
    (project / "profiles.example.yml").write_text(profile)
    keys = ", ".join(
        f"'{{{{ env_var('{name}', 'unknown') }}}}' as key_{position}"
        for position, name in enumerate(SECRET_VARIABLES)
    )
    (project / "models" / "good.sql").write_text(f"select 1 as number, {keys}")
    for name in SECRET_VARIABLES:
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setattr(dbt, "PROJECT_DIR", project)
    return project


@pytest.mark.slow
def test_failing_check_names_rule_and_column(home: Path, small_project: Path) -> None:
    settings = load_settings()
    home.mkdir()
    generic = small_project / "tests" / "generic"
    generic.mkdir(parents=True)
    shutil.copy(PROJECT_DIR / "tests/dbt/generic/checked.sql", generic)
    (small_project / "models" / "good.yml").write_text(
        "models: [{name: good, data_tests: [{checked: {name: good__checked, arguments: "
        "{unique: [number], listed: {number: [3]}, ranges: {number: [2]}}}}]}]\n"
    )
    with pytest.raises(PipelineError) as failed:
        dbt.build(settings, store_failures=True)
    line, _ = describe(failed.value)
    assert line.startswith(
        "build failed: test good__checked: listed number (1), ranges number (1);"
    )
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        assert connection.table("main_dbt_test__audit.good__checked").fetchall() == [
            ("listed", "number", 1, "1"),
            ("ranges", "number", 1, "1"),
        ]


@pytest.mark.slow
def test_what_was_parsed_is_parsed_again_only_when_it_changed(
    home: Path, small_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    invoke = dbt._invoke

    def note(
        settings: Settings,
        arguments: list[str],
        on_progress: dbt.Progress | None = None,
        manifest: "Manifest | None" = None,
    ) -> "dbtRunnerResult":
        parsed.extend(argument for argument in arguments if argument == "parse")
        return invoke(settings, arguments, on_progress, manifest)

    monkeypatch.setattr(dbt, "_invoke", note)
    first = load_settings()
    dbt.build(first)
    assert len(parsed) == 1
    second = replace(first, home=tmp_path / "second", as_of=first.as_of + timedelta(days=1))
    second.home.mkdir()
    assert dbt.build(second).counts == {"success": 1}
    assert len(parsed) == 1, "another home and another day parsed the same project again"
    dbt.build(replace(second, enterprise_plan="seat_based"))
    assert len(parsed) == 2, "a variable of the project changed"
    (small_project / "models" / "new.sql").write_text("select 1 as number")
    assert dbt.build(second).counts == {"success": 2}
    assert len(parsed) == 3, "a file came"


@pytest.mark.slow
def test_failing_build_names_the_model_and_the_log(home: Path, small_project: Path) -> None:
    settings = load_settings()
    home.mkdir()
    seen: list[tuple[int, int, str]] = []
    good = dbt.build(settings, on_progress=lambda *progress: seen.append(progress))
    assert good.counts == {"success": 1}
    assert seen == [(0, 1, "good")]

    bad = small_project / "models" / "bad.sql"
    bad.write_text("{{ config(materialized='table') }} select cast('x' as integer) as number")
    with pytest.raises(PipelineError) as failed:
        dbt.build(settings)
    line, code = describe(failed.value)
    assert code == 1
    assert line.startswith("build failed: model bad: ")
    assert "Could not convert string 'x'" in line
    assert str(home / "dbt" / "logs" / "dbt.log") in line

    bad.write_text("select * from {{ ref('nowhere') }}")
    with pytest.raises(PipelineError, match=r"(?s)build failed: .*nowhere.*dbt\.log"):
        dbt.build(settings)

    bad.unlink()
    with pytest.raises(UsageError, match="matches no model"):
        dbt.build(settings, select=["nothing_like_this"])

    tests = small_project / "tests"
    tests.mkdir()
    test = tests / "number_is_two.sql"
    test.write_text("select * from {{ ref('good') }} where number != 2")
    with pytest.raises(PipelineError, match="test number_is_two: Got 1 result"):
        dbt.build(settings)
    test.write_text(
        "{{ config(severity='warn') }}\nselect * from {{ ref('good') }} where number != 2"
    )
    warned = dbt.build(settings)
    assert warned.counts == {"success": 1, "warn": 1}
    assert [line.partition(":")[0] for line in warned.warnings] == ["test number_is_two"]

    # The file is free again after dbt, for readers too.
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        # No model can read a key, so none stands in compiled SQL.
        assert connection.execute("select * from main.good").fetchall() == [
            (1, *(["unknown"] * len(SECRET_VARIABLES)))
        ]
    log = (home / "dbt" / "logs" / "dbt.log").read_text()
    assert "Traceback" not in re.sub(r"(?s)Compilation Error.*", "", log)


def test_help_is_quick_to_import() -> None:
    probe = (
        "import sys, pipeline.cli; "
        "heavy = {'dlt', 'dbt', 'great_expectations', 'duckdb', 'httpx', 'pandas', 'pyarrow', "
        "'starlette'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", probe], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_module_and_exit_code_of_the_process(home: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "ingest", "nope"]
    result = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "command", ["run", "ingest", "receive", "build", "check", "publish", "status", "demo"]
)
def test_every_command_helps_with_an_example(cli: Cli, command: str) -> None:
    outcome = cli(command, "--help")
    assert outcome.code == 0
    assert f"claude-analytics {command}" in outcome.out
    assert "Example:" in outcome.out
