{{ config(materialized='incremental', incremental_strategy='stale_days') }}

-- The differences are judged where they are stored, each kind by its own sources; here they come
-- together. What is put down to lag, and what is billed by the period, is copied again whenever
-- anything has happened.
{% set by_period = "('cost_report:invoice', 'api:csv')" %}
{% set happened = "exists (select 1 from anything_new)" %}
{% set stale = stale_by(
    inputs={
        'int_reconciliation__use_differences': 0,
        'int_reconciliation__daily_costs': 0,
    },
    also={
        model.name: "(cause_code = 'lag' or pair_id in " ~ by_period ~ ") and " ~ happened,
        'int_reconciliation__cost_differences': "pair_id in " ~ by_period ~ " and " ~ happened,
    }
) %}
{% set days = stale_days(stale) %}
with

differences as (

    select * from {{ ref('int_reconciliation__differences') }}

),

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
        observed_through_at

    from differences

    where {{ in_days('date_day', days) }}

)

select * from final
