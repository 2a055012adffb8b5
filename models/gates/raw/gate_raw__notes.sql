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

ranked_pulls as (

    select
        *,
        rank() over (partition by source_id, table_name order by load_id desc) as age_rank
    from pulls
    where load_id is not null

),

last_pulls as (

    select
        source_id,
        table_name,
        status,
        min(reason) as reason,
        count(*) as pull_count
    from ranked_pulls
    where age_rank = 1
    group by source_id, table_name, status

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

rosters as (

    select
        feed_name,
        employee_id,
        manager_employee_id,
        rank() over (partition by feed_name order by date_day desc) as age_rank
    from {{ source('people', 'roster') }}
    where date_day is not null

),

employees as (

    select
        feed_name,
        employee_id,
        manager_employee_id
    from rosters
    where age_rank = 1

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

notes as (

    select
        source_id,
        table_name,
        case when reason is null then status else status || ', ' || reason end as note,
        'unanswered_pull' as note_kind,
        case when status in ('forbidden', 'failed') then pull_count else 0 end as note_count
    from last_pulls

    union all

    select
        source_id,
        table_name,
        source_file as note,
        'rejected_row' as note_kind,
        count(*) as note_count
    from rejected_rows
    group by source_id, table_name, source_file

    union all

    select
        source_id,
        table_name,
        source_file as note,
        'unreadable_amount' as note_kind,
        count(*) as note_count
    from unreadable_amounts
    group by source_id, table_name, source_file

    union all

    select
        'people' as source_id,
        'roster' as table_name,
        feed_name as note,
        'unknown_manager' as note_kind,
        count(*) as note_count
    from unknown_managers
    group by feed_name

),

final as (

    select
        source_id,
        table_name,
        note,
        case when note_kind = 'unanswered_pull' then note_count end as unanswered_pull_count,
        case when note_kind = 'rejected_row' then note_count end as rejected_row_count,
        case when note_kind = 'unreadable_amount' then note_count end as unreadable_amount_count,
        case when note_kind = 'unknown_manager' then note_count end as unknown_manager_count
    from notes

)

select * from final
