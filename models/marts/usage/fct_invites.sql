with

listed as (

    select
        'enterprise' as invite_system,
        'enterprise_invites' as source_id,
        invite_id,
        user_email,
        user_role,
        invite_status,
        invited_at,
        accepted_at,
        expires_at,
        date_day as list_date
    from {{ ref('stg_anthropic_enterprise__invites') }}
    union all
    select
        'console' as invite_system,
        'console_invites' as source_id,
        invite_id,
        user_email,
        user_role,
        invite_status,
        invited_at,
        accepted_at,
        expires_at,
        date_day as list_date
    from {{ ref('stg_anthropic_console__invites') }}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

    where identity_kind = 'email'

),

last_lists as (

    select
        invite_system,
        max(list_date) as list_date

    from listed

    group by invite_system

),

last_listings as (

    select
        invite_system,
        invite_id,
        max(list_date) as list_date

    from listed

    group by invite_system, invite_id

),

latest as (

    select
        listed.*,
        cast(listed.invited_at as date) as invited_date,
        cast(listed.accepted_at as date) as accepted_date,
        cast(listed.expires_at as date) as expires_date,
        listed.list_date < last_lists.list_date as is_unlisted

    from listed

    inner join last_listings
        on
            listed.invite_system = last_listings.invite_system
            and listed.invite_id = last_listings.invite_id
            and listed.list_date = last_listings.list_date

    inner join last_lists
        on listed.invite_system = last_lists.invite_system

),

settled as (

    select
        *,
        case
            when accepted_date <= {{ as_of_date() }} then 'accepted'
            when
                invite_status = 'deleted'
                -- An open invitation that the list has lost was taken back.
                or (is_unlisted and list_date < expires_date and accepted_date is null)
                then 'deleted'
            when expires_date <= {{ as_of_date() }} then 'expired'
            else 'pending'
        end as status

    from latest

    where invited_date <= {{ as_of_date() }}

),

-- When an invitation was deleted, nobody tells: it was open as long as lists showed it.
final as (

    select
        {{ surrogate_key(['settled.invite_system', 'settled.invite_id']) }} as invite_key,
        settled.invite_system,
        coalesce(aliases.person_key, '-1') as person_key,
        settled.user_role as invited_role,
        settled.status as invite_status,
        settled.invited_at,
        case when settled.status = 'accepted' then settled.accepted_at end as accepted_at,
        settled.expires_at,
        cast(
            {{
                dbt.datediff(
                    'settled.invited_date',
                    "case settled.status when 'accepted' then settled.accepted_date"
                    ~ " when 'expired' then settled.expires_date"
                    ~ " when 'pending' then " ~ as_of_date() ~ " end",
                    'day'
                )
            }} as bigint
        ) as pending_days,
        settled.source_id

    from settled

    left join aliases
        on
            settled.user_email = aliases.identity_value
            and {{ alias_holds('settled.invited_date', 'aliases') }}

)

select * from final
