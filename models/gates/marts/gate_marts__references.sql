-- A column that is named like the key of a dimension has to point at one of its members, on every day,
-- not only on those that a build rewrote. Days that sources told of may lie outside the calendar.
{%- set dimensions = listed_marts('dim_') -%}
{%- set free = [('fct_observed_days', 'date_day')] -%}
{%- set references = [] -%}
{%- for mart in listed_marts() -%}
    {%- set columns = contract_columns(mart) -%}
    {%- for dimension in dimensions if ref(mart) != ref(dimension) -%}
        {%- set key = contract_columns(dimension) | first -%}
        {%- if key in columns and (mart, key) not in free -%}
            {%- do references.append({
                'mart': mart,
                'key': key,
                'dimension': dimension,
                'day': 'date_day' if 'date_day' in columns else 'cast(null as date)',
            }) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endfor %}

with

key_days as (

    {% for reference in references %}
    select
        '{{ reference.mart }}' as table_name,
        '{{ reference.key }}' as key_column,
        {{ reference.day }} as date_day,
        count(*) as row_count,
        count(
            case
                when
                    {{ reference.key }} is null
                    or {{ reference.key }} not in (
                        select known.{{ reference.key }} from {{ ref(reference.dimension) }} as known
                    )
                    then 1
            end
        ) as orphan_count
    from {{ ref(reference.mart) }}
    group by {{ reference.day }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Sound days of a key are one row.
named_days as (

    select
        table_name,
        key_column,
        case when orphan_count > 0 then date_day end as date_day,
        row_count,
        orphan_count
    from key_days

),

final as (

    select
        table_name,
        key_column,
        date_day,
        sum(row_count) as row_count,
        sum(orphan_count) as orphan_count
    from named_days
    group by
        table_name,
        key_column,
        date_day

)

select * from final
