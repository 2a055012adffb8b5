{#- Every row meets the condition; a condition that is null fails. -#}
{% test row_condition(model, condition, column_name=none) %}

select *
from {{ model }}
where not coalesce({{ condition }}, false)

{% endtest %}
