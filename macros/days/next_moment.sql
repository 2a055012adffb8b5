{#-
    The moment of a build, by a clock that never goes back: that of the newest look at any source, and later
    than all that the ledger holds, so that what changes without a landing is news, too.
-#}
{% macro next_moment() -%}
    greatest(
        (
            select coalesce(max(looks.observed_at), cast('1970-01-01' as timestamp))
            from {{ ref('stg_ingestion__observed_days') }} as looks
        ),
        (
            select
                coalesce(
                    {{ dbt.dateadd('microsecond', 1, 'max(ledger.built_through_at)') }},
                    cast('1970-01-01' as timestamp)
                )
            from {{ ref('int_days__ledger') }} as ledger
        )
    )
{%- endmacro %}
