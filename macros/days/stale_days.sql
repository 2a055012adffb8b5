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
    {%- if noted.get('stale_in') != invocation_id -%}
        {%- set answer = run_query(stale_days_query(stale)).rows -%}
        {%- set is_whole = answer | length == 1 and answer[0][0] is none -%}
        {%- set days = [] -%}
        {%- for row in answer if not is_whole -%}
            {%- do days.append((row[0] | string, row[1] | string)) -%}
        {%- endfor -%}
        {%- do noted.update({
            'stale_in': invocation_id,
            'stale_days': none if is_whole else days,
        }) -%}
    {%- endif -%}
    {%- if not noted.stale_days or reach == 0 -%}
        {{ return(noted.stale_days) }}
    {%- endif -%}
    {%- set read_days = [] -%}
    {%- set day = modules.datetime.date.fromisoformat -%}
    {%- set margin = modules.datetime.timedelta(days=reach) -%}
    {%- for first_day, last_day in noted.stale_days -%}
        {%- do read_days.append((day(first_day) - margin, day(last_day) + margin)) -%}
    {%- endfor -%}
    {{ return(read_days) }}
{%- endmacro %}
