{{ config(materialized='table', schema='identity') }}

{#- Strongest first; an id points at the strongest id it appeared with, hop by hop. -#}
{% set ladder = [
    ('account_id', 'user_account_id'),
    ('account_uuid', 'user_account_uuid'),
    ('email', 'user_email'),
    ('enduser_id', 'enduser_id'),
    ('user_id', 'user_id'),
] %}

with

tuples as (

    select * from {{ ref('int_identity__observed_identities') }}

),

members as (

    {% for kind, column in ladder %}
    select
        identity_tuple_key,
        '{{ kind }}' as identity_kind,
        {{ column }} as identity_value,
        {{ loop.index }} as strength
    from tuples
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

strongest as (

    select
        identity_tuple_key,
        min(strength) as strength

    from members

    group by identity_tuple_key

),

roots as (

    select
        members.identity_tuple_key,
        members.identity_kind,
        members.identity_value,
        members.strength

    from members

    inner join strongest
        on
            members.identity_tuple_key = strongest.identity_tuple_key
            and members.strength = strongest.strength

),

pairs as (

    select distinct
        members.identity_kind,
        members.identity_value,
        members.strength,
        roots.identity_kind as root_kind,
        roots.identity_value as root_value,
        roots.strength as root_strength

    from members

    inner join roots
        on members.identity_tuple_key = roots.identity_tuple_key

),

best as (

    select
        identity_kind,
        identity_value,
        min(root_strength) as root_strength

    from pairs

    group by identity_kind, identity_value

),

-- An installation that two accounts used belongs to neither: it stays itself.
links as (

    select
        pairs.identity_kind,
        pairs.identity_value,
        case when count(*) = 1 then min(pairs.root_kind) else pairs.identity_kind end as root_kind,
        case when count(*) = 1 then min(pairs.root_value) else pairs.identity_value end
            as root_value,
        count(*) > 1 as is_ambiguous

    from pairs

    inner join best
        on
            pairs.identity_kind = best.identity_kind
            and pairs.identity_value = best.identity_value
            and pairs.root_strength = best.root_strength

    group by pairs.identity_kind, pairs.identity_value

),

{% for hop in range(1, 4) %}
hop_{{ hop }} as (

    select
        walked.identity_kind,
        walked.identity_value,
        walked.is_ambiguous,
        coalesce(onward.root_kind, walked.root_kind) as root_kind,
        coalesce(onward.root_value, walked.root_value) as root_value

    from {{ 'links' if hop == 1 else 'hop_' ~ (hop - 1) }} as walked

    left join links as onward
        on
            walked.root_kind = onward.identity_kind
            and walked.root_value = onward.identity_value

),

{% endfor %}

pseudonyms as (

    select * from {{ ref('stg_identity__pseudonyms') }}

),

final as (

    select
        hop_3.identity_kind,
        hop_3.identity_value,
        hop_3.root_kind,
        cast('1900-01-01' as date) as valid_from_date,
        cast('9999-12-31' as date) as until_date,
        pseudonyms.person_pseudonym as person_key,
        '-1' as actor_key,
        hop_3.root_kind != 'user_id' as is_resolved,
        case
            when hop_3.is_ambiguous then 'ambiguous'
            when hop_3.identity_kind = hop_3.root_kind then 'self'
            else 'co_occurrence'
        end as match_rule

    from hop_3

    left join pseudonyms
        on
            hop_3.root_kind = pseudonyms.identity_kind
            and hop_3.root_value = pseudonyms.identity_value

)

select * from final
