"""Writes a source of CSV files that lands and keeps the house rules, to be made one's own.

Three files: the declaration, the README beside it, and the staging view with its properties.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from string import Template
from typing import Final

from ingestion.generate import ROOT

_DECLARATION: Final = '''\
"""${title}: what the files look like, who is named, how fresh they are."""

from datetime import timedelta
from typing import Final

from ingestion.declared import ADVICE_FILE, Declaration, Freshness, Person, Table, Timing
from ingestion.files import values
from ingestion.files.contracts import COUNT, DAY, Column, FileContract, NameTells
from ingestion.files.declaring import NOTES, csv_files

RECORDS: Final = FileContract(
    table="records",
    columns=(
        Column("record_id", is_required=True, has_value=True),
        Column("recorded_date", DAY, is_required=True, has_value=True),
        Column("user_email", read=values.read_email),
        Column("item_count", COUNT),
    ),
    # A file replaces what an earlier one brought of its period.
    part=("feed_name", "period_start_date", "period_end_date"),
    keys=("record_id",),
    day="recorded_date",
    name_tells=NameTells.PERIOD,
    marks=frozenset({"record_id"}),
)

SOURCE: Final = Declaration(
    source_id="${name}",
    description="${title}, as CSV files.",
    kind="file export",
    prefix="${name}",
    access=csv_files("${name}", "${variable}", RECORDS),
    # A file a month, and some days to write it.
    freshness=Freshness(timedelta(days=35), ADVICE_FILE, is_daily=False),
    tables=(
        Table(
            "records",
            RECORDS,
            grain="feed, period and record",
            title="${title}",
            about="One row per record",
            timing=Timing(24, 30, "A month is exported in the days after its end"),
            measures=("item_count",),
            persons=(Person({"email": "user_email"}),),
        ),
        *NOTES,
    ),
    brings="${title}",
    example="`ingest ${name} --path ${name}_2026-08.csv`",
    variables={"${variable}": "${title}, files or directories"},
)
'''
_README: Final = """\
# ${name}

${title}, as CSV files.

| | |
|---|---|
| Reads | `.csv` and `.csv.gz` beneath any directory given by `--path` |
| Key needed | none |
| Lands | `raw_${name}.records`, `rejected_rows`, `pulls` |
| Grain | one row per feed, period and record |
| Key | `row_key`; merge by delete-insert of `part_key`: the feed and its period |
| Restatement | a newer file of the same feed and period replaces the older one whole |
| Cursor | hash of each file's content |
| Limits | the period is in the file's name or an option |

## For users

`claude-analytics ingest ${name} --path ${name}_2026-08.csv` lands a file of August, and
`CLAUDE_ANALYTICS_${variable}` names directories for every run. Columns: `record_id`,
`recorded_date`, `user_email`, `item_count`.
"""
_STAGING: Final = """\
with

source as (

    select * from {{ source('${name}', 'records') }}

),

renamed as (

    select
        -- ids
        row_key,
        record_id,

        -- strings
        lower(user_email) as user_email,

        -- numerics
        item_count,

        -- dates and timestamps
        date_day,
        {{ load_timestamp('_dlt_load_id') }} as loaded_at

    from source

)

select * from renamed
"""
_PROPERTIES: Final = """\
models:
  - name: stg_${name}__records
    description: >
      **Grain:** one row per feed, period and record.
      **Source:** ${title}, CSV.
    config: {contract: {enforced: true}}
    data_tests:
      - checked:
          name: stg_${name}__records__checked
          arguments:
            unique: [row_key]
            never_null: [row_key, record_id]
    columns:
      - name: row_key
        description: Key of the row, made by the loader.
        data_type: varchar
      - name: record_id
        description: Id of the record.
        data_type: varchar
      - name: user_email
        description: E-mail of the person, lower-cased; null when there is none.
        data_type: varchar
        config: {meta: {pii: true}}
      - name: item_count
        description: Count of items; null when not given.
        data_type: bigint
      - name: date_day
        description: Day of the record.
        data_type: date
      - name: loaded_at
        description: "{{ doc('loaded_at') }}"
        data_type: timestamp
"""


def skeleton(name: str) -> dict[Path, str]:
    """The files of a new source, by path."""
    package, staging = Path("ingestion/sources", name), Path("models/staging", name)
    texts = {
        package / "declaration.py": _DECLARATION,
        package / "README.md": _README,
        staging / f"stg_{name}__records.sql": _STAGING,
        staging / f"stg_{name}__records.yml": _PROPERTIES,
    }
    words = {
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "variable": f"{name.upper()}_PATHS",
    }
    return {path: Template(text).substitute(words) for path, text in texts.items()}


def main(arguments: list[str] | None = None) -> None:
    """Write a new source and what is generated from its declaration."""
    parser = argparse.ArgumentParser(prog="ingestion.new_source", description=__doc__)
    parser.add_argument("name", help="lower-case letters, digits and underscores")
    name = parser.parse_args(arguments).name
    if not (name.isidentifier() and name.isascii() and name == name.lower()):
        parser.error(f"{name!r} is no name of a source; write it like people or cloud_bills")
    files = skeleton(name)
    if there := next((path for path in files if (ROOT / path).exists()), None):
        parser.error(f"{there} exists; choose another name")
    for path, text in files.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")
    # In a process of its own, which sees the new declaration.
    subprocess.run([sys.executable, "-m", "ingestion.generate"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
