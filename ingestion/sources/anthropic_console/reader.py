"""Usage, cost and objects of a Console organisation, read through its Admin API."""

from collections.abc import Mapping

import httpx

from ingestion.http.client import ApiClient
from ingestion.http.dialects.anthropic import Anthropic
from ingestion.http.endpoints import ApiSource
from ingestion.http.limits import Clock, Limiter, SystemClock
from ingestion.http.records import TableSpec

from . import declaration as declared

__all__ = ["open_api", "open_console"]


def open_console(
    *,
    api_url: str,
    admin_key: str,
    requests_per_minute: int | None = None,
    clock: Clock | None = None,
    transport: httpx.BaseTransport | None = None,
) -> ApiSource:
    """The Console organisation that the key belongs to.

    Args:
        api_url: Scheme and host of the API.
        admin_key: Its Admin API key.
        requests_per_minute: A limit that the vendor granted in place of the documented ones.
        clock: What to wait by.
        transport: Replaces the network in tests.

    Raises:
        CredentialFault: The key cannot be a key.
        ApiError: The address cannot be an address.
    """
    clock = clock or SystemClock()
    granted = Limiter(requests_per_minute, clock) if requests_per_minute else None

    def client(per_minute: int, *, counts_pages: bool) -> ApiClient:
        return ApiClient(
            api_url,
            admin_key,
            dialect=Anthropic(),
            key_setting=declared.KEY_SETTING,
            scope=declared.KEY_SCOPE,
            limiter=granted or Limiter(per_minute, clock),
            counts_pages=counts_pages or granted is not None,
            clock=clock,
            transport=transport,
        )

    return ApiSource(
        source_id="anthropic_console",
        endpoints=declared.SOURCE.endpoints,
        tables=declared.SOURCE.forms(TableSpec),
        clients={
            declared.OBJECTS: client(declared.REQUESTS_PER_MINUTE, counts_pages=True),
            declared.USAGE: client(declared.POLLS_PER_MINUTE, counts_pages=False),
            declared.COST: client(declared.POLLS_PER_MINUTE, counts_pages=False),
        },
        batch_days=declared.BATCH_DAYS,
        clock=clock,
    )


def open_api(api_url: str, keys: Mapping[str, str], requests_per_minute: int | None) -> ApiSource:
    """The same with what the settings hold."""
    return open_console(
        api_url=api_url,
        admin_key=keys.get(declared.KEY_VARIABLE, ""),
        requests_per_minute=requests_per_minute,
    )
