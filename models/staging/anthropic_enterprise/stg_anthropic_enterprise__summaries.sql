with

source as (

    select * from {{ source('anthropic_enterprise', 'summaries') }}

),

renamed as (

    select
        -- ids
        row_key,

        -- numerics
        daily_active_user_count as active_people_1d,
        weekly_active_user_count as active_people_7d,
        monthly_active_user_count as active_people_30d,
        cowork_daily_active_user_count as cowork_active_people_1d,
        cowork_weekly_active_user_count as cowork_active_people_7d,
        cowork_monthly_active_user_count as cowork_active_people_30d,
        chat_daily_active_user_count as chat_active_people_1d,
        chat_weekly_active_user_count as chat_active_people_7d,
        chat_monthly_active_user_count as chat_active_people_30d,
        claude_code_daily_active_user_count as claude_code_active_people_1d,
        claude_code_weekly_active_user_count as claude_code_active_people_7d,
        claude_code_monthly_active_user_count as claude_code_active_people_30d,
        claude_design_daily_active_user_count as design_active_people_1d,
        claude_design_weekly_active_user_count as design_active_people_7d,
        claude_design_monthly_active_user_count as design_active_people_30d,
        office_agent_daily_active_user_count as office_active_people_1d,
        office_agent_weekly_active_user_count as office_active_people_7d,
        office_agent_monthly_active_user_count as office_active_people_30d,
        science_daily_active_user_count as science_active_people_1d,
        science_weekly_active_user_count as science_active_people_7d,
        science_monthly_active_user_count as science_active_people_30d,
        chat_cowork_unified_daily_active_user_count as unified_active_people_1d,
        chat_cowork_unified_weekly_active_user_count as unified_active_people_7d,
        chat_cowork_unified_monthly_active_user_count as unified_active_people_28d,
        assigned_seat_count,
        pending_invite_count,
        science_entitled_user_count as science_entitled_people_count,
        daily_adoption_rate * 0.01 as adoption_rate_1d,
        weekly_adoption_rate * 0.01 as adoption_rate_7d,
        monthly_adoption_rate * 0.01 as adoption_rate_30d,

        -- dates and timestamps
        date_day,
        starting_at as day_started_at,
        ending_at as day_ended_at,
        pulled_at,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
