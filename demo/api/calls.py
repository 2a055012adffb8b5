"""What an endpoint is, and what it is told about a request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from .keys import Key, Organisation
from .parameters import Query
from .publication import Publication
from .views import Views

Document = dict[str, Any]


class Edition(StrEnum):
    """An edition of the vendor's documentation; later ones sort after earlier ones."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Budget(StrEnum):
    """Requests that share one limit."""

    CONSOLE_REPORTS = "console_reports"
    CONSOLE_CLAUDE_CODE = "console_claude_code"
    CONSOLE_OBJECTS = "console_objects"
    ENTERPRISE_ANALYTICS = "enterprise_analytics"
    ENTERPRISE_OBJECTS = "enterprise_objects"
    SPEND_LIMITS = "spend_limits"


class PageSize(StrEnum):
    """How many rows a page holds against the limit that was asked for."""

    FULL = "full"
    SHORT = "short"
    LONG = "long"


@dataclass(frozen=True)
class Endpoint:
    """One path.

    Args:
        path: As Starlette writes it, parameters in braces.
        access: The scope that it needs, by organisation; the others have no such endpoint.
        budgets: The limit that it counts against, by organisation.
        parameters: The names of its parameters, arrays with their brackets.
        answer: Makes the document.
        since: The first edition that has it.
        is_versioned: Whether it wants the `anthropic-version` header.
    """

    path: str
    access: Mapping[Organisation, str]
    budgets: Mapping[Organisation, Budget]
    parameters: frozenset[str]
    answer: Callable[["Call"], Document]
    since: Edition = Edition.A
    is_versioned: bool = True


@dataclass(frozen=True)
class Call:
    """One request that was let in.

    Args:
        views: The rows.
        publication: When days become available.
        endpoint: What is asked.
        path: The path as asked.
        path_parameters: The values of the braces.
        items: Decoded query.
        headers: Lower-case header names.
        key: Whose key it is.
        now: The server's time.
        edition: The edition that is answered in.
        page_size: Whether pages keep to the limit.
    """

    views: Views
    publication: Publication
    endpoint: Endpoint
    path: str
    path_parameters: Mapping[str, str]
    items: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    key: Key
    now: datetime
    edition: Edition
    page_size: PageSize = PageSize.FULL

    @cached_property
    def query(self) -> Query:
        """The parameters, checked against the names that the endpoint knows."""
        return Query(self.items, self.endpoint.parameters)
