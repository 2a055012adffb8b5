{{ config(materialized='table') }}

with

listed as (

    select
        'enterprise_members' as source_id,
        '' as feed_name,
        date_day as list_date
    from {{ ref('stg_anthropic_enterprise__members') }}
    union
    select
        'enterprise_invites' as source_id,
        '' as feed_name,
        date_day as list_date
    from {{ ref('stg_anthropic_enterprise__invites') }}
    union
    select
        'exports_members' as source_id,
        feed_name,
        date_day as list_date
    from {{ ref('stg_anthropic_exports__members') }}

),

final as (

    select
        source_id,
        feed_name,
        list_date,
        lag(list_date) over (partition by source_id, feed_name order by list_date)
            as previous_list_date,
        lead(list_date) over (partition by source_id, feed_name order by list_date)
            as next_list_date

    from listed

)

select * from final
