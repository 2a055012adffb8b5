{% set measures = compared_measures() %}

-- Both sides of each cell that differs, and one total of the day for all that agree. A side that
-- saw somebody on that day counted zero; one that did not knows nothing.
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
        cut_key,
        person_key,
        actor_key,
        claude_model_id,
        client_version,
        {% for measure in measures -%}
        {% for side in ('left', 'right') -%}
        sum(case when side = '{{ side }}' then {{ measure }} end) as {{ side }}__{{ measure }},
        {% endfor -%}
        {% endfor -%}
        count(case when side = 'left' then 1 end) as left__count,
        count(case when side = 'right' then 1 end) as right__count,
        sum(unpriced_count) as unpriced_count,
        coalesce(sum(unseen_search_request_count), 0) as unseen_search_request_count

    from sides

    group by
        date_day,
        pair_id,
        cut_key,
        person_key,
        actor_key,
        claude_model_id,
        client_version

),

days_of_people as (

    select
        date_day,
        pair_id,
        cut_key,
        person_key,
        actor_key,
        max(left__count) as left__count,
        max(right__count) as right__count

    from cells

    group by date_day, pair_id, cut_key, person_key, actor_key

),

filled_cells as (

    select
        cells.date_day,
        cells.pair_id,
        cells.cut_key,
        cells.person_key,
        cells.actor_key,
        cells.claude_model_id,
        cells.client_version,
        {% for measure in measures -%}
        {% for side in ('left', 'right') -%}
        cast(
            case
                {% if measure == 'cost_usd' and side == 'left' -%}
                when cells.unpriced_count > 0 then null
                {% endif -%}
                when cells.{{ side }}__{{ measure }} is not null
                    then cells.{{ side }}__{{ measure }}
                when days_of_people.{{ side }}__count > 0 then 0
            end as decimal(28, 10)
        ) as {{ side }}__{{ measure }},
        {% endfor -%}
        {% endfor -%}
        cells.unpriced_count,
        cells.unseen_search_request_count

    from cells

    inner join days_of_people
        on
            cells.date_day = days_of_people.date_day
            and cells.pair_id = days_of_people.pair_id
            and cells.cut_key = days_of_people.cut_key
            and cells.person_key = days_of_people.person_key
            and cells.actor_key = days_of_people.actor_key

),

agreeing_days as (

    select
        date_day,
        {% for measure in measures -%}
        sum(case when left__{{ measure }} = right__{{ measure }} then left__{{ measure }} end)
            as {{ measure }},
        count(
            case
                when left__{{ measure }} = right__{{ measure }} and left__{{ measure }} != 0
                    then 1
            end
        ) as {{ measure }}__count,
        {% endfor -%}
        pair_id

    from filled_cells

    group by date_day, pair_id

),

measured_cells as (

    {% for measure in measures %}
    select
        date_day,
        pair_id,
        '{{ measure }}' as measure,
        'agreed' as cut_key,
        '-1' as person_key,
        '-1' as actor_key,
        '-1' as claude_model_id,
        cast(null as {{ dbt.type_string() }}) as client_version,
        {{ measure }} as left_value,
        {{ measure }} as right_value,
        {{ measure }}__count as cell_count,
        0 as unpriced_count,
        0 as unseen_search_request_count
    from agreeing_days
    where {{ measure }}__count > 0
    union all
    select
        date_day,
        pair_id,
        '{{ measure }}' as measure,
        cut_key,
        person_key,
        actor_key,
        claude_model_id,
        client_version,
        left__{{ measure }} as left_value,
        right__{{ measure }} as right_value,
        1 as cell_count,
        unpriced_count,
        unseen_search_request_count
    from filled_cells
    where
        (
            left__{{ measure }} != right__{{ measure }}
            or left__{{ measure }} is null
            or right__{{ measure }} is null
        )
        and (coalesce(left__{{ measure }}, 0) != 0 or coalesce(right__{{ measure }}, 0) != 0)
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        measured_cells.date_day,
        measured_cells.pair_id,
        measured_cells.measure,
        measured_cells.cut_key,
        measured_cells.person_key,
        measured_cells.actor_key,
        measured_cells.claude_model_id,
        measured_cells.client_version,
        cast(measured_cells.left_value as decimal(28, 10)) as left_value,
        cast(measured_cells.right_value as decimal(28, 10)) as right_value,
        cast(measured_cells.cell_count as bigint) as cell_count,
        measured_cells.unpriced_count > 0 as is_price_missing,
        measured_cells.unseen_search_request_count > 0 as has_unseen_searches

    from measured_cells

    inner join pairs
        on
            measured_cells.pair_id = pairs.pair_id
            and measured_cells.measure = pairs.measure

)

select * from final
