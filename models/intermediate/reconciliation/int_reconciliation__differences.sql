{% set parts = {
    'int_reconciliation__use_differences': 'use_difference_key',
    'int_reconciliation__cost_differences': 'cost_difference_key',
} %}

with

{% for part in parts %}
{{ part.split('__')[1] }} as (

    select * from {{ ref(part) }}

),

{% endfor %}
memberships as (

    select * from {{ ref('int_identity__memberships') }}

),

parts as (

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
        observed_through_at
    from {{ part.split('__')[1] }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        parts.difference_key,
        parts.date_day,
        parts.pair_id,
        parts.measure,
        coalesce(memberships.org_unit_key, parts.org_unit_key) as org_unit_key,
        parts.actor_key,
        parts.person_key,
        parts.claude_model_id,
        parts.client_version,
        parts.cut_key,
        parts.left_value,
        parts.right_value,
        parts.tolerance,
        parts.cause_code,
        parts.cell_count,
        parts.observed_through_at

    from parts

    left join memberships
        on
            parts.person_key = memberships.person_key
            and {{ membership_holds('parts.date_day', 'memberships') }}

)

select * from final
