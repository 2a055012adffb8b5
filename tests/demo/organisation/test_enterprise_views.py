"""What the Enterprise APIs serve in the end is the truth."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.demo.organisation.api_company import (
    EMAIL_THEN,
    TOKEN_SUMS,
    TRUE_TOKEN_SUMS,
    Company,
)


def test_activity_of_members_is_the_truth(company: Company) -> None:
    surfaces = {
        "chat": {
            "chat_metrics__message_count": "message_count",
            "chat_metrics__thinking_message_count": "thinking_message_count",
            "chat_metrics__distinct_conversation_count": "conversation_count",
            "chat_metrics__distinct_projects_used_count": "project_used_count",
            "chat_metrics__distinct_projects_created_count": "project_created_count",
            "chat_metrics__distinct_files_uploaded_count": "file_uploaded_count",
            "chat_metrics__distinct_artifacts_created_count": "artifact_created_count",
            "chat_metrics__distinct_skills_used_count": "skill_used_count",
            "chat_metrics__distinct_connectors_used_count": "connector_used_count",
        },
        "claude_code": {
            "claude_code_metrics__core_metrics__commit_count": "commit_count",
            "claude_code_metrics__core_metrics__pull_request_count": "pull_request_count",
            "claude_code_metrics__core_metrics__distinct_session_count": "session_count",
            "claude_code_metrics__core_metrics__lines_of_code__added_count": "lines_added_count",
            "claude_code_metrics__core_metrics__lines_of_code__removed_count": (
                "lines_removed_count"
            ),
            "claude_code_metrics__tool_actions__edit_tool__accepted_count": "edit_accepted_count",
            "claude_code_metrics__tool_actions__edit_tool__rejected_count": "edit_rejected_count",
            "claude_code_metrics__tool_actions__write_tool__accepted_count": "write_accepted_count",
            "claude_code_metrics__tool_actions__write_tool__rejected_count": "write_rejected_count",
        },
        "cowork": {
            "cowork_metrics__message_count": "message_count",
            "cowork_metrics__action_count": "action_count",
            "cowork_metrics__distinct_session_count": "session_count",
            "cowork_metrics__distinct_skills_used_count": "skill_used_count",
            "cowork_metrics__distinct_connectors_used_count": "connector_used_count",
            "cowork_metrics__distinct_plugins_used_count": "plugin_used_count",
        },
        "office": {
            "+".join(
                f"office_metrics__{app}__message_count"
                for app in ("excel", "powerpoint", "word", "outlook")
            ): "message_count",
        },
        "design": {
            "design_metrics__message_count": "message_count",
            "design_metrics__distinct_session_count": "session_count",
            "design_metrics__distinct_projects_used_count": "project_used_count",
            "design_metrics__distinct_projects_created_count": "project_created_count",
        },
    }
    found = ", ".join(name for names in surfaces.values() for name in names)
    expected = ", ".join(
        f"coalesce(sum({true}) filter (surface = '{surface}'), 0)"
        for surface, names in surfaces.items()
        for true in names.values()
    )
    company.same(
        f"""
        select date_day, user__id, user__email_address, last_activity_date, web_search_count,
            {found}
        from final.anthropic_enterprise_user_activity
        """,
        f"""
        select date_day, user_id, {EMAIL_THEN}, date_day, coalesce(sum(web_search_count), 0),
            {expected}
        from usage_daily
        join people using (person_id)
        join accounts on accounts.person_id = usage_daily.person_id and system = 'enterprise'
        where route = 'enterprise' and surface != 'chrome' group by all
        """,
    )
    for prefix in ("science_metrics__", "chat_metrics__shared_"):
        sums = company.ask(
            f"select sum(columns('{prefix}.*')) from final.anthropic_enterprise_user_activity"
        )
        assert set(sums[0]) == {0}


def test_activity_of_each_office_app_is_the_truth(company: Company) -> None:
    for app in ("excel", "powerpoint", "word", "outlook"):
        company.same(
            f"""
            select
                date_day, user__id, office_metrics__{app}__message_count,
                office_metrics__{app}__distinct_session_count,
                office_metrics__{app}__distinct_skills_used_count,
                office_metrics__{app}__distinct_connectors_used_count
            from final.anthropic_enterprise_user_activity
            where office_metrics__{app}__message_count > 0
            """,
            f"""
            select date_day, user_id, message_count, session_count, skill_used_count,
                connector_used_count
            from usage_daily
            join accounts on accounts.person_id = usage_daily.person_id and system = 'enterprise'
            where route = 'enterprise' and office_app = '{app}'
            """,
        )


def test_summaries_count_people_and_seats(company: Company) -> None:
    used: dict[str, dict[date, set[int]]] = defaultdict(lambda: defaultdict(set))
    products = {"office": "office_agent", "design": "claude_design"}
    for day, person, surface in company.ask(
        "select distinct date_day, person_id, surface from usage_daily where route = 'enterprise'"
    ):
        if surface != "chrome":
            used[""][day].add(person)
            used[f"{products.get(surface, surface)}_"][day].add(person)
    seats = dict(
        company.ask(
            """
            select date_day, count(*) from seats_daily
            where system = 'enterprise' and seat_status = 'assigned' group by date_day
            """
        )
    )
    names = ("", "chat_", "claude_code_", "cowork_", "office_agent_", "claude_design_")
    columns = [
        f"{name}{span}_active_user_count"
        for name in names
        for span in ("daily", "weekly", "monthly")
    ]
    rows = company.ask(
        f"""
        select date_day, {", ".join(columns)}, assigned_seat_count, daily_adoption_rate,
            monthly_adoption_rate, pending_invite_count
        from final.anthropic_enterprise_summaries order by date_day
        """
    )
    start, until = company.parameters.start, company.parameters.until
    assert [row[0] for row in rows] == [
        start + timedelta(days=step) for step in range((until - start).days + 1)
    ]
    for day, *counts, assigned, daily_rate, monthly_rate, _pending in rows:
        assert counts == [
            len(set().union(*(used[name][day - timedelta(days=back)] for back in range(span))))
            for name in names
            for span in (1, 7, 30)
        ]
        assert assigned == seats.get(day, 0)
        rates = [None] * 2
        if assigned:
            rates = [round(100 * count / assigned, 2) for count in (counts[0], counts[2])]
        assert [daily_rate, monthly_rate] == pytest.approx(rates)
    open_invites = company.ask(
        """
        select date_day, count(invite_id)
        from calendar
        left join invites
            on
                system = 'enterprise' and invited_at < date_day + 1 and expires_at >= date_day + 1
                and (accepted_at is null or accepted_at >= date_day + 1)
        group by date_day order by date_day
        """
    )
    assert [(row[0], row[-1]) for row in rows] == open_invites


FEATURES = {
    "chat_projects": ("project", "project_id", "message_count"),
    "skills": ("skill", "skill_name", "invocation_count"),
    "connectors": (
        "connector",
        "connector_name",
        "read_call_count + write_call_count + unclassified_call_count",
    ),
    "plugins": ("plugin", "plugin_name", "invocation_count"),
    "artifacts": ("artifact", "artifact_type", "artifacts_created_count"),
}


@pytest.mark.parametrize("table", FEATURES)
def test_features_are_the_truth_in_both_cuts(company: Company, table: str) -> None:
    kind, key, count = FEATURES[table]
    true_count = "created_count" if kind == "artifact" else "use_count"
    is_told = "date_day >= '2026-06-02'" if kind == "connector" else "true"
    for cut, user_id in (("organisation", "null"), ("user", "user_id")):
        company.same(
            f"""
            select date_day, {key}, user_id, sum({count})
            from final.anthropic_enterprise_{table} where cut = '{cut}' and {is_told} group by all
            """
            if is_told == "true" or company.parameters.until > date(2026, 6, 2)
            else f"""
            select distinct date_day, {key}, user_id, {count}
            from final.anthropic_enterprise_{table} where cut = '{cut}'
            """,
            f"""
            select
                date_day, feature_id, {user_id} as user_id,
                sum({true_count}) filter ({is_told})
            from feature_use_daily
            join accounts
                on accounts.person_id = feature_use_daily.person_id and system = 'enterprise'
            where
                feature_kind = '{kind}'
                and ({is_told} or getvariable('until') < date '2026-06-02')
            group by all
            """.replace("getvariable('until')", f"date '{company.parameters.until}'"),
        )
    if table != "artifacts":
        company.same(
            f"""
            select date_day, {key}, distinct_user_count
            from final.anthropic_enterprise_{table} where cut = 'organisation'
            """,
            f"""
            select date_day, feature_id, count(distinct person_id)
            from feature_use_daily where feature_kind = '{kind}'
            and person_id in (select person_id from accounts where system = 'enterprise')
            group by all
            """,
        )


def test_enterprise_tokens_are_the_truth(company: Company) -> None:
    truth = f"""
        select date_day, claude_model_id, {TRUE_TOKEN_SUMS}, sum(request_count)
        from tokens_daily where route = 'enterprise' group by all
    """
    company.same(
        f"""
        select date_day, model, {TOKEN_SUMS}, sum(requests)
        from final.anthropic_enterprise_usage_report where cut = 'grouped' group by all
        """,
        truth,
    )
    company.same(
        f"""
        select date_day, null, {TOKEN_SUMS}, sum(requests)
        from final.anthropic_enterprise_usage_report where cut = 'total' group by all
        """,
        truth.replace("claude_model_id", "null as model"),
    )


def test_users_tokens_are_the_truth_but_for_what_belongs_to_nobody(company: Company) -> None:
    ((extra, missing),) = company.ask(
        f"""
        with truth as (
            select tokens_daily.date_day, user_id, claude_model_id, {TRUE_TOKEN_SUMS},
                sum(request_count)
            from tokens_daily
            join accounts on accounts.person_id = tokens_daily.person_id and system = 'enterprise'
            left join planted
                on
                    kind = 'unattributed' and planted.date_day = tokens_daily.date_day
                    and starts_with(note, user_id || ' ') and surface = 'cowork'
            where route = 'enterprise' and kind is null group by all
        ),
        served as (
            select date_day, actor__user_id, model, {TOKEN_SUMS}, sum(requests)
            from final.anthropic_enterprise_user_usage_report group by all
        )
        select
            (select count(*) from (from served except from truth)),
            (select count(*) from (from truth except from served))
        """
    )
    assert (extra, missing) == (0, 0)


def test_enterprise_cost_is_the_list_cost_less_the_discount(company: Company) -> None:
    ((listed,),) = company.ask(
        "select sum(list_cost_usd) * 100 from tokens_daily where route = 'enterprise'"
    )
    for cut in ("total", "grouped"):
        ((found, paid, count),) = company.ask(
            f"""
            select sum(list_amount::decimal(28, 10)), sum(amount::decimal(28, 10)), count(*)
            from final.anthropic_enterprise_cost_report where cut = '{cut}'
            """
        )
        assert abs(found - listed) <= count * Decimal("0.0000005")
        assert abs(paid - found * Decimal("0.8")) <= count * Decimal("0.000001")
    by_model = {
        row[:2]: row[2:]
        for row in company.ask(
            """
            select date_day, model, sum(list_amount::decimal(28, 10)), count(*)
            from final.anthropic_enterprise_cost_report where cut = 'grouped' group by all
            """
        )
    }
    for day, model, true in company.ask(
        """
        select date_day, claude_model_id, (sum(list_cost_usd) * 100)::decimal(28, 10)
        from tokens_daily where route = 'enterprise' group by all
        """
    ):
        found, count = by_model.pop((day, model))
        assert abs(found - true) <= count * Decimal("0.0000005")
    assert by_model == {}


def test_a_users_cost_is_the_list_cost_less_the_discount(company: Company) -> None:
    """But for the days of Cowork that belong to nobody."""
    truth = {
        row[:3]: row[3:]
        for row in company.ask(
            """
            select
                tokens_daily.date_day, user_id, claude_model_id,
                (sum(list_cost_usd) * 100)::decimal(28, 10), sum(request_count)
            from tokens_daily
            join accounts on accounts.person_id = tokens_daily.person_id and system = 'enterprise'
            left join planted
                on
                    kind = 'unattributed' and planted.date_day = tokens_daily.date_day
                    and starts_with(note, user_id || ' ') and surface = 'cowork'
            where route = 'enterprise' and kind is null group by all
            """
        )
    }
    for *key, listed, paid, requests, count in company.ask(
        """
        select
            date_day, actor__user_id, model, sum(list_amount::decimal(28, 10)),
            sum(amount::decimal(28, 10)), sum(requests), count(*)
        from final.anthropic_enterprise_user_cost_report group by all
        """
    ):
        cents, request_count = truth.pop(tuple(key))
        assert abs(listed - cents) <= count * Decimal("0.0000005")
        assert abs(paid - cents * Decimal("0.8")) <= count * Decimal("0.0000005")
        assert requests == request_count
    assert truth == {}
