{#-
    What makes a past day of the calling daily model stale. `margin` days on both sides of a cause go along
    for rows that belong together across midnight, or as many as a pair says before and after it.
    `landings`: sources whose news count; an API that is asked again must not rebuild telemetry.
    `causes`: kinds of `int_days__causes` that count besides; none for models that these are made of.
    `inputs`: incremental models, each with a margin of its own, whose rebuilt days are stale here.
    `also`: relations with a `date_day`, each with the condition that tells its stale days.
-#}
{% macro stale_by(landings=[], causes=['people'], margin=0, inputs={}, also={}) -%}
    {%- set causes_model = 'int_days__causes' if causes else 'int_days__landings' -%}
    {%- set models = ['stg_ingestion__observed_days', 'int_days__ledger', causes_model] -%}
    {#- For dbt's lineage: in a run the names are asked for where they are needed. -#}
    {%- if not execute -%}
        {%- for name in models + inputs.keys() | list + also.keys() | list if name != model.name -%}
            {%- do ref(name) -%}
        {%- endfor -%}
    {%- endif -%}
    {{
        return({
            'causes_model': causes_model, 'landings': landings, 'causes': causes,
            'margin': margin, 'inputs': inputs, 'also': also,
        })
    }}
{%- endmacro %}
