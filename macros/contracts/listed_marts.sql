{#-
    Every mart, dimensions first. dbt must know what a model reads before it knows the marts, so they are
    named here; a test holds that none is missing. All else of them is read from their contracts.
-#}
{% macro listed_marts(prefix='') -%}
    {%- set names = [
        'dim_actors',
        'dim_causes',
        'dim_claude_models',
        'dim_days',
        'dim_org_units',
        'dim_people',
        'dim_reconciliation_pairs',
        'dim_sources',
        'dim_surfaces',
        'dim_workspaces',
        'fct_billed_cost_daily',
        'fct_claude_requests',
        'fct_claude_sessions',
        'fct_feature_use_daily',
        'fct_identity_coverage',
        'fct_invites',
        'fct_observed_days',
        'fct_project_cost_daily',
        'fct_reconciliation_daily',
        'fct_restatements',
        'fct_seats_daily',
        'fct_source_coverage_daily',
        'fct_telemetry_events_daily',
        'fct_telemetry_metrics_daily',
        'fct_token_cost_daily',
        'fct_tool_decisions_daily',
        'fct_usage_daily',
    ] -%}
    {%- set found = [] -%}
    {%- for name in names if name.startswith(prefix) -%}
        {%- do found.append(name) -%}
    {%- endfor -%}
    {%- do return(found) -%}
{%- endmacro %}
