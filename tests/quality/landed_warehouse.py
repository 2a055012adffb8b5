"""Sound tables of the API and file sources: one row each, with the columns that checks read."""

from quality.landed import TABLES, landed_tables

# Columns beside the key and the day.
_COLUMNS = {
    "pulls": "table_name varchar, status varchar, reason varchar, _dlt_load_id varchar",
    "rejected_rows": "table_name varchar, source_file varchar",
    "spend_report": (
        "source_file varchar, total_net_spend_usd varchar, total_gross_spend_usd varchar"
    ),
    "invoice_lines": "source_file varchar, amount varchar",
    "exchange_rates": "source_file varchar, usd_per_unit varchar",
    "roster": "feed_name varchar, employee_id varchar, manager_employee_id varchar",
}
_VALUES = {
    "spend_report": ", 'spend.csv', '0.90', '1.00'",
    "invoice_lines": ", 'invoices.csv', '-250.00'",
    "exchange_rates": ", 'exchange_rates.csv', '1.1363'",
    "roster": ", 'roster', 'E1', null",
}

LANDED = "\n".join(f"create schema raw_{source_id};" for source_id in TABLES) + "".join(
    f"\ncreate table {schema}.{table} ({key} varchar, date_day date, "
    f"{_COLUMNS.get(table, 'measure bigint')});"
    for _, schema, table, key in landed_tables()
)

# Reading of both lists: the first pull of the users was refused, the last was not.
LANDED_ROWS = (
    "".join(
        f"""
        insert into raw_{source_id}.{table}
        values ('key', '2026-11-20'{_VALUES.get(table, ", 1")});
        insert into raw_ingestion.observed_days values
            ('{source_id}', '{table}', '2026-11-20', '2026-11-20', 'landed', 1, '{{}}', '1');
        """
        for source_id, tables in TABLES.items()
        for table in tables
    )
    + """
    insert into raw_anthropic_console.pulls values
        ('p1', '2026-11-20', 'users', 'forbidden', 'the key has no scope', '1'),
        ('p2', '2026-11-20', 'users', 'landed', null, '2'),
        ('p3', '2026-11-20', 'invites', 'not_published', 'not yet', '2');
    insert into raw_people.roster values
        ('old', '2026-10-20', 'roster', 'E3', 'E4'),
        ('next', '2026-11-20', 'roster', 'E2', 'E1'),
        ('other', '2026-11-19', 'roster_eu', 'E5', 'E1');
    update raw_ingestion.observed_days set row_count = 2
    where source_id = 'people' and date_day = '2026-11-20';
    insert into raw_ingestion.observed_days values
        ('people', 'roster', '2026-11-19', '2026-11-20', 'landed', 1, '{}', '1'),
        ('people', 'roster', '2026-10-20', '2026-10-20', 'landed', 1, '{}', '1');
    """
)
