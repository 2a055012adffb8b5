{% set measures = compared_measures() %}
{% set sides = ('left', 'right') %}
{% set cell = ['cut_key', 'person_key', 'actor_key', 'claude_model_id', 'client_version'] %}

-- Both sides of each cell that differs, and one total of the day for all that agree. A side that
-- saw somebody on that day counted zero; one that did not knows nothing. No step is read twice, so
-- that a day reads that day alone.
with

sides as (

    select * from {{ ref('int_reconciliation__use_sides') }}

),

pairs as (

    select
        pair_id,
        measure

    from {{ ref('int_reconciliation__pairs') }}

),

cells as (

    select
        date_day,
        pair_id,
        {% for measure in measures -%}
        {% for side in sides -%}
        sum(case when side = '{{ side }}' then {{ measure }} end) as {{ side }}__{{ measure }},
        {% endfor -%}
        {% endfor -%}
        {% for side in sides -%}
        count(case when side = '{{ side }}' then 1 end) as {{ side }}__count,
        {% endfor -%}
        sum(unpriced_count) as unpriced_count,
        coalesce(sum(unseen_search_request_count), 0) as unseen_search_request_count,
        {{ cell | join(',\n        ') }}

    from sides

    group by date_day, pair_id, {{ cell | join(', ') }}

),

cells_of_seen_people as (

    select
        {% for side in sides -%}
        max({{ side }}__count) over (
            partition by date_day, pair_id, cut_key, person_key, actor_key
        ) > 0 as is_seen_on_the_{{ side }},
        {% endfor -%}
        *

    from cells

),

measured_cells as (

    select
        cells_of_seen_people.date_day,
        cells_of_seen_people.pair_id,
        pairs.measure,
        {% for column in cell -%}
        cells_of_seen_people.{{ column }},
        {% endfor -%}
        {% for side in sides -%}
        cast(
            coalesce(
                case pairs.measure
                    {% for measure in measures -%}
                    when '{{ measure }}' then cells_of_seen_people.{{ side }}__{{ measure }}
                    {% endfor -%}
                end,
                case when cells_of_seen_people.is_seen_on_the_{{ side }} then 0 end
            ) as decimal(28, 10)
        ) as {{ side }}_value,
        {% endfor -%}
        cells_of_seen_people.unpriced_count > 0 as is_price_missing,
        cells_of_seen_people.unseen_search_request_count > 0 as has_unseen_searches

    from cells_of_seen_people

    inner join pairs
        on cells_of_seen_people.pair_id = pairs.pair_id

),

compared_cells as (

    select
        date_day,
        pair_id,
        measure,
        {% for column in cell -%}
        {{ column }},
        {% endfor -%}
        -- One request without a price leaves the list cost of its cell open.
        case when not is_price_missing then left_value end as left_value,
        right_value,
        is_price_missing,
        has_unseen_searches,
        not is_price_missing and coalesce(left_value = right_value, false) as is_agreed

    from measured_cells

    where coalesce(left_value, 0) != 0 or coalesce(right_value, 0) != 0

),

named_cells as (

    select
        date_day,
        pair_id,
        measure,
        case when is_agreed then 'agreed' else cut_key end as cut_key,
        {% for column in ['person_key', 'actor_key', 'claude_model_id'] -%}
        case when is_agreed then '-1' else {{ column }} end as {{ column }},
        {% endfor -%}
        case when not is_agreed then client_version end as client_version,
        left_value,
        right_value,
        case when is_price_missing then 1 else 0 end as unpriced_count,
        case when has_unseen_searches and not is_agreed then 1 else 0 end as unseen_count

    from compared_cells

),

final as (

    select
        date_day,
        pair_id,
        measure,
        {{ cell | join(',\n        ') }},
        cast(sum(left_value) as decimal(28, 10)) as left_value,
        cast(sum(right_value) as decimal(28, 10)) as right_value,
        cast(count(*) as bigint) as cell_count,
        sum(unpriced_count) > 0 as is_price_missing,
        sum(unseen_count) > 0 as has_unseen_searches

    from named_cells

    group by date_day, pair_id, measure, {{ cell | join(', ') }}

)

select * from final
