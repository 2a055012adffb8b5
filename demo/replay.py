"""The bodies that a real client sent, read from the disk in the order in which they arrived."""

import json
from pathlib import Path
from typing import Final

from demo.posting import Body

RECORDED_DIR: Final = Path(__file__).resolve().parent / "recorded"
LOCAL_LOGS_DIR: Final = RECORDED_DIR / "claude-projects"
# The day after the recorded one: a fixed clock gives the demo the same result on any day.
AS_OF: Final = "2026-11-21"

_HEADERS_SUFFIX: Final = ".headers.json"


def recorded_bodies(directory: Path = RECORDED_DIR / "otlp") -> list[Body]:
    """Read all recorded requests, in the order in which they arrived."""
    bodies = []
    for file in directory.glob(f"*{_HEADERS_SUFFIX}"):
        request = json.loads(file.read_text(encoding="utf-8"))
        name = file.name.removesuffix(_HEADERS_SUFFIX)
        body = Body(
            name=name,
            path=request["path"],
            headers={key.lower(): value for key, value in request["headers"].items()},
            body=(directory / name).read_bytes(),
        )
        bodies.append((request["received_unix"], body))
    return [body for _, body in sorted(bodies, key=lambda pair: (pair[0], pair[1].name))]
