"""The objects of the APIs are there from the day to the day, and oddities are among them."""

from tests.demo.organisation.api_company import EMAIL_THEN, Company


def test_members_are_those_of_the_day(company: Company) -> None:
    """At noon of each day, with the address of that day."""
    for source, table, system in (
        ("anthropic_enterprise", "members", "enterprise"),
        ("anthropic_console", "users", "console"),
    ):
        company.same(
            f"""
            select date_day, id, email, role from (select date_day from calendar)
            join (select * exclude (date_day) from {source}.{table})
                on
                    visible_from <= date_day + interval 12 hour
                    and coalesce(visible_to, 'infinity') > date_day + interval 12 hour
            """,
            f"""
            select date_day, user_id, {EMAIL_THEN}, role
            from calendar
            join accounts
                on date_day >= added_date and (removed_date is null or date_day < removed_date)
            join people using (person_id)
            where system = '{system}'
            """,
        )


def test_group_members_are_those_of_the_day(company: Company) -> None:
    company.same(
        """
        select date_day, group_id, user_id, email from (select date_day from calendar)
        join (select * exclude (date_day) from anthropic_enterprise.rbac_group_members)
            on
                visible_from <= date_day + interval 12 hour
                and coalesce(visible_to, 'infinity') > date_day + interval 12 hour
        """,
        f"""
        select date_day, rbac_group_id, user_id, {EMAIL_THEN}
        from calendar
        join group_members
            on date_day >= valid_from_date and (valid_to_date is null or date_day < valid_to_date)
        join accounts on accounts.person_id = group_members.person_id and system = 'enterprise'
        join people on people.person_id = group_members.person_id
        """,
    )


def test_spend_limits_are_of_members_and_know_the_seat_tier(company: Company) -> None:
    company.same(
        """
        select distinct actor__user_id, source__seat_tier
        from anthropic_enterprise.spend_limits where source__type = 'seat_tier'
        """,
        """
        select distinct user_id, 'enterprise_' || seat_tier
        from seats_daily
        join accounts using (person_id, system)
        where
            system = 'enterprise' and user_id in (
                select actor__user_id from anthropic_enterprise.spend_limits
                where source__type = 'seat_tier'
            )
        """,
    )


def test_writing_twice_changes_nothing(company: Company) -> None:
    from demo.organisation.views.api_views import write_api_views

    def content() -> dict[str, bytes]:
        return {
            str(file.relative_to(company.out)): file.read_bytes()
            for directory in ("views", "truth")
            for file in sorted((company.out / directory).rglob("*.parquet"))
        }

    before = content()
    write_api_views(company.out)
    after = content()
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []
