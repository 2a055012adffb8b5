-- A request that counts by a report is still of its project: telemetry tells of what the report's
-- tokens were. A transcript of an unknown channel is of a project only where it counts itself, for
-- else nobody knows whose cost it would explain.
with

requests as (

    select * from {{ ref('int_claude_code__priced_requests') }}
    where project_key is not null

),

by_project as (

    select
        date_day,
        person_key,
        actor_key,
        channel,
        claude_model_id,
        source_id,
        project_key,
        count(*) as request_count,
        count(list_cost_usd) as priced_request_count,
        sum(list_cost_usd) as list_cost_usd

    from requests

    group by
        date_day, person_key, actor_key, channel, claude_model_id, source_id, project_key

),

chosen_unknown as (

    select distinct
        date_day,
        person_key,
        actor_key,
        claude_model_id,
        source_id

    from {{ ref('int_cost__chosen_tokens') }}

    where channel = 'unknown'

),

final as (

    select
        {{
            surrogate_key([
                'by_project.date_day', 'by_project.person_key', 'by_project.actor_key',
                'by_project.channel', 'by_project.claude_model_id', 'by_project.source_id',
                'by_project.project_key'
            ])
        }} as project_request_key,
        by_project.date_day,
        by_project.person_key,
        by_project.actor_key,
        by_project.channel,
        by_project.claude_model_id,
        by_project.source_id,
        by_project.project_key,
        by_project.request_count,
        by_project.priced_request_count,
        by_project.list_cost_usd

    from by_project

    left join chosen_unknown
        on
            by_project.date_day = chosen_unknown.date_day
            and by_project.person_key = chosen_unknown.person_key
            and by_project.actor_key = chosen_unknown.actor_key
            and by_project.claude_model_id = chosen_unknown.claude_model_id
            and by_project.source_id = chosen_unknown.source_id

    where by_project.channel != 'unknown' or chosen_unknown.date_day is not null

)

select * from final
