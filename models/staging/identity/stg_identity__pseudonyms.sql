with

source as (

    select * from {{ source('identity', 'pseudonyms') }}

),

renamed as (

    select
        identity_kind,
        identity_value,
        person_pseudonym

    from source

)

select * from renamed
