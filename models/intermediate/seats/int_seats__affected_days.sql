{%- set tables = {
    'enterprise_members': ('anthropic_enterprise', 'members'),
    'enterprise_invites': ('anthropic_enterprise', 'invites'),
    'exports_members': ('anthropic_exports', 'members'),
} -%}
-- A list tells the days back to the one before it, and both its neighbours are compared with it.
with

observed as (

    {% for source_id, (landing, table) in tables.items() %}
    select
        '{{ source_id }}' as source_id,
        date_day as list_date,
        max(observed_at) as observed_at
    from {{ ref('int_ingestion__changed_days') }}
    where
        source_id = '{{ landing }}'
        -- The tiers of Enterprise seats stand in the list of limits.
        and table_name in ('{{ table }}'{{ ", 'spend_limits'" if table == 'members' }})
    group by date_day
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

list_days as (

    select * from {{ ref('int_seats__list_days') }}

),

days as (

    select date_day from {{ ref('util_days') }}

),

-- Also of a list that is gone since.
neighbours as (

    select
        observed.source_id,
        list_days.feed_name,
        observed.list_date,
        observed.observed_at,
        max(case when list_days.list_date < observed.list_date then list_days.list_date end)
            as previous_list_date,
        min(case when list_days.list_date > observed.list_date then list_days.list_date end)
            as next_list_date

    from observed

    left join list_days
        on observed.source_id = list_days.source_id

    group by
        observed.source_id,
        list_days.feed_name,
        observed.list_date,
        observed.observed_at

),

final as (

    select
        days.date_day,
        max(neighbours.observed_at) as observed_at

    from neighbours

    inner join days
        on
            coalesce(neighbours.next_list_date, neighbours.list_date) >= days.date_day
            and (
                neighbours.previous_list_date is null
                or neighbours.previous_list_date <= days.date_day
            )

    group by days.date_day

)

select * from final
