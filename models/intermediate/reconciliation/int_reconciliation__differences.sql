{% set parts = {
    'int_reconciliation__telemetry_differences': 'telemetry_difference_key',
    'int_reconciliation__source_differences': 'source_difference_key',
    'int_reconciliation__cost_differences': 'cost_difference_key',
} %}

with

{% for part in parts %}
{{ part.split('__')[1] }} as (

    select * from {{ ref(part) }}

),

{% endfor %}
final as (

    {% for part, key in parts.items() %}
    select
        {{ key }} as difference_key,
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
    from {{ part.split('__')[1] }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
