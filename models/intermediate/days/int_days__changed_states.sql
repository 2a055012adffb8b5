{{ config(schema='identity') }}

-- Stretches of days on which the state of a subject is another one than it was taken for before.
-- Whoever was not known before is no news: their days have landed with them.
with

states as (

    select * from {{ ref('int_days__states') }}

),

moments as (

    select distinct
        cause,
        subject_kind,
        subject,
        changed_at

    from states

),

versions as (

    select
        cause,
        subject_kind,
        subject,
        changed_at,
        lag(changed_at) over (
            partition by cause, subject_kind, subject
            order by changed_at
        ) as previous_at,
        min(changed_at) over () as remembered_since_at

    from moments

),

-- What had no price or cost centre, or was not landed, was told by that.
sides as (

    select
        versions.cause,
        versions.subject_kind,
        versions.subject,
        versions.changed_at,
        states.changed_at = versions.changed_at as is_newer,
        states.valid_from_date,
        states.until_date,
        states.state

    from versions

    inner join states
        on
            versions.cause = states.cause
            and versions.subject_kind = states.subject_kind
            and versions.subject = states.subject
            and (
                versions.changed_at = states.changed_at
                or versions.previous_at = states.changed_at
            )

    where
        versions.previous_at is not null
        or (
            versions.cause in ('prices', 'cost_centres', 'source_starts')
            and versions.changed_at > versions.remembered_since_at
        )

),

bounds as (

    select
        cause,
        subject_kind,
        subject,
        changed_at,
        valid_from_date
    from sides
    union
    select
        cause,
        subject_kind,
        subject,
        changed_at,
        until_date as valid_from_date
    from sides

),

stretches as (

    select
        *,
        lead(valid_from_date) over (
            partition by cause, subject_kind, subject, changed_at
            order by valid_from_date
        ) as until_date

    from bounds

),

compared as (

    select
        stretches.cause,
        stretches.subject_kind,
        stretches.subject,
        stretches.changed_at,
        stretches.valid_from_date,
        stretches.until_date,
        max(case when sides.is_newer then sides.state end) as newer_state,
        max(case when not sides.is_newer then sides.state end) as older_state

    from stretches

    inner join sides
        on
            stretches.cause = sides.cause
            and stretches.subject_kind = sides.subject_kind
            and stretches.subject = sides.subject
            and stretches.changed_at = sides.changed_at
            and stretches.valid_from_date >= sides.valid_from_date
            and stretches.valid_from_date < sides.until_date

    group by
        stretches.cause,
        stretches.subject_kind,
        stretches.subject,
        stretches.changed_at,
        stretches.valid_from_date,
        stretches.until_date

),

final as (

    select
        cause,
        subject_kind,
        subject,
        valid_from_date,
        until_date,
        changed_at

    from compared

    where
        coalesce(newer_state, 'unattributed') != coalesce(older_state, 'unattributed')
        and (older_state is not null or cause not in ('people', 'channels'))

)

select * from final
