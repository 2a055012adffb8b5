{#-
    Where people's ids appear: landing, staging model, and its columns of account id, account uuid,
    e-mail, enduser id and installation.
-#}
{% macro identity_sightings() -%}
    {%- set all_ids = identity_ladder().values() | list -%}
    {%- set key_principal = "case when principal_type = 'user' then principal_id end" -%}
    {%- set key_creator = "case when created_by_type = 'user' then created_by_id end" -%}
    {{ return([
        ('claude_code_otel', 'stg_claude_code_otel__events', all_ids),
        ('claude_code_otel', 'stg_claude_code_otel__metric_points', all_ids),
        ('anthropic_console', 'stg_anthropic_console__users', ['user_id', none, 'user_email', none, none]),
        ('anthropic_console', 'stg_anthropic_console__invites', [none, none, 'user_email', none, none]),
        ('anthropic_console', 'stg_anthropic_console__workspace_members', ['user_id', none, none, none, none]),
        ('anthropic_console', 'stg_anthropic_console__claude_code_rows', [none, none, 'user_email', none, none]),
        ('anthropic_console', 'stg_anthropic_console__messages_usage', ['user_id', none, none, none, none]),
        ('anthropic_console', 'stg_anthropic_console__api_keys', [key_principal, none, none, none, none]),
        ('anthropic_console', 'stg_anthropic_console__api_keys', [key_creator, none, none, none, none]),
        ('anthropic_enterprise', 'stg_anthropic_enterprise__members', ['user_id', none, 'user_email', none, none]),
        ('anthropic_enterprise', 'stg_anthropic_enterprise__invites', [none, none, 'user_email', none, none]),
        ('anthropic_enterprise', 'stg_anthropic_enterprise__rbac_group_members', ['user_id', none, 'user_email', none, none]),
        ('anthropic_enterprise', 'stg_anthropic_enterprise__spend_limits', ['user_id', none, 'user_email', none, none]),
        ('anthropic_enterprise', 'stg_anthropic_enterprise__user_activity', ['user_id', none, 'user_email', none, none]),
        ('anthropic_enterprise', 'stg_anthropic_enterprise__user_usage_report', ['user_id', none, 'user_email', none, none]),
        ('anthropic_enterprise', 'stg_anthropic_enterprise__user_cost_report', ['user_id', none, 'user_email', none, none]),
        ('anthropic_enterprise', 'stg_anthropic_enterprise__chat_projects', ['user_id', none, none, none, none]),
        ('anthropic_enterprise', 'stg_anthropic_enterprise__chat_projects', ['creator_user_id', none, 'creator_email', none, none]),
        ('anthropic_enterprise', 'stg_anthropic_enterprise__artifacts', ['user_id', none, none, none, none]),
        ('anthropic_enterprise', 'stg_anthropic_enterprise__skills', ['user_id', none, none, none, none]),
        ('anthropic_enterprise', 'stg_anthropic_enterprise__connectors', ['user_id', none, none, none, none]),
        ('anthropic_enterprise', 'stg_anthropic_enterprise__plugins', ['user_id', none, none, none, none]),
        ('anthropic_exports', 'stg_anthropic_exports__members', [none, none, 'user_email', none, none]),
        ('anthropic_exports', 'stg_anthropic_exports__spend_report', ['user_id', 'user_account_uuid', 'user_email', none, none]),
        ('anthropic_exports', 'stg_anthropic_exports__contributions', [none, none, 'user_email', none, none])
    ]) }}
{%- endmacro %}
