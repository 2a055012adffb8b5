{#- A client version as one number that sorts: 2.1.329 is 20001000329; null for anything else. -#}
{% macro client_version_number(client_version) -%}
    {{ dbt.safe_cast(dbt.split_part(client_version, "'.'", 1), 'bigint') }} * 10000000000
    + {{ dbt.safe_cast(dbt.split_part(client_version, "'.'", 2), 'bigint') }} * 1000000
    + {{ dbt.safe_cast(dbt.split_part(client_version, "'.'", 3), 'bigint') }}
{%- endmacro %}
