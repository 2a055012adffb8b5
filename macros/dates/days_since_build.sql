{#-
    Days of a relation that are newer than what the calling incremental model was built from; of the
    named landings only, if there are any.
-#}
{% macro days_since_build(relation, moment, margin, landings=none) -%}
    {%- for offset in range(-margin, margin + 1) %}
    select
        {% if offset == 0 -%}
        changes.date_day
        {%- else -%}
        cast({{ dbt.dateadd('day', offset, 'changes.date_day') }} as date) as date_day
        {%- endif %}
    from {{ relation }} as changes
    where
        changes.{{ moment }} > (
            select coalesce(max(built.observed_through_at), cast('1970-01-01' as timestamp))
            from {{ this }} as built
        )
        {%- if landings is not none %}
        and changes.source_id in ('{{ landings | join("', '") }}')
        {%- endif %}
    {% if not loop.last %}union{% endif %}
    {%- endfor %}
{%- endmacro %}
