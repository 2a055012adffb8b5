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

users as (

    select
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {% endfor %}
        date_day,
        product,
        raw_claude_model_id

    from {{ ref('stg_anthropic_enterprise__user_usage_report') }}

    group by date_day, product, raw_claude_model_id

),

compared as (

    select
        {% for measure in measures %}
        coalesce(report_groups.{{ measure }}, 0) as reported_{{ measure }},
        coalesce(report_groups.{{ measure }}, 0) - coalesce(users.{{ measure }}, 0)
            as {{ measure }},
        {% endfor %}
        coalesce(report_groups.date_day, users.date_day) as date_day,
        coalesce(report_groups.product, users.product) as product,
        coalesce(report_groups.raw_claude_model_id, users.raw_claude_model_id)
            as raw_claude_model_id,
        report_groups.context_window,
        report_groups.inference_geo,
        report_groups.speed,
        coalesce(report_groups.is_told_in_parts, false) as is_told_in_parts,
        report_groups.report_group_key is not null as is_in_report

    from report_groups

    full outer join users
        on
            report_groups.date_day = users.date_day
            and coalesce(report_groups.product, '~none~') = coalesce(users.product, '~none~')
            and coalesce(report_groups.raw_claude_model_id, '~none~')
            = coalesce(users.raw_claude_model_id, '~none~')

),

totals as (

    select * from {{ ref('stg_anthropic_enterprise__usage_report') }}
    where cut = 'total'

),

told as (

    select
        {% for measure in measures %}
        sum(reported_{{ measure }} - case when is_in_report then 0 else {{ measure }} end)
            as {{ measure }},
        {% endfor %}
        date_day

    from compared

    group by date_day

),

-- A report tells its largest groups and no rest: what is left of the total is of any product.
untold as (

    select
        {% for measure in measures %}
        coalesce(totals.{{ measure }}, 0) - coalesce(told.{{ measure }}, 0) as {{ measure }},
        {% endfor %}
        totals.date_day,
        cast(null as {{ dbt.type_string() }}) as product,
        cast(null as {{ dbt.type_string() }}) as raw_claude_model_id,
        cast(null as {{ dbt.type_string() }}) as context_window,
        cast(null as {{ dbt.type_string() }}) as inference_geo,
        cast(null as {{ dbt.type_string() }}) as speed,
        true as is_told_in_parts,
        true as is_of_untold_groups

    from totals

    left join told
        on totals.date_day = told.date_day

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
