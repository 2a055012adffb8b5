{#-
    Days of the past that only now can be compared: a source was landed for the first time, or
    further back than when the calling model was built.
-#}
{% macro newly_compared_days() -%}
    select landed.date_day
    from {{ ref('int_ingestion__changed_days') }} as landed
    inner join {{ ref('int_reconciliation__pairs') }} as pairs
        on landed.date_day >= pairs.first_day
    where
        pairs.comparable_since_at > (
            select max(built.built_through_at)
            from {{ ref('int_days__ledger') }} as built
            where built.model_name = '{{ model.name }}'
        )
{%- endmacro %}
