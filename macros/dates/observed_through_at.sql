{#- The newest news of any source: the watermark that `changed_days` compares with. -#}
{% macro observed_through_at() -%}
    {#- Named here, because `changed_days` names it only in incremental runs, which dbt does not parse. -#}
    {%- do ref('int_identity__reidentified_days') -%}
    {{ newest_observation() }}
{%- endmacro %}
