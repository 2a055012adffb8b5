# ruff: noqa: S608  # queries are put together from constants of this room alone
"""When the vendor says something else at first: restated days, late days, rows that never were.

Tables that the vendor exports together are a family and change at the same moments, so that they
agree with each other at all times. The last version of a row is the truth; an earlier one is a few
per mille off, or is a row that is withdrawn later. Every change lies inside the window in which
the vendor revises that family, at three in the morning, and none lies after the last day's
morning: who asks then is told the truth.
"""

from typing import Final

# How long after a day's beginning the vendor first tells it.
FIRST_SEEN: Final = {
    "claude_code": "interval '25 hours'",
    "console_reports": "interval '24 hours 5 minutes'",
    "enterprise_reports": "interval '28 hours'",
    **dict.fromkeys(
        (
            "user_activity",
            "summaries",
            "chat_projects",
            "skills",
            "connectors",
            "plugins",
            "artifacts",
        ),
        "interval '34 hours'",
    ),
}
# Part of the days that is restated, days after which, and whether after all of these or one.
_REVISIONS: Final = {
    "claude_code": (0.05, [2], False),
    "console_reports": (0.05, [2, 3, 4], False),
    "enterprise_reports": (1 / 3, [3, 12, 25], True),
}
_ENGAGEMENT_REVISION: Final = (0.05, [3, 4, 5, 6], False)
# Part of a restated day's rows that was off, and one row at least. What counts few things goes
# wrong by one of them, so that fewer rows make as much of a difference.
_TOUCHED_SHARES: Final = {
    "claude_code": 0.15,
    "user_activity": 0.15,
    "console_reports": 0.25,
    "enterprise_reports": 0.25,
}
_TOUCHED_SHARE: Final = 0.05
# How far off each version is, in per mille; a day with one change shows the first of these.
_OFF: Final = [30, 15, 5]
_CHANGE_HOUR: Final = "interval 3 hour"
# Restatements that come out higher than they were are the rule, but not the only ones.
_GROWING_SHARE: Final = 0.7

_LATE_FAMILIES: Final = "('user_activity', 'skills')"
_LATE_SHARE: Final = 0.01
_LATE_DAYS: Final = 3
# One of them is so many days before the last one, where daily runs look for it.
_RECENT_LATE_DAY: Final = 8

_PHANTOM_CODE_STEP: Final = 2
_PHANTOM_ACTIVITY_STEP: Final = 3
_PHANTOM_PEOPLE: Final = 3

_FAMILY_VALUES: Final = ", ".join(
    "('{}', {}, {}, {}, {})".format(
        family, first_seen, *_REVISIONS.get(family, _ENGAGEMENT_REVISION)
    )
    for family, first_seen in FIRST_SEEN.items()
)

MACROS: Final = (
    """
    create macro restated(value, permille) as
        (value + sign(permille) * ((value * abs(permille) + 999) // 1000))::bigint
    """,
    """
    create macro email_then(day, email, former_email, changed_date) as
        case when day < changed_date then former_email else email end
    """,
)

TABLES: Final = {
    "families": f"""
        select * from (values {_FAMILY_VALUES}) _(family, first_seen, share, steps, takes_all)
    """,
    "data_days": """
        select 'claude_code' as family, date_day from usage_daily
        where route = 'console' and surface = 'claude_code'
        union
        select case route when 'console' then 'console_reports' else 'enterprise_reports' end,
            date_day
        from tokens_daily where route in ('console', 'enterprise')
        union
        select unnest(['user_activity', 'summaries']), date_day from usage_daily
        where route = 'enterprise' and surface != 'chrome'
        union
        select case feature_kind when 'project' then 'chat_projects' else feature_kind || 's' end,
            date_day
        from feature_use_daily
        where person_id in (select person_id from accounts where system = 'enterprise')
    """,
    "late_days": f"""
        select
            family as table_name, date_day,
            date_day + {_LATE_DAYS} + interval '1 day 10 hours' as published_at
        from calendar, families
        where
            family in {_LATE_FAMILIES} and date_day + {_LATE_DAYS} <= getvariable('until')
            and (
                date_day = getvariable('until') - {_RECENT_LATE_DAY}
                or draw('late', family, date_day) < {_LATE_SHARE}
            )
    """,
    # A late day holds up those behind it: what changes there, nobody has seen before.
    "timely_days": f"""
        select data_days.* from data_days
        left join late_days
            on
                table_name = family
                and data_days.date_day between late_days.date_day
                    and late_days.date_day + {_LATE_DAYS}
        where table_name is null
    """,
    # However short the period: one day of each family came out higher after the fewest days.
    "changes": f"""
        with drawn as (
            select
                *, count(*) over (partition by family) as day_count,
                row_number() over (
                    partition by family order by draw('restated', family, date_day), date_day
                ) as place
            from timely_days
            join families using (family)
            where
                date_day + steps[case when takes_all then 1 else -1 end]
                <= getvariable('until') + 1
        ),
        stepped as (
            select
                family, date_day, place = 1 as is_first, unnest(
                    case
                        when takes_all then steps
                        when place = 1 then steps[:1]
                        else [steps[1 + floor(draw('step', family, date_day) * len(steps))::int]]
                    end
                ) as step
            from drawn
            where place <= ceil(share * day_count)
        )
        select *, date_day + step + {_CHANGE_HOUR} as changed_at
        from stepped
        where date_day + step <= getvariable('until') + 1
    """,
    "versions": f"""
        with moments as (
            select
                family, date_day, first_seen,
                list(changed_at order by changed_at) as moments,
                case
                    when
                        is_first or family = 'summaries' or family like '%reports'
                        or draw('growing', family, date_day) < {_GROWING_SHARE}
                        then -1
                    else 1
                end as direction
            from changes join families using (family)
            group by family, date_day, first_seen, is_first
        )
        select
            family, date_day,
            unnest([date_day + first_seen] || moments) as visible_from,
            unnest(moments || [null]) as visible_to,
            unnest({_OFF}[1:len(moments)] || [0]) * direction as permille
        from moments
    """,
    # The spans in which the sums of a day stay as they are.
    "spans": """
        select family, date_day, visible_from, visible_to from versions
        union all
        select family, date_day, date_day + first_seen, null
        from calendar, families
        where (family, date_day) not in (select (family, date_day) from versions)
    """,
    "phantoms": f"""
        with untouched as (
            select * from timely_days
            where (family, date_day) not in (select (family, date_day) from changes)
        ),
        code as (
            select family, date_day, min(person_id) as person_id
            from untouched
            join usage_daily using (date_day)
            where
                family = 'claude_code' and route = 'console' and surface = 'claude_code'
                and date_day + {_PHANTOM_CODE_STEP} <= getvariable('until') + 1
            group by all
            having count(person_id) > 0
            order by min(draw('phantom', family, date_day)), date_day limit 1
        ),
        idle as (
            select family, untouched.date_day, accounts.person_id
            from untouched
            join accounts
                on
                    untouched.date_day >= added_date
                    and (removed_date is null or untouched.date_day < removed_date)
            left join usage_daily
                on
                    usage_daily.date_day = untouched.date_day
                    and usage_daily.person_id = accounts.person_id and route = 'enterprise'
            where
                family = 'user_activity' and system = 'enterprise' and surface is null
                and untouched.date_day + {_PHANTOM_ACTIVITY_STEP} <= getvariable('until') + 1
            order by
                draw('phantom', accounts.person_id, untouched.date_day), untouched.date_day,
                accounts.person_id
            limit 1
        ),
        empty_day as (
            select date_day from calendar
            where
                date_day + {_PHANTOM_ACTIVITY_STEP} <= getvariable('until') + 1
                and date_day not in (
                    select date_day from data_days where family = 'user_activity'
                )
                and not exists (
                    from late_days
                    where
                        table_name = 'user_activity'
                        and calendar.date_day between late_days.date_day
                            and late_days.date_day + {_LATE_DAYS}
                )
            order by date_day desc limit 1
        )
        select
            family, date_day, person_id,
            date_day + {_PHANTOM_CODE_STEP} + {_CHANGE_HOUR} as withdrawn_at
        from code
        union all
        select family, date_day, person_id, date_day + {_PHANTOM_ACTIVITY_STEP} + {_CHANGE_HOUR}
        from idle
        union all
        select 'user_activity', date_day, person_id,
            date_day + {_PHANTOM_ACTIVITY_STEP} + {_CHANGE_HOUR}
        from empty_day, (
            select person_id from accounts where system = 'enterprise'
            order by person_id limit {_PHANTOM_PEOPLE}
        )
    """,
}


def versioned(rows: str, family: str, key: str) -> str:
    """SQL of rows with `visible_from`, `visible_to` and `permille`, one row per version.

    Args:
        rows: Table with the true rows.
        family: What they are exported with.
        key: Expression that tells the rows of a day apart.
    """
    draw = f"draw('{family}', {key}, date_day)"
    first_seen = FIRST_SEEN[family]
    share = _TOUCHED_SHARES.get(family, _TOUCHED_SHARE)
    restated_days = f"(select date_day from versions where family = '{family}')"
    return f"""
        select
            *, date_day + {first_seen} as visible_from, null::timestamp as visible_to,
            0 as permille
        from {rows}
        where date_day not in {restated_days}
        union all
        select
            drawn.* exclude (is_touched),
            coalesce(versions.visible_from, drawn.date_day + {first_seen}),
            versions.visible_to, coalesce(permille, 0)
        from (
            select
                *,
                {draw} < {share}
                or {draw} = min({draw}) over (partition by date_day) as is_touched
            from {rows}
            where date_day in {restated_days}
        ) as drawn
        left join versions
            on is_touched and family = '{family}' and versions.date_day = drawn.date_day
    """


def in_spans(rows: str, family: str) -> str:
    """SQL of rows by the spans of their day; a query that groups them selects from it.

    Args:
        rows: Table made by `versioned`.
        family: What they are exported with.
    """
    return f"""
        (
            select {rows}.* exclude (visible_from, visible_to), spans.visible_from,
                spans.visible_to
            from {rows}
            join spans
                on
                    family = '{family}' and spans.date_day = {rows}.date_day
                    and {rows}.visible_from <= spans.visible_from
                    and ({rows}.visible_to is null or {rows}.visible_to > spans.visible_from)
        )
    """


def joined_spans(query: str) -> str:
    """SQL that joins neighbouring versions of a row where nothing has changed.

    Args:
        query: Selects rows, each with `visible_from` and `visible_to`.
    """
    return f"""
        select
            * exclude (visible_from, visible_to), min(visible_from) as visible_from,
            nullif(max(coalesce(visible_to, 'infinity'::timestamp)), 'infinity'::timestamp)
                as visible_to
        from ({query})
        group by all
    """
