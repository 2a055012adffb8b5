-- On every day, not only on those that a build rewrote: a dimension is built anew each time.
with

key_days as (

    {% for reference in listed_references() %}
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
                        select known.{{ reference.key }}
                        from {{ ref(reference.dimension) }} as known
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
final as (

    select
        table_name,
        key_column,
        case when orphan_count > 0 then date_day end as fault_day,
        sum(row_count) as row_count,
        sum(orphan_count) as orphan_count
    from key_days
    group by table_name, key_column, fault_day

)

select * from final
