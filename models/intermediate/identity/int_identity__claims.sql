{{ config(materialized='table', schema='identity') }}

-- Which identities are whose by the roster. An address that goes from one to the next is the next
-- one's from their first day of work on.
with

roster as (

    select * from {{ ref('int_identity__roster') }}

),

employees as (

    select
        employee_id,
        min(start_date) as start_date

    from roster

    group by employee_id

),

listed_logins as (

    {{ listed_values(ref('int_identity__roster'), ['employee_id'], 'logins_json', ['login', 'system']) }}

),

listed_emails as (

    {{ listed_values(ref('int_identity__roster'), ['employee_id'], 'former_emails_json') }}

),

stated as (

    select
        'employee_id' as identity_kind,
        employee_id as identity_value,
        employee_id,
        'roster' as match_rule
    from roster
    union
    select
        'email' as identity_kind,
        lower(trim(email)) as identity_value,
        employee_id,
        'email' as match_rule
    from roster
    where email is not null
    union
    select
        'email' as identity_kind,
        lower(trim(item)) as identity_value,
        employee_id,
        'email' as match_rule
    from listed_emails
    union
    select
        case system when 'github' then 'github_login' else 'sso_login' end as identity_kind,
        case system when 'github' then lower(trim(login)) else trim(login) end as identity_value,
        employee_id,
        case system when 'github' then 'github' else 'sso' end as match_rule
    from listed_logins

),

observed as (

    select * from {{ ref('int_identity__observed_identities') }}

),

observed_emails as (

    select distinct user_email as identity_value
    from observed
    where user_email is not null

),

observed_endusers as (

    select distinct enduser_id as identity_value
    from observed
    where enduser_id is not null

),

domain_aliases as (

    select
        lower(alias_domain) as alias_domain,
        lower(canonical_domain) as canonical_domain

    from {{ ref('email_domain_aliases') }}

),

-- What a source sends, and the identity of the roster that it stands for.
derived as (

    select
        'email' as identity_kind,
        observed_emails.identity_value,
        'email' as stated_kind,
        {{ dbt.concat([dbt.split_part('observed_emails.identity_value', "'@'", 1), "'@'", 'domain_aliases.canonical_domain']) }}
            as stated_value,
        'domain_alias' as match_rule
    from observed_emails
    inner join domain_aliases
        on
            {{ dbt.split_part('observed_emails.identity_value', "'@'", 2) }}
            = domain_aliases.alias_domain

    union all

    -- 12345+login@users.noreply.github.com, in older commits without the number.
    select
        'email' as identity_kind,
        identity_value,
        'github_login' as stated_kind,
        case
            when {{ dbt.split_part('identity_value', "'@'", 1) }} like '%+%'
                then {{ dbt.split_part(dbt.split_part('identity_value', "'@'", 1), "'+'", 2) }}
            else {{ dbt.split_part('identity_value', "'@'", 1) }}
        end as stated_value,
        'no_reply' as match_rule
    from observed_emails
    where identity_value like '%@users.noreply.github.com'

    union all

    select
        'enduser_id' as identity_kind,
        identity_value,
        'sso_login' as stated_kind,
        trim(identity_value) as stated_value,
        'sso' as match_rule
    from observed_endusers

    union all

    select
        'enduser_id' as identity_kind,
        identity_value,
        'email' as stated_kind,
        lower(trim(identity_value)) as stated_value,
        'email' as match_rule
    from observed_endusers

),

overrides as (

    select
        identity_kind,
        identity_value,
        employee_id,
        coalesce(valid_from_date, {{ earliest_date() }}) as valid_from_date,
        coalesce(valid_to_date, {{ latest_date() }}) as until_date

    from {{ ref('identity_overrides') }}

),

claimed as (

    select
        identity_kind,
        identity_value,
        employee_id,
        match_rule,
        1 as claim_rank
    from stated

    union all

    select
        derived.identity_kind,
        derived.identity_value,
        stated.employee_id,
        derived.match_rule,
        2 as claim_rank
    from derived
    inner join stated
        on
            derived.stated_kind = stated.identity_kind
            and derived.stated_value = stated.identity_value

),

strongest as (

    select
        claimed.identity_kind,
        claimed.identity_value,
        min(claimed.claim_rank) as claim_rank

    from claimed

    left join overrides
        on
            claimed.identity_kind = overrides.identity_kind
            and claimed.identity_value = overrides.identity_value

    where overrides.identity_value is null

    group by claimed.identity_kind, claimed.identity_value

),

kept as (

    select
        claimed.identity_kind,
        claimed.identity_value,
        claimed.employee_id,
        employees.start_date,
        min(claimed.match_rule) as match_rule

    from claimed

    inner join strongest
        on
            claimed.identity_kind = strongest.identity_kind
            and claimed.identity_value = strongest.identity_value
            and claimed.claim_rank = strongest.claim_rank

    inner join employees
        on claimed.employee_id = employees.employee_id

    group by
        claimed.identity_kind,
        claimed.identity_value,
        claimed.employee_id,
        employees.start_date

),

in_turn as (

    select
        *,
        row_number() over (
            partition by identity_kind, identity_value
            order by start_date, employee_id
        ) as turn,
        lead(start_date) over (
            partition by identity_kind, identity_value
            order by start_date, employee_id
        ) as next_start_date

    from kept

),

ranges as (

    select
        identity_kind,
        identity_value,
        employee_id,
        match_rule,
        case when turn = 1 then {{ earliest_date() }} else start_date end as valid_from_date,
        coalesce(next_start_date, {{ latest_date() }}) as until_date

    from in_turn

    union all

    select
        identity_kind,
        identity_value,
        employee_id,
        'override' as match_rule,
        valid_from_date,
        until_date

    from overrides

),

final as (

    select
        identity_kind,
        identity_value,
        employee_id,
        match_rule,
        valid_from_date,
        until_date

    from ranges

    -- Two who began on the same day hold it at the same time: then the later one does.
    where valid_from_date < until_date

)

select * from final
