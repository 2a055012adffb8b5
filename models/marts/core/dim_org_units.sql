{% set levels = ['legal_entity', 'department', 'team'] %}

with

roster as (

    select * from {{ ref('int_identity__roster') }}

),

units as (

    {% for level in levels %}
    select distinct
        {{ org_unit_key(level, 'roster') }} as org_unit_key,
        {{ org_unit_key((['organisation'] + levels)[loop.index0], 'roster') }}
            as parent_org_unit_key,
        '{{ level }}' as org_unit_level,
        roster.{{ level }} as org_unit_name,
        {{ org_unit_key('legal_entity', 'roster') }} as legal_entity_key,
        {% if level != 'legal_entity' -%}
        {{ org_unit_key('department', 'roster') }}
        {%- else -%}
        cast(null as {{ dbt.type_string() }})
        {%- endif %} as department_key,
        roster.legal_entity as legal_entity_name,
        {% if level != 'legal_entity' -%}
        roster.department
        {%- else -%}
        cast(null as {{ dbt.type_string() }})
        {%- endif %} as department_name
    from roster

    union all

    {% endfor %}
    select distinct
        {{ org_unit_key('organisation', 'roster') }} as org_unit_key,
        cast(null as {{ dbt.type_string() }}) as parent_org_unit_key,
        'organisation' as org_unit_level,
        'Organisation' as org_unit_name,
        cast(null as {{ dbt.type_string() }}) as legal_entity_key,
        cast(null as {{ dbt.type_string() }}) as department_key,
        cast(null as {{ dbt.type_string() }}) as legal_entity_name,
        cast(null as {{ dbt.type_string() }}) as department_name
    from roster

),

unknown_member as (

    select
        '-1' as org_unit_key,
        cast(null as {{ dbt.type_string() }}) as parent_org_unit_key,
        'unknown' as org_unit_level,
        'Unattributed' as org_unit_name,
        cast(null as {{ dbt.type_string() }}) as legal_entity_key,
        cast(null as {{ dbt.type_string() }}) as department_key,
        cast(null as {{ dbt.type_string() }}) as legal_entity_name,
        cast(null as {{ dbt.type_string() }}) as department_name

),

members as (

    select * from units
    union all
    select * from unknown_member

),

final as (

    select
        cast(org_unit_key as {{ dbt.type_string() }}) as org_unit_key,
        cast(parent_org_unit_key as {{ dbt.type_string() }}) as parent_org_unit_key,
        cast(org_unit_level as {{ dbt.type_string() }}) as org_unit_level,
        cast(coalesce(org_unit_name, 'Unnamed') as {{ dbt.type_string() }}) as org_unit_name,
        cast(legal_entity_key as {{ dbt.type_string() }}) as legal_entity_key,
        cast(legal_entity_name as {{ dbt.type_string() }}) as legal_entity_name,
        cast(department_key as {{ dbt.type_string() }}) as department_key,
        cast(department_name as {{ dbt.type_string() }}) as department_name,
        org_unit_key = '-1' as is_unknown

    from members

)

select * from final
