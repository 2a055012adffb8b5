{#- The total of an expression equals its total in another relation: nothing lost, nothing doubled. -#}
{% test sum_matches(model, expression, other, other_expression=none, where=none, column_name=none) %}

with

here as (

    select coalesce(sum({{ expression }}), 0) as total
    from {{ model }}
    {% if where %}where {{ where }}{% endif %}

),

there as (

    select coalesce(sum({{ other_expression or expression }}), 0) as total
    from {{ other }}
    {% if where %}where {{ where }}{% endif %}

)

select
    here.total as here_total,
    there.total as there_total
from here
cross join there
where here.total != there.total

{% endtest %}
