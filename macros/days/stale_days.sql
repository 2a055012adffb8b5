{#-
    Stretches of days, as pairs of first and last, that the calling incremental model must rebuild; with
    `reach`, also the days around them that it must read. None when all of history is built: at the
    first time, at a full refresh, and when the model or a view that it reads was edited.
    The warehouse is asked once a model; the strategy replaces what was answered.
-#}
{% macro stale_days(stale, reach=0) -%}
    {%- if not execute or not is_incremental() -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set noted = config.get('meta') -%}
    {%- if noted.get('asked_in') != invocation_id -%}
        {%- do noted.update({'asked_in': invocation_id, 'answers': {}}) -%}
    {%- endif -%}
    {%- if stale | string not in noted.answers -%}
        {%- set days = [] -%}
        {%- for first_day, last_day in run_query(stale_days_query(stale)).rows -%}
            {%- do days.append((first_day, last_day)) -%}
        {%- endfor -%}
        {%- do noted.answers.update({stale | string: days}) -%}
    {%- endif -%}
    {%- set days = [] -%}
    {%- set margin = modules.datetime.timedelta(days=reach) -%}
    {%- for first_day, last_day in noted.answers[stale | string] -%}
        {%- if first_day is none -%}{{ return(none) }}{%- endif -%}
        {%- do days.append((first_day - margin, last_day + margin)) -%}
    {%- endfor -%}
    {{ return(days) }}
{%- endmacro %}
