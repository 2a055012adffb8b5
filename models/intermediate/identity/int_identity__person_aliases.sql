{{ config(materialized='table', schema='identity') }}

-- An id points at the strongest id it appeared with, hop by hop. An employee is stronger still.
with

tuples as (

    select * from {{ ref('int_identity__observed_identities') }}

),

claimed as (

    select * from {{ ref('int_identity__claimed_identities') }}

),

members as (

    {{ identity_members('tuples') }}

),

employed as (

    select * from {{ ref('int_identity__employee_tuples') }}

),

all_members as (

    select
        identity_tuple_key,
        identity_kind,
        identity_value,
        strength
    from members
    union all
    select
        identity_tuple_key,
        'employee_id' as identity_kind,
        employee_id as identity_value,
        0 as strength
    from employed

),

-- Accounts of several systems that share an address are one person's, called by the first of them.
addressed as (

    select distinct
        user_email,
        user_account_id

    from tuples

    where
        user_email is not null
        and user_account_id is not null

),

namesakes as (

    select
        user_email,
        min(user_account_id) as first_account_id

    from addressed

    group by user_email

),

first_accounts as (

    select
        addressed.user_account_id,
        min(namesakes.first_account_id) as first_account_id

    from addressed

    inner join namesakes
        on addressed.user_email = namesakes.user_email

    -- An address with holders of its own ties nothing: it goes by its days.
    where
        addressed.user_email not in (
            select claimed.identity_value
            from claimed
            where
                claimed.identity_kind = 'email'
                and claimed.match_rule is not null
        )

    group by addressed.user_account_id

),

strongest as (

    select
        identity_tuple_key,
        min(strength) as strength

    from all_members

    group by identity_tuple_key

),

roots as (

    select
        all_members.identity_tuple_key,
        all_members.identity_kind,
        coalesce(first_accounts.first_account_id, all_members.identity_value) as identity_value,
        all_members.strength

    from all_members

    inner join strongest
        on
            all_members.identity_tuple_key = strongest.identity_tuple_key
            and all_members.strength = strongest.strength

    left join first_accounts
        on
            all_members.identity_value = first_accounts.user_account_id
            and all_members.identity_kind = 'account_id'

),

pairs as (

    select distinct
        members.identity_kind,
        members.identity_value,
        roots.identity_kind as root_kind,
        roots.identity_value as root_value,
        roots.strength as root_strength

    from members

    inner join roots
        on members.identity_tuple_key = roots.identity_tuple_key

),

best as (

    select
        identity_kind,
        identity_value,
        min(root_strength) as root_strength

    from pairs

    group by identity_kind, identity_value

),

-- An installation that two accounts used belongs to neither: it stays itself.
links as (

    select
        pairs.identity_kind,
        pairs.identity_value,
        case when count(*) = 1 then min(pairs.root_kind) else pairs.identity_kind end as root_kind,
        case when count(*) = 1 then min(pairs.root_value) else pairs.identity_value end
            as root_value,
        count(*) > 1 as is_ambiguous

    from pairs

    inner join best
        on
            pairs.identity_kind = best.identity_kind
            and pairs.identity_value = best.identity_value
            and pairs.root_strength = best.root_strength

    group by pairs.identity_kind, pairs.identity_value

),

{% for hop in range(1, 4) %}
hop_{{ hop }} as (

    select
        walked.identity_kind,
        walked.identity_value,
        walked.is_ambiguous,
        coalesce(onward.root_kind, walked.root_kind) as root_kind,
        coalesce(onward.root_value, walked.root_value) as root_value

    from {{ 'links' if hop == 1 else 'hop_' ~ (hop - 1) }} as walked

    left join links as onward
        on
            walked.root_kind = onward.identity_kind
            and walked.root_value = onward.identity_value

),

{% endfor %}

-- All days of every identity: stretches with a claim of its own, and its company for the rest.
final as (

    select
        coalesce(claimed.identity_kind, hop_3.identity_kind) as identity_kind,
        coalesce(claimed.identity_value, hop_3.identity_value) as identity_value,
        coalesce(claimed.valid_from_date, {{ earliest_date() }}) as valid_from_date,
        coalesce(claimed.until_date, {{ latest_date() }}) as until_date,
        case
            when claimed.employee_id is not null then 'employee_id'
            when claimed.match_rule is not null then claimed.identity_kind
            else coalesce(hop_3.root_kind, claimed.identity_kind)
        end as root_kind,
        case
            when claimed.employee_id is not null then claimed.employee_id
            when claimed.match_rule is not null then claimed.identity_value
            else coalesce(hop_3.root_value, claimed.identity_value)
        end as root_value,
        case
            when claimed.match_rule is not null then claimed.match_rule
            when hop_3.is_ambiguous then 'ambiguous'
            when hop_3.root_kind is null then 'self'
            when
                hop_3.root_kind = hop_3.identity_kind
                and hop_3.root_value = hop_3.identity_value
                then 'self'
            when
                hop_3.root_kind = 'employee_id'
                and hop_3.identity_kind in ('account_id', 'account_uuid')
                then 'vendor_user_id'
            else 'co_occurrence'
        end as match_rule

    from hop_3

    full outer join claimed
        on
            hop_3.identity_kind = claimed.identity_kind
            and hop_3.identity_value = claimed.identity_value

)

select * from final
