"""The views of the APIs have the shape that lands, and the Console's say the truth in the end."""

from decimal import Decimal

from ingestion.http.records import TableSpec
from ingestion.sources import declaration
from tests.demo.organisation.api_company import (
    EMAIL_THEN,
    SOURCES,
    TOKEN_SUMS,
    TRUE_TOKEN_SUMS,
    Company,
)

SPECS = {source: declaration(source).forms(TableSpec) for source in SOURCES}
# Columns that the loader adds, and those that only other tables or editions fill.
NOT_SERVED = {
    "row_key",
    "parent_row_key",
    "pulled_at",
    "data_refreshed_at",
    "group_by_json",
    "is_withdrawn",
    "other_office_metrics_json",
}
CLAUDE_CODE_KEYS = (
    "date_day, organization_id, actor__type, actor__email_address, actor__api_key_name, "
    "customer_type, subscription_type, is_remote, terminal_type"
)


def test_every_table_has_the_columns_and_types_that_land(company: Company) -> None:
    assert set(company.tables()) == {
        (source, table)
        for source in SOURCES
        for table in declaration(source).schemas
        if table != "pulls"
    }
    for source, table in company.tables():
        raw = declaration(source).schemas[table]
        view = company.db.execute(f"from {source}.{table} limit 0").to_arrow_table().schema
        wanted = {name: raw.field(name).type for name in raw.names if name not in NOT_SERVED}
        found = {name: view.field(name).type for name in view.names if name in wanted}
        assert found == wanted, (source, table)


def test_rows_of_a_moment_have_one_key(company: Company) -> None:
    for source, table in company.tables():
        spec = SPECS[source][table]
        keys = ["date_day", *(key for key in spec.keys if key != "parent_row_key")]
        if table == "claude_code_models":
            keys += CLAUDE_CODE_KEYS.split(", ")
        names = ", ".join(dict.fromkeys(keys))
        moments = f"select distinct visible_from as moment from {source}.{table}"
        doubled = company.ask(
            f"""
            select moment, {names}, count(*) from {source}.{table}, ({moments})
            where
                coalesce(visible_from, '-infinity') <= coalesce(moment, '-infinity')
                and coalesce(visible_to, 'infinity') > coalesce(moment, '-infinity')
            group by all having count(*) > 1
            """
        )
        assert doubled == [], (source, table)


def test_claude_code_of_the_console_is_the_truth(company: Company) -> None:
    company.same(
        """
        select
            date_day, coalesce(actor__email_address, actor__api_key_name),
            sum(core_metrics__num_sessions), sum(core_metrics__lines_of_code__added),
            sum(core_metrics__lines_of_code__removed), sum(core_metrics__commits_by_claude_code),
            sum(core_metrics__pull_requests_by_claude_code),
            sum(tool_actions__edit_tool__accepted), sum(tool_actions__edit_tool__rejected),
            sum(tool_actions__write_tool__accepted), sum(tool_actions__write_tool__rejected)
        from final.anthropic_console_claude_code_rows
        where customer_type = 'api' group by all
        """,
        f"""
        select
            date_day, coalesce({EMAIL_THEN}, key_name), sum(session_count), sum(lines_added_count),
            sum(lines_removed_count), sum(commit_count), sum(pull_request_count),
            sum(edit_accepted_count), sum(edit_rejected_count), sum(write_accepted_count),
            sum(write_rejected_count)
        from usage_daily
        left join people using (person_id)
        left join actors using (actor_id)
        where route = 'console' and surface = 'claude_code' group by all
        """,
    )
    company.same(
        """
        select
            date_day, coalesce(actor__email_address, actor__api_key_name), model,
            sum(tokens__input), sum(tokens__output), sum(tokens__cache_read),
            sum(tokens__cache_creation),
            round(sum(estimated_cost__amount::decimal(28, 10)), 6)
        from final.anthropic_console_claude_code_models
        where customer_type = 'api' group by all
        """,
        f"""
        select
            date_day, coalesce({EMAIL_THEN}, key_name), claude_model_id, sum(input_tokens),
            sum(output_tokens), sum(cache_read_tokens),
            sum(cache_write_5m_tokens + cache_write_1h_tokens),
            round(sum(list_cost_usd * 100)::decimal(28, 10), 6)
        from tokens_daily
        left join people using (person_id)
        left join actors using (actor_id)
        where route = 'console' and surface = 'claude_code' group by all
        """,
    )


def test_rows_of_a_person_and_day_are_those_of_another_place(company: Company) -> None:
    both = company.ask(
        """
        select count(distinct is_remote) from final.anthropic_console_claude_code_rows
        group by date_day, actor__email_address, actor__api_key_name, customer_type
        """
    )
    assert {count for (count,) in both} == {1, 2}
    terminals = company.ask(
        "select distinct terminal_type from final.anthropic_console_claude_code_rows"
    )
    assert {name for (name,) in terminals} - {"vscode", "iTerm.app", "tmux"}
    # A model's row hangs on a row of the same kind.
    orphans = company.ask(
        f"""
        select {CLAUDE_CODE_KEYS} from anthropic_console.claude_code_models
        except select {CLAUDE_CODE_KEYS} from anthropic_console.claude_code_rows
        """
    )
    assert orphans == []


def test_overlap_repeats_what_the_enterprise_organisation_reports(company: Company) -> None:
    company.same(
        """
        select
            date_day, actor__email_address, sum(core_metrics__num_sessions)::bigint,
            sum(core_metrics__lines_of_code__added)::bigint
        from final.anthropic_console_claude_code_rows
        where customer_type = 'subscription' and subscription_type = 'enterprise' group by all
        """,
        """
        select
            date_day, user__email_address,
            claude_code_metrics__core_metrics__distinct_session_count,
            claude_code_metrics__core_metrics__lines_of_code__added_count
        from final.anthropic_enterprise_user_activity
        where (date_day, user__email_address) in (
            select date_day, actor__email_address from anthropic_console.claude_code_rows
            where customer_type = 'subscription'
        )
        """,
    )


def test_console_usage_is_the_truth(company: Company) -> None:
    company.same(
        f"""
        select date_day, workspace_id, model, service_tier, {TOKEN_SUMS}
        from final.anthropic_console_messages_usage group by all
        """,
        f"""
        select
            date_day,
            case when person_id is null then workspace_id else 'wrkspc_claude_code' end,
            claude_model_id, service_tier, {TRUE_TOKEN_SUMS}
        from tokens_daily left join actors using (actor_id)
        where route = 'console' group by all
        """,
    )
    # Of each key, but for what was typed into the Workbench.
    others = company.ask(
        f"""
        with keys as (
            select owner_person_id as person_id, api_key_id from actors where kind = 'user_key'
        ),
        truth as (
            select date_day, coalesce(keys.api_key_id, actors.api_key_id) as api_key_id,
                claude_model_id as model, {TRUE_TOKEN_SUMS}
            from tokens_daily
            left join keys using (person_id)
            left join actors using (actor_id)
            where route = 'console' group by all
        ),
        served as (
            select date_day, api_key_id, model, {TOKEN_SUMS}
            from final.anthropic_console_messages_usage where api_key_id is not null group by all
        ),
        missing as (from truth except from served)
        select
            (select count(*) from (from served except from truth)), date_day, key_name
        from missing left join actors using (api_key_id)
        order by all
        """
    )
    planted = company.ask(
        """
        select 0, date_day, split_part(note, ' ', 1) from planted where kind = 'workbench'
        order by all
        """
    )
    assert planted
    assert others == planted


def test_console_cost_is_the_list_cost(company: Company) -> None:
    rows = company.ask(
        """
        select
            date_day, workspace_id, model, service_tier, sum(amount::decimal(28, 10)), count(*),
            bool_and(regexp_full_match(amount, '\\d+\\.\\d{5}'))
        from final.anthropic_console_cost_report where cost_type = 'tokens' group by all
        """
    )
    true = {
        row[:4]: row[4]
        for row in company.ask(
            """
            select
                date_day,
                case when person_id is null then workspace_id else 'wrkspc_claude_code' end,
                claude_model_id, service_tier,
                sum(list_cost_usd * 100 - web_search_count)::decimal(28, 10)
            from tokens_daily left join actors using (actor_id)
            where route = 'console' group by all
            """
        )
    }
    assert {row[:4] for row in rows} == set(true)
    for *key, amount, count, is_exact in rows:
        assert is_exact
        assert abs(amount - true[tuple(key)]) <= count * Decimal("0.000005")
    company.same(
        """
        select date_day, sum(amount::decimal(18, 5))::bigint
        from final.anthropic_console_cost_report where cost_type = 'web_search' group by all
        """,
        """
        select date_day, sum(web_search_count)::bigint from tokens_daily where route = 'console'
        group by all having sum(web_search_count) > 0
        """,
    )
