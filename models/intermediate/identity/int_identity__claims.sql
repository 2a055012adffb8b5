{{ config(materialized='table', schema='identity') }}

{% set always = earliest_date() %}
{% set open_end = latest_date() %}

-- Which employee an identity is said to belong to, by which rule and on which days. The lower the
-- rank, the sooner it is believed. Names of people are no identity.
with

roster as (

    select * from {{ ref('stg_people__roster') }}

),

employees as (

    select
        employee_id,
        min(start_date) as start_date,
        min(date_day) as first_snapshot_date,
        max(date_day) as last_snapshot_date

    from roster

    group by employee_id

),

-- An end is what the newest roster says: an earlier one may not know it yet.
ends as (

    select
        roster.employee_id,
        max(roster.end_date) as end_date

    from roster

    inner join employees
        on
            roster.employee_id = employees.employee_id
            and roster.date_day = employees.last_snapshot_date

    group by roster.employee_id

),

former_emails as (

    {{ listed_values('roster', ['employee_id'], 'former_emails_json') }}

),

logins as (

    {{ listed_values('roster', ['employee_id', 'date_day'], 'logins_json', ['login', 'system']) }}

),

named as (

    select
        employee_id,
        'email' as identity_kind,
        email as identity_value,
        date_day
    from roster
    where email is not null
    union all
    select
        employee_id,
        'email' as identity_kind,
        item as identity_value,
        cast(null as date) as date_day
    from former_emails
    union all
    select
        employee_id,
        lower(system) || '_login' as identity_kind,
        lower(login) as identity_value,
        date_day
    from logins

),

-- A former e-mail has no days of its own: it was somebody's until somebody else has it.
spans as (

    select
        employee_id,
        identity_kind,
        identity_value,
        min(date_day) as first_named_date,
        max(date_day) as last_named_date

    from named

    group by employee_id, identity_kind, identity_value

),

holdings as (

    select
        spans.employee_id,
        spans.identity_kind,
        spans.identity_value,
        case
            when spans.first_named_date is null then {{ always }}
            when spans.first_named_date > employees.first_snapshot_date then spans.first_named_date
            else coalesce(employees.start_date, {{ always }})
        end as held_from_date,
        case
            when spans.last_named_date is null then {{ always }}
            when spans.last_named_date < employees.last_snapshot_date then spans.last_named_date
            else coalesce(ends.end_date, {{ open_end }})
        end as held_to_date

    from spans

    inner join employees
        on spans.employee_id = employees.employee_id

    inner join ends
        on spans.employee_id = ends.employee_id

),

ordered as (

    select
        *,
        lag(employee_id) over (
            partition by identity_kind, identity_value
            order by held_from_date, held_to_date, employee_id
        ) as previous_employee_id,
        lead(held_from_date) over (
            partition by identity_kind, identity_value
            order by held_from_date, held_to_date, employee_id
        ) as next_held_from_date

    from holdings

),

-- Until somebody else has it, it stays with whoever had it last.
rostered as (

    select
        employee_id,
        identity_kind,
        identity_value,
        case when previous_employee_id is null then {{ always }} else held_from_date end
            as valid_from_date,
        case
            when next_held_from_date is null then {{ open_end }}
            when held_to_date < next_held_from_date then next_held_from_date
            when held_to_date = {{ open_end }} then {{ open_end }}
            else cast({{ dbt.dateadd('day', 1, 'held_to_date') }} as date)
        end as until_date

    from ordered

),

observed as (

    select * from {{ ref('int_identity__observed_identities') }}

),

observed_values as (

    select distinct
        'enduser_id' as identity_kind,
        enduser_id as identity_value,
        lower(enduser_id) as sought_value
    from observed
    where enduser_id is not null
    union
    select distinct
        'email' as identity_kind,
        user_email as identity_value,
        user_email as sought_value
    from observed
    where user_email is not null

),

domain_aliases as (

    select * from {{ ref('email_domain_aliases') }}

),

-- What an observed value may be in the roster: itself, its address at the main domain, or the login
-- in a code host's no-reply address.
readings as (

    select
        identity_kind,
        identity_value,
        'sso_login' as roster_kind,
        sought_value as roster_value,
        'sso_login' as match_rule,
        2 as match_rank
    from observed_values
    where identity_kind = 'enduser_id'
    union all
    select
        identity_kind,
        identity_value,
        'email' as roster_kind,
        sought_value as roster_value,
        'email' as match_rule,
        4 as match_rank
    from observed_values
    where identity_kind = 'enduser_id'
    union all
    select
        observed_values.identity_kind,
        observed_values.identity_value,
        'email' as roster_kind,
        {{ dbt.split_part('observed_values.sought_value', "'@'", 1) }}
        || '@' || domain_aliases.canonical_domain as roster_value,
        'domain_alias' as match_rule,
        5 as match_rank
    from observed_values
    inner join domain_aliases
        on
            {{ dbt.split_part('observed_values.sought_value', "'@'", 2) }}
            = domain_aliases.alias_domain
    union all
    select
        identity_kind,
        identity_value,
        'github_login' as roster_kind,
        {{ dbt.split_part(dbt.split_part('sought_value', "'@'", 1), "'+'", 2) }} as roster_value,
        'no_reply' as match_rule,
        6 as match_rank
    from observed_values
    where sought_value like '%+%@users.noreply.github.com'

),

overrides as (

    select * from {{ ref('identity_overrides') }}

),

claims as (

    select
        overrides.identity_kind,
        overrides.identity_value,
        overrides.employee_id,
        coalesce(overrides.valid_from_date, {{ always }}) as valid_from_date,
        coalesce(overrides.valid_to_date, {{ open_end }}) as until_date,
        'override' as match_rule,
        1 as match_rank
    from overrides
    inner join employees
        on overrides.employee_id = employees.employee_id
    union all
    select
        'employee_id' as identity_kind,
        employee_id as identity_value,
        employee_id,
        {{ always }} as valid_from_date,
        {{ open_end }} as until_date,
        'self' as match_rule,
        2 as match_rank
    from employees
    union all
    select
        identity_kind,
        identity_value,
        employee_id,
        valid_from_date,
        until_date,
        case when identity_kind = 'email' then 'email' else identity_kind end as match_rule,
        case when identity_kind = 'email' then 4 else 2 end as match_rank
    from rostered
    union all
    select
        readings.identity_kind,
        readings.identity_value,
        rostered.employee_id,
        rostered.valid_from_date,
        rostered.until_date,
        readings.match_rule,
        readings.match_rank
    from readings
    inner join rostered
        on
            readings.roster_kind = rostered.identity_kind
            and readings.roster_value = rostered.identity_value

),

final as (

    select
        {{
            surrogate_key([
                'identity_kind', 'identity_value', 'employee_id', 'match_rule', 'valid_from_date'
            ])
        }} as claim_key,
        identity_kind,
        identity_value,
        employee_id,
        valid_from_date,
        until_date,
        match_rule,
        match_rank

    from claims

    where until_date > valid_from_date

)

select * from final
