"""The Enterprise endpoints answer, and refuse, as the reference says."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.demo.api.conftest import ANALYTICS, ORGANIZATIONS, Api, Params
from tests.demo.api.small_people import DAYS, DELETED, LAST_DAY, NOW, PEOPLE, email

DAY = str(LAST_DAY)
USERS = f"{ANALYTICS}/users"
SKILLS = f"{ANALYTICS}/skills"
ARTIFACTS = f"{ANALYTICS}/artifacts"
SUMMARIES = f"{ANALYTICS}/summaries"
USAGE = f"{ANALYTICS}/usage_report"
COST = f"{ANALYTICS}/cost_report"
USER_USAGE = f"{ANALYTICS}/user_usage_report"
USER_COST = f"{ANALYTICS}/user_cost_report"
START = f"{DAYS[0]}T00:00:00Z"
FROM_START: Params = [("starting_at", START)]
TWO_DAYS: Params = [*FROM_START, ("ending_at", f"{DAYS[2]}T00:00:00Z"), ("bucket_width", "1d")]
BY_PRODUCT: Params = [("group_by[]", "product"), ("group_by[]", "model")]
USAGE_GROUPS: Params = [
    ("group_by[]", name)
    for name in ("product", "model", "context_window", "inference_geo", "speed")
]
COST_GROUPS: Params = [
    ("group_by[]", name) for name in ("product", "model", "cost_type", "token_type")
]


def test_user_row_has_the_documented_shape(api: Api) -> None:
    rows = api.rows(USERS, {"date": DAY})
    assert [row["user"]["email_address"] for row in rows] == [email(n) for n in range(PEOPLE)]
    assert rows[0] == {
        "user": {"id": "user_00000", "email_address": email(0), "type": "user"},
        "last_activity_date": DAY,
        "chat_metrics": {
            "message_count": 14,
            "thinking_message_count": 3,
            "distinct_conversation_count": None,
            "distinct_connectors_used_count": 1,
        },
        "claude_code_metrics": {
            "core_metrics": {"commit_count": 2, "lines_of_code": {"added_count": 210}}
        },
        "cowork_metrics": {"message_count": 0},
        "office_metrics": {
            app: {"message_count": 1} for app in ("excel", "powerpoint", "word", "outlook")
        },
        "web_search_count": 5,
    }


def test_lists_have_a_cut_of_the_organisation_and_one_by_user(api: Api) -> None:
    (docx, pptx) = api.rows(SKILLS, {"date": DAY})
    assert docx["skill_name"] == "docx"
    assert "user_id" not in pptx
    by_user = api.rows(SKILLS, {"date": DAY, "group_by[]": "user_id"})
    assert {row["user_id"] for row in by_user} == {"user_00000", "user_00001", "user_00002"}
    filtered = api.rows(
        SKILLS,
        [
            ("date", DAY),
            ("group_by[]", "user_id"),
            ("filter[]", "skill_name:DOCX"),
            ("filter[]", "user_id:user_00001"),
            ("filter[]", "user_id:user_00002"),
        ],
    )
    assert [(row["skill_name"], row["user_id"]) for row in filtered] == [
        ("docx", "user_00001"),
        ("docx", "user_00002"),
    ]


def test_ungrouped_artifacts_are_one_page(api: Api) -> None:
    assert len(api.rows(ARTIFACTS, {"date": DAY, "limit": "1"})) == 2
    assert api.ask(ARTIFACTS, {"date": DAY, "page": "page_x"}).status_code == 400


def test_range_of_one_day_is_that_day(api: Api) -> None:
    one = {"starting_date": str(DAYS[0]), "ending_date": str(DAYS[1])}
    assert api.rows(USERS, one) == api.rows(USERS, {"date": str(DAYS[0])})


@pytest.mark.parametrize(
    ("path", "params", "named"),
    [
        (USERS, [], "date"),
        (USERS, [("date", DAY), ("starting_date", DAY)], "starting_date"),
        (USERS, [("date", DAY), ("ending_date", DAY)], "ending_date"),
        (USERS, [("date", "2025-12-31")], "2026-01-01"),
        (USERS, [("date", f"{DAY}T00:00:00Z")], "date"),
        (USERS, [("date", DAY), ("limit", "1001")], "limit"),
        (USERS, [("date", DAY), ("group_by[]", "product")], "group_by"),
        (USERS, [("date", DAY), ("group_by[]", "rbac_group_id")], "group_by"),
        (USERS, [("date", DAY), ("filter[]", "skill_name:pptx")], "filter"),
        (USERS, [("date", DAY), ("filter[]", "user_id")], "filter"),
        (USERS, [("date", DAY), ("order_by", "message_count")], "order_by"),
        (USERS, [("date", DAY), *[("filter[]", f"user_id:u{n}") for n in range(101)]], "100"),
        (USERS, [("starting_date", "2026-01-01"), ("ending_date", DAY)], "single days"),
        (ARTIFACTS, [("starting_date", DAY)], "starting_date"),
        (SUMMARIES, [], "starting_date"),
        (SUMMARIES, [("starting_date", "2025-12-31")], "2026-01-01"),
        (SUMMARIES, [("starting_date", DAY), ("ending_date", DAY)], "ending_date"),
        (SUMMARIES, [("starting_date", DAY), ("ending_date", "2026-11-21")], "today"),
        (SUMMARIES, [("starting_date", DAY), ("filter[]", "user_id:u")], "user_id"),
        (SUMMARIES, [("starting_date", DAY), ("limit", "5")], "pages"),
        (USAGE, [], "starting_at"),
        (USAGE, [("starting_at", DAY)], "starting_at"),
        (USAGE, [("starting_at", "2025-12-31T00:00:00Z")], "2026-01-01"),
        (USAGE, [*FROM_START, ("group_by[]", "cost_type")], "group_by"),
        (USAGE, [*FROM_START, ("group_by[]", "claude_tag_category")], "group_by"),
        (USAGE, [*FROM_START, ("limit", "32")], "limit"),
        (COST, [*FROM_START, ("group_by[]", "user_id")], "group_by"),
        (USER_USAGE, [*FROM_START, ("bucket_width", "1d"), *BY_PRODUCT], "ending_at"),
        (USER_USAGE, [*TWO_DAYS, *BY_PRODUCT, ("order_by", "amount")], "order_by"),
        (USER_USAGE, [*TWO_DAYS, *BY_PRODUCT, ("limit", "1001")], "limit"),
        (
            USER_COST,
            [
                ("starting_at", "2026-10-01T00:00:00Z"),
                ("ending_at", "2026-11-01T01:00:00Z"),
                ("bucket_width", "1d"),
                *BY_PRODUCT,
            ],
            "31 days",
        ),
    ],
)
def test_wrong_parameters_are_refused(api: Api, path: str, params: Params, named: str) -> None:
    answer = api.ask(path, params)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert named in error["message"]


def test_span_of_366_days_is_the_longest(make_api: Callable[..., Api]) -> None:
    api = make_api()
    api.clock.move_to(datetime(2027, 6, 1, 12))  # noqa: DTZ001
    longest = {"starting_date": "2026-01-01", "ending_date": "2027-01-02"}
    assert api.ask(SUMMARIES, longest).status_code == 200
    longer = {"starting_date": "2026-01-01", "ending_date": "2027-01-03"}
    assert "366" in api.ask(SUMMARIES, longer).json()["error"]["message"]
    assert "366" in api.ask(USERS, longer).json()["error"]["message"]
    # Cost and usage reach 365 days back.
    early = [("starting_at", "2026-05-31T00:00:00Z"), ("ending_at", "2026-06-02T00:00:00Z")]
    assert api.ask(USAGE, early).status_code == 400
    late = [("starting_at", "2026-06-02T00:00:00Z"), ("ending_at", "2026-06-03T00:00:00Z")]
    assert api.ask(USAGE, late).status_code == 200


def test_default_page_sizes(api: Api) -> None:
    assert len(api.rows(USAGE, FROM_START)) == 7
    assert len(api.rows(USER_USAGE, [*TWO_DAYS, *BY_PRODUCT])) == 20


def test_default_end_is_31_days_after_the_start(api: Api) -> None:
    buckets = api.rows(USAGE, [("starting_at", "2026-10-01T00:00:00Z"), ("limit", "31")])
    assert len(buckets) == 31
    assert buckets[-1]["ending_at"] == "2026-11-01T00:00:00Z"
    assert all(bucket["results"] == [] for bucket in buckets)


def test_summaries_tell_days_that_are_published(api: Api) -> None:
    document = api.ask(
        SUMMARIES, {"starting_date": str(DAYS[-2]), "ending_date": "2026-11-20"}
    ).json()
    assert list(document) == ["summaries"]
    assert [day["starting_at"] for day in document["summaries"]] == [
        f"{day}T00:00:00Z" for day in DAYS[-2:]
    ]
    assert document["summaries"][0]["ending_at"] == f"{DAY}T00:00:00Z"
    assert document["summaries"][0]["daily_adoption_rate"] == 48.0
    # A breakdown that is off is absent, not null.
    assert "science_daily_active_user_count" not in document["summaries"][0]


def test_usage_has_a_total_and_groups(api: Api) -> None:
    document = api.ask(USAGE, [*FROM_START, ("limit", "31")]).json()
    assert document["organization_id"].startswith("org_")
    assert document["data_refreshed_at"] == "2026-11-20T08:00:00Z"
    (total,) = document["data"][0]["results"]
    assert {total[name] for name in ("product", "model", "context_window")} == {None}
    assert total["cache_creation"] == {
        "ephemeral_5m_input_tokens": 500,
        "ephemeral_1h_input_tokens": 1000,
    }
    grouped = api.rows(USAGE, [*FROM_START, *USAGE_GROUPS])
    products = [row["product"] for row in grouped[0]["results"]]
    assert products == ["chat", "claude_code", "claude-in-slack", "other", None]


def test_cost_has_six_decimals(api: Api) -> None:
    (total,) = api.rows(COST, FROM_START)[0]["results"]
    assert (total["amount"], total["list_amount"]) == ("41280.000000", "51600.000000")
    grouped = api.rows(COST, [*FROM_START, *COST_GROUPS])[0]["results"]
    assert {row["token_type"] for row in grouped} == {"output_tokens"}


def test_user_rows_are_ranked_and_keep_deleted_people(api: Api) -> None:
    rows = api.rows(USER_USAGE, [*TWO_DAYS, *BY_PRODUCT, ("limit", "1000")])
    totals = [row["total_tokens"] for row in rows]
    assert totals == sorted(totals, reverse=True)
    # The deleted one used the most.
    assert rows[0]["actor"] == {
        "type": "user_actor",
        "user_id": f"user_{DELETED:05d}",
        "email": None,
        "name": "Deleted User",
        "deleted": True,
    }
    parts = rows[0]
    assert parts["starting_at"] == START
    ascending = api.rows(USER_USAGE, [*TWO_DAYS, *BY_PRODUCT, ("order", "asc"), ("limit", "1000")])
    assert [row["total_tokens"] for row in ascending] == sorted(totals)


def test_amounts_rank_by_value_not_by_text(api: Api) -> None:
    rows = api.rows(USER_COST, [*TWO_DAYS, *BY_PRODUCT, ("limit", "1000")])
    amounts = [Decimal(row["amount"]) for row in rows]
    assert amounts == sorted(amounts, reverse=True)


def test_pages_without_deleted_people_are_short(api: Api) -> None:
    params: Params = [*TWO_DAYS, *BY_PRODUCT, ("limit", "6"), ("exclude_deleted_users", "true")]
    document = api.ask(USER_USAGE, params).json()
    # Four of the six largest rows are the deleted person's.
    assert len(document["data"]) == 2
    assert document["has_more"] is True


def test_page_split_by_cost_type_is_longer_than_its_limit(api: Api) -> None:
    params: Params = [*TWO_DAYS, *BY_PRODUCT, ("group_by[]", "cost_type"), ("limit", "5")]
    document = api.ask(USER_COST, params).json()
    assert len(document["data"]) == 10
    assert {row["cost_type"] for row in document["data"]} == {"tokens", "web_search"}
    whole = api.rows(USER_COST, [*TWO_DAYS, *BY_PRODUCT, ("limit", "5")])
    for name in ("amount", "list_amount"):
        split = sum(Decimal(row[name]) for row in document["data"])
        assert split == sum(Decimal(row[name]) for row in whole)


@pytest.mark.parametrize(
    ("asked", "newest"),
    [
        (datetime(2026, 11, 20, 9, 59), date(2026, 11, 18)),  # noqa: DTZ001
        (datetime(2026, 11, 20, 10, 0), date(2026, 11, 19)),  # noqa: DTZ001
    ],
)
def test_day_becomes_available_at_ten_of_the_next(api: Api, asked: datetime, newest: date) -> None:
    api.clock.move_to(asked)
    assert api.ask(USERS, {"date": str(newest)}).status_code == 200
    for path, name in ((USERS, "date"), (SKILLS, "date"), (SUMMARIES, "starting_date")):
        for day in (newest + timedelta(days=1), NOW.date(), date(2027, 1, 1)):
            refused = api.ask(path, {name: str(day)})
            assert refused.status_code == 400
            assert refused.json()["error"]["message"].endswith(str(newest))


def test_day_that_is_not_exported_yet_is_an_empty_bucket(api: Api) -> None:
    # Refreshed four hours behind: at three o'clock the last refresh was on the day before.
    api.clock.move_to(datetime(2026, 11, 20, 3, 30))  # noqa: DTZ001
    document = api.ask(USAGE, [*FROM_START, ("limit", "31")]).json()
    assert document["data_refreshed_at"] == "2026-11-19T23:00:00Z"
    assert document["data"][-1]["starting_at"] == f"{DAY}T00:00:00Z"
    assert document["data"][-1]["results"] == []
    assert document["data"][-2]["results"] != []
    until = [("ending_at", "2026-11-20T00:00:00Z"), ("bucket_width", "1d"), *BY_PRODUCT]
    rows = api.rows(USER_USAGE, [*FROM_START, *until, ("limit", "1000")])
    assert max(row["starting_at"] for row in rows) == f"{DAYS[-2]}T00:00:00Z"


def test_groups_and_limits_have_the_documented_shapes(api: Api) -> None:
    group = api.rows(f"{ORGANIZATIONS}/rbac_groups")[0]
    assert group["roles"] == []
    assert api.ask(f"{ORGANIZATIONS}/rbac_groups/rbac_group_no/members").status_code == 404
    unlimited, limited, *_ = api.rows(f"{ORGANIZATIONS}/spend_limits/effective")
    assert unlimited["amount"] is None
    assert limited["amount"] == "50000"
    assert limited["scope"] == {"type": "user", "user_id": "user_00001"}
    assert limited["source"] == {"type": "seat_tier", "seat_tier": "enterprise_standard"}
