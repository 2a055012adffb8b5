{#- The columns identify a row; nulls count as equal, so a null part cannot hide a duplicate. -#}
{% test unique_grain(model, columns, column_name=none) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
