{#- Half-open validity ranges [from, to); a null end is open. -#}
{% test no_overlap(model, partition_by, from_column, to_column, column_name=none) %}

select
    first_range.{{ partition_by | join(', first_range.') }},
    first_range.{{ from_column }} as first_from,
    next_range.{{ from_column }} as next_from
from {{ model }} as first_range
inner join {{ model }} as next_range
    on
    {% for column in partition_by -%}
    first_range.{{ column }} = next_range.{{ column }} and
    {% endfor -%}
    first_range.{{ from_column }} < next_range.{{ from_column }}
    and (
        first_range.{{ to_column }} is null
        or next_range.{{ from_column }} < first_range.{{ to_column }}
    )

{% endtest %}
