"""OTLP/HTTP receiver: accepts telemetry, stores it without content, then acknowledges it."""

import asyncio
import logging
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from signal import SIGINT, SIGTERM, Signals
from signal import signal as set_handler
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ingestion.otlp.decode import SIGNALS
from ingestion.otlp.receiving.bodies import MemoryBudget
from ingestion.otlp.receiving.counters import Counters
from ingestion.otlp.receiving.export import ExportEndpoint, ExportLimits, is_authorized
from ingestion.otlp.receiving.live_file import GroupCommit, LiveFile
from ingestion.otlp.spool import adopt_orphans, make_directories, prune_quarantine

MEBIBYTE: Final = 2**20
_STOP_SECONDS: Final = 10
# Longer than the pause between two exports of a client: a connection that the server closes just
# as the next export is sent costs that client a retry.
_KEEP_ALIVE_SECONDS: Final = 75
_BACKLOG: Final = 1024

logger = logging.getLogger(__name__)


class ReceiverConfigurationError(Exception):
    """The receiver cannot start as it is set up; the message is one line for the user."""


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


def bind(host: str, port: int, *, has_token: bool) -> socket.socket:
    """Take the address to listen on.

    Raises:
        ReceiverConfigurationError: It is unknown, taken, not allowed, or open without a token.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, OverflowError, UnicodeError) as error:
        raise ReceiverConfigurationError(f"cannot listen on {host}:{port}: {error}") from error
    if not has_token and not ip_address(str(address[0]).partition("%")[0]).is_loopback:
        raise ReceiverConfigurationError(
            f"listening on {host} without a token would let anybody send; give a token, "
            "or listen on 127.0.0.1"
        )
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Two receivers with this option could both bind; the second one has to fail here.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ReceiverConfigurationError(
            f"cannot listen on {host}:{port}: {error.strerror}"
        ) from error
    return listener


def make_server(app: ASGIApp, announce: Callable[[], None]) -> uvicorn.Server:
    """Make a server that ends at SIGTERM or SIGINT, once it has finished what is under way.

    Args:
        app: The application.
        announce: Called once requests are answered.
    """
    config = uvicorn.Config(
        app,
        loop="auto",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    return _Server(config, announce)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal, and only that: a receiver that was told to stop has done its work.

        The base class sends the signal again afterwards, which would end the process as killed.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before: dict[Signals, Any] = {
            number: set_handler(number, self.handle_exit) for number in (SIGINT, SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                set_handler(number, handler)


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
