with

listed as (

    select * from {{ ref('int_billing__workspaces') }}
    where until_date = cast('9999-12-31' as date)

),

keys as (

    select distinct workspace_id
    from {{ ref('int_identity__keys') }}
    where workspace_id is not null

),

used as (

    select distinct workspace_id
    from {{ ref('stg_anthropic_console__cost_report') }}
    where workspace_id is not null

),

mentioned as (

    select * from keys
    union
    select * from used

),

members as (

    select
        {{ workspace_key('coalesce(listed.workspace_id, mentioned.workspace_id)') }}
            as workspace_key,
        coalesce(
            listed.workspace_name, listed.workspace_id, mentioned.workspace_id
        ) as workspace_name,
        listed.cost_centre,
        listed.created_at,
        listed.archived_at,
        false as is_default

    from listed

    full outer join mentioned
        on listed.workspace_id = mentioned.workspace_id

    union all

    -- The Console lists every workspace but this one.
    select
        {{ workspace_key('cast(null as ' ~ dbt.type_string() ~ ')') }} as workspace_key,
        'Default' as workspace_name,
        cast(null as {{ dbt.type_string() }}) as cost_centre,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as archived_at,
        true as is_default

    union all

    select
        '-1' as workspace_key,
        'Unattributed' as workspace_name,
        cast(null as {{ dbt.type_string() }}) as cost_centre,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as archived_at,
        false as is_default

),

final as (

    select
        cast(workspace_key as {{ dbt.type_string() }}) as workspace_key,
        cast(workspace_name as {{ dbt.type_string() }}) as workspace_name,
        cast(coalesce(cost_centre, 'unattributed') as {{ dbt.type_string() }}) as cost_centre,
        cast(created_at as timestamp) as created_at,
        cast(archived_at as timestamp) as archived_at,
        is_default,
        workspace_key = '-1' as is_unknown

    from members

)

select * from final
