{{
    config(
        materialized='incremental',
        incremental_strategy='stale_days',
        on_schema_change='fail'
    )
}}

{% set token_measures = [
    'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens',
] %}
{% set contributions = [
    'session_count', 'lines_added_count', 'lines_removed_count', 'commit_count',
    'pull_request_count',
] %}
{% set measures_of = {
    'console_report:otel_events': token_measures + ['reported_cost_usd'],
    'enterprise_usage:otel_events': ['request_count'] + token_measures,
    'console_report:otel_metrics': contributions,
    'enterprise_activity:otel_metrics': contributions,
} %}
{% set channel_of = {
    'console_report:otel_events': 'console',
    'enterprise_usage:otel_events': 'enterprise',
    'console_report:otel_metrics': 'console',
    'enterprise_activity:otel_metrics': 'enterprise',
} %}
{% set source_pairs = [
    ('console_claude_code_models', 'otel_events'), ('console_claude_code_rows', 'otel_metrics'),
    ('enterprise_user_usage_report', 'otel_events'), ('enterprise_user_activity', 'otel_metrics'),
] %}
{% set measures = ['request_count'] + token_measures + ['reported_cost_usd'] + contributions %}
{% set cell = [
    'pair_id', 'measure', 'cut_key', 'actor_key', 'person_key', 'claude_model_id',
] %}

-- What the vendor says of Claude Code beside what its clients sent, by who is billed for it.
-- A difference put down to lag is judged again until the late side has caught up.
{% set stale = stale_by(
    report_landings(),
    causes=['people', 'source_starts'],
    margin=2,
    inputs={'int_claude_code__source_totals': 1},
    also={model.name: "cause_code = 'lag' and exists (select 1 from anything_new)"},
) %}
{% set input_days = stale_days(stale, reach=1) %}
with

{% for name, relation in [
    ('telemetry', 'int_claude_code__source_totals'),
    ('console_rows', 'stg_anthropic_console__claude_code_rows'),
    ('console_models', 'stg_anthropic_console__claude_code_models'),
    ('enterprise_usage', 'stg_anthropic_enterprise__user_usage_report'),
    ('enterprise_activity', 'stg_anthropic_enterprise__user_activity'),
] %}
{{ name }} as (

    select * from {{ ref(relation) }}
    where {{ in_days('date_day', input_days) }}

),

{% endfor %}
aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

model_aliases as (

    select
        model_alias,
        claude_model_id

    from {{ ref('int_pricing__model_aliases') }}

),

pairs as (

    select * from {{ ref('int_reconciliation__pairs') }}

),

-- The Console also tells of members whose use a seat pays.
console_actors as (

    select
        *,
        case when actor_type = 'api_actor' then 'api_key_name' else 'email' end as identity_kind,
        case when actor_type = 'api_actor' then api_key_name else user_email end as identity_value,
        case
            when customer_type = 'subscription' then coalesce(subscription_type, 'unknown')
            else 'console'
        end as channel

    from console_rows

),

reported as (

    select
        console_models.date_day,
        'console_report:otel_events' as pair_id,
        console_actors.channel,
        console_actors.identity_kind,
        console_actors.identity_value,
        console_models.raw_claude_model_id,
        cast(null as bigint) as request_count,
        {% for measure in token_measures -%}
        console_models.{{ measure }},
        {% endfor -%}
        {% for measure in contributions -%}
        cast(null as bigint) as {{ measure }},
        {% endfor -%}
        console_models.reported_cost_usd

    from console_models

    inner join console_actors
        on
            console_models.date_day = console_actors.date_day
            and console_models.claude_code_row_key = console_actors.row_key

    union all

    select
        date_day,
        'console_report:otel_metrics' as pair_id,
        channel,
        identity_kind,
        identity_value,
        cast(null as {{ dbt.type_string() }}) as raw_claude_model_id,
        cast(null as bigint) as request_count,
        {% for measure in token_measures -%}
        cast(null as bigint) as {{ measure }},
        {% endfor -%}
        {% for measure in contributions -%}
        {{ measure }},
        {% endfor -%}
        cast(null as decimal(28, 10)) as reported_cost_usd

    from console_actors

    union all

    select
        date_day,
        'enterprise_usage:otel_events' as pair_id,
        'enterprise' as channel,
        'account_id' as identity_kind,
        user_id as identity_value,
        raw_claude_model_id,
        request_count,
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_write_5m_tokens + cache_write_1h_tokens as cache_write_tokens,
        {% for measure in contributions -%}
        cast(null as bigint) as {{ measure }},
        {% endfor -%}
        cast(null as decimal(28, 10)) as reported_cost_usd

    from enterprise_usage

    where product = 'claude_code'

    union all

    select
        date_day,
        'enterprise_activity:otel_metrics' as pair_id,
        'enterprise' as channel,
        'account_id' as identity_kind,
        user_id as identity_value,
        cast(null as {{ dbt.type_string() }}) as raw_claude_model_id,
        cast(null as bigint) as request_count,
        {% for measure in token_measures -%}
        cast(null as bigint) as {{ measure }},
        {% endfor -%}
        {% for measure in contributions -%}
        claude_code_{{ measure }} as {{ measure }},
        {% endfor -%}
        cast(null as decimal(28, 10)) as reported_cost_usd

    from enterprise_activity

),

raw_models as (

    select distinct raw_claude_model_id
    from reported

),

models as (

    select
        raw_models.raw_claude_model_id,
        model_aliases.claude_model_id

    from raw_models

    inner join model_aliases
        on
            {{ claude_model_id_part('raw_models.raw_claude_model_id', 'id') }}
            = model_aliases.model_alias

),

sides as (

    select
        reported.date_day,
        reported.pair_id,
        'left' as side,
        reported.channel,
        coalesce(aliases.person_key, '-1') as person_key,
        coalesce(aliases.actor_key, '-1') as actor_key,
        {% for measure in measures -%}
        cast(reported.{{ measure }} as decimal(28, 10)) as {{ measure }},
        {% endfor -%}
        coalesce(models.claude_model_id, '-1') as claude_model_id

    from reported

    left join aliases
        on
            reported.identity_kind = aliases.identity_kind
            and reported.identity_value = aliases.identity_value
            and {{ alias_holds('reported.date_day', 'aliases') }}

    left join models
        on reported.raw_claude_model_id = models.raw_claude_model_id

    union all

    {% for pair_id, channel in channel_of.items() %}
    {%- set source_id = pair_id.split(':')[1] %}
    select
        date_day,
        '{{ pair_id }}' as pair_id,
        'right' as side,
        channel,
        person_key,
        '-1' as actor_key,
        {% for measure in measures -%}
        {% if measure in measures_of[pair_id] -%}
        {{ measure }},
        {% else -%}
        cast(null as decimal(28, 10)) as {{ measure }},
        {% endif -%}
        {% endfor -%}
        {% if source_id == 'otel_metrics' -%}
        '-1' as claude_model_id
        {% else -%}
        claude_model_id
        {% endif -%}
    from telemetry
    where source_id = '{{ source_id }}' and channel = '{{ channel }}'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

cells as (

    select
        date_day,
        pair_id,
        channel,
        person_key,
        actor_key,
        {% for measure in measures -%}
        {% for side in ('left', 'right') -%}
        sum(case when side = '{{ side }}' then {{ measure }} end) as {{ side }}__{{ measure }},
        {% endfor -%}
        {% endfor -%}
        claude_model_id

    from sides

    group by date_day, pair_id, channel, person_key, actor_key, claude_model_id

),

seen as (

    select
        date_day,
        pair_id,
        channel,
        person_key,
        actor_key,
        max(case when side = 'left' then 1 else 0 end) as left__seen,
        max(case when side = 'right' then 1 else 0 end) as right__seen

    from sides

    group by date_day, pair_id, channel, person_key, actor_key

),

-- A source that saw somebody on that day counted zero; one that did not knows nothing.
filled as (

    select
        cells.date_day,
        cells.pair_id,
        cells.channel,
        cells.person_key,
        cells.actor_key,
        {% for measure in measures -%}
        {% for side in ('left', 'right') -%}
        coalesce(
            cells.{{ side }}__{{ measure }}, case when seen.{{ side }}__seen = 1 then 0 end
        ) as {{ side }}__{{ measure }},
        {% endfor -%}
        {% endfor -%}
        cells.claude_model_id

    from cells

    inner join seen
        on
            cells.date_day = seen.date_day
            and cells.pair_id = seen.pair_id
            and cells.channel = seen.channel
            and cells.person_key = seen.person_key
            and cells.actor_key = seen.actor_key

),

-- What agrees is kept as one total of the day; only what differs is looked at cell by cell.
agreeing as (

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
        ) as {{ measure }}__cells,
        {% endfor -%}
        pair_id

    from filled

    group by date_day, pair_id

),

agreed as (

    {% for measure in measures %}
    select
        date_day,
        pair_id,
        '{{ measure }}' as measure,
        {{ measure }} as agreed_value,
        {{ measure }}__cells as cell_count
    from agreeing
    where {{ measure }}__cells > 0
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

apart as (

    {% for measure in measures %}
    select
        date_day,
        pair_id,
        '{{ measure }}' as measure,
        channel as cut_key,
        person_key,
        actor_key,
        claude_model_id,
        left__{{ measure }} as left_value,
        right__{{ measure }} as right_value,
        coalesce(left__{{ measure }}, 0) - coalesce(right__{{ measure }}, 0) as net_difference
    from filled
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

tolerated as (

    select
        apart.*,
        pairs.is_timed_apart,
        pairs.settling_share,
        coalesce(
            pairs.left_complete_until_at < {{ dbt.dateadd('day', 1, 'apart.date_day') }}, true
        ) as is_left_late,
        coalesce(
            pairs.right_complete_until_at < {{ dbt.dateadd('day', 1, 'apart.date_day') }}, true
        ) as is_right_late,
        coalesce(
            pairs.left_settled_until_at < {{ dbt.dateadd('day', 1, 'apart.date_day') }}, true
        ) as is_left_settling,
        case apart.pair_id
            {%- for pair_id, channel in channel_of.items() %}
            when '{{ pair_id }}' then '{{ channel }}'
            {%- endfor %}
        end as compared_channel,
        case
            when abs(coalesce(apart.left_value, 0)) > abs(coalesce(apart.right_value, 0))
                then abs(coalesce(apart.left_value, 0))
            else abs(coalesce(apart.right_value, 0))
        end as larger_value,
        case
            when
                pairs.absolute_tolerance
                > pairs.relative_tolerance * cast(abs(coalesce(apart.right_value, 0)) as double)
                then pairs.absolute_tolerance
            else pairs.relative_tolerance * cast(abs(coalesce(apart.right_value, 0)) as double)
        end as tolerance

    from apart

    inner join pairs
        on
            apart.pair_id = pairs.pair_id
            and apart.measure = pairs.measure
            and apart.date_day >= pairs.first_day

),

-- Two clocks on either side of midnight add to one day what they take from the other.
balanced as (

    select
        *,
        {{ neighbour_difference('lag', cell) }} as previous_net,
        {{ neighbour_difference('lead', cell) }} as next_net

    from tolerated

),

judged as (

    select
        *,
        case
            -- Its own pair compares it; here it would count a second time.
            {{ caused_by('overlap', 'cut_key != compared_channel') }}
            {{ caused_by(
                'overlap',
                "is_timed_apart
                and abs(net_difference) > tolerance
                and (
                    abs(net_difference + previous_net) <= tolerance
                    or abs(net_difference + next_net) <= tolerance
                    or abs(net_difference + previous_net + next_net) <= tolerance
                )"
            ) }}
            {{ caused_by(
                'lag',
                "cut_key = compared_channel
                and (left_value is null and is_left_late or right_value is null and is_right_late)"
            ) }}
            {{ caused_by(
                'missing_population',
                "cut_key = compared_channel and (left_value is null or right_value is null)"
            ) }}
            {{ caused_by('rounding', 'abs(net_difference) <= tolerance') }}
            {{ caused_by(
                'lag',
                "net_difference < 0 and is_left_late or net_difference > 0 and is_right_late"
            ) }}
            -- A count that is corrected changes by one at least, however small it is.
            {{ caused_by(
                'lag',
                "is_left_settling
                and (
                    abs(net_difference) <= settling_share * larger_value
                    or measure != 'reported_cost_usd' and abs(net_difference) <= 1
                )"
            ) }}
            else 'unexplained'
        end as cause_code

    from balanced

),

differences as (

    select
        date_day,
        pair_id,
        measure,
        actor_key,
        person_key,
        claude_model_id,
        cut_key,
        cast(left_value as double) as left_value,
        cast(right_value as double) as right_value,
        tolerance,
        cause_code,
        cast(1 as bigint) as cell_count

    from judged

    union all

    select
        agreed.date_day,
        agreed.pair_id,
        agreed.measure,
        '-1' as actor_key,
        '-1' as person_key,
        '-1' as claude_model_id,
        'agreed' as cut_key,
        cast(agreed.agreed_value as double) as left_value,
        cast(agreed.agreed_value as double) as right_value,
        cast(0 as double) as tolerance,
        'none' as cause_code,
        cast(agreed.cell_count as bigint) as cell_count

    from agreed

    inner join pairs
        on
            agreed.pair_id = pairs.pair_id
            and agreed.measure = pairs.measure
            and agreed.date_day >= pairs.first_day

),

final as (

    select
        {{
            surrogate_key([
                'date_day', 'pair_id', 'measure', 'actor_key', 'person_key', 'claude_model_id',
                'cut_key'
            ])
        }} as source_difference_key,
        date_day,
        pair_id,
        measure,
        '-1' as org_unit_key,
        actor_key,
        person_key,
        claude_model_id,
        cast(null as {{ dbt.type_string() }}) as client_version,
        cut_key,
        left_value,
        right_value,
        tolerance,
        cause_code,
        cell_count,
        {{ observed_through_at() }} as observed_through_at

    from differences

)

select * from final
