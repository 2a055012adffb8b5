{#-
    Query with one row per item of a list in JSON text: `columns` of the relation, and `item`, the
    text of the item; of an object the text of its `fields`, each a column of its name.
-#}
{% macro listed_values(relation, columns, json_column, fields=none) -%}
    {{
        return(
            adapter.dispatch('listed_values', 'claude_analytics')(
                relation, columns, json_column, fields
            )
        )
    }}
{%- endmacro %}

{% macro default__listed_values(relation, columns, json_column, fields) -%}
    select
        {{ columns | join(', ') }},
        {% if fields is none -%}
        item ->> '$' as item
        {%- else -%}
        {% for field in fields -%}
        item ->> '{{ field }}' as {{ field }}{{ ', ' if not loop.last }}
        {%- endfor %}
        {%- endif %}
    from (
        select
            {{ columns | join(', ') }},
            unnest(cast(cast({{ json_column }} as json) as json[])) as item
        from {{ relation }}
        where {{ json_column }} is not null
    )
{%- endmacro %}

{% macro postgres__listed_values(relation, columns, json_column, fields) -%}
    select
        {{ columns | join(', ') }},
        {% if fields is none -%}
        item #>> '{}' as item
        {%- else -%}
        {% for field in fields -%}
        item ->> '{{ field }}' as {{ field }}{{ ', ' if not loop.last }}
        {%- endfor %}
        {%- endif %}
    from (
        select
            {{ columns | join(', ') }},
            jsonb_array_elements(cast({{ json_column }} as jsonb)) as item
        from {{ relation }}
        where {{ json_column }} is not null
    ) as items
{%- endmacro %}
