-- The normaliser and the alias table agree: each listed form, taken apart, finds its own model.
with

aliases as (

    select
        model_alias,
        claude_model_id,
        {{ claude_model_id_part('model_alias', 'id') }} as bare_model_id

    from {{ ref('model_aliases') }}

),

final as (

    select
        aliases.model_alias,
        aliases.claude_model_id,
        found.claude_model_id as found_claude_model_id

    from aliases

    left join aliases as found
        on aliases.bare_model_id = found.model_alias

    where coalesce(found.claude_model_id, '') != aliases.claude_model_id

)

select * from final
