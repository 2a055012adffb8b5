{#-
    Days that a daily incremental model must rebuild: those that its landings have observed since the
    model was last built, and those on which somebody turned out to be somebody else; `margin` days on
    both sides for rows that belong together across midnight.
    The model carries `observed_through_at`, the newest observation it was built from. No fixed look-back:
    a restatement of an old day rebuilds that day, and a day without news costs nothing.
-#}
{% macro changed_days(landings, margin=0) -%}
    {{ landed_days(landings, margin) }}
    union
    {{ days_since_build(ref('int_identity__reidentified_days'), 'observed_through_at', margin) }}
{%- endmacro %}
