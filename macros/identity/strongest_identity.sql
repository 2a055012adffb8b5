{#-
    The strongest identity a telemetry row carries, in the order of the identity ladder:
    account id, account uuid, e-mail, enduser id, installation id. `part` is `kind` or `value`.
-#}
{% macro strongest_identity(part) -%}
    {%- set ladder = [
        ('account_id', 'user_account_id'),
        ('account_uuid', 'user_account_uuid'),
        ('email', 'user_email'),
        ('enduser_id', 'enduser_id'),
        ('user_id', 'user_id'),
    ] -%}
    case
        {%- for kind, column in ladder %}
        when {{ column }} is not null
            then {% if part == 'kind' %}'{{ kind }}'{% elif kind == 'email' %}lower({{ column }}){% else %}{{ column }}{% endif %}
        {%- endfor %}
    end
{%- endmacro %}
