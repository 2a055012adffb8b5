with

telemetry_differences as (

    select * from {{ ref('int_reconciliation__telemetry_differences') }}

),

final as (

    select
        telemetry_difference_key as difference_key,
        date_day,
        pair_id,
        measure,
        org_unit_key,
        actor_key,
        person_key,
        claude_model_id,
        client_version,
        cut_key,
        left_value,
        right_value,
        tolerance,
        cause_code,
        cell_count,
        price_version,
        observed_through_at

    from telemetry_differences

)

select * from final
