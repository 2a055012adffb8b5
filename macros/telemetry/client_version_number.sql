{#- A client version as one number that sorts: 2.1.329 is 20001000329; null for anything else. -#}
{% macro client_version_number(client_version) -%}
    {{ whole_number(dbt.split_part(client_version, "'.'", 1)) }} * 10000000000
    + {{ whole_number(dbt.split_part(client_version, "'.'", 2)) }} * 1000000
    + {{ whole_number(dbt.split_part(client_version, "'.'", 3)) }}
{%- endmacro %}
