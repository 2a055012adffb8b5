{{ config(schema='identity') }}

with

members as (

    select * from {{ ref('stg_anthropic_enterprise__members') }}

),

-- The one list that tells the kind of a seat; read in the same run as the members.
seat_tiers as (

    select
        date_day,
        user_id,
        limit_period,
        seat_tier

    from {{ ref('stg_anthropic_enterprise__spend_limits') }}

    where seat_tier is not null

),

exported as (

    select
        *,
        case
            when member_status in ('pending', 'invited') then 'invited'
            when member_status in ('removed', 'deactivated', 'deleted', 'disabled', 'inactive')
                then 'removed'
            else 'assigned'
        end as seat_status

    from {{ ref('stg_anthropic_exports__members') }}

),

enterprise_seats as (

    select
        members.row_key,
        seat_tiers.limit_period,
        'enterprise_members' as source_id,
        '' as feed_name,
        members.date_day,
        'enterprise' as seat_system,
        'account_id' as identity_kind,
        members.user_id as identity_value,
        'assigned' as seat_status,
        replace(seat_tiers.seat_tier, 'enterprise_', '') as seat_tier,
        coalesce(cast(members.added_at as date), members.date_day) as held_from_date,
        cast(null as date) as held_until_date,
        members.date_day as identity_date

    from members

    left join seat_tiers
        on
            members.date_day = seat_tiers.date_day
            and members.user_id = seat_tiers.user_id

),

-- When an invitation was deleted, nobody tells: it held as long as lists showed it.
enterprise_invitations as (

    select
        row_key,
        cast(null as {{ dbt.type_string() }}) as limit_period,
        'enterprise_invites' as source_id,
        '' as feed_name,
        date_day,
        'enterprise' as seat_system,
        'email' as identity_kind,
        user_email as identity_value,
        'invited' as seat_status,
        cast(null as {{ dbt.type_string() }}) as seat_tier,
        cast(invited_at as date) as held_from_date,
        cast(
            case when accepted_at < expires_at then accepted_at else expires_at end as date
        ) as held_until_date,
        cast(invited_at as date) as identity_date

    from {{ ref('stg_anthropic_enterprise__invites') }}

    where
        invite_status in ('pending', 'expired')
        or (invite_status = 'accepted' and accepted_at is not null)

),

exported_seats as (

    select
        row_key,
        cast(null as {{ dbt.type_string() }}) as limit_period,
        'exports_members' as source_id,
        feed_name,
        date_day,
        'team' as seat_system,
        'email' as identity_kind,
        user_email as identity_value,
        seat_status,
        seat_tier,
        coalesce(added_date, date_day) as held_from_date,
        cast(null as date) as held_until_date,
        date_day as identity_date

    from exported

    where seat_status != 'removed'

),

listed as (

    select * from enterprise_seats
    union all
    select * from enterprise_invitations
    union all
    select * from exported_seats

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

    where identity_kind in ('account_id', 'email')

),

final as (

    select
        listed.row_key,
        listed.limit_period,
        listed.source_id,
        listed.feed_name,
        listed.date_day,
        listed.seat_system,
        coalesce(aliases.person_key, '-1') as person_key,
        listed.identity_kind,
        listed.identity_value,
        listed.seat_status,
        listed.seat_tier,
        listed.held_from_date,
        listed.held_until_date

    from listed

    left join aliases
        on
            listed.identity_kind = aliases.identity_kind
            and listed.identity_value = aliases.identity_value
            and {{ alias_holds('listed.identity_date', 'aliases') }}

)

select * from final
