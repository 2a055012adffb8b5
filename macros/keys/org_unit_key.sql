{#-
    Key of the organisation, legal entity, department or team that a row of the roster is in. A unit
    is told apart by all that is above it.
-#}
{% macro org_unit_key(level, roster) -%}
    {%- set levels = ['organisation', 'legal_entity', 'department', 'team'] -%}
    {%- set parts = ["'org_unit'"] -%}
    {%- for name in levels[1:levels.index(level) + 1] -%}
        {%- do parts.append(roster ~ '.' ~ name) -%}
    {%- endfor -%}
    {{ surrogate_key(parts) }}
{%- endmacro %}
