"""What can go wrong with an API. No text of an error ever holds a key."""

from datetime import date


class ApiError(Exception):
    """A question that got no usable answer; the text is one line."""


class CredentialFault(ApiError):
    """The API refused the key; the text names the setting of the key and what it needs.

    Args:
        message: The line for the user.
        cause: What is the same for all endpoints that were refused for this reason.
    """

    def __init__(self, message: str, cause: str) -> None:
        super().__init__(message)
        self.cause = cause


class NotFound(CredentialFault):
    """HTTP 404: an unknown object or, on the first call of an endpoint, a refused key."""


class Refused(ApiError):
    """HTTP 400: the API does not answer this question."""


class NotPublished(Refused):
    """The day is too young; the API names the newest one that it has.

    Args:
        message: The line for the user.
        newest_day: The newest day that can be asked for.
    """

    def __init__(self, message: str, newest_day: date) -> None:
        super().__init__(message)
        self.newest_day = newest_day


class CursorExpired(ApiError):
    """HTTP 410: the pages of a query changed; it starts again from its first page."""


class TooSlow(ApiError):
    """The API ran out of time for the question; a smaller one may fare better."""
