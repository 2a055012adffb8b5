-- The member of a fact must be found once, the unknown one too.
{%- set dimensions = listed_marts('dim_') | reject('eq', 'dim_days') | list %}

{% for dimension in dimensions %}
{%- set columns = contract_columns(dimension) %}
{%- set key = columns | first %}
select
    '{{ dimension }}' as table_name,
    count(*) as row_count,
    count(*) - count(distinct {{ key }}) as duplicate_key_count,
    {{ "count(case when " ~ key ~ " = '-1' then 1 end)"
        if 'is_unknown' in columns else 'cast(null as bigint)' }} as unknown_member_count,
    cast(null as bigint) as missing_day_count,
    cast(null as date) as last_day
from {{ ref(dimension) }}

union all
{% endfor %}
select
    'dim_days' as table_name,
    count(*) as row_count,
    count(*) - count(distinct date_day) as duplicate_key_count,
    cast(null as bigint) as unknown_member_count,
    {{ dbt.datediff('min(date_day)', 'max(date_day)', 'day') }}
    + 1
    - count(distinct date_day) as missing_day_count,
    max(date_day) as last_day
from {{ ref('dim_days') }}
