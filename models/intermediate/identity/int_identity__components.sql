{{ config(materialized='table', schema='identity') }}

{#- Strongest first. An installation is no account: it follows the account that uses it, later. -#}
{% set ladder = [
    ('account_id', 'user_account_id'),
    ('account_uuid', 'user_account_uuid'),
    ('email', 'user_email'),
    ('enduser_id', 'enduser_id'),
] %}
{% set hop_count = 3 %}

-- Ids of accounts that appeared together, hop by hop, are one; each is called by the strongest.
with

tuples as (

    select * from {{ ref('int_identity__observed_identities') }}

),

-- An address that more than one employee had ties nothing together.
shared_emails as (

    select identity_value
    from {{ ref('int_identity__claims') }}
    where identity_kind = 'email'
    group by identity_value
    having count(*) > 1

),

members as (

    {% for kind, column in ladder %}
    select
        identity_tuple_key,
        '{{ kind }}' as identity_kind,
        {{ column }} as identity_value,
        {{ dbt.concat(["'" ~ loop.index ~ "|'", column]) }} as label
    from tuples
    where
        {{ column }} is not null
        {% if kind == 'email' -%}
        and user_email not in (select shared_emails.identity_value from shared_emails)
        {%- endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

hop_0 as (

    select * from members

),

{% for hop in range(1, hop_count + 1) %}
tuple_labels_{{ hop }} as (

    select
        identity_tuple_key,
        min(label) as label

    from hop_{{ hop - 1 }}

    group by identity_tuple_key

),

identity_labels_{{ hop }} as (

    select
        members.identity_kind,
        members.identity_value,
        min(tuple_labels_{{ hop }}.label) as label

    from members

    inner join tuple_labels_{{ hop }}
        on members.identity_tuple_key = tuple_labels_{{ hop }}.identity_tuple_key

    group by members.identity_kind, members.identity_value

),

hop_{{ hop }} as (

    select
        members.identity_tuple_key,
        members.identity_kind,
        members.identity_value,
        identity_labels_{{ hop }}.label

    from members

    inner join identity_labels_{{ hop }}
        on
            members.identity_kind = identity_labels_{{ hop }}.identity_kind
            and members.identity_value = identity_labels_{{ hop }}.identity_value

),

{% endfor %}
final as (

    select distinct
        hop_{{ hop_count }}.identity_tuple_key,
        hop_{{ hop_count }}.identity_kind,
        hop_{{ hop_count }}.identity_value,
        roots.identity_kind as root_kind,
        roots.identity_value as root_value

    from hop_{{ hop_count }}

    inner join members as roots
        on hop_{{ hop_count }}.label = roots.label

)

select * from final
