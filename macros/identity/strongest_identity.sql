{#-
    The strongest identity a telemetry row carries, in the order of the identity ladder. `part` is
    `kind` or `value`.
-#}
{% macro strongest_identity(part) -%}
    case
        {%- for kind, column in identity_ladder().items() %}
        when {{ column }} is not null
            then {% if part == 'kind' %}'{{ kind }}'{% elif kind == 'email' %}lower({{ column }}){% else %}{{ column }}{% endif %}
        {%- endfor %}
    end
{%- endmacro %}
