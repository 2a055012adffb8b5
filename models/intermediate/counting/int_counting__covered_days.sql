-- A source that sees everybody of a channel leaves nobody to telemetry that cannot name its people.
-- A transcript of an unknown channel may belong to any that the vendor serves itself.
with

precedence as (

    select * from {{ ref('int_counting__source_precedence') }}

),

complete_sources as (

    select distinct
        measure_kind,
        surface,
        channel,
        source_id

    from precedence

    where sees_everybody

),

surfaces_of_unknown_channel as (

    select distinct
        measure_kind,
        surface

    from precedence

    where channel = 'unknown'

),

sources as (

    select
        source_id,
        landing_source_id,
        landing_table_name

    from {{ ref('sources') }}

),

landed_days as (

    select distinct
        source_id,
        table_name,
        date_day

    from {{ ref('stg_ingestion__observed_days') }}

    where status in ('landed', 'empty')

),

days_of_channels as (

    select distinct
        landed_days.date_day,
        complete_sources.measure_kind,
        complete_sources.channel,
        complete_sources.surface

    from complete_sources

    inner join sources
        on complete_sources.source_id = sources.source_id

    inner join landed_days
        on
            sources.landing_source_id = landed_days.source_id
            and sources.landing_table_name = landed_days.table_name

),

final as (

    select
        date_day,
        measure_kind,
        channel,
        surface

    from days_of_channels

    union

    select
        days_of_channels.date_day,
        days_of_channels.measure_kind,
        'unknown' as channel,
        days_of_channels.surface

    from days_of_channels

    inner join surfaces_of_unknown_channel
        on
            days_of_channels.measure_kind = surfaces_of_unknown_channel.measure_kind
            and days_of_channels.surface = surfaces_of_unknown_channel.surface

    where {{ is_served_by_vendor('days_of_channels.channel') }}

)

select * from final
