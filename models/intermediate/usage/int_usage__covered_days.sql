-- Days on which a source told of everybody who used a surface in a channel. A transcript of an
-- unknown channel may belong to any that the vendor serves itself.
with

complete_sources as (

    select
        surface,
        channel,
        source_id

    from {{ ref('int_usage__source_ranks') }}

    where sees_everybody

),

sources as (

    select
        source_id,
        landing_source_id,
        landing_table_name

    from {{ ref('sources') }}

),

landed as (

    select distinct
        source_id,
        table_name,
        date_day

    from {{ ref('stg_ingestion__observed_days') }}

    where status in ('landed', 'empty')

),

covered as (

    select distinct
        landed.date_day,
        complete_sources.channel,
        complete_sources.surface

    from complete_sources

    inner join sources
        on complete_sources.source_id = sources.source_id

    inner join landed
        on
            sources.landing_source_id = landed.source_id
            and sources.landing_table_name = landed.table_name

),

final as (

    select
        date_day,
        channel,
        surface

    from covered

    union

    select
        date_day,
        'unknown' as channel,
        surface

    from covered

    where
        surface = 'claude_code'
        and channel in ('enterprise', 'team', 'console')

)

select * from final
