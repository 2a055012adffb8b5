"""The dlt source: its tables, and which files each of them opens."""

from pathlib import Path

import pytest

from ingestion.otlp.reading import telemetry_files
from ingestion.sources.claude_code_otel.declaration import SOURCE
from ingestion.sources.claude_code_otel.reader import SIGNALS, claude_code_otel
from tests.ingestion.otlp.reading.exports import line, logs, metrics, point, record

SPOOLED = "logs-20261120T181629156000-77-0a1b2c3d.jsonl"


def test_each_table_has_a_key_and_merges() -> None:
    source = claude_code_otel([])
    assert list(source.resources) == list(SOURCE.schemas)
    for name, resource in source.resources.items():
        hints = resource.compute_table_schema()
        assert hints["write_disposition"] == "merge"
        assert [column for column, hint in hints["columns"].items() if hint.get("primary_key")] == [
            SOURCE.schemas[name].names[0]
        ]


def test_measures_are_numbers_of_their_table() -> None:
    assert SOURCE.measures.keys() == SIGNALS.keys()
    for table, measures in SOURCE.measures.items():
        for name in measures:
            assert str(SOURCE.schemas[table].field(name).type) in ("int64", "double")


def test_spool_file_is_opened_for_its_signal_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / SPOOLED).write_bytes(line(logs(record("auth"))))
    (tmp_path / "collector.json").write_bytes(line(metrics(point(1.0))))
    opened: list[str] = []
    is_gzip = telemetry_files.is_gzip

    def note(path: Path) -> bool:
        opened.append(path.name)
        return is_gzip(path)

    monkeypatch.setattr(telemetry_files, "is_gzip", note)
    assert [table.num_rows for table in claude_code_otel([tmp_path])] == [1, 1]
    assert sorted(opened) == [*["collector.json"] * 3, SPOOLED]


def test_rejects_and_half_written_lines_are_logged_without_content(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.json").write_bytes(b'{"resourceLogs": SECRET}\n{"resourceLogs":[SECR')
    assert [table.num_rows for table in claude_code_otel([tmp_path])] == [1]
    messages = "\n".join(caplog.messages)
    assert "a.json, line 1: broken JSON" in messages
    assert "half-written" in messages
    assert "SECR" not in messages
