{{ config(materialized='table', schema='identity') }}

-- Who holds an identity from day to day: the best claim of each stretch, or nobody where two people
-- claim it at once. Stretches without a claim are there, too, so that each identity has all days.
with

claims as (

    select * from {{ ref('int_identity__claims') }}

),

bounds as (

    select
        identity_kind,
        identity_value,
        {{ earliest_date() }} as valid_from_date
    from claims
    union
    select
        identity_kind,
        identity_value,
        valid_from_date
    from claims
    union
    select
        identity_kind,
        identity_value,
        until_date as valid_from_date
    from claims
    where until_date < {{ latest_date() }}

),

stretches as (

    select
        identity_kind,
        identity_value,
        valid_from_date,
        coalesce(
            lead(valid_from_date) over (
                partition by identity_kind, identity_value
                order by valid_from_date
            ),
            {{ latest_date() }}
        ) as until_date

    from bounds

),

claimed as (

    select
        stretches.identity_kind,
        stretches.identity_value,
        stretches.valid_from_date,
        stretches.until_date,
        claims.employee_id,
        claims.match_rule,
        claims.match_rank,
        min(claims.match_rank) over (
            partition by
                stretches.identity_kind, stretches.identity_value, stretches.valid_from_date
        ) as best_rank

    from stretches

    left join claims
        on
            stretches.identity_kind = claims.identity_kind
            and stretches.identity_value = claims.identity_value
            and stretches.valid_from_date >= claims.valid_from_date
            and stretches.valid_from_date < claims.until_date

),

final as (

    select
        identity_kind,
        identity_value,
        valid_from_date,
        until_date,
        case when count(distinct employee_id) = 1 then min(employee_id) end as employee_id,
        case when count(distinct employee_id) > 1 then 'ambiguous' else min(match_rule) end
            as match_rule

    from claimed

    where best_rank is null or match_rank = best_rank

    group by identity_kind, identity_value, valid_from_date, until_date

)

select * from final
