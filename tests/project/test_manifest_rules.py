"""Each rule is silent on a sound manifest and names the culprit of a broken one."""

from collections.abc import Callable

import pytest

from tests.project.manifest_rules import RULES, Manifest, Node, Rule
from tests.project.manifest_rules import columns_are_described as described
from tests.project.manifest_rules import exposures_read_marts as exposures
from tests.project.manifest_rules import grain_is_stated as grain
from tests.project.manifest_rules import joins_are_few as joins
from tests.project.manifest_rules import key_is_tested as key
from tests.project.manifest_rules import layers_point_forward as layers
from tests.project.manifest_rules import macros_are_documented as macros
from tests.project.manifest_rules import macros_are_used as used
from tests.project.manifest_rules import macros_differ as differ
from tests.project.manifest_rules import mart_names_tell_types as names
from tests.project.manifest_rules import mart_types_are_portable as types
from tests.project.manifest_rules import marts_hold_no_personal_columns as personal
from tests.project.manifest_rules import marts_keep_their_contract as contract
from tests.project.manifest_rules import marts_say_claude_model as claude_model
from tests.project.manifest_rules import measures_name_their_unit as units
from tests.project.manifest_rules import money_names_its_currency as money
from tests.project.manifest_rules import name_fits_layer as layer_names
from tests.project.manifest_rules import names_fit_every_warehouse as lengths
from tests.project.manifest_rules import one_clock as clock
from tests.project.manifest_rules import only_staging_reads_sources as sources_in_staging
from tests.project.manifest_rules import personal_columns_are_marked as marked
from tests.project.manifest_rules import rules_of_columns_stand_together as together
from tests.project.manifest_rules import seeds_are_typed_and_sourced as seeds
from tests.project.manifest_rules import sources_have_freshness as freshness
from tests.project.manifest_rules import sql_is_portable as portable
from tests.project.manifest_rules import staging_is_a_view as views
from tests.project.manifest_rules import stale_days_are_rebuilt as stale_days
from tests.project.manifest_rules import warnings_have_a_reason as warnings

SOURCE = "source.house.crm.calls"
STAGING = "model.house.stg_crm__calls"
INTERMEDIATE = "model.house.int_calls__priced"
UTILITY = "model.house.util_days"
SEED = "seed.house.rates"
MART = "model.house.fct_calls"
GATE = "model.house.gate_raw__calls"
STAGING_TEST = "test.house.stg_crm__calls__checked"
GRAIN_TEST = "test.house.int_calls__priced__checked"
KEY_TEST = "test.house.fct_calls__checked"
MACRO = "macro.house.safe_divide"
DIVISION = (
    "{# never now() #}{% macro safe_divide(a, b) %}{{ a }} / nullif({{ b }}, 0){% endmacro %}"
)


def _column(description: str, data_type: str = "text", **changes: object) -> Node:
    return {
        "description": description,
        "data_type": data_type,
        "constraints": [{"type": "not_null"}],
        "config": {"meta": {}},
        **changes,
    }


def _model(unique_id: str, folder: str, *parents: str, **changes: object) -> Node:
    name = unique_id.rpartition(".")[2]
    return {
        "resource_type": "model",
        "unique_id": unique_id,
        "name": name,
        "alias": name,
        "fqn": ["house", *folder.split("/"), name],
        "description": "**Grain:** one row per call.",
        "columns": {"call_key": _column("Key of the call.")},
        "config": {"materialized": "table"},
        "contract": {"enforced": False},
        "access": "protected",
        "depends_on": {"nodes": list(parents)},
        "raw_code": "select call_key from calls",
        **changes,
    }


def _test(model: str, **rules: object) -> Node:
    name = f"{model.rpartition('.')[2]}__checked"
    return {
        "resource_type": "test",
        "name": name,
        "alias": name,
        "attached_node": model,
        "test_metadata": {"name": "checked", "kwargs": {"model": model, **rules}},
        "config": {"severity": "ERROR", "meta": {}},
        "raw_code": "select 1",
    }


@pytest.fixture
def sound() -> Manifest:
    """Return a manifest of a few nodes that keeps every rule."""
    return {
        "metadata": {"project_name": "house"},
        "sources": {
            SOURCE: {
                "name": "calls",
                "source_name": "crm",
                "description": "**Grain:** one row per call.",
                "loaded_at_query": "select max(loaded_at) from crm.calls",
                "freshness": {"error_after": {"count": 72}},
                "columns": {"caller_email": _column("Who called.", config={"meta": {"pii": True}})},
            }
        },
        "nodes": {
            STAGING: _model(
                STAGING,
                "staging/crm",
                SOURCE,
                config={"materialized": "view"},
                raw_code="select {{ as_of_date() }}",
                columns={
                    "call_key": _column("Key of the call.", constraints=[]),
                    "caller_email": _column("Who called.", config={"meta": {"pii": True}}),
                },
            ),
            INTERMEDIATE: _model(INTERMEDIATE, "intermediate/calls", STAGING, SEED),
            UTILITY: _model(UTILITY, "utilities", raw_code="select {{ safe_divide(1, 2) }}"),
            GATE: _model(GATE, "gates/raw", SOURCE),
            MART: _model(
                MART,
                "marts/usage",
                INTERMEDIATE,
                contract={"enforced": True},
                access="public",
                columns={
                    "call_key": _column("Key of the call."),
                    "date_day": _column("UTC day.", "date"),
                    "called_at": _column("UTC time of the call.", "timestamp"),
                    "is_paid": _column("Whether it was charged.", "boolean"),
                    "call_seconds": _column("Length in seconds.", "bigint"),
                    "list_cost_usd": _column("US dollars at list price.", "decimal(18, 10)"),
                    "price_status": _column("priced or unknown."),
                },
            ),
            SEED: {
                "resource_type": "seed",
                "name": "rates",
                "alias": "rates",
                "description": "**Grain:** one row per rate.",
                "config": {"column_types": {"rate_id": "text", "source_note": "text"}},
                "columns": {
                    "rate_id": _column("Rate."),
                    "source_note": _column("Where it was read."),
                },
            },
            STAGING_TEST: _test(STAGING, unique=["call_key"], never_null=["call_key"]),
            GRAIN_TEST: _test(INTERMEDIATE, grains=[["call_key", "date_day"]]),
            "test.house.util_days__checked": _test(UTILITY, unique=["call_key"]),
            KEY_TEST: _test(MART, unique=["call_key"]),
        },
        "exposures": {
            "exposure.house.page": {
                "name": "page",
                "owner": {"name": "Programme office"},
                "depends_on": {"nodes": [MART]},
            }
        },
        "macros": {
            MACRO: {
                "name": "safe_divide",
                "package_name": "house",
                "original_file_path": "macros/keys/safe_divide.sql",
                "description": "Division that gives null.",
                "macro_sql": DIVISION,
            },
            "macro.house.default__safe_divide": {
                "name": "default__safe_divide",
                "package_name": "house",
                "original_file_path": "macros/keys/safe_divide.sql",
                "description": "",
                "macro_sql": "{% macro default__safe_divide(a, b) %}{{ a }}{% endmacro %}",
            },
            "macro.house.as_of_date": {
                "name": "as_of_date",
                "package_name": "house",
                "original_file_path": "macros/dates/as_of_date.sql",
                "description": "The clock.",
                "macro_sql": "{{ run_started_at }}",
            },
        },
    }


def _set(node: str, *path: str, to: object) -> Callable[[Manifest], None]:
    """Return a change that sets one place of one node."""

    def change(manifest: Manifest) -> None:
        place = next(manifest[kind][node] for kind in KINDS if node in manifest[kind])
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


def _drop(node: str, *path: str) -> Callable[[Manifest], None]:
    """Return a change that removes a node, or one place of it."""

    def change(manifest: Manifest) -> None:
        place = next(manifest[kind] for kind in KINDS if node in manifest[kind])
        for step in (node, *path)[:-1]:
            place = place[step]
        del place[(node, *path)[-1]]

    return change


def _mart_column(name: str, column: Node) -> Callable[[Manifest], None]:
    return _set(MART, "columns", name, to=column)


def _sql(node: str, text: str) -> Callable[[Manifest], None]:
    return _set(node, "raw_code", to=text)


def _without_note(manifest: Manifest) -> None:
    del manifest["nodes"][SEED]["columns"]["source_note"]
    del manifest["nodes"][SEED]["config"]["column_types"]["source_note"]


RULE_PLACE = ("test_metadata", "kwargs")


def _twin(manifest: Manifest) -> None:
    """Add the same macro under another name, with other names of its arguments."""
    twin = "{% macro divide(top, bottom) %}{{ top }} / nullif({{ bottom }}, 0){%- endmacro %}"
    manifest["macros"]["macro.house.divide"] = {
        **manifest["macros"][MACRO],
        "name": "divide",
        "macro_sql": twin,
    }


KINDS = ("nodes", "sources", "exposures", "macros")
PAGE = "exposure.house.page"
MARKED = _column("E-mail.", config={"meta": {"pii": True}})
NULLABLE_FLAG = _column("Whether it was new.", "boolean", constraints=[])
STALE_DAYS = "{% set days = stale_days(stale_by(['crm'])) %}\nselect 1 from calls"
EIGHT_JOINS = "select 1 from a " + "inner join b on a.x = b.x " * 8


def _incremental(sql: str, strategy: str) -> Callable[[Manifest], None]:
    def change(manifest: Manifest) -> None:
        model = manifest["nodes"][MART]
        model["raw_code"] = sql
        model["config"] |= {"materialized": "incremental", "incremental_strategy": strategy}

    return change


BREAKS: list[tuple[Rule, Callable[[Manifest], None], str]] = [
    (layer_names, _set(STAGING, "name", to="calls"), "calls"),
    (layer_names, _set(STAGING, "name", to="stg_erp__calls"), "stg_erp__calls"),
    (layer_names, _set(MART, "name", to="calls_mart"), "calls_mart"),
    (layer_names, _set(MART, "fqn", to=["house", "reports", "core", "fct_calls"]), "no layer"),
    (sources_in_staging, _set(MART, "depends_on", "nodes", to=[SOURCE]), "fct_calls"),
    (sources_in_staging, _set(STAGING, "depends_on", "nodes", to=[SOURCE, SEED]), "stg_crm__calls"),
    (sources_in_staging, _set(STAGING, "depends_on", "nodes", to=[]), "nothing"),
    (layer_names, _set(GATE, "name", to="gate_marts__calls"), "gate_marts__calls"),
    (
        sources_in_staging,
        _set(GATE, "fqn", to=["house", "gates", "marts", "calls"]),
        "gate_raw__calls",
    ),
    (layers, _set(GATE, "depends_on", "nodes", to=[STAGING]), "gate_raw__calls"),
    (layers, _set(MART, "depends_on", "nodes", to=[GATE]), "fct_calls"),
    (portable, _sql(GATE, "select arg_max(a, b) from calls"), "arg_max"),
    (layers, _set(INTERMEDIATE, "depends_on", "nodes", to=[MART]), "int_calls__priced"),
    (layers, _set(UTILITY, "depends_on", "nodes", to=[SEED]), "util_days"),
    (views, _set(STAGING, "config", "materialized", to="table"), "stg_crm__calls"),
    (key, _drop(KEY_TEST), "fct_calls"),
    (key, _drop(GRAIN_TEST), "int_calls__priced"),
    (key, _drop(STAGING_TEST), "stg_crm__calls"),
    (key, _set(STAGING_TEST, *RULE_PLACE, "never_null", to=["caller"]), "stg_crm__calls"),
    (key, _set(MART, "columns", "call_key", "constraints", to=[]), "fct_calls"),
    (
        together,
        _set("test.house.util_days__checked", "test_metadata", "name", to="unique"),
        "rule of",
    ),
    (together, _set(GRAIN_TEST, *RULE_PLACE, to={"model": INTERMEDIATE}), "no rule"),
    (lengths, _set(KEY_TEST, "alias", to="a" * 64), "64 characters"),
    (lengths, _mart_column("a" * 64, _column("Name.")), "64 characters"),
    (grain, _set(MART, "description", to="Calls."), "fct_calls"),
    (grain, _set(SOURCE, "description", to="Calls."), "calls"),
    (grain, _set(SEED, "description", to="Rates."), "rates"),
    (described, _mart_column("call_kind", _column("  ")), "fct_calls.call_kind"),
    (described, _set(UTILITY, "columns", to={}), "util_days"),
    (units, _mart_column("call_seconds", _column("Length.", "bigint")), "call_seconds"),
    (units, _mart_column("list_cost_usd", _column("Cost.", "decimal(18, 10)")), "list_cost_usd"),
    (joins, _sql(INTERMEDIATE, EIGHT_JOINS), "8 joins"),
    (exposures, _set(PAGE, "depends_on", "nodes", to=[INTERMEDIATE]), INTERMEDIATE),
    (exposures, _set(PAGE, "owner", to={}), "no owner"),
    (marked, _set(STAGING, "columns", "caller_email", to=_column("Who.")), "caller_email"),
    (marked, _set(SOURCE, "columns", "caller_email", to=_column("Who.")), "caller_email"),
    (personal, _mart_column("caller_email", MARKED), "fct_calls.caller_email"),
    (personal, _mart_column("caller", MARKED), "fct_calls.caller"),
    (personal, _mart_column("user_id", _column("Installation.")), "fct_calls.user_id"),
    (freshness, _set(SOURCE, "loaded_at_query", to=None), "crm.calls"),
    (freshness, _set(SOURCE, "freshness", "error_after", to=None), "crm.calls"),
    (seeds, _drop(SEED, "config", "column_types", "rate_id"), "rates.rate_id"),
    (seeds, _drop(SEED, "columns", "rate_id"), "rates.rate_id"),
    (seeds, _without_note, "no source_note"),
    (contract, _set(MART, "contract", "enforced", to=False), "no contract"),
    (contract, _set(MART, "access", to="protected"), "not public"),
    (types, _mart_column("call_count", _column("Calls; count.", "hugeint")), "hugeint"),
    (types, _mart_column("list_cost_usd", _column("US dollars.", "decimal(38, 6)")), "decimal"),
    (types, _mart_column("call_kind", _column("Kind.", "")), "no type"),
    (names, _mart_column("paid", _column("Whether paid.", "boolean")), "fct_calls.paid"),
    (names, _mart_column("is_new", NULLABLE_FLAG), "flag may be null"),
    (names, _mart_column("call_time", _column("UTC time.", "timestamp")), "call_time"),
    (names, _mart_column("day", _column("UTC day.", "date")), "fct_calls.day"),
    (names, _mart_column("team_key", _column("Team.", "bigint")), "fct_calls.team_key"),
    (claude_model, _mart_column("model", _column("Model.")), "fct_calls.model"),
    (money, _mart_column("list_cost", _column("Dollars.", "double")), "no currency"),
    (money, _mart_column("cost_usd", _column("US dollars.", "decimal(18, 6)")), "no kind of cost"),
    (clock, _sql(MART, "select current_date"), "current_date"),
    (clock, _sql(STAGING, "select now()"), "now("),
    (clock, _sql(KEY_TEST, "select {{ dbt.current_timestamp() }}"), "current_timestamp"),
    (clock, _set(MACRO, "macro_sql", to="{{ run_started_at }}"), "safe_divide"),
    (portable, _sql(MART, "select a::date"), "::"),
    (portable, _sql(STAGING, "select cast(a as double) from calls"), "double"),
    (portable, _sql(STAGING, "select cast(a as varchar) from calls"), "varchar"),
    (portable, _sql(STAGING, "select make_timestamp(a) from calls"), "make_timestamp"),
    (portable, _sql(INTERMEDIATE, "select a // 2 from calls"), "//"),
    (portable, _sql(INTERMEDIATE, "select list_sum(a) from calls"), "list_sum"),
    (portable, _sql(INTERMEDIATE, "select struct_pack(b := a) from calls"), "struct_pack"),
    (portable, _sql(INTERMEDIATE, "select count(*) filter (where a) from calls"), "filter (where"),
    (portable, _sql(KEY_TEST, "select a ->> 'b' from calls"), "->>"),
    (portable, _set(MACRO, "macro_sql", to="try_cast({{ a }} as bigint)"), "safe_divide: try_cast"),
    (portable, _sql(MART, "select arg_max(a, b) from calls"), "arg_max"),
    (portable, _sql(MART, "select a, count(*) from calls group by all"), "group by all"),
    (portable, _sql(MART, "select * exclude (a) from calls"), "exclude"),
    (portable, _sql(MART, "select 1 from calls qualify row_number() over () = 1"), "qualify"),
    (stale_days, _incremental("select 1", "stale_days"), "does not say what makes a day stale"),
    (stale_days, _incremental(STALE_DAYS, "append"), "has another strategy than stale_days"),
    (warnings, _set(KEY_TEST, "config", "severity", to="warn"), "fct_calls"),
    (macros, _set(MACRO, "description", to=""), "safe_divide"),
    (macros, _set(MACRO, "name", to="divide"), "holds divide"),
    (used, _sql(UTILITY, "select 1 {# safe_divide #}"), "safe_divide"),
    (differ, _twin, "divide: says the same as safe_divide"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_sound_manifest_keeps_the_rule(rule: Rule, sound: Manifest) -> None:
    assert list(rule(sound)) == []


@pytest.mark.parametrize(("rule", "change", "culprit"), BREAKS)
def test_broken_manifest_is_caught(
    rule: Rule, change: Callable[[Manifest], None], culprit: str, sound: Manifest
) -> None:
    change(sound)
    broken = list(rule(sound))
    assert len(broken) == 1
    assert culprit in broken[0]


def test_every_rule_is_seen_failing() -> None:
    assert {rule.__name__ for rule, _, _ in BREAKS} == {rule.__name__ for rule in RULES}


def test_comments_and_text_are_not_code(sound: Manifest) -> None:
    sound["nodes"][MART]["raw_code"] = (
        "-- never current_date, never a::date\n{# qualify #}\nselect '::', {{ ref('median') }}"
    )
    assert list(clock(sound)) == []
    assert list(portable(sound)) == []


def test_the_ledger_itself_only_grows(sound: Manifest) -> None:
    _incremental("select 1", "append")(sound)
    sound["nodes"][MART]["name"] = "int_days__ledger"
    assert list(stale_days(sound)) == []


def test_a_reasoned_warning_is_fine(sound: Manifest) -> None:
    sound["nodes"][KEY_TEST]["config"] = {
        "severity": "warn",
        "meta": {"owner": "Programme office", "reason": "late calls"},
    }
    assert list(warnings(sound)) == []


def test_our_own_steps_cannot_be_late(sound: Manifest) -> None:
    sound["sources"][SOURCE].update(source_name="identity", loaded_at_query=None)
    assert list(freshness(sound)) == []
