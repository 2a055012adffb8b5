{#- A validity range that ends is followed at once, or by nothing: successive rows leave no day out. -#}
{% test no_gap(model, partition_by, from_column, to_column, column_name=none) %}

with

successors as (

    select
        {{ partition_by | join(', ') }},
        {{ to_column }} as ends_on,
        lead({{ from_column }}) over (
            partition by {{ partition_by | join(', ') }}
            order by {{ from_column }}
        ) as next_from

    from {{ model }}

)

select *
from successors
where next_from is not null and (ends_on is null or ends_on < next_from)

{% endtest %}
