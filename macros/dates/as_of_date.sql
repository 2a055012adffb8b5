{#- The one clock of the warehouse: the reporting day, from CLAUDE_ANALYTICS_AS_OF, else today in UTC. -#}
{% macro as_of_date() -%}
    cast('{{ env_var("CLAUDE_ANALYTICS_AS_OF", run_started_at.strftime("%Y-%m-%d")) }}' as date)
{%- endmacro %}
