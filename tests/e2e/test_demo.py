"""The demo shows what the recorded client used, and the same again the second time."""

import json
import re
from pathlib import Path

import pytest

from demo.replay import RECORDED_DIR, recorded_bodies
from tests.e2e.system import System


def test_bodies_are_replayed_as_they_came() -> None:
    bodies = recorded_bodies()
    assert len(bodies) == 21
    assert bodies[0].name == "dev1_feature.01.logs.json"
    assert bodies[-1].name.startswith("dev6_old_pr")
    assert {body.name[:4] for body in bodies if body.is_chunked} == {"dev6"}
    gzipped = {body.name for body in bodies if body.headers.get("content-encoding") == "gzip"}
    assert gzipped == {"dev4_denied.01.logs.pb.gz", "dev4_denied.02.metrics.pb.gz"}
    for body in bodies:
        assert body.path == f"/v1/{body.name.split('.')[2]}"
        assert body.body == (RECORDED_DIR / "otlp" / body.name).read_bytes()


@pytest.mark.slow
def test_demo_twice_shows_the_same_totals(tmp_path: Path) -> None:
    system = System(tmp_path / "home")
    first, second = system.run("demo"), system.run("demo")

    def tables(output: str) -> str:
        result = output.partition("Cost by person")[2].partition("Release:")[0]
        assert result, output
        return result

    assert tables(first) == tables(second)
    assert "made up" in first

    expected = json.loads((RECORDED_DIR / "expected.json").read_text(encoding="utf-8"))
    seen = expected["otlp_visible_tokens_by_model"].values()
    fresh, output, cached, written, *_, requests = (
        sum(column) for column in zip(*seen, strict=True)
    )
    cost = sum(expected["cost_usd_by_session_from_events"].values())
    day = rf"2026-11-20\s+{requests}\s+{fresh:,}\s+{output:,}\s+{cached:,}\s+{written:,}\s"
    assert re.search(rf"{day}+\S+\s+{cost:.4f}", first), first

    # The user's own home holds nothing of the demo but its directory.
    assert [path.name for path in system.home.iterdir()] == ["demo"]
    release = re.search(r"Release: (\S+)", second)
    assert release
    assert (system.home / "demo" / "releases" / "current").resolve() == Path(release[1])
