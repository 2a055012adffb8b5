"""A receiver on loopback for tests, in a thread of this process or in a process of its own."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from starlette.types import ASGIApp

from ingestion.otlp.receiving.receiver import ReceiverSettings, bind, build_app, make_server

PROJECT_DIR = Path(__file__).resolve().parents[4]
RECORDED_DIR = PROJECT_DIR / "demo" / "recorded" / "otlp"
JSON_HEADERS = {"content-type": "application/json"}
PROTOBUF_HEADERS = {"content-type": "application/x-protobuf"}


class Response:
    """What a receiver answered."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def document(self) -> Any:  # noqa: ANN401  # any JSON
        return json.loads(self.body)


def exchange(
    port: int,
    path: str,
    body: bytes | Iterable[bytes] = b"",
    headers: dict[str, str] | None = None,
    method: str = "POST",
) -> Response:
    """Send one request; a body that is not bytes goes in chunks, without a length."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        is_chunked = not isinstance(body, bytes)
        connection.request(method, path, body, headers or JSON_HEADERS, encode_chunked=is_chunked)
        response = connection.getresponse()
        answered = {name.lower(): value for name, value in response.getheaders()}
        return Response(response.status, answered, response.read())
    finally:
        connection.close()


class RunningReceiver:
    """A receiver in a thread; leaving the context stops it as SIGTERM would."""

    def __init__(
        self, settings: ReceiverSettings, wrap: Callable[[ASGIApp], ASGIApp] = lambda app: app
    ) -> None:
        self.spool_dir = settings.spool_dir
        self._listener = bind("127.0.0.1", 0, has_token=True)
        self.port: int = self._listener.getsockname()[1]
        ready = threading.Event()
        self._server = make_server(wrap(build_app(settings)), ready.set)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True
        )
        self._thread.start()
        assert ready.wait(30)

    def __enter__(self) -> Self:
        """It runs already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def stop(self) -> None:
        """Let it finish and close its files."""
        self._server.should_exit = True
        self._thread.join(30)
        assert not self._thread.is_alive()

    def post(
        self,
        path: str,
        body: bytes | Iterable[bytes] = b"",
        headers: dict[str, str] | None = None,
    ) -> Response:
        return exchange(self.port, path, body, headers)

    def counter(self, name: str, signal: str = "logs") -> int:
        """One counter of the text page."""
        page = exchange(self.port, "/metrics", method="GET").body.decode()
        start = f'otlp_receiver_{name}_total{{signal="{signal}"}} '
        return next(
            int(line.removeprefix(start)) for line in page.splitlines() if line.startswith(start)
        )

    def stored(self, signal: str = "logs") -> list[Any]:
        """Stop, then parse every line that may be read."""
        self.stop()
        return stored_lines(self.spool_dir, signal)


def stored_lines(spool_dir: Path, signal: str = "logs") -> list[Any]:
    return [
        json.loads(line)
        for path in sorted(spool_dir.glob(f"{signal}-*.jsonl"))
        for line in path.read_bytes().splitlines()
    ]


@contextmanager
def receiver_process(
    spool_dir: Path, *, start: str = ""
) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A receiver in a process of its own, and its port; killed at the end if it still runs.

    Args:
        spool_dir: Its spool.
        start: Python that runs in the process before the receiver starts.
    """
    code = (
        f"import sys; from pathlib import Path\n{start}\n"
        "from ingestion.otlp.receiving.receiver import ReceiverSettings, serve\n"
        "def announce(host, port): sys.stdout.write(f'{port}\\n'); sys.stdout.flush()\n"
        "serve(ReceiverSettings(spool_dir=Path(sys.argv[1]), port=0), announce)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(spool_dir)],
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def logs_export(*records: dict[str, Any], **resource: str) -> dict[str, Any]:
    """An export of log records."""
    return {
        "resourceLogs": [
            {
                "resource": {"attributes": [text(key, value) for key, value in resource.items()]},
                "scopeLogs": [{"scope": {"name": "events"}, "logRecords": list(records)}],
            }
        ]
    }


def text(key: str, value: str) -> dict[str, Any]:
    """A text attribute."""
    return {"key": key, "value": {"stringValue": value}}


def record(*attributes: dict[str, Any]) -> dict[str, Any]:
    """A log record with attributes."""
    return {
        "timeUnixNano": "1795198589779000001",
        "body": {"stringValue": "claude_code.api_request"},
        "attributes": list(attributes),
    }


def encoded(payload: Any) -> bytes:  # noqa: ANN401  # any JSON
    return json.dumps(payload).encode()


def all_bytes(directory: Path) -> bytes:
    """What all files under a directory hold."""
    return b"\n".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())
