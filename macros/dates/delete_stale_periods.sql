{#-
    Post-hook of `fct_billed_cost_daily`: rows of a period are made again all at once, so one that is
    older than the newest row exists no more, such as that of a report which a longer one replaced.
-#}
{% macro delete_stale_periods() -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where
        cost_kind != 'reported'
        and observed_through_at < (select max(newest.observed_through_at) from {{ this }} as newest)
    {%- endif -%}
{%- endmacro %}
