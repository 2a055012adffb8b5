{#-
    Who is billed for a telemetry row: the cloud that served it, else the organisation that was
    signed in. A first-party client without an organisation used an API key, which only the Console
    has. `organizations` is the alias under which `int_channels__organizations` was joined.
-#}
{% macro telemetry_channel(provider, price_platform, organization_id, organizations) -%}
    case
            when lower({{ provider }}) = 'bedrock' or {{ price_platform }} = 'bedrock' then 'bedrock'
            when lower({{ provider }}) = 'vertex' or {{ price_platform }} = 'google_cloud' then 'vertex'
            when lower({{ provider }}) != 'firstparty' then 'unknown'
            when {{ organization_id }} is not null then coalesce({{ organizations }}.channel, 'unknown')
            else 'console'
        end
{%- endmacro %}
