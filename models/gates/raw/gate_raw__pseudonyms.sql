select
    identity_kind,
    count(
        case
            when
                identity_kind is null or identity_value is null or person_pseudonym is null
                then 1
        end
    ) as null_key_count,
    count(*) - count(distinct identity_value) as duplicate_key_count,
    count(*) - count(distinct person_pseudonym) as shared_pseudonym_count
from {{ source('identity', 'pseudonyms') }}
group by identity_kind
