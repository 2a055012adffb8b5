{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='date_day',
        on_schema_change='fail',
        post_hook="{{ delete_vanished_days(ref('int_reconciliation__differences')) }}"
    )
}}

-- The differences are judged where they are stored, each kind by its own sources; here they come
-- together. A day is copied again when what is known of it is not what was copied.
with

differences as (

    select * from {{ ref('int_reconciliation__differences') }}

),

{% if is_incremental() %}
{% for name, relation in [('judged_days', 'differences'), ('copied_days', this)] %}
{{ name }} as (

    select
        date_day,
        count(*) as row_count,
        sum(cell_count) as cell_count,
        count(case when cause_code = 'lag' then 1 end) as lag_count,
        count(case when cause_code = 'unexplained' then 1 end) as unexplained_count,
        coalesce(min(price_version), '') as first_price_version,
        coalesce(max(price_version), '') as last_price_version,
        max(observed_through_at) as observed_through_at

    from {{ relation }}

    group by date_day

),

{% endfor %}
output_days as (

    select judged_days.date_day
    from judged_days

    left join copied_days
        on
            judged_days.date_day = copied_days.date_day
            and judged_days.row_count = copied_days.row_count
            and judged_days.cell_count = copied_days.cell_count
            and judged_days.lag_count = copied_days.lag_count
            and judged_days.unexplained_count = copied_days.unexplained_count
            and judged_days.first_price_version = copied_days.first_price_version
            and judged_days.last_price_version = copied_days.last_price_version
            and judged_days.observed_through_at = copied_days.observed_through_at

    where copied_days.date_day is null

),

{% endif %}
final as (

    select
        difference_key as reconciliation_day_key,
        date_day,
        pair_id,
        measure,
        org_unit_key,
        actor_key,
        person_key,
        claude_model_id,
        client_version,
        cut_key,
        cause_code,
        cause_code != 'unexplained' as is_explained,
        left_value,
        right_value,
        left_value - right_value as difference,
        tolerance,
        cell_count,
        price_version,
        observed_through_at

    from differences

    {% if is_incremental() %}
    where date_day in (select output_days.date_day from output_days)
    {% endif %}

)

select * from final
