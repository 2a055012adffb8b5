{#-
    Post-hook of an incremental model that copies days of a relation: `delete+insert` replaces only
    days that still have rows, so the others are removed here.
-#}
{% macro delete_vanished_days(relation) -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where date_day not in (select kept.date_day from {{ relation }} as kept)
    {%- endif -%}
{%- endmacro %}
