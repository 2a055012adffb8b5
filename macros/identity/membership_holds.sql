{#- Whether somebody is in a team on a day; ranges are half-open and never null. -#}
{% macro membership_holds(day, memberships) -%}
    ({{ day }} >= {{ memberships }}.valid_from_date and {{ day }} < {{ memberships }}.until_date)
{%- endmacro %}
