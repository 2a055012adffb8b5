{% set measures = [
    'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_5m_tokens',
    'cache_write_1h_tokens', 'web_search_count', 'request_count'
] %}

-- What the organisation's report has above its users': automation, above all. Never cut off at
-- zero: users with more than their organisation are a fault that has to be seen.
with

report_groups as (

    select * from {{ ref('int_cost__enterprise_report_groups') }}

),

-- Without a landed user report nobody knows what of the total is whose, and telemetry, which then
-- counts, is part of it.
user_report_days as (

    select distinct date_day
    from {{ ref('stg_ingestion__observed_days') }}
    where
        source_id = 'anthropic_enterprise'
        and table_name = 'user_usage_report'
        and status in ('landed', 'empty')

),

-- Added up from one list, not joined, so that a build of some days reads those days alone.
parts as (

    select
        {% for measure in measures %}
        coalesce({{ measure }}, 0) as reported_{{ measure }},
        0 as used_{{ measure }},
        {% endfor %}
        date_day,
        product,
        raw_claude_model_id,
        context_window,
        inference_geo,
        speed,
        case when is_told_in_parts then 1 else 0 end as told_in_parts_rank,
        1 as report_rank

    from report_groups

    union all

    select
        {% for measure in measures %}
        0 as reported_{{ measure }},
        coalesce({{ measure }}, 0) as used_{{ measure }},
        {% endfor %}
        date_day,
        product,
        raw_claude_model_id,
        cast(null as {{ dbt.type_string() }}) as context_window,
        cast(null as {{ dbt.type_string() }}) as inference_geo,
        cast(null as {{ dbt.type_string() }}) as speed,
        0 as told_in_parts_rank,
        0 as report_rank

    from {{ ref('stg_anthropic_enterprise__user_usage_report') }}

),

compared as (

    select
        {% for measure in measures %}
        sum(reported_{{ measure }}) as reported_{{ measure }},
        sum(reported_{{ measure }} - used_{{ measure }}) as {{ measure }},
        {% endfor %}
        date_day,
        product,
        raw_claude_model_id,
        max(context_window) as context_window,
        max(inference_geo) as inference_geo,
        max(speed) as speed,
        max(told_in_parts_rank) = 1 as is_told_in_parts,
        max(report_rank) = 1 as is_in_report

    from parts

    group by date_day, product, raw_claude_model_id

),

total_parts as (

    select
        {% for measure in measures %}
        coalesce({{ measure }}, 0) as {{ measure }},
        {% endfor %}
        date_day,
        1 as total_rank

    from {{ ref('stg_anthropic_enterprise__usage_report') }}

    where cut = 'total'

    union all

    select
        {% for measure in measures %}
        case when is_in_report then 0 else {{ measure }} end - reported_{{ measure }}
            as {{ measure }},
        {% endfor %}
        date_day,
        0 as total_rank

    from compared

),

-- A report tells its largest groups and no rest: what is left of the total is of any product.
untold as (

    select
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {% endfor %}
        date_day,
        cast(null as {{ dbt.type_string() }}) as product,
        cast(null as {{ dbt.type_string() }}) as raw_claude_model_id,
        cast(null as {{ dbt.type_string() }}) as context_window,
        cast(null as {{ dbt.type_string() }}) as inference_geo,
        cast(null as {{ dbt.type_string() }}) as speed,
        true as is_told_in_parts,
        true as is_of_untold_groups

    from total_parts

    group by date_day

    having max(total_rank) = 1

),

remainders as (

    select
        {% for measure in measures %}
        {{ measure }},
        {% endfor %}
        date_day,
        product,
        raw_claude_model_id,
        context_window,
        inference_geo,
        speed,
        is_told_in_parts,
        false as is_of_untold_groups

    from compared

    where is_in_report

    union all

    select * from untold

),

final as (

    select
        {{
            surrogate_key([
                'remainders.date_day',
                'remainders.product',
                'remainders.raw_claude_model_id',
                'remainders.is_of_untold_groups'
            ])
        }} as unattributed_key,
        {% for measure in measures %}
        cast(remainders.{{ measure }} as bigint) as {{ measure }},
        {% endfor %}
        remainders.date_day,
        remainders.product,
        remainders.raw_claude_model_id,
        remainders.context_window,
        remainders.inference_geo,
        remainders.speed,
        remainders.is_told_in_parts,
        remainders.is_of_untold_groups

    from remainders

    inner join user_report_days
        on remainders.date_day = user_report_days.date_day

    where
        false
        {% for measure in measures %}
        or remainders.{{ measure }} != 0
        {% endfor %}

)

select * from final
