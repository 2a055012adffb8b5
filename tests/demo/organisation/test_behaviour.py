"""The company behaves as it was planted: waves, seats, lagging departments, champions."""

from itertools import pairwise

from tests.demo.organisation.truths import LARGE, Ask


def test_seats_are_seventy_percent_of_the_people(large: Ask) -> None:
    found = large(
        """
        select count(person_id) filter (seat_status = 'assigned')
        from calendar left join seats_daily using (date_day)
        group by date_day order by date_day
        """
    )
    counts = [count for (count,) in found]
    assert max(counts) == counts[-1] == LARGE.seats == 280
    # The waves begin on days 1, 17, 33 and 49.
    assert counts[0] == 0
    assert 50 < counts[16] < 140 < counts[32] < 180 < counts[48] < 265


def test_a_seat_is_held_once_and_by_an_employee(ask: Ask) -> None:
    assert (
        ask(
            """
        select date_day, person_id
        from seats_daily join people using (person_id)
        where date_day < start_date or date_day > end_date + 6
        """
        )
        == []
    )


def test_waves_follow_each_other(large: Ask) -> None:
    # Joiners come when they come; the others of a wave within two weeks.
    found = large(
        """
        select wave, median(added_date)::date
        from accounts join people using (person_id)
        where system = 'enterprise' and start_date < date '2026-04-01'
        group by all order by all
        """
    )
    days = [day for _, day in found]
    assert [wave for wave, _ in found] == [1, 2, 3, 4]
    assert all(10 < (later - day).days < 25 for day, later in pairwise(days))


def test_invites_are_accepted_or_expire(ask: Ask) -> None:
    assert (
        ask("select * from invites where accepted_at not between invited_at and expires_at") == []
    )
    assert (
        ask(
            """
        select person_id, system from accounts where system != 'team'
        except select person_id, system from invites where accepted_at is not null
        """
        )
        == []
    )
    assert ask("select count(*) from invites where accepted_at is null") != [(0,)]


# Per department: use per seat day, messages per chat, refused edits, part of surfaces beside chat,
# people with any use per seat, skills per chat, and use in the second half against the first.
_BEHAVIOUR = """
    with seats as (
        select seats_daily.date_day, seats_daily.person_id, department, lag_cause, added_date
        from seats_daily
        join memberships
            on
                seats_daily.person_id = memberships.person_id
                and seats_daily.date_day >= valid_from_date
                and seats_daily.date_day < coalesce(valid_to_date, date '9999-12-31')
        join departments using (department)
        join accounts
            on seats_daily.person_id = accounts.person_id and seats_daily.system = accounts.system
        where seats_daily.system = 'enterprise' and seat_status = 'assigned'
    ),
    used as (
        select * from usage_daily where route = 'enterprise'
    )
    select
        coalesce(lag_cause, 'none'),
        count(distinct row(used.date_day, used.person_id))
        / count(distinct row(seats.date_day, seats.person_id)) as active_rate,
        sum(message_count) filter (surface = 'chat')
        / sum(conversation_count) filter (surface = 'chat') as chat_length,
        sum(edit_rejected_count) / sum(edit_rejected_count + edit_accepted_count) as refused_rate,
        avg((surface in ('cowork', 'office', 'design'))::int) as other_share,
        count(distinct used.person_id) / count(distinct seats.person_id) as reached_share,
        avg(skill_used_count) filter (surface = 'chat') as skills,
        (
            count(*) filter (surface = 'chat' and seats.date_day > added_date + 60)
            / count(*) filter (surface = 'chat' and seats.date_day <= added_date + 21)
        ) / (
            count(distinct row(seats.date_day, seats.person_id))
                filter (seats.date_day > added_date + 60)
            / count(distinct row(seats.date_day, seats.person_id))
                filter (seats.date_day <= added_date + 21)
        ) as growth
    from seats
    left join used using (date_day, person_id)
    group by all
"""


def test_each_lagging_department_shows_its_cause(large: Ask) -> None:
    names = ("active", "length", "refused", "other", "reached", "skills", "growth")
    found = {cause: dict(zip(names, values, strict=True)) for cause, *values in large(_BEHAVIOUR)}
    usual = found.pop("none")
    assert set(found) == {"training", "misfit", "friction", "culture"}
    assert all(lagging["active"] < 0.75 * usual["active"] for lagging in found.values())
    training, misfit = found["training"], found["misfit"]
    friction, culture = found["friction"], found["culture"]
    # Access without growth, and hardly a feature.
    assert usual["growth"] > 1.2
    assert training["growth"] < 1.15
    assert training["skills"] < 0.3 * usual["skills"]
    assert training["reached"] > 0.9
    # Tried, dropped after weeks; one kind of surface is hardly touched.
    assert misfit["growth"] < 0.6
    assert misfit["other"] < 0.4 * usual["other"]
    assert misfit["reached"] > 0.9
    # Refusals and short chats.
    assert friction["refused"] > 2.5 * usual["refused"]
    assert friction["length"] < 0.8 * usual["length"]
    # Few take part at all, and their use is like that of others.
    assert culture["reached"] < 0.5 < usual["reached"]
    assert culture["length"] > 0.7 * usual["length"]


def test_champions_use_more_and_weekends_and_holidays_see_less(large: Ask) -> None:
    rates: dict[bool, float] = dict(
        large(
            """
            select is_champion, count(distinct row(usage_daily.date_day, person_id))
                / count(distinct row(seats_daily.date_day, person_id))
            from seats_daily
            join people using (person_id)
            left join usage_daily using (date_day, person_id)
            where seat_status = 'assigned'
            group by all
            """
        )
    )
    assert rates[True] > 1.1 * rates[False]
    days: dict[bool, float] = dict(
        large(
            """
            select is_workday, count(*) / count(distinct date_day)
            from usage_daily join calendar using (date_day)
            where person_id is not null group by all
            """
        )
    )
    assert days[False] < 0.2 * days[True]
    holidays = "date '2026-04-03', date '2026-04-06', date '2026-05-01', date '2026-05-14'"
    assert large(f"select distinct is_workday from calendar where date_day in ({holidays})") == [
        (False,)
    ]


def test_everything_that_happens_in_a_company_happens(ask: Ask) -> None:
    kinds: dict[str, int] = dict(ask("select kind, count(*) from planted group by all"))
    assert {"runaway_key", "email_change", "mover", "leaver", "lagging_department"} <= set(kinds)
    assert kinds["lagging_department"] == 4
    assert ask(
        "select count(*) > 0 from people where start_date > (select min(date_day) from calendar)"
    ) == [(True,)]
    assert ask("select count(*) from actors where kind != 'user_key'") == [(12,)]
    assert ask("select count(*) > 0 from tokens_daily where service_tier = 'batch'") == [(True,)]
    # The same person by seat and by key.
    assert ask(
        """
        select count(*) > 0 from (
            select date_day, person_id from usage_daily where surface = 'claude_code'
            group by all having count(distinct route) = 2
        )
        """
    ) == [(True,)]
