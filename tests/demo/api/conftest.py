"""The stand-in over a tiny organisation, called in this process."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.api import keys
from demo.api.app import create_app
from demo.api.clock import MovableClock
from demo.api.faults import Fault
from demo.api.in_process import InProcessTransport
from demo.api.limits import Limits
from demo.api.stand_in import StandIn
from demo.api.views import Views
from tests.demo.api.small_organisation import small_organisation
from tests.demo.api.small_people import NOW

ORGANIZATIONS = "/v1/organizations"
BASE_URL = "http://stand-in"
ANALYTICS = f"{ORGANIZATIONS}/analytics"
Params = Sequence[tuple[str, str]]


class Api:
    """A client of a stand-in whose clock stands still.

    Args:
        data_dir: Its views.
        granted: Requests per minute in place of the documented limits.
        options: Given to `create_app`.
    """

    def __init__(self, data_dir: Path, granted: int | None = 100_000, **options: Any) -> None:  # noqa: ANN401
        self.clock = MovableClock(NOW)
        strict = granted is None
        self.limits = Limits(self.clock, requests_per_minute=granted, strict=strict)
        app = create_app(
            data_dir, clock=self.clock, limits=self.limits, views=_views(data_dir), **options
        )
        self.stand_in: StandIn = app.state.stand_in
        self.http = httpx.Client(
            transport=InProcessTransport(app), base_url=BASE_URL, trust_env=False
        )

    def ask(
        self,
        path: str,
        params: Params | dict[str, str] | None = None,
        key: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Ask with the key that fits the path."""
        if key is None:
            key = _fitting_key(path)
        sent = {"x-api-key": key, "anthropic-version": "2023-06-01"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        pairs = params.items() if isinstance(params, dict) else params or ()
        # Without parameters httpx keeps those of the address.
        return self.http.get(path, params=httpx.QueryParams(tuple(pairs)) or None, headers=sent)

    def rows(self, path: str, params: Params | dict[str, str] | None = None, **kept: str) -> Any:  # noqa: ANN401
        """The `data` of an answer that must be good."""
        answer = self.ask(path, params, **kept)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def switch_on(self, *faults: Fault) -> None:
        """Switch faults on."""
        self.stand_in.faults.add(*faults)


@cache
def _views(data_dir: Path) -> Views:
    """Loaded once: no test changes a view that another one reads."""
    return Views(data_dir)


def _fitting_key(path: str) -> str:
    if path.startswith(ANALYTICS):
        return keys.ENTERPRISE_ANALYTICS_KEY
    is_enterprise = path.startswith((f"{ORGANIZATIONS}/rbac", f"{ORGANIZATIONS}/spend"))
    return keys.ENTERPRISE_ADMIN_KEY if is_enterprise else keys.CONSOLE_ADMIN_KEY


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The views of the tiny organisation."""
    directory = tmp_path_factory.mktemp("organisation")
    small_organisation(directory)
    return directory


@pytest.fixture
def make_api(data_dir: Path) -> Callable[..., Api]:
    """Make a stand-in with options."""
    return lambda **options: Api(data_dir, **options)


@pytest.fixture
def api(make_api: Callable[..., Api]) -> Api:
    """A stand-in without any fault."""
    return make_api()
