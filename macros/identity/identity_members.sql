{#- Each id of combinations of ids, with its kind and its place in the ladder. -#}
{% macro identity_members(tuples) -%}
    {%- for kind, column in identity_ladder().items() %}
    select
        identity_tuple_key,
        first_date_day,
        last_date_day,
        '{{ kind }}' as identity_kind,
        {{ column }} as identity_value,
        {{ loop.index }} as strength
    from {{ tuples }}
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
