"""Keys open their own organisation, by scope; errors have the documented bodies."""

from collections.abc import Callable

import pytest

from demo.api import keys
from demo.api.calls import Edition
from tests.demo.api.conftest import ANALYTICS, ORGANIZATIONS, Api
from tests.demo.api.small_people import LAST_DAY

USERS = (f"{ANALYTICS}/users", {"date": str(LAST_DAY)})
MEMBERS: tuple[str, dict[str, str]] = (f"{ORGANIZATIONS}/users", {})


@pytest.mark.parametrize(
    ("asked", "key", "status", "error_type"),
    [
        (USERS, "", 401, "authentication_error"),
        (USERS, "sk-ant-api01-nobody", 401, "authentication_error"),
        (USERS, keys.CONSOLE_ADMIN_KEY, 401, "authentication_error"),
        (USERS, keys.ENTERPRISE_ADMIN_KEY, 403, "permission_error"),
        (USERS, keys.ENTERPRISE_NO_SCOPES_KEY, 403, "permission_error"),
        (MEMBERS, keys.ENTERPRISE_ANALYTICS_KEY, 403, "permission_error"),
        ((f"{ORGANIZATIONS}/me", {}), keys.ENTERPRISE_ADMIN_KEY, 401, "authentication_error"),
        ((f"{ORGANIZATIONS}/rbac_groups", {}), keys.CONSOLE_ADMIN_KEY, 401, "authentication_error"),
        ((f"{ORGANIZATIONS}/nothing", {}), keys.CONSOLE_ADMIN_KEY, 404, "not_found_error"),
    ],
)
def test_wrong_key_is_refused(
    api: Api, asked: tuple[str, dict[str, str]], key: str, status: int, error_type: str
) -> None:
    answer = api.ask(*asked, key=key)
    assert answer.status_code == status
    document = answer.json()
    assert document["type"] == "error"
    assert document["error"]["type"] == error_type
    assert document["request_id"] == answer.headers["request-id"]
    assert not key or key not in answer.text


@pytest.mark.parametrize("status", [401, 403, 404])
def test_answer_to_a_key_of_another_organisation_can_be_chosen(
    make_api: Callable[..., Api], status: int
) -> None:
    api = make_api(wrong_family_status=status)
    assert api.ask(*USERS, key=keys.CONSOLE_ADMIN_KEY).status_code == status


def test_scope_that_is_missing_is_named(api: Api) -> None:
    message = api.ask(*USERS, key=keys.ENTERPRISE_NO_SCOPES_KEY).json()["error"]["message"]
    assert message == "Missing required scopes. Got: [] Needed: [read:analytics]"


def test_old_editions_hide_from_a_wrong_key(make_api: Callable[..., Api]) -> None:
    api = make_api(edition=Edition.B)
    assert api.ask(*USERS, key="").status_code == 404
    assert api.ask(*USERS, key=keys.ENTERPRISE_NO_SCOPES_KEY).status_code == 404
    assert api.ask(*USERS, key=keys.CONSOLE_ADMIN_KEY).status_code == 404
    assert api.ask(*MEMBERS, key="").status_code == 401


def test_key_decides_whose_members_are_listed(api: Api) -> None:
    console = api.rows(*MEMBERS, key=keys.CONSOLE_ADMIN_KEY)
    enterprise = api.rows(*MEMBERS, key=keys.ENTERPRISE_ADMIN_KEY)
    assert {row["role"] for row in console} == {"developer"}
    assert {row["role"] for row in enterprise} == {"user"}


def test_one_key_may_combine_scopes(api: Api) -> None:
    for path, params in (USERS, MEMBERS, (f"{ORGANIZATIONS}/spend_limits/effective", {})):
        assert api.ask(path, params, key=keys.ENTERPRISE_ALL_SCOPES_KEY).status_code == 200


def test_version_header_is_required(api: Api) -> None:
    assert api.ask(*MEMBERS, anthropic_version="").status_code == 400
    # Editions A and B show analytics calls without it.
    assert api.ask(*USERS, anthropic_version="").status_code == 200


def test_log_knows_keys_by_name(api: Api) -> None:
    api.ask(*USERS)
    api.ask(*USERS, key="sk-ant-api01-nobody")
    log = api.http.get("/_stand_in/served")
    assert [entry["key_name"] for entry in log.json()] == ["enterprise_analytics", None]
    assert [entry["row_count"] for entry in log.json()] == [7, 0]
    assert "sk-ant" not in log.text
