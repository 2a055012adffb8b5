"""Error answers, with the types that the vendor documents."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_TYPES: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "invalid_request_error",
        401: "authentication_error",
        403: "permission_error",
        404: "not_found_error",
        # The vendor does not document a type for 410: nobody may depend on one.
        410: "expired_cursor_error",
        429: "rate_limit_error",
        500: "api_error",
        502: "api_error",
        503: "api_error",
        504: "timeout_error",
        529: "overloaded_error",
    }
)


class Refusal(Exception):
    """The request gets an error answer.

    Args:
        status: HTTP status; its error type follows from it.
        message: What the answer says.
        retry_after: Seconds for the `retry-after` header, if it has one.
    """

    def __init__(self, status: int, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after

    def body(self, request_id: str) -> dict[str, object]:
        """The document of the answer."""
        error = {"type": _TYPES.get(self.status, "api_error"), "message": self.message}
        return {"type": "error", "error": error, "request_id": request_id}


def bad_request(message: str) -> Refusal:
    """A 400: the request itself is wrong."""
    return Refusal(400, message)
