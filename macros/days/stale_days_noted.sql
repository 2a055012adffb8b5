{#- All stretches of stale days that the calling model has asked for; none for all of history. -#}
{% macro stale_days_noted() -%}
    {%- set days = [] -%}
    {%- for stretches in config.get('meta').answers.values() -%}
        {%- for first_day, last_day in stretches -%}
            {%- if first_day is none -%}{{ return(none) }}{%- endif -%}
            {%- do days.append((first_day, last_day)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(days | unique | sort) }}
{%- endmacro %}
