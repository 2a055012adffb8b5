-- The billed amount is the extra usage, whatever the ceiling of a seat is: the ceiling caps it.
with

spend_rows as (

    select * from {{ ref('stg_anthropic_exports__spend_report') }}

),

reports as (

    select * from {{ ref('int_billing__spend_reports') }}
    where is_counted

),

aliases as (

    select * from {{ ref('int_identity__aliases') }}

),

account_aliases as (

    select * from aliases
    where identity_kind = 'account_id'

),

uuid_aliases as (

    select * from aliases
    where identity_kind = 'account_uuid'

),

email_aliases as (

    select * from aliases
    where identity_kind = 'email'

),

model_ids as (

    select * from {{ ref('int_pricing__model_ids') }}

),

-- Addresses are those at the end of the period.
told as (

    select
        spend_rows.period_start_date,
        spend_rows.period_end_date,
        spend_rows.feed_name,
        reports.channel,
        coalesce(
            account_aliases.person_key, uuid_aliases.person_key, email_aliases.person_key, '-1'
        ) as person_key,
        {{ product_surface(exported_product('spend_rows.product_name')) }} as surface,
        coalesce(model_ids.claude_model_id, '-1') as claude_model_id,
        spend_rows.net_spend_usd

    from spend_rows

    inner join reports
        on
            spend_rows.feed_name = reports.feed_name
            and spend_rows.period_start_date = reports.period_start_date
            and spend_rows.period_end_date = reports.period_end_date

    left join account_aliases
        on
            spend_rows.user_id = account_aliases.identity_value
            and {{ alias_holds('spend_rows.period_end_date', 'account_aliases') }}

    left join uuid_aliases
        on
            spend_rows.user_account_uuid = uuid_aliases.identity_value
            and {{ alias_holds('spend_rows.period_end_date', 'uuid_aliases') }}

    left join email_aliases
        on
            spend_rows.user_email = email_aliases.identity_value
            and {{ alias_holds('spend_rows.period_end_date', 'email_aliases') }}

    left join model_ids
        on spend_rows.raw_claude_model_id = model_ids.raw_claude_model_id

),

final as (

    select
        period_start_date,
        period_end_date,
        feed_name,
        channel,
        person_key,
        surface,
        claude_model_id,
        sum(net_spend_usd) as extra_usage_cost_usd

    from told

    group by
        period_start_date,
        period_end_date,
        feed_name,
        channel,
        person_key,
        surface,
        claude_model_id

)

select * from final
