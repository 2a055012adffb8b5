{%- set cost_centre_tags = ['cost_centre', 'cost_center', 'cost-centre', 'cost-center'] -%}

-- A list holds as it stood when it was read: from its day to that of the next one. What was before
-- the first is taken to have been the same.
with

snapshots as (

    select
        workspace_id,
        date_day,
        workspace_name,
        coalesce(
            {%- for tag in cost_centre_tags %}
            {{ json_text('tags_json', tag) }}{{ "," if not loop.last }}
            {%- endfor %}
        ) as cost_centre,
        created_at,
        archived_at,
        row_number() over (partition by workspace_id order by date_day) as snapshot_number,
        lead(date_day) over (partition by workspace_id order by date_day) as next_date_day

    from {{ ref('stg_anthropic_console__workspaces') }}

),

final as (

    select
        workspace_id,
        {{ workspace_key('workspace_id') }} as workspace_key,
        workspace_name,
        coalesce(lower(workspace_name) = 'claude code', false) as is_claude_code,
        coalesce(cost_centre, 'unattributed') as cost_centre,
        created_at,
        archived_at,
        case when snapshot_number = 1 then cast('1900-01-01' as date) else date_day end
            as valid_from_date,
        coalesce(next_date_day, cast('9999-12-31' as date)) as until_date

    from snapshots

)

select * from final
