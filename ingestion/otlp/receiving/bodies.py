"""Request bodies: read and inflated piece by piece, within limits for one and for all of them."""

import asyncio
import zlib
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from starlette.types import Receive

_PIECE_BYTES: Final = 2**20
_GZIP: Final = 16 + zlib.MAX_WBITS


class BodyTooLargeError(Exception):
    """A body is larger than allowed, as it came or inflated."""


class CorruptGzipError(Exception):
    """A body says that it is gzip and is not, or not whole."""


class ClientGoneError(Exception):
    """The client closed the connection before its body was complete."""


class MemoryFullError(Exception):
    """The bodies in flight use all the memory that is set aside for them."""


class MemoryBudget:
    """Bytes that all bodies in flight may hold together."""

    def __init__(self, total: int) -> None:
        self._left = total

    def reserve(self) -> "Reservation":
        """Begin to hold memory; leaving the context gives it back."""
        return Reservation(self)

    def take(self, size: int) -> None:
        """Hold more.

        Raises:
            MemoryFullError: Not so much is left. Waiting for it could wait for ever: those who
                hold memory may be waiting for more themselves.
        """
        if size > self._left:
            raise MemoryFullError
        self._left -= size

    def give_back(self, size: int) -> None:
        """Hold less."""
        self._left += size


class Reservation:
    """Memory of one request."""

    def __init__(self, budget: MemoryBudget) -> None:
        self._budget = budget
        self._held = 0

    def __enter__(self) -> Self:
        """Begin with nothing."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give everything back."""
        self._budget.give_back(self._held)

    def take(self, size: int) -> None:
        """Hold more; raises as the budget does."""
        self._budget.take(size)
        self._held += size


async def read_body(receive: Receive, limit: int, memory: Reservation) -> bytes:
    """Read a body to its end, with or without a known length.

    Args:
        receive: Gives the messages of the request.
        limit: Most bytes that it may have.
        memory: Where the bytes are accounted.

    Raises:
        BodyTooLargeError: There is more than the limit.
        ClientGoneError: The connection was closed.
        MemoryFullError: Too many bytes are in flight.
    """
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        piece = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise BodyTooLargeError
        memory.take(len(piece))
        pieces.append(piece)
        if not message.get("more_body", False):
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def inflate(body: bytes, limit: int, memory: Reservation) -> bytes:
    """Inflate a gzip body of one or more members.

    It stops as soon as the limit is passed, and lets other requests run between the pieces.

    Raises:
        BodyTooLargeError: It inflates to more than the limit.
        CorruptGzipError: It is damaged, cut off, or has something behind its end.
        MemoryFullError: Too many bytes are in flight.
    """
    pieces = []
    size = 0
    for piece in _inflated_pieces(body):
        size += len(piece)
        if size > limit:
            raise BodyTooLargeError
        memory.take(len(piece))
        pieces.append(piece)
        if len(piece) == _PIECE_BYTES:
            await asyncio.sleep(0)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _inflated_pieces(body: bytes) -> Iterator[bytes]:
    rest = body
    while rest:
        inflater = zlib.decompressobj(_GZIP)
        while not inflater.eof:
            try:
                piece = inflater.decompress(rest, _PIECE_BYTES)
            except zlib.error as error:
                raise CorruptGzipError from error
            if not piece and not inflater.eof and not inflater.unconsumed_tail:
                raise CorruptGzipError
            rest = inflater.unconsumed_tail
            if piece:
                yield piece
        rest = inflater.unused_data
