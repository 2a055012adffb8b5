-- What the sources noted of themselves, and what only their own tables can tell.
{%- set amounts = [
    ('anthropic_exports', 'spend_report', 'total_net_spend_usd'),
    ('anthropic_exports', 'spend_report', 'total_gross_spend_usd'),
    ('invoices', 'invoice_lines', 'amount'),
    ('invoices', 'exchange_rates', 'usd_per_unit'),
] %}

with

pulls as (

    {% for landed in landed_tables() | selectattr('table_name', 'eq', 'pulls') %}
    select
        '{{ landed.source_id }}' as source_id,
        table_name,
        status,
        reason,
        _dlt_load_id as load_id
    from {{ source(landed.source_id, 'pulls') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

last_loads as (

    select
        source_id,
        table_name,
        max(load_id) as load_id
    from pulls
    group by
        source_id,
        table_name

),

last_pulls as (

    select
        pulls.source_id,
        pulls.table_name,
        pulls.status,
        min(pulls.reason) as reason,
        count(*) as pull_count
    from pulls
    inner join last_loads
        on
            pulls.source_id = last_loads.source_id
            and pulls.table_name = last_loads.table_name
            and pulls.load_id = last_loads.load_id
    group by
        pulls.source_id,
        pulls.table_name,
        pulls.status

),

rejected_rows as (

    {% for landed in landed_tables() | selectattr('table_name', 'eq', 'rejected_rows') %}
    select
        '{{ landed.source_id }}' as source_id,
        coalesce(table_name, 'rejected_rows') as table_name,
        source_file
    from {{ source(landed.source_id, 'rejected_rows') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Text that money lands as, of which models make a decimal.
unreadable_amounts as (

    {% for source_id, table_name, column in amounts %}
    select
        '{{ source_id }}' as source_id,
        '{{ table_name }}' as table_name,
        source_file
    from {{ source(source_id, table_name) }}
    where
        {{ column }} is null
        or {{ column }} in ('', '-', '.', '-.')
        or {{ column }} like '%.%.%'
        or {{ column }} like '%_-%'
        or translate({{ column }}, '0123456789.-', '') != ''
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

roster as (

    select
        feed_name,
        date_day,
        employee_id,
        manager_employee_id
    from {{ source('people', 'roster') }}

),

newest_rosters as (

    select
        feed_name,
        max(date_day) as date_day
    from roster
    group by feed_name

),

employees as (

    select
        roster.feed_name,
        roster.employee_id,
        roster.manager_employee_id
    from roster
    inner join newest_rosters
        on
            roster.feed_name = newest_rosters.feed_name
            and roster.date_day = newest_rosters.date_day

),

unknown_managers as (

    select distinct
        employees.feed_name,
        employees.manager_employee_id
    from employees
    left join employees as managers
        on employees.manager_employee_id = managers.employee_id
    where employees.manager_employee_id is not null and managers.employee_id is null

),

final as (

    select
        source_id,
        table_name,
        case when reason is null then status else status || ', ' || reason end as note,
        case when status in ('forbidden', 'failed') then pull_count else 0 end
            as unanswered_pull_count,
        cast(null as bigint) as rejected_row_count,
        cast(null as bigint) as unreadable_amount_count,
        cast(null as bigint) as unknown_manager_count
    from last_pulls

    union all

    select
        source_id,
        table_name,
        source_file as note,
        cast(null as bigint) as unanswered_pull_count,
        count(*) as rejected_row_count,
        cast(null as bigint) as unreadable_amount_count,
        cast(null as bigint) as unknown_manager_count
    from rejected_rows
    group by
        source_id,
        table_name,
        source_file

    union all

    select
        source_id,
        table_name,
        source_file as note,
        cast(null as bigint) as unanswered_pull_count,
        cast(null as bigint) as rejected_row_count,
        count(*) as unreadable_amount_count,
        cast(null as bigint) as unknown_manager_count
    from unreadable_amounts
    group by
        source_id,
        table_name,
        source_file

    union all

    select
        'people' as source_id,
        'roster' as table_name,
        feed_name as note,
        cast(null as bigint) as unanswered_pull_count,
        cast(null as bigint) as rejected_row_count,
        cast(null as bigint) as unreadable_amount_count,
        count(*) as unknown_manager_count
    from unknown_managers
    group by feed_name

)

select * from final
