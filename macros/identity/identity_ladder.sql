{#- Kinds of ids and their columns in a combination of ids, strongest first. -#}
{% macro identity_ladder() -%}
    {{ return({
        'account_id': 'user_account_id',
        'account_uuid': 'user_account_uuid',
        'email': 'user_email',
        'enduser_id': 'enduser_id',
        'user_id': 'user_id',
    }) }}
{%- endmacro %}
