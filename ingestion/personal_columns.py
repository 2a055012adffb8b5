"""Which raw columns carry what tells who a person is: the one list that erasure goes by."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class PersonalColumns:
    """Where one raw table carries identifiers of people.

    Attributes:
        table: The table, with its schema.
        values: Columns that hold one identifier.
        lists: Columns that hold identifiers as strings of a JSON text.
        texts: Columns that may hold some within: JSON, names that people give, paths.
        owner: The column of `values` that names whom a row is about.
        emptied: Columns that describe that person, and that no total needs.
    """

    table: str
    values: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    owner: str = ""
    emptied: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """All columns that may carry an identifier."""
        return tuple(dict.fromkeys((*self.values, *self.lists, *self.texts)))


_CONSOLE: Final = "raw_anthropic_console"
_ENTERPRISE: Final = "raw_anthropic_enterprise"
_EXPORTS: Final = "raw_anthropic_exports"
_OTEL: Final = "raw_claude_code_otel"
_RECORDED: Final = ("user_id", "user_account_uuid", "user_account_id", "user_email", "enduser_id")
_REPOSITORY: Final = ("vcs_repository_url", "vcs_owner_name", "vcs_repository_name")
_REPORTED: Final = ("actor__user_id", "actor__email")

PERSONAL_COLUMNS: Final = (
    PersonalColumns(
        "raw_people.roster",
        values=("employee_id", "email", "manager_employee_id"),
        lists=("former_emails_json", "logins_json"),
        owner="employee_id",
        emptied=("manager_employee_id", "function", "seniority", "location", "cost_band"),
    ),
    PersonalColumns(f"{_CONSOLE}.users", ("id", "email")),
    PersonalColumns(f"{_CONSOLE}.invites", ("email",)),
    PersonalColumns(f"{_CONSOLE}.workspace_members", ("user_id",)),
    PersonalColumns(f"{_CONSOLE}.workspaces", texts=("name", "tags_json")),
    PersonalColumns(
        f"{_CONSOLE}.claude_code_rows",
        ("actor__email_address", "actor__api_key_name"),
        ("actor__api_key_name",),
    ),
    PersonalColumns(f"{_CONSOLE}.messages_usage", ("account_id", "api_key_id")),
    PersonalColumns(
        f"{_CONSOLE}.api_keys", ("id", "principal__id", "created_by__id", "name"), ("name",)
    ),
    PersonalColumns(f"{_ENTERPRISE}.members", ("id", "email")),
    PersonalColumns(f"{_ENTERPRISE}.invites", ("email",)),
    PersonalColumns(f"{_ENTERPRISE}.rbac_groups", texts=("name",)),
    PersonalColumns(f"{_ENTERPRISE}.rbac_group_members", ("user_id", "email")),
    PersonalColumns(
        f"{_ENTERPRISE}.spend_limits",
        ("actor__user_id", "actor__email_address", "scope__user_id", "source__user_id"),
    ),
    PersonalColumns(f"{_ENTERPRISE}.user_activity", ("user__id", "user__email_address")),
    PersonalColumns(f"{_ENTERPRISE}.user_usage_report", _REPORTED),
    PersonalColumns(f"{_ENTERPRISE}.user_cost_report", _REPORTED),
    PersonalColumns(f"{_ENTERPRISE}.usage_report", ("claude_tag_user_id",)),
    PersonalColumns(f"{_ENTERPRISE}.cost_report", ("claude_tag_user_id",)),
    PersonalColumns(
        f"{_ENTERPRISE}.chat_projects",
        ("user_id", "created_by__id", "created_by__email_address"),
        ("project_name",),
    ),
    PersonalColumns(f"{_ENTERPRISE}.artifacts", ("user_id",)),
    PersonalColumns(f"{_ENTERPRISE}.skills", ("user_id",), ("skill_name",)),
    PersonalColumns(f"{_ENTERPRISE}.connectors", ("user_id",), ("connector_name",)),
    PersonalColumns(f"{_ENTERPRISE}.plugins", ("user_id",), ("plugin_name",)),
    PersonalColumns(f"{_EXPORTS}.members", ("user_email",)),
    PersonalColumns(f"{_EXPORTS}.contributions", ("user_email",)),
    PersonalColumns(f"{_EXPORTS}.spend_report", ("user_id", "account_uuid", "user_email")),
    PersonalColumns(f"{_OTEL}.events", _RECORDED, (*_REPOSITORY, "git_branch", "attributes_json")),
    PersonalColumns(f"{_OTEL}.metric_points", _RECORDED, (*_REPOSITORY, "attributes_json")),
    PersonalColumns(
        f"{_OTEL}.spans", ("user_id", "user_email", "user_account_id"), ("attributes_json",)
    ),
    PersonalColumns(f"{_OTEL}.rejected_lines", texts=("source_file", "reason")),
    PersonalColumns("raw_claude_code_logs.usage_lines", texts=("project_dir", "source_file")),
    PersonalColumns("raw_invoices.invoice_lines", texts=("description",)),
    *(
        PersonalColumns(f"{dataset}.pulls", texts=("reason", "request_json"))
        for dataset in (_CONSOLE, _ENTERPRISE, _EXPORTS, "raw_people", "raw_invoices")
    ),
    *(
        PersonalColumns(f"{dataset}.rejected_rows", texts=("source_file", "reason"))
        for dataset in (_EXPORTS, "raw_people", "raw_invoices")
    ),
)


def columns_of(table: str) -> PersonalColumns:
    """Return what is declared of a table; nothing of one that carries no identifier."""
    for declared in PERSONAL_COLUMNS:
        if declared.table == table:
            return declared
    return PersonalColumns(table)
