{#-
    What marts point at: a column that is named like the key of a dimension has to be one of its members.
    Days that sources told of may lie outside the calendar.
-#}
{% macro listed_references() -%}
    {%- set unbound = [('fct_observed_days', 'date_day')] -%}
    {%- set references = [] -%}
    {%- for mart in listed_marts() -%}
        {#- Asked for while dbt parses, too: so it knows what the model reads. -#}
        {%- do ref(mart) -%}
        {%- set columns = contract_columns(mart) -%}
        {%- for dimension in listed_marts('dim_') if dimension != mart -%}
            {%- set key = contract_columns(dimension) | first -%}
            {%- if key in columns and (mart, key) not in unbound -%}
                {%- do references.append({
                    'mart': mart,
                    'key': key,
                    'dimension': dimension,
                    'day': 'date_day' if 'date_day' in columns else 'cast(null as date)',
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(references) -%}
{%- endmacro %}
