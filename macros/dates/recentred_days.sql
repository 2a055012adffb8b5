{#-
    Days on which the calling incremental model has a workspace under another cost centre than is
    known by now: the list of workspaces may land later than what they cost.
-#}
{% macro recentred_days() -%}
    select built.date_day
    from {{ this }} as built
    inner join {{ ref('int_billing__workspaces') }} as workspaces
        on
            built.workspace_key = workspaces.workspace_key
            and built.date_day >= workspaces.valid_from_date
            and built.date_day < workspaces.until_date
            and built.cost_centre != workspaces.cost_centre
{%- endmacro %}
