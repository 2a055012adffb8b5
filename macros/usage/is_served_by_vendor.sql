{#- Whether the vendor itself serves a channel, so that its own lists and reports tell of it. -#}
{% macro is_served_by_vendor(channel) -%}
    {{ channel }} in ('enterprise', 'team', 'console')
{%- endmacro %}
