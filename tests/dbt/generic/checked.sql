{#-
    Keys, nulls, listed values, ranges, references and grains of one relation, asked at once. A row of the
    answer is a rule that a column breaks, with the number of faults and one of them.
    A null breaks `never_null` only; in a grain nulls count as equal.
-#}
{% test checked(model, unique=[], never_null=[], listed={}, ranges={}, references={}, grains=[]) %}

{%- set text = dbt.type_string() -%}
{%- set faults = [] -%}

{%- for column in never_null -%}
    {%- do faults.append(
        ('never_null', column, 'null_' ~ loop.index, 'cast(null as ' ~ text ~ ')',
        'counted_rows where null_' ~ loop.index ~ ' > 0')
    ) -%}
{%- endfor -%}

{%- for column in listed -%}
    {%- do faults.append(
        ('listed', column, 'unlisted_' ~ loop.index, 'unlisted_value_' ~ loop.index,
        'counted_rows where unlisted_' ~ loop.index ~ ' > 0')
    ) -%}
{%- endfor -%}

{%- for column in ranges -%}
    {%- do faults.append(
        ('ranges', column, 'outside_' ~ loop.index, 'outside_value_' ~ loop.index,
        'counted_rows where outside_' ~ loop.index ~ ' > 0')
    ) -%}
{%- endfor -%}

{%- for column in unique -%}
    {%- do faults.append(
        ('unique', column, 'count(*)', 'min(cast(' ~ column ~ ' as ' ~ text ~ '))',
        '(select ' ~ column ~ ' from ' ~ model ~ ' where ' ~ column ~ ' is not null'
        ~ ' group by ' ~ column ~ ' having count(*) > 1) as doubled_values having count(*) > 0')
    ) -%}
{%- endfor -%}

{%- for column, parent in references.items() -%}
    {#- A relation alone, which Jinja takes for a mapping, has a column of the same name. -#}
    {%- set relation, field = (parent, column) if parent is mapping else parent -%}
    {%- do faults.append(
        ('references', column, 'count(*)', 'min(cast(' ~ column ~ ' as ' ~ text ~ '))',
        '(select ' ~ column ~ ' from ' ~ model ~ ') as children where ' ~ column ~ ' is not null'
        ~ ' and not exists (select 1 from ' ~ relation ~ ' as parents where parents.' ~ field
        ~ ' = children.' ~ column ~ ') having count(*) > 0')
    ) -%}
{%- endfor -%}

{%- for columns in grains -%}
    {%- set names = columns | join(', ') -%}
    {%- set values = [] -%}
    {%- for column in columns -%}
        {%- do values.append('coalesce(cast(' ~ column ~ ' as ' ~ text ~ "), 'null')") -%}
    {%- endfor -%}
    {%- do faults.append(
        ('grains', names, 'count(*)', 'min(' ~ values | join(" || ', ' || ") ~ ')',
        '(select ' ~ names ~ ' from ' ~ model ~ ' group by ' ~ names
        ~ ' having count(*) > 1) as doubled_rows having count(*) > 0')
    ) -%}
{%- endfor -%}

{%- if never_null or listed or ranges %}
with

counted_rows as (

    select
        {%- for column in never_null %}
        count(*) - count({{ column }}) as null_{{ loop.index }},
        {%- endfor %}
        {%- for column, values in listed.items() %}
        {%- set value = 'cast(' ~ column ~ ' as ' ~ text ~ ')' %}
        {%- set is_unlisted = value ~ " not in ('" ~ values | join("', '") ~ "')" %}
        count(case when {{ is_unlisted }} then 1 end) as unlisted_{{ loop.index }},
        min(case when {{ is_unlisted }} then {{ value }} end) as unlisted_value_{{ loop.index }},
        {%- endfor %}
        {%- for column, bounds in ranges.items() %}
        {%- set is_outside = column ~ ' < ' ~ bounds[0]
            ~ (' or ' ~ column ~ ' > ' ~ bounds[1] if bounds | length > 1 else '') %}
        count(case when {{ is_outside }} then 1 end) as outside_{{ loop.index }},
        min(case when {{ is_outside }} then cast({{ column }} as {{ text }}) end) as outside_value_{{ loop.index }},
        {%- endfor %}
        count(*) as row_count

    from {{ model }}

)
{%- endif %}
{% for rule, column, fault_count, example, source in faults %}
select
    '{{ rule }}' as broken_rule,
    '{{ column }}' as broken_column,
    {{ fault_count }} as fault_count,
    {{ example }} as example
from {{ source }}
{{ 'union all' if not loop.last }}
{%- endfor %}

{% endtest %}
