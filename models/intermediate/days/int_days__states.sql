{{ config(materialized='incremental', incremental_strategy='append', schema='identity') }}

-- What facts are told by and what can change without them: all stretches of a subject anew whenever
-- one of them did. A subject that is gone has one stretch without a state.
with

people as (

    select
        'people' as cause,
        identity_kind as subject_kind,
        identity_value as subject,
        valid_from_date,
        until_date,
        {{ dbt.concat(['person_key', "'|'", 'actor_key']) }} as state

    from {{ ref('int_identity__aliases') }}

),

places as (

    select
        'places' as cause,
        'person_key' as subject_kind,
        person_key as subject,
        valid_from_date,
        until_date,
        org_unit_key as state

    from {{ ref('int_identity__memberships') }}

),

prices as (

    select
        'prices' as cause,
        'price' as subject_kind,
        {{
            dbt.concat([
                'platform', "' '", 'claude_model_id', "' '", 'speed', "' '",
                'cast(from_prompt_tokens as ' ~ dbt.type_string() ~ ')'
            ])
        }} as subject,
        valid_from_date,
        until_date,
        {{
            surrogate_key([
                'until_prompt_tokens', 'input_usd_per_mtok', 'output_usd_per_mtok',
                'cache_write_5m_usd_per_mtok', 'cache_write_1h_usd_per_mtok',
                'cache_read_usd_per_mtok', 'web_search_usd', 'batch_factor',
                'us_geography_factor', 'regional_endpoint_factor', 'government_endpoint_factor'
            ])
        }} as state

    from {{ ref('int_pricing__token_prices') }}

),

model_aliases as (

    select
        'prices' as cause,
        'model_alias' as subject_kind,
        model_alias as subject,
        {{ earliest_date() }} as valid_from_date,
        {{ latest_date() }} as until_date,
        claude_model_id as state

    from {{ ref('int_pricing__model_aliases') }}

),

channels as (

    select
        'channels' as cause,
        'organization_id' as subject_kind,
        organization_id as subject,
        {{ earliest_date() }} as valid_from_date,
        {{ latest_date() }} as until_date,
        channel as state

    from {{ ref('int_channels__organizations') }}

),

cost_centres as (

    select
        'cost_centres' as cause,
        'workspace_key' as subject_kind,
        workspace_key as subject,
        valid_from_date,
        until_date,
        cost_centre as state

    from {{ ref('int_billing__workspaces') }}

),

source_starts as (

    select
        'source_starts' as cause,
        'source_id' as subject_kind,
        source_id as subject,
        first_day as valid_from_date,
        {{ latest_date() }} as until_date,
        'landed' as state

    from {{ ref('int_reconciliation__source_starts') }}

),

states as (

    {% for kind in [
        'people', 'places', 'prices', 'model_aliases', 'channels', 'cost_centres', 'source_starts'
    ] %}
    select * from {{ kind }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{% if is_incremental() %}
newest_versions as (

    select
        cause,
        subject_kind,
        subject,
        max(changed_at) as changed_at

    from {{ this }}

    group by cause, subject_kind, subject

),

remembered as (

    select remembered.*

    from {{ this }} as remembered

    inner join newest_versions
        on
            remembered.cause = newest_versions.cause
            and remembered.subject_kind = newest_versions.subject_kind
            and remembered.subject = newest_versions.subject
            and remembered.changed_at = newest_versions.changed_at

    where remembered.state is not null

),

-- A stretch that only one of both sides has, or a state that they disagree on.
changed_subjects as (

    select distinct
        coalesce(states.cause, remembered.cause) as cause,
        coalesce(states.subject_kind, remembered.subject_kind) as subject_kind,
        coalesce(states.subject, remembered.subject) as subject

    from states

    full outer join remembered
        on
            states.cause = remembered.cause
            and states.subject_kind = remembered.subject_kind
            and states.subject = remembered.subject
            and states.valid_from_date = remembered.valid_from_date
            and states.until_date = remembered.until_date
            and states.state = remembered.state

    where states.cause is null or remembered.cause is null

),

new_states as (

    select
        changed_subjects.cause,
        changed_subjects.subject_kind,
        changed_subjects.subject,
        coalesce(states.valid_from_date, {{ earliest_date() }}) as valid_from_date,
        coalesce(states.until_date, {{ latest_date() }}) as until_date,
        states.state

    from changed_subjects

    left join states
        on
            changed_subjects.cause = states.cause
            and changed_subjects.subject_kind = states.subject_kind
            and changed_subjects.subject = states.subject

),

{% else %}
new_states as (

    select * from states

),

{% endif %}
final as (

    select
        {{
            surrogate_key([
                'cause', 'subject_kind', 'subject', 'valid_from_date', next_moment()
            ])
        }} as state_key,
        cause,
        subject_kind,
        subject,
        valid_from_date,
        until_date,
        state,
        {{ next_moment() }} as changed_at

    from new_states

)

select * from final
