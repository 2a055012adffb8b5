"""Keys of the made-up organisations; they are published and open nothing but the stand-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Organisation = Literal["console", "enterprise"]

READ_ANALYTICS: Final = "read:analytics"
READ_MEMBERS: Final = "read:members"
READ_GROUPS: Final = "read:rbac_groups"
READ_SPEND_LIMITS: Final = "read:spend_limits"
# An Admin key of the Console has no scopes: it opens the whole Admin API.
ADMIN: Final = "admin"

CONSOLE_ADMIN_KEY: Final = "sk-ant-admin01-demo-console"
ENTERPRISE_ANALYTICS_KEY: Final = "sk-ant-api01-demo-analytics"
ENTERPRISE_ADMIN_KEY: Final = "sk-ant-api01-demo-members"
ENTERPRISE_ALL_SCOPES_KEY: Final = "sk-ant-api01-demo-all-scopes"
ENTERPRISE_NO_SCOPES_KEY: Final = "sk-ant-api01-demo-no-scopes"


@dataclass(frozen=True)
class Key:
    """What a key opens.

    Args:
        name: Its name in logs and counts, which never show the key itself.
        organisation: The organisation that it was made in; no key reads another one.
        scopes: What it may read there.
    """

    name: str
    organisation: Organisation
    scopes: frozenset[str]


DEMO_KEYS: Final[Mapping[str, Key]] = MappingProxyType(
    {
        CONSOLE_ADMIN_KEY: Key("console_admin", "console", frozenset({ADMIN})),
        ENTERPRISE_ANALYTICS_KEY: Key(
            "enterprise_analytics", "enterprise", frozenset({READ_ANALYTICS})
        ),
        ENTERPRISE_ADMIN_KEY: Key(
            "enterprise_admin",
            "enterprise",
            frozenset({READ_MEMBERS, READ_GROUPS, READ_SPEND_LIMITS}),
        ),
        ENTERPRISE_ALL_SCOPES_KEY: Key(
            "enterprise_all_scopes",
            "enterprise",
            frozenset({READ_ANALYTICS, READ_MEMBERS, READ_GROUPS, READ_SPEND_LIMITS}),
        ),
        ENTERPRISE_NO_SCOPES_KEY: Key("enterprise_no_scopes", "enterprise", frozenset()),
    }
)
