"""OTLP/HTTP receiver: accepts telemetry, stores it without content, then acknowledges it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ingestion.otlp.bodies import MemoryBudget
from ingestion.otlp.counters import Counters
from ingestion.otlp.decode import SIGNALS
from ingestion.otlp.exports import ExportEndpoint, ExportLimits, is_authorized
from ingestion.otlp.group_commit import GroupCommit
from ingestion.otlp.listener import ReceiverConfigurationError, bind, make_server
from ingestion.otlp.live_file import LiveFile
from ingestion.otlp.spool import adopt_orphans, make_directories, prune_quarantine

__all__ = ["ReceiverConfigurationError", "ReceiverSettings", "build_app", "serve"]

MEBIBYTE: Final = 2**20

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReceiverSettings:
    """Settings of a receiver.

    Args:
        spool_dir: Directory of the spool; made if it does not exist.
        host: Address to listen on; beyond loopback a token is needed.
        port: Port to listen on; 0 takes a free one.
        token: Bearer token that every request must carry; None for none.
        max_body_bytes: Most bytes of a body as it comes.
        max_inflated_bytes: Most bytes of a body after gzip.
        max_in_flight_bytes: Most bytes of all bodies being worked on, both forms counted.
        body_seconds: Longest time until a body has come whole.
        close_bytes: Size at which a spool file is closed.
        close_seconds: Age at which a spool file is closed.
        quarantine_days: Days that bodies in quarantine stay.
        upkeep_seconds: Time between two looks at the quarantine and lines of counters in the log.
    """

    spool_dir: Path
    host: str = "127.0.0.1"
    port: int = 4318
    token: str | None = field(default=None, repr=False)
    max_body_bytes: int = 16 * MEBIBYTE
    max_inflated_bytes: int = 64 * MEBIBYTE
    max_in_flight_bytes: int = 128 * MEBIBYTE
    body_seconds: float = 60.0
    close_bytes: int = 32 * MEBIBYTE
    close_seconds: float = 10.0
    quarantine_days: int = 14
    upkeep_seconds: float = 60.0


def build_app(settings: ReceiverSettings) -> Starlette:
    """Make the ASGI application; its lifespan opens and closes the spool."""
    counters = Counters()
    memory = MemoryBudget(settings.max_in_flight_bytes)
    large_bodies = asyncio.Lock()
    limits = ExportLimits(
        body_bytes=settings.max_body_bytes,
        inflated_bytes=settings.max_inflated_bytes,
        body_seconds=settings.body_seconds,
    )
    commits = {
        signal: GroupCommit(
            LiveFile(settings.spool_dir, signal, settings.close_bytes, settings.close_seconds),
            counters.of(signal),
        )
        for signal in SIGNALS
    }
    exports = [
        Route(
            f"/v1/{signal}",
            ExportEndpoint(
                signal,
                spool_dir=settings.spool_dir,
                commits=commits[signal],
                counters=counters.of(signal),
                limits=limits,
                memory=memory,
                large_bodies=large_bodies,
                token=settings.token,
            ),
        )
        for signal in SIGNALS
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        make_directories(settings.spool_dir)
        adopt_orphans(settings.spool_dir)
        writers = [asyncio.create_task(commit.run()) for commit in commits.values()]
        upkeep = asyncio.create_task(_upkeep(settings, counters))
        yield
        upkeep.cancel()
        with suppress(asyncio.CancelledError):
            await upkeep
        for commit in commits.values():
            commit.stop()
        await asyncio.gather(*writers)
        logger.info("stopped; %s", counters.summary() or "nothing was received")

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def metrics(request: Request) -> Response:
        if not is_authorized(dict(request.scope["headers"]), settings.token):
            return PlainTextResponse(
                "a valid bearer token is needed\n", 401, {"www-authenticate": "Bearer"}
            )
        return PlainTextResponse(counters.exposition())

    return Starlette(
        routes=[*exports, Route("/healthz", healthz), Route("/metrics", metrics)],
        lifespan=lifespan,
    )


def serve(
    settings: ReceiverSettings, on_listening: Callable[[str, int], None] | None = None
) -> None:
    """Receive until SIGTERM or SIGINT, then finish what is under way and close the spool files.

    Args:
        settings: Settings of the receiver.
        on_listening: Called with address and port once requests are answered.

    Raises:
        ReceiverConfigurationError: It cannot start as it is set up; the message says why.
    """
    listener = bind(settings.host, settings.port, has_token=_has_token(settings))
    with listener:
        try:
            make_directories(settings.spool_dir)
        except OSError as error:
            raise ReceiverConfigurationError(
                f"cannot write to the spool {settings.spool_dir}: {error.strerror}"
            ) from error

        def announce() -> None:
            host, port = listener.getsockname()[:2]
            logger.info("receiving OTLP over HTTP on %s, port %d", host, port)
            if on_listening is not None:
                on_listening(host, port)

        make_server(build_app(settings), announce).run(sockets=[listener])


def _has_token(settings: ReceiverSettings) -> bool:
    if settings.token == "":
        raise ReceiverConfigurationError("the bearer token is empty")
    return settings.token is not None


async def _upkeep(settings: ReceiverSettings, counters: Counters) -> None:
    logged = ""
    while True:
        try:
            await asyncio.to_thread(prune_quarantine, settings.spool_dir, settings.quarantine_days)
        except OSError as error:
            logger.error("cannot clear the quarantine: %s", error.strerror)
        await asyncio.sleep(settings.upkeep_seconds)
        if (summary := counters.summary()) != logged:
            logger.info("%s", summary)
            logged = summary
