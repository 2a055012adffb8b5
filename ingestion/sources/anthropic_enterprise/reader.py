"""Activity, usage, cost and objects of an Enterprise organisation, read through its APIs."""

from collections.abc import Mapping

import httpx

from ingestion.http.client import ApiClient
from ingestion.http.dialects.anthropic import Anthropic
from ingestion.http.endpoints import ApiSource
from ingestion.http.limits import Clock, Limiter, SystemClock
from ingestion.http.records import TableSpec

from . import declaration as declared

__all__ = ["open_api", "open_enterprise"]


def open_enterprise(
    *,
    api_url: str,
    analytics_key: str,
    admin_key: str | None = None,
    requests_per_minute: int | None = None,
    clock: Clock | None = None,
    transport: httpx.BaseTransport | None = None,
) -> ApiSource:
    """The Enterprise organisation that the keys belong to.

    Args:
        api_url: Scheme and host of the API.
        analytics_key: A key that may read analytics.
        admin_key: A key that may read members, groups and spend limits; the same one if None.
        requests_per_minute: A limit that the vendor granted in place of the documented ones.
        clock: What to wait by.
        transport: Replaces the network in tests.

    Raises:
        CredentialFault: A key cannot be a key.
        ApiError: The address cannot be an address.
    """
    clock = clock or SystemClock()
    granted = Limiter(requests_per_minute, clock) if requests_per_minute else None
    objects = granted or Limiter(declared.OBJECT_REQUESTS_PER_MINUTE, clock)

    def client(key: str, key_setting: str, needs: str, limiter: Limiter) -> ApiClient:
        return ApiClient(
            api_url,
            key,
            dialect=Anthropic(),
            key_setting=key_setting,
            scope=needs,
            limiter=limiter,
            clock=clock,
            transport=transport,
        )

    def admin(scope: str, limiter: Limiter) -> ApiClient:
        needs = f"an Enterprise key with the scope {scope}"
        if admin_key is not None:
            return client(admin_key, declared.ADMIN_KEY_SETTING, needs, limiter)
        # Two keys are possible, and the user has set only one.
        needs += f", or {declared.ADMIN_KEY_SETTING} must"
        return client(analytics_key, declared.KEY_SETTING, needs, limiter)

    return ApiSource(
        source_id="anthropic_enterprise",
        endpoints=declared.SOURCE.endpoints,
        tables=declared.SOURCE.forms(TableSpec),
        clients={
            declared.ANALYTICS: client(
                analytics_key,
                declared.KEY_SETTING,
                f"an Enterprise key with the scope {declared.ANALYTICS_SCOPE}",
                granted or Limiter(declared.ANALYTICS_REQUESTS_PER_MINUTE, clock),
            ),
            declared.MEMBERS: admin(declared.MEMBERS_SCOPE, objects),
            declared.GROUPS: admin(declared.GROUPS_SCOPE, objects),
            declared.SPEND_LIMITS: admin(
                declared.SPEND_LIMITS_SCOPE,
                granted or Limiter(declared.SPEND_LIMIT_REQUESTS_PER_MINUTE, clock),
            ),
        },
        batch_days=declared.BATCH_DAYS,
        clock=clock,
    )


def open_api(api_url: str, keys: Mapping[str, str], requests_per_minute: int | None) -> ApiSource:
    """The same with what the settings hold."""
    return open_enterprise(
        api_url=api_url,
        analytics_key=keys.get(declared.KEY_VARIABLE, ""),
        admin_key=keys.get(declared.ADMIN_KEY_VARIABLE),
        requests_per_minute=requests_per_minute,
    )
