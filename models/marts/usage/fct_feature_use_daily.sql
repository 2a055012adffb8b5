{{ config(materialized='incremental', incremental_strategy='stale_days') }}

{% set days = stale_days(stale_by(['anthropic_enterprise'])) %}
with

listed as (

    select
        *,
        {{ surrogate_key(['feature_kind', 'feature_id']) }} as feature_key,
        case when cut = 'user' then -1 else 1 end as cut_sign

    from {{ ref('int_features__listed_uses') }}

    where {{ in_days('date_day', days) }}

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

    where identity_kind = 'account_id'

),

memberships as (

    select * from {{ ref('int_identity__memberships') }}

),

by_user as (

    select
        listed.date_day,
        coalesce(aliases.person_key, '-1') as person_key,
        listed.feature_kind,
        listed.feature_key,
        listed.feature_name,
        listed.source_id,
        listed.use_count,
        listed.created_count,
        listed.chat_conversation_count,
        listed.claude_code_session_count,
        listed.cowork_session_count,
        listed.office_session_count

    from listed

    left join aliases
        on
            listed.user_id = aliases.identity_value
            and {{ alias_holds('listed.date_day', 'aliases') }}

    where listed.cut = 'user'

),

-- The lists of users can leave somebody out whom the organisation's counts.
organisation_above_users as (

    select
        date_day,
        '-1' as person_key,
        feature_kind,
        feature_key,
        max(feature_name) as feature_name,
        source_id,
        sum(cut_sign * use_count) as use_count,
        sum(cut_sign * created_count) as created_count,
        sum(cut_sign * chat_conversation_count) as chat_conversation_count,
        sum(cut_sign * claude_code_session_count) as claude_code_session_count,
        sum(cut_sign * cowork_session_count) as cowork_session_count,
        sum(cut_sign * office_session_count) as office_session_count

    from listed

    group by date_day, feature_kind, feature_key, source_id

),

-- Where users have more, the two were read at different moments: nothing is known to be left.
unattributed as (

    select
        date_day,
        person_key,
        feature_kind,
        feature_key,
        feature_name,
        source_id,
        case when use_count >= 0 then use_count end as use_count,
        case when created_count >= 0 then created_count end as created_count,
        case when chat_conversation_count >= 0 then chat_conversation_count end
            as chat_conversation_count,
        case when claude_code_session_count >= 0 then claude_code_session_count end
            as claude_code_session_count,
        case when cowork_session_count >= 0 then cowork_session_count end as cowork_session_count,
        case when office_session_count >= 0 then office_session_count end as office_session_count

    from organisation_above_users

),

combined as (

    select * from by_user
    union all
    select * from unattributed
    where
        use_count > 0
        or created_count > 0
        or chat_conversation_count > 0
        or claude_code_session_count > 0
        or cowork_session_count > 0
        or office_session_count > 0

),

daily as (

    select
        date_day,
        person_key,
        feature_kind,
        feature_key,
        source_id,
        max(feature_name) as feature_name,
        sum(use_count) as use_count,
        sum(created_count) as created_count,
        sum(chat_conversation_count) as chat_conversation_count,
        sum(claude_code_session_count) as claude_code_session_count,
        sum(cowork_session_count) as cowork_session_count,
        sum(office_session_count) as office_session_count

    from combined

    group by date_day, person_key, feature_kind, feature_key, source_id

),

final as (

    select
        {{ surrogate_key(['daily.date_day', 'daily.person_key', 'daily.feature_key']) }}
            as feature_use_day_key,
        daily.date_day,
        daily.person_key,
        coalesce(memberships.org_unit_key, '-1') as org_unit_key,
        daily.feature_kind,
        daily.feature_key,
        daily.feature_name,
        daily.source_id,
        cast(daily.use_count as bigint) as use_count,
        cast(daily.created_count as bigint) as created_count,
        cast({{ sum_known([
            'daily.chat_conversation_count', 'daily.claude_code_session_count',
            'daily.cowork_session_count', 'daily.office_session_count'
        ]) }} as bigint) as session_count,
        cast(daily.chat_conversation_count as bigint) as chat_conversation_count,
        cast(daily.claude_code_session_count as bigint) as claude_code_session_count,
        cast(daily.cowork_session_count as bigint) as cowork_session_count,
        cast(daily.office_session_count as bigint) as office_session_count,
        {{ observed_through_at() }} as observed_through_at

    from daily

    left join memberships
        on
            daily.person_key = memberships.person_key
            and {{ membership_holds('daily.date_day', 'memberships') }}

)

select * from final
