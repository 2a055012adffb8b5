{#-
    What makes a past day of the calling daily model stale. Days of `margin` on both sides of a cause go
    along, for rows that belong together across midnight.
    `landings`: sources whose news count; an API that is asked again must not rebuild telemetry.
    `causes`: kinds of `int_days__causes` that count besides; none for models that these are made of.
    `inputs`: incremental models, each with a margin of its own, whose rebuilt days are stale here.
    `also`: queries that give a `date_day`, asked when anything at all has happened since.
-#}
{% macro stale_by(landings=[], causes=['people'], margin=0, inputs={}, also=[]) -%}
    {%- set causes_model = 'int_days__causes' if causes else 'int_days__landings' -%}
    {#- For dbt's lineage: in a run the names are asked for where they are needed. -#}
    {%- if not execute -%}
        {%- for name in ['int_days__landings', 'int_days__ledger', causes_model] + inputs.keys() | list -%}
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
