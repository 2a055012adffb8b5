"""Tokens and list cost of the marts against the truth.

The Console's and the Enterprise reports see all use that they bill, telemetry and transcripts the
requests of those who send them. `expected` is the truth as the best of them tells it: use of a key
in the Workbench as that of the key's owner, scheduled work as nobody's, a product that no document
names as `other`. Chats of the Team plan and Claude Code without telemetry are seen by nothing.
"""

from typing import Final

_TOKENS: Final = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
)
_MEASURES: Final = (*_TOKENS, "web_search_count", "request_count", "list_cost_usd")
_KEYS: Final = ("date_day", "person_key", "actor_key", "channel", "surface", "claude_model_id")
_KEY_LIST: Final = ", ".join(_KEYS)
_SUMS: Final = ", ".join(f"sum({column}) as {column}" for column in _MEASURES)

# The planted notes say whose use was told otherwise, and on which day.
PLANTED: Final = """
    workbench_days as (
        select date_day, actor_id, owner_person_id
        from truth.planted
        join truth.actors on starts_with(note, key_name || ' was not used')
        where planted.kind = 'workbench'
    ),
    scheduled_days as (
        select date_day, person_id
        from truth.planted
        join truth.accounts
            on system = 'enterprise' and starts_with(note, user_id || ' had Cowork run by schedule')
        where kind = 'unattributed'
    ),
    odd_products as (
        select
            date_day, person_id, split_part(split_part(note, ' used ', 2), ',', 1) as surface,
            case split_part(note, 'told as ', 2) when 'claude-in-slack' then 'slack' else 'other'
                end as told_surface
        from truth.planted
        join truth.people on split_part(note, ' ', 1) in (email, former_email)
        where kind = 'unknown_product'
    )
"""

# What a report tells, whoever it tells it of.
_REPORTED: Final = f"""
    {PLANTED},
    reported as (
        select
            days.date_day,
            case
                when days.route = 'console'
                    then coalesce(days.person_id, workbench_days.owner_person_id)
                when scheduled_days.person_id is null then days.person_id
            end as person_id,
            case when workbench_days.actor_id is null then days.actor_id end as actor_id,
            days.actor_id as key_actor_id, days.person_id as key_person_id,
            days.route as channel,
            case
                when workbench_days.actor_id is not null then 'api'
                else coalesce(odd_products.told_surface, days.surface)
            end as surface,
            days.claude_model_id, {", ".join(_TOKENS)}, days.web_search_count,
            -- The Console counts no requests.
            case days.route when 'enterprise' then days.request_count end as request_count,
            days.list_cost_usd
        from truth.tokens_daily as days
        left join workbench_days using (date_day, actor_id)
        left join scheduled_days
            on
                days.surface = 'cowork' and days.route = 'enterprise'
                and scheduled_days.date_day = days.date_day
                and scheduled_days.person_id = days.person_id
        left join odd_products
            on
                days.route = 'enterprise'
                and odd_products.date_day = days.date_day
                and odd_products.surface = days.surface
                and odd_products.person_id = days.person_id
        where days.route in ('console', 'enterprise')
    )
"""

# Telemetry tells of searches nothing, a transcript does. A transcript names nobody.
_SEEN: Final = """
    search_prices as (
        select usd_per_unit from warehouse.pricing.unit_prices where unit = 'web_search'
    ),
    seen as (
        select
            date_day, case when seen_by_telemetry then person_id end as person_id, actor_id,
            route as channel, 'claude_code' as surface, claude_model_id, input_tokens,
            output_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
            case when seen_by_logs then web_search_count end as web_search_count,
            1 as request_count,
            cost_usd - case when seen_by_logs then 0 else web_search_count end * usd_per_unit
                as list_cost_usd
        from truth.requests
        cross join search_prices
        where
            route = 'bedrock' and (seen_by_telemetry or seen_by_logs)
            or route = 'team' and seen_by_telemetry
    )
"""

# On Bedrock a client knows nobody, and one laptop in so many has no wrapper that adds the name:
# what it sends stays an installation's.
PEOPLE_PER_NAMELESS: Final = 8

# Whoever left the Console before its members were first listed has a key there and no address: the
# key is an account's that no list names, unless a signed-in client tied the two together.
LOST_ACCOUNTS: Final = """
    select accounts.person_id
    from truth.accounts
    join truth.people using (person_id)
    where
        system = 'console' and removed_date is not null
        and not (has_telemetry and legal_entity = 'console_subsidiary')
"""

_EXPECTED: Final = f"""
    {_REPORTED},
    {_SEEN},
    told as (
        select {", ".join(("date_day", "person_id", "actor_id", *_KEYS[3:], *_MEASURES))}
        from reported
        union all by name
        select * from seen
    ),
    keyed as (
        select
            told.* exclude (actor_id),
            case
                when channel = 'bedrock' and person_id % {PEOPLE_PER_NAMELESS} = 0
                    then 'an installation'
                when
                    channel = 'console' and surface = 'claude_code'
                    and person_id in ({LOST_ACCOUNTS})
                    then 'an installation'
                else coalesce(person_keys.person_key, '-1')
            end as person_key,
            coalesce(actor_keys.actor_key, '-1') as actor_key
        from told
        left join truth.person_keys using (person_id)
        left join truth.actor_keys on told.actor_id = actor_keys.actor_id
    ),
    expected as (
        select
            date_day, person_key, actor_key, channel, surface, claude_model_id, {_SUMS}
        from keyed
        group by all
    )
"""

_FOUND: Final = f"""
    found as (
        select
            date_day,
            case
                when person_key = '-1' or person_key in (select person_key from truth.person_keys)
                    then person_key
                else 'an installation'
            end as person_key,
            actor_key, channel, surface, claude_model_id, {_SUMS}
        from fct_token_cost_daily
        group by all
    )
"""
_WORKSPACES: Final = """
    own_keys as (
        select owner_person_id as person_id, min(workspace_id) as workspace_id
        from truth.actors where kind = 'user_key'
        group by owner_person_id
    ),
    expected_workspaces as (
        select
            date_day,
            md5('workspace|' || coalesce(actors.workspace_id, own_keys.workspace_id, 'default'))
                as workspace_key,
            coalesce(cost_centre, 'unattributed') as cost_centre,
            sum(list_cost_usd) as list_cost_usd
        from truth.tokens_daily
        left join truth.actors using (actor_id)
        left join own_keys on tokens_daily.person_id = own_keys.person_id
        left join truth.workspaces
            on workspaces.workspace_id = coalesce(actors.workspace_id, own_keys.workspace_id)
        where route = 'console'
        group by all
    ),
    found_workspaces as (
        select date_day, workspace_key, cost_centre, sum(list_cost_usd) as list_cost_usd
        from fct_token_cost_daily
        where channel = 'console'
        group by all
    )
"""
_COST_CENTRES: Final = """
    billed as (
        select distinct date_day, workspace_key, cost_centre as billed_cost_centre
        from fct_billed_cost_daily
        where cost_kind = 'reported' and workspace_key != '-1'
    ),
    both_facts as (
        select distinct
            date_day, workspace_key, cost_centre as token_cost_centre, billed_cost_centre
        from fct_token_cost_daily
        join billed using (date_day, workspace_key)
    )
"""
# A team's name stands in one department only; who left keeps no team.
_TEAMS: Final = """
    expected_teams as (
        select distinct days.date_day, person_key, coalesce(team, 'no team') as team
        from fct_token_cost_daily as days
        join truth.person_keys using (person_key)
        left join truth.memberships
            on
                memberships.person_id = person_keys.person_id
                and days.date_day >= valid_from_date
                and (valid_to_date is null or days.date_day < valid_to_date)
    ),
    found_teams as (
        select distinct
            date_day, person_key,
            case org_unit_level when 'team' then org_unit_name else 'no team' end as team
        from fct_token_cost_daily
        join truth.person_keys using (person_key)
        left join dim_org_units using (org_unit_key)
    )
"""
_PAID_SHARE: Final = "0.8"
_AMOUNTS: Final = f"""
    {_REPORTED},
    -- Amounts come in millionths of a cent; what the Console's keys cost it does not tell.
    expected_amounts as (
        select
            date_day, person_key, surface, claude_model_id,
            sum(cast(list_cost_usd * {_PAID_SHARE} as decimal(18, 8))) as reported_cost_usd
        from reported
        join truth.person_keys using (person_id)
        where channel = 'enterprise'
        group by all
    ),
    found_amounts as (
        select date_day, person_key, surface, claude_model_id,
            sum(reported_cost_usd) as reported_cost_usd
        from fct_token_cost_daily
        where channel in ('enterprise', 'console')
        group by all
        having sum(reported_cost_usd) is not null
    )
"""


def _differences(ctes: str, left: str, right: str, keys: tuple[str, ...], measures: str) -> str:
    """Rows of either side that the other one has not, or has otherwise."""
    columns = ", ".join(keys)
    return f"""
        with {ctes}
        select 'expected' as side, * from (
            select {columns}, {measures} from {left}
            except select {columns}, {measures} from {right}
        )
        union all
        select 'found', * from (
            select {columns}, {measures} from {right}
            except select {columns}, {measures} from {left}
        )
        order by all
    """


_MEASURE_LIST: Final = ", ".join(
    f"cast({column} as {'decimal(38, 10)' if column.endswith('_usd') else 'hugeint'}) as {column}"
    for column in _MEASURES
)
_MONEY: Final = "cast({0} as decimal(38, 10)) as {0}"

CHECKS: Final[dict[str, str]] = {
    "tokens_and_list_cost_of_everybody": _differences(
        f"{_EXPECTED}, {_FOUND}", "expected", "found", _KEYS, _MEASURE_LIST
    ),
    "list_cost_of_workspaces": _differences(
        _WORKSPACES,
        "expected_workspaces",
        "found_workspaces",
        ("date_day", "workspace_key", "cost_centre"),
        _MONEY.format("list_cost_usd"),
    ),
    "both_facts_give_a_workspace_the_same_cost_centre": f"""
        with {_COST_CENTRES}
        select * from both_facts where token_cost_centre != billed_cost_centre
    """,
    "teams_of_the_day": _differences(
        _TEAMS, "expected_teams", "found_teams", ("date_day", "person_key"), "team"
    ),
    "amounts_of_enterprise_users": _differences(
        _AMOUNTS,
        "expected_amounts",
        "found_amounts",
        ("date_day", "person_key", "surface", "claude_model_id"),
        _MONEY.format("reported_cost_usd"),
    ),
    "whole_list_cost_of_what_the_vendor_bills": """
        select truth_usd, mart_usd
        from (
            select sum(list_cost_usd) as truth_usd from truth.tokens_daily
            where route in ('console', 'enterprise')
        )
        cross join (
            select sum(list_cost_usd) as mart_usd from fct_token_cost_daily
            where channel in ('console', 'enterprise')
        )
        where truth_usd is distinct from mart_usd
    """,
    "scheduled_work_is_of_nobody": f"""
        with {PLANTED}
        select scheduled_days.*
        from scheduled_days
        anti join fct_token_cost_daily as costs
            on
                costs.date_day = scheduled_days.date_day and person_key = '-1' and actor_key = '-1'
                and surface = 'cowork' and channel = 'enterprise' and list_cost_usd > 0
    """,
    "the_workbench_is_its_owners": f"""
        with {PLANTED}
        select workbench_days.*
        from workbench_days
        join truth.person_keys on person_id = owner_person_id
        anti join fct_token_cost_daily as costs
            on
                costs.date_day = workbench_days.date_day
                and costs.person_key = person_keys.person_key
                and surface = 'api' and channel = 'console' and list_cost_usd > 0
    """,
    "a_gap_of_telemetry_is_seen_by_reports_alone": """
        select costs.*
        from fct_token_cost_daily as costs
        join truth.person_keys using (person_key)
        join truth.planted
            on
                planted.kind = 'telemetry_gap' and planted.date_day = costs.date_day
                and note = 'person ' || person_id || ' worked and sent nothing'
        where source_id in ('otel_events', 'local_logs')
    """,
}
COUNTS: Final[dict[str, str]] = {
    "tokens_and_list_cost_of_everybody": f"with {_EXPECTED} select count(*) from expected",
    "list_cost_of_workspaces": f"with {_WORKSPACES} select count(*) from expected_workspaces",
    "both_facts_give_a_workspace_the_same_cost_centre": (
        f"with {_COST_CENTRES} select count(*) from both_facts"
        " where token_cost_centre != 'unattributed'"
    ),
    "teams_of_the_day": f"with {_TEAMS} select count(*) from expected_teams",
    "amounts_of_enterprise_users": f"with {_AMOUNTS} select count(*) from expected_amounts",
    "whole_list_cost_of_what_the_vendor_bills": """
        select count(*) from truth.tokens_daily where route in ('console', 'enterprise')
    """,
    "scheduled_work_is_of_nobody": f"with {PLANTED} select count(*) from scheduled_days",
    "the_workbench_is_its_owners": f"with {PLANTED} select count(*) from workbench_days",
    "a_gap_of_telemetry_is_seen_by_reports_alone": """
        select count(*) from truth.planted where kind = 'telemetry_gap'
    """,
}
