{#-
    Days of telemetry that the calling incremental model put in another channel than its organisation
    is known by now: an organisation's members may land later than what they did.
-#}
{% macro rechannelled_days() -%}
    select built.date_day
    from {{ this }} as built
    inner join {{ ref('int_channels__organizations') }} as organizations
        on built.organization_id = organizations.organization_id
    where
        built.channel not in ('bedrock', 'vertex')
        and built.channel != organizations.channel
{%- endmacro %}
