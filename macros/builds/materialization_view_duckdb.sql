{#-
    A view of DuckDB in one statement. dbt's own makes it beside the old one, renames both and drops
    the old: four statements and a second commit, which nobody who reads a view needs.
-#}
{% materialization view, adapter='duckdb' %}

    {%- set old = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if old is not none and not old.is_view -%}
        {%- do adapter.drop_relation(old) -%}
    {%- endif -%}
    {% call statement('main') %}
        {{ get_create_view_as_sql(target_relation, sql) | replace('create view', 'create or replace view', 1) }}
    {% endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}
