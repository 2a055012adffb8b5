"""Landing local logs: the recorded client's totals, once, whatever happens to the files."""

import json
import logging
import shutil
from pathlib import Path
from typing import IO, Any, cast

import duckdb
import pytest

from ingestion.raw_tables import LandingResult
from ingestion.sources.claude_code_logs import batches
from ingestion.sources.claude_code_logs.client import NewLines, find_transcripts
from ingestion.sources.claude_code_logs.marks import key_of
from ingestion.sources.claude_code_logs.reader import land
from tests.ingestion.claude_code_logs.transcripts import (
    OTHER_SESSION,
    SESSION,
    encoded,
    message,
    record,
    usage,
    write,
)

RECORDED = Path(__file__).parents[3] / "demo" / "recorded"
MARKER = "PLANTED-TEXT"
NEW = encoded(record(requestId="req_2", message=message(id="msg_2")))

# The highest of each count per answer: what the models take.
TOTALS = """
with answers as (
    select
        message_id,
        request_id,
        max(model) as model,
        max(input_tokens) as input_tokens,
        max(output_tokens) as output_tokens,
        max(cache_read_tokens) as cache_read_tokens,
        max(cache_creation_tokens) as cache_creation_tokens,
        max(cache_creation_5m_tokens) as cache_creation_5m_tokens,
        max(cache_creation_1h_tokens) as cache_creation_1h_tokens
    from raw_claude_code_logs.usage_lines
    where model != '<synthetic>'
    group by message_id, request_id
)

select
    model,
    sum(input_tokens),
    sum(output_tokens),
    sum(cache_read_tokens),
    sum(cache_creation_tokens),
    sum(cache_creation_5m_tokens),
    sum(cache_creation_1h_tokens),
    count(*)
from answers
group by model
"""


class Home:
    """A warehouse of the test's own, and what it holds."""

    def __init__(self, directory: Path) -> None:
        self.database = directory / "warehouse.duckdb"
        self._working_dir = directory / "dlt"

    def land(self, *paths: Path) -> LandingResult:
        return land(paths, database=self.database, working_dir=self._working_dir)

    def query(self, sql: str) -> list[Any]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def marked(self) -> list[str]:
        """Keys of the files that the next run will find read."""
        return [
            key for (key,) in self.query("select path_key from raw_claude_code_logs.read_files")
        ]

    def totals(self) -> dict[str, list[int]]:
        return {model: [int(count) for count in counts] for model, *counts in self.query(TOTALS)}

    def count(self) -> int:
        return int(self.query("select count(*) from raw_claude_code_logs.usage_lines")[0][0])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "projects" / "-repo-demo"


def test_totals_of_the_recorded_client(home: Home) -> None:
    expected = json.loads((RECORDED / "expected.json").read_text())["jsonl_visible_tokens_by_model"]
    # The old client logged one answer when 6 of its 1,456 output tokens had been streamed, and
    # never again: the server's count is not in its logs.
    expected["claude-sonnet-4-5-20250929"][1] -= 1_450
    home.land(RECORDED / "claude-projects")
    assert home.totals() == expected
    assert home.query(
        "select session_id, is_api_error, output_tokens from raw_claude_code_logs.usage_lines "
        "where model = '<synthetic>'"
    ) == [("de7a8e6c-bed4-44f8-8090-94fa4325d49e", True, 0)]
    assert home.query(
        "select session_id, agent_id, is_sidechain from raw_claude_code_logs.usage_lines "
        "where is_subagent_file order by agent_id"
    ) == [
        ("2849b2d9-3eb1-492a-9c00-7a0e58c55698", "8228cabb", True),
        ("2849b2d9-3eb1-492a-9c00-7a0e58c55698", "faee440c", True),
    ]


def test_landing_again_opens_no_file_and_adds_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = tmp_path / "logs"
    shutil.copytree(RECORDED / "claude-projects", logs)
    first = home.land(logs)
    totals, count = home.totals(), home.count()
    assert first.rows == {"usage_lines": count}
    monkeypatch.setattr(NewLines, "read", lambda lines: pytest.fail("opened"))
    assert home.land(logs).rows == {"usage_lines": 0}
    assert (home.totals(), home.count()) == (totals, count)


@pytest.mark.parametrize("batch_bytes", [1, 10**9])
def test_the_same_lines_from_another_place_land_once(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch_bytes: int
) -> None:
    monkeypatch.setattr(batches, "BATCH_BYTES", batch_bytes)
    recorded = RECORDED / "claude-projects"
    shutil.copytree(recorded, tmp_path / "copy")
    home.land(tmp_path / "copy", recorded)
    totals, count = home.totals(), home.count()
    shutil.copytree(recorded, tmp_path / "another copy")
    home.land(tmp_path / "another copy")
    assert (home.totals(), home.count()) == (totals, count)
    alone = Home(tmp_path / "another home")
    alone.land(recorded)
    assert (alone.totals(), alone.count()) == (totals, count)


def test_landing_one_directory_forgets_nothing_of_another(home: Home, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write(one / "s.jsonl", record())
    other.mkdir()
    (other / "s.jsonl").write_bytes(NEW)
    home.land(one)
    home.land(other)
    assert home.land(one, other).rows == {"usage_lines": 0}


def test_streamed_copies_and_a_fork_count_once(home: Home, project: Path) -> None:
    early = record(message=message(usage=usage(output_tokens=3)))
    write(project / f"{SESSION}.jsonl", early, record())
    write(
        project / f"{OTHER_SESSION}.jsonl",
        record(sessionId=OTHER_SESSION),
        record(sessionId=OTHER_SESSION, requestId="req_2", message=message(id="msg_2")),
    )
    home.land(project)
    assert home.count() == 4
    assert home.totals() == {"claude-sonnet-5-5": [20, 100, 8_000, 600, 400, 200, 2]}


def test_subagent_files(home: Home, project: Path) -> None:
    write(project / f"{SESSION}.jsonl", record())
    write(
        project / SESSION / "subagents" / "agent-a1.jsonl",
        record(isSidechain=True, agentId="a1", requestId="req_2", message=message(id="msg_2")),
    )
    home.land(project)
    assert home.query(
        "select project_dir, session_id, agent_id, is_subagent_file, source_file "
        "from raw_claude_code_logs.usage_lines order by message_id"
    ) == [
        ("-repo-demo", SESSION, None, False, f"-repo-demo/{SESSION}.jsonl"),
        ("-repo-demo", SESSION, "a1", True, f"-repo-demo/{SESSION}/subagents/agent-a1.jsonl"),
    ]


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)


def test_a_grown_file_lands_only_its_new_lines(home: Home, project: Path) -> None:
    path = write(project / "s.jsonl", record())
    home.land(project)
    append(path, NEW)
    assert home.land(project).rows == {"usage_lines": 1}
    assert home.count() == 2


def test_a_cut_last_line_waits_for_its_end(
    home: Home, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(project / "s.jsonl", record())
    append(path, NEW[:-30])
    assert home.land(project).rows == {"usage_lines": 1}
    append(path, NEW[-30:])
    assert home.land(project).rows == {"usage_lines": 1}
    assert home.count() == 2
    assert not [entry for entry in caplog.records if entry.name.startswith("ingestion")]


def test_a_truncated_file_is_read_again_and_what_landed_stays(home: Home, project: Path) -> None:
    path = write(project / "s.jsonl", record())
    append(path, NEW)
    home.land(project)
    path.write_bytes(encoded(record(requestId="req_3", message=message(id="msg_3"))))
    assert home.land(project).rows == {"usage_lines": 1}
    assert home.count() == 3


def test_a_rewritten_file_is_read_again(home: Home, project: Path) -> None:
    path = write(project / "s.jsonl", record())
    home.land(project)
    path.write_bytes(NEW + encoded(record()))
    assert home.land(project).rows == {"usage_lines": 2}
    assert home.count() == 2


def test_a_broken_line_is_reported_and_the_rest_lands(
    home: Home, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = encoded(record())
    broken = encoded(record(message=message(content=MARKER)))[:-40] + b"\n"
    path = write(project / "s.jsonl")
    path.write_bytes(good + broken + broken + NEW)
    with caplog.at_level(logging.WARNING):
        home.land(project)
    assert home.count() == 2
    (entry,) = [entry for entry in caplog.records if entry.name.startswith("ingestion")]
    text = entry.getMessage()
    assert text.startswith(f"{path.resolve()}: 2 lines left out, the first at byte {len(good)}: ")
    assert MARKER not in caplog.text
    caplog.clear()
    home.land(project)
    assert not caplog.records


def test_an_unreadable_file_is_named_and_tried_again(
    home: Home, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(project / "good.jsonl", record())
    bad = project / "bad.jsonl"
    bad.write_bytes(NEW)
    refused = str(bad)
    opened = Path.open

    def refuse(path: Path, *arguments: Any, **options: Any) -> IO[bytes]:  # noqa: ANN401
        if str(path) == refused:
            raise PermissionError(13, "Permission denied", refused)
        return cast("IO[bytes]", opened(path, *arguments, **options))

    with pytest.MonkeyPatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(Path, "open", refuse)
        assert home.land(project).rows == {"usage_lines": 1}
    assert [entry.getMessage() for entry in caplog.records if bad.name in entry.getMessage()] == [
        f"cannot read {bad}: Permission denied; tried again next time"
    ]
    assert home.land(project).rows == {"usage_lines": 1}
    assert home.count() == 2


def test_a_wrong_path_is_refused_before_anything_lands(home: Home, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere: no such file or directory"):
        home.land(tmp_path / "nowhere")
    assert not home.database.exists()


def test_no_transcripts_is_said(
    home: Home, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert home.land(tmp_path).rows == {"usage_lines": 0}
    assert f"no transcripts beneath {tmp_path}" in caplog.text


def test_a_deleted_file_leaves_the_state_but_not_the_warehouse(home: Home, project: Path) -> None:
    kept, gone = project / "kept.jsonl", project / "gone.jsonl"
    write(kept, record())
    gone.write_bytes(NEW)
    home.land(project)
    gone.unlink()
    home.land(project)
    assert home.count() == 2
    assert home.marked() == [key_of(str(kept))]


def test_a_file_found_beneath_another_path_is_not_forgotten(home: Home, project: Path) -> None:
    path = write(project / "s.jsonl", record())
    home.land(project)
    assert home.land(path).rows == {"usage_lines": 0}
    assert home.land(project.parent).rows == {"usage_lines": 0}
    assert home.marked() == [key_of(str(path))]


def test_a_home_may_have_any_name(tmp_path: Path, project: Path) -> None:
    write(project / "s.jsonl", record())
    home = Home(tmp_path / "it's a [home]* {1,2}")
    home.land(project)
    assert home.land(project).rows == {"usage_lines": 0}
    assert home.count() == 1


def test_a_home_that_dlt_filled_is_read_once_more_and_keeps_what_it_has(
    home: Home, project: Path
) -> None:
    write(project / "s.jsonl", record())
    home.land(project)
    with duckdb.connect(str(home.database)) as connection:
        connection.execute(
            """
            drop table raw_claude_code_logs.read_files;
            create table raw_claude_code_logs._dlt_loads (load_id varchar);
            create table raw_claude_code_logs._dlt_pipeline_state (state varchar);
            create table raw_claude_code_logs._dlt_version (version bigint);
            create schema raw_claude_code_logs_staging;
            create table raw_claude_code_logs_staging.usage_lines (line_key varchar);
            insert into raw_claude_code_logs.usage_lines
            select * replace ('gone' as line_key, 'msg_gone' as message_id)
            from raw_claude_code_logs.usage_lines;
            """
        )
    assert home.land(project).rows == {"usage_lines": 1}
    assert home.query(
        "select message_id from raw_claude_code_logs.usage_lines order by message_id"
    ) == [("msg_1",), ("msg_gone",)]
    assert home.query(
        """
        select table_name from information_schema.tables
        where table_schema like 'raw_claude_code_logs%' order by all
        """
    ) == [("read_files",), ("usage_lines",)]


def test_what_is_observed_of_a_day_is_all_that_it_holds(home: Home, project: Path) -> None:
    path = write(project / "s.jsonl", record())
    first = home.land(project)
    append(path, NEW)
    second = home.land(project)
    assert home.query(
        "select load_id, row_count, cast(measures_json ->> 'output_tokens' as bigint) "
        "from raw_ingestion.observed_days order by observed_at"
    ) == [(*first.load_ids, 1, 50), (*second.load_ids, 2, 100)]


def planted() -> list[dict[str, Any]]:
    """A line with the marker in every field that can hold text of people or files."""
    texts = {
        "cwd": f"/home/{MARKER}",
        "gitBranch": MARKER,
        "summary": MARKER,
        "slug": MARKER,
        "content": MARKER,
        "lastPrompt": MARKER,
        "toolUseResult": {"stdout": MARKER, "filePath": MARKER, "usage": {"note": MARKER}},
        "attachment": {"type": "text", "text": MARKER},
        "rendered": [{"content": MARKER}],
        "error": MARKER,
    }
    content = [
        {"type": "thinking", "thinking": MARKER, "signature": MARKER},
        {"type": "text", "text": MARKER},
        {"type": "tool_use", "name": MARKER, "input": {"file_path": MARKER, "content": MARKER}},
        {"type": "tool_result", "content": MARKER},
    ]
    answer = message(
        content=content,
        stop_sequence=MARKER,
        container=MARKER,
        usage=usage(iterations=[{"text": MARKER}], note=MARKER),
    )
    return [
        record(**texts, message=answer),
        {"type": "user", "message": {"role": "user", "content": MARKER, "usage": None}},
        {"type": "last-prompt", "lastPrompt": MARKER, "usage": {"text": MARKER}},
        {"type": "summary", "summary": MARKER},
        record(**texts, message=message(id="msg_2", content=content, usage={"output_tokens": "x"})),
    ]


def test_no_text_lands_anywhere(
    home: Home, project: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(project / "s.jsonl", *planted())
    (transcript,) = find_transcripts(path)
    batch = batches.read_batch([(transcript, None)], tmp_path / "rows.json")
    content = batch.file.read_text()
    assert content.count("line_key") == 1
    assert len(batch.rejected) == 1
    assert MARKER not in content
    assert MARKER not in str(batch)
    home.land(project)
    for table, schema in home.query(
        "select table_name, table_schema from information_schema.tables"
    ):
        assert MARKER not in str(home.query(f'select * from "{schema}"."{table}"'))
    assert MARKER not in caplog.text
    for file in home.database.parent.rglob("*"):
        assert file.is_dir() or MARKER.encode() not in file.read_bytes()


@pytest.mark.slow
def test_many_processes_read_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unread: list[batches.Unread] = [
        (transcript, None) for transcript in find_transcripts(RECORDED / "claude-projects")
    ]
    monkeypatch.setattr(batches, "BATCH_BYTES", 1)
    for name in ("alone", "together"):
        (tmp_path / name).mkdir()
    alone = list(batches.read_batches(unread, tmp_path / "alone"))
    monkeypatch.setattr(batches, "PARALLEL_BYTES", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    together = list(batches.read_batches(unread, tmp_path / "together"))
    assert len(alone) == len(unread)
    assert [each.file.name for each in together] == [each.file.name for each in alone]
    assert [each.file.read_bytes() for each in together] == [
        each.file.read_bytes() for each in alone
    ]
    assert [batch[1:] for batch in together] == [batch[1:] for batch in alone]
