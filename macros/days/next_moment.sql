{#-
    The moment of a build, by a clock that never goes back: that of the newest landing, and later than all
    that the ledger holds, so that what changes without a landing is news, too.
-#}
{% macro next_moment(landings=none, moment='changed_at') -%}
    greatest(
        (
            select coalesce(max(landings.{{ moment }}), cast('1970-01-01' as timestamp))
            from {{ landings or ref('int_days__landings') }} as landings
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
