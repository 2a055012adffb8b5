{#- Columns of a combination of ids, strongest first, as in the kinds of the identity ladder. -#}
{% macro identity_columns() -%}
    {{ return(['user_account_id', 'user_account_uuid', 'user_email', 'enduser_id', 'user_id']) }}
{%- endmacro %}
