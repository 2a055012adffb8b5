{#-
    State of what one source says of a day: whether it is counted. `suppressed` is somebody without a
    name whom a source that sees everybody counts already, `outranked` what a better source tells, or
    the vendor where nobody knows who pays. The candidate says so in `is_suppressed` and
    `is_told_by_vendor`.
-#}
{% macro candidate_status(source_rank, best_rank) -%}
    case
            when {{ source_rank }} is null then 'unseen'
            when is_suppressed then 'suppressed'
            when is_told_by_vendor or {{ source_rank }} > {{ best_rank }} then 'outranked'
            else 'chosen'
        end
{%- endmacro %}
