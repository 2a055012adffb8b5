"""Acknowledged bodies per second and their latency: the receiver in a process of its own."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import orjson

from benchmarks.measurement import Measurement, peak_mebibytes
from ingestion.otlp.receiving.receiver import ReceiverSettings, serve

CONNECTIONS: Final = 32
BODIES: Final = 30_000
WARM_UP_BODIES: Final = 1_000
RECORDS: Final = 9  # about 10 KB
ROUNDS: Final = 3

_HEADER_END: Final = b"\r\n\r\n"


def export_body(number: int, records: int = RECORDS) -> bytes:
    """A JSON export of logs with as many attributes as a client sends; its number is in it."""
    start = 1_795_000_000_000_000_000 + number * 1_000_000
    return orjson.dumps(
        {
            "resourceLogs": [
                {
                    "resource": {"attributes": [_text("service.name", "claude-code")]},
                    "scopeLogs": [
                        {
                            "scope": {"name": "com.anthropic.claude_code.events"},
                            "logRecords": [
                                _record(number, position, start + position)
                                for position in range(records)
                            ],
                        }
                    ],
                }
            ]
        }
    )


def _record(number: int, position: int, nanoseconds: int) -> dict[str, object]:
    texts = {
        "event.name": "api_request",
        "session.id": f"00000000-0000-4000-8000-{number:012d}",
        "user.id": f"{number % 400:064x}",
        "user.account_id": f"user_{number % 400:024d}",
        "organization.id": "99999999-8888-4777-8666-555555555555",
        "user.email": f"person{number % 400}@example.com",
        "request_id": f"req_{number:016d}{position:08d}",
        "model": "claude-sonnet-4-5-20250929",
        "speed": "normal",
        "query_source": "sdk",
        "terminal.type": "xterm",
    }
    numbers = {
        "input_tokens": 100 + position,
        "output_tokens": 500,
        "cache_read_tokens": 11264,
        "duration_ms": 1800,
    }
    return {
        "timeUnixNano": str(nanoseconds),
        "observedTimeUnixNano": str(nanoseconds),
        "body": {"stringValue": "claude_code.api_request"},
        "attributes": [
            *(_text(key, value) for key, value in texts.items()),
            *({"key": key, "value": {"intValue": value}} for key, value in numbers.items()),
        ],
        "droppedAttributesCount": 0,
    }


def _text(key: str, value: str) -> dict[str, object]:
    return {"key": key, "value": {"stringValue": value}}


def measure(scale: float = 1.0) -> list[Measurement]:
    """Post bodies over keep-alive connections, several rounds, and take the medians."""
    count = max(CONNECTIONS * 10, round(BODIES * scale))
    with tempfile.TemporaryDirectory(prefix="bench-receiver-") as directory:
        spool = Path(directory) / "spool"
        with _receiver(spool) as (process, port):
            asyncio.run(_load(port, range(WARM_UP_BODIES)))
            rounds = []
            first = WARM_UP_BODIES
            for _ in range(ROUNDS):
                rounds.append(asyncio.run(_load(port, range(first, first + count))))
                first += count
            peak = peak_mebibytes(process.pid)
        stored = sum(
            line.count(b"\n") for path in spool.glob("*.jsonl") for line in path.open("rb")
        )
    if stored != first:
        raise RuntimeError(f"{first} bodies were acknowledged, {stored} are in the spool")
    rates = sorted(count / seconds for seconds, _ in rounds)
    tails = sorted(_percentile(latencies, 0.99) * 1000 for _, latencies in rounds)
    middles = sorted(_percentile(latencies, 0.5) * 1000 for _, latencies in rounds)
    size = len(export_body(0))
    note = (
        f"median of {ROUNDS} rounds of {count} JSON bodies of {size} bytes, "
        f"{CONNECTIONS} connections, fsync on, sender on the same machine"
    )
    return [
        Measurement("acknowledged bodies", rates[1], "1/s", 1000.0, "at least", note),
        Measurement("latency p99", tails[1], "ms", 50.0, "at most", f"worst round {tails[-1]:.1f}"),
        Measurement("latency p50", middles[1], "ms"),
        Measurement("peak memory of the receiver", peak, "MiB", 300.0, "at most", "VmHWM"),
    ]


@contextmanager
def _receiver(spool: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Run a receiver; it tells its port on its first line."""
    command = [sys.executable, "-m", "benchmarks.receiver", str(spool)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.strip():
                raise RuntimeError("the receiver did not start")
            yield process, int(line)
        finally:
            process.terminate()


async def _load(port: int, numbers: range) -> tuple[float, list[float]]:
    # Built before the clock starts: the sender shares the processors with the receiver.
    requests = [_request(port, export_body(number)) for number in numbers]
    requests.reverse()
    latencies: list[float] = []
    started = time.perf_counter()
    await asyncio.gather(*(_send(port, requests, latencies) for _ in range(CONNECTIONS)))
    return time.perf_counter() - started, latencies


def _request(port: int, body: bytes) -> bytes:
    head = (
        f"POST /v1/logs HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _send(port: int, requests: list[bytes], latencies: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while requests:
        request = requests.pop()
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(_HEADER_END)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"the receiver answered {head[:40]!r}")
        await reader.readexactly(2)  # `{}`
        latencies.append(time.perf_counter() - started)
    writer.close()
    await writer.wait_closed()


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _announce(_: str, port: int) -> None:
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve(ReceiverSettings(spool_dir=Path(sys.argv[1]), port=0), _announce)
