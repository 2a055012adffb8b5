"""What people did with projects, skills, connectors, plugins and artifacts, against the truth.

The lists are of Enterprise accounts. They tell uses and creations without the product, and the
product of conversations and sessions: one of these stands for each use of a thing on a day and
product. Artifacts have no uses, and skills, connectors and plugins are never created; the truth's
numbers for these are not asked.
"""

# Before it, calls of connectors are told for some products only.
_CALLS_SINCE = "date '2026-06-02'"

_TRUE = f"""
    select
        date_day, person_key, feature_kind, md5(feature_kind || '|' || feature_id) as feature_key,
        case when feature_kind != 'project' then max(feature_name) end as feature_name,
        case feature_kind
            when 'artifact' then null
            when 'connector' then case when date_day >= {_CALLS_SINCE} then sum(use_count) end
            else sum(use_count)
        end::bigint as use_count,
        case when feature_kind in ('project', 'artifact') then sum(created_count) end::bigint
            as created_count,
        case when feature_kind != 'artifact' then count(*) end as session_count,
        case when feature_kind not in ('artifact', 'plugin') then
            count(*) filter (product = 'chat')
        end as chat_conversation_count,
        case when feature_kind not in ('artifact', 'project') then
            count(*) filter (product = 'claude_code')
        end as claude_code_session_count,
        case when feature_kind not in ('artifact', 'project') then
            count(*) filter (product = 'cowork')
        end as cowork_session_count,
        case when feature_kind in ('skill', 'connector') then
            count(*) filter (product = 'office_agent')
        end as office_session_count
    from truth.feature_use_daily
    inner join truth.person_keys using (person_id)
    where person_id in (select person_id from truth.accounts where system = 'enterprise')
    group by date_day, person_key, feature_kind, feature_id
"""
_MART = f"""
    select
        date_day, person_key, feature_kind, feature_key, feature_name,
        case when feature_kind != 'connector' or date_day >= {_CALLS_SINCE} then use_count end
            as use_count,
        created_count, session_count, chat_conversation_count, claude_code_session_count,
        cowork_session_count, office_session_count
    from fct_feature_use_daily
"""

CHECKS: dict[str, str] = {
    "feature use that the truth does not have": f"({_MART}) except all ({_TRUE})",
    "feature use that the mart lacks": f"({_TRUE}) except all ({_MART})",
    "features used in another team than that of the day": """
        select date_day, person_key, org_unit_key, team
        from fct_feature_use_daily
        inner join truth.person_keys using (person_key)
        inner join truth.memberships
            on
                memberships.person_id = person_keys.person_id
                and date_day >= valid_from_date
                and (valid_to_date is null or date_day < valid_to_date)
        left join dim_org_units using (org_unit_key)
        where org_unit_name is distinct from team
    """,
}

COUNTS: dict[str, str] = {
    kind: f"select count(*) from ({_TRUE}) where feature_kind = '{kind}'"
    for kind in ("project", "skill", "connector", "plugin", "artifact")
}
