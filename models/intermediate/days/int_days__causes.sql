-- Why days are rebuilt: what of which kind changed, on which days, and when a build saw it. A model
-- is stale on the days of causes that are newer than its last entry in the ledger.
with

{% for name in ['landings', 'changes'] %}
{{ name }} as (

    select
        cause_key,
        cause,
        subject,
        detail,
        first_day,
        last_day,
        changed_at

    from {{ ref('int_days__' ~ name) }}

),

{% endfor %}
final as (

    select * from landings
    union all
    select * from changes

)

select * from final
