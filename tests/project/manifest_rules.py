"""House rules over dbt's manifest: each takes a manifest and yields what breaks the rule."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any, Final

Node = dict[str, Any]
Manifest = dict[str, Any]
Rule = Callable[[Manifest], Iterator[str]]

MAX_JOINS: Final = 7
MAX_DECIMAL_DIGITS: Final = 18
MAX_NAME_LENGTH: Final = 63
COST_KINDS: Final = ("list_", "reported_", "extra_usage_", "invoiced_", "est_")

_NAME_BY_LAYER: Final = {
    "staging": r"stg_{folder}__[a-z0-9_]+",
    "intermediate": r"int_{folder}__[a-z0-9_]+",
    "marts": r"(dim|fct|bdg|kpi)_[a-z0-9_]+",
    "utilities": r"util_[a-z0-9_]+",
    "gates": r"gate_{folder}__[a-z0-9_]+",
}
_TYPES: Final = (
    "bigint",
    "integer",
    "double precision",
    "date",
    "timestamp",
    "boolean",
    "text",
)
_MONEY_WORDS: Final = {"cost", "price", "amount", "spend", "fee", "budget", "revenue", "saving"}
_UNIT_WORDS: Final = {
    "tokens": ("token", "count"),
    "usd": ("us dollars",),
    "mtok": ("per million",),
    "count": ("count",),
    "seconds": ("second",),
    "ms": ("millisecond",),
    "hours": ("hour",),
    "days": ("day",),
    "bytes": ("byte",),
    "rate": ("0 to 1",),
    "share": ("0 to 1",),
}
# Tests of dbt that `checked` holds.
_SINGLE_TESTS: Final = {"unique", "not_null", "accepted_values", "relationships"}
# Filled by our own steps at each load, so nothing outside can be late.
_WRITTEN_BY_OUR_STEPS: Final = {"identity", "ingestion", "pricing"}
_PERSONAL: Final = re.compile(
    r"(^|_)(e_?mail|first_name|last_name|full_name|display_name|ip_address|phone|"
    r"user_id|user_account_id|user_account_uuid|enduser_id|identity_value)($|_)"
)
_CLOCK: Final = re.compile(
    r"\bcurrent_(date|time|timestamp)\b|\b(now|today|getdate|sysdate|get_current_timestamp)\s*\(|"
    r"\brun_started_at\b|\butcnow\b|\blocaltimestamp\b",
    re.IGNORECASE,
)
_CLOCK_MACRO: Final = "as_of_date"
# Functions, syntax and types that not every supported warehouse knows. Types come from the macros
# `dbt.type_string` and `type_double`, the rest from other macros of dbt or from dispatched ones.
_OF_ONE_WAREHOUSE: Final = re.compile(
    r"::|->>|//|(?<![.\w])(list|list_(?!cost_usd)\w+|array_\w+|map_\w+|struct_\w+|"
    r"json_(?!text\b)\w+|arg_max|arg_min|max_by|min_by|any_value|epoch|epoch_\w+|make_timestamp|make_date|strftime|"
    r"strptime|date_diff|datediff|date_add|date_sub|date_part|regexp_matches|regexp_extract\w*|"
    r"unnest|read_csv|read_json|read_parquet|try_cast|safe_cast|string_agg|string_split|"
    r"group_concat|median|quantile|quantile_cont|generate_series|to_timestamp|isfinite|ifnull|"
    r"bool_or|bool_and|count_if|sum_no_overflow|contains|starts_with|format|printf|len|hash)\s*\(|"
    r"\bgroup\s+by\s+all\b|\border\s+by\s+all\b|\bqualify\b|\*\s*(exclude|replace)\b|"
    r"\bexclude\s*\(|\bcolumns\s*\(\*|\bfilter\s*\(\s*where\b|\basof\s+join\b|"
    r"\b(semi|anti|positional)\s+join\b|\bpivot\b|\busing\s+sample\b|\bilike\b|"
    r"\b(double|varchar|hugeint|ubigint|tinyint|blob|float8?)\b(?!\s*\()",
    re.IGNORECASE,
)
_DISPATCHED: Final = re.compile(r"(default|duckdb|postgres)__|materialization_\w+_duckdb")
# Where causes, states and the ledger are kept; they only grow.
_OF_DAYS: Final = "int_days__"
_SQL_COMMENT: Final = re.compile(r"\{#.*?#\}|/\*.*?\*/|--[^\n]*", re.DOTALL)
_MACRO: Final = re.compile(
    r"\{%-?\s*macro\s+\w+\((?P<arguments>.*?)\)\s*-?%\}(?P<body>.*?)\{%-?\s*endmacro", re.DOTALL
)
_CALLED_BY_DBT: Final = re.compile(r"materialization_\w+|get_incremental_\w+_sql")
_JINJA: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_STRING: Final = re.compile(r"'[^']*'")


def _folder(model: Node) -> str:
    return "/".join(model["fqn"][1:-1])


def nodes(manifest: Manifest, *kinds: str) -> list[Node]:
    """Return the nodes of the given resource types."""
    return [node for node in manifest["nodes"].values() if node["resource_type"] in kinds]


def models(manifest: Manifest, *layers: str) -> list[Node]:
    """Return the models, of all layers or of the given ones."""
    return [node for node in nodes(manifest, "model") if not layers or layer(node) in layers]


def layer(model: Node) -> str:
    """Return the layer of a model: the first folder it lies in."""
    return str(model["fqn"][1])


def name_fits_layer(manifest: Manifest) -> Iterator[str]:
    """A model's name says its layer and its source or topic."""
    for model in models(manifest):
        pattern = _NAME_BY_LAYER.get(layer(model))
        if pattern is None:
            yield f"{model['name']}: {layer(model)} is no layer"
        elif not re.fullmatch(pattern.format(folder=model["fqn"][2]), model["name"]):
            yield f"{model['name']}: does not fit {layer(model)}/{model['fqn'][2]}"


def only_staging_reads_sources(manifest: Manifest) -> Iterator[str]:
    """A staging model reads one source and nothing else; beside it the raw gate reads sources."""
    for model in models(manifest):
        parents = model["depends_on"]["nodes"]
        sources = [name for name in parents if name.startswith("source.")]
        if layer(model) == "staging" and (len(sources) != 1 or len(parents) != 1):
            yield f"{model['name']}: reads {', '.join(parents) or 'nothing'}, not one source"
        elif layer(model) != "staging" and sources and _folder(model) != "gates/raw":
            yield f"{model['name']}: reads {', '.join(sources)}"


def layers_point_forward(manifest: Manifest) -> Iterator[str]:
    """No model reads a later layer, utilities read nothing, the raw gate nothing that is built."""
    for model in models(manifest):
        for parent in model["depends_on"]["nodes"]:
            is_model = parent.startswith("model.")
            parent_layer = layer(manifest["nodes"][parent]) if is_model else ""
            if (
                layer(model) == "utilities"
                or (layer(model) == "intermediate" and parent_layer == "marts")
                or (layer(model) != "gates" and parent_layer == "gates")
                or (_folder(model) == "gates/raw" and is_model and parent_layer != "gates")
            ):
                yield f"{model['name']}: reads {parent}"


def staging_is_a_view(manifest: Manifest) -> Iterator[str]:
    """Staging stores nothing."""
    for model in models(manifest, "staging"):
        if model["config"]["materialized"] != "view":
            yield f"{model['name']}: is a {model['config']['materialized']}"


def key_is_tested(manifest: Manifest) -> Iterator[str]:
    """Every model but those of gates has a unique, never null key, or a unique grain."""
    rules: dict[str, list[Node]] = {}
    for test in nodes(manifest, "test"):
        if (test.get("test_metadata") or {}).get("name") == "checked" and test["attached_node"]:
            rules.setdefault(test["attached_node"], []).append(test["test_metadata"]["kwargs"])
    for model in models(manifest, "staging", "intermediate", "marts", "utilities"):
        known = rules.get(model["unique_id"], [])
        never_null = {column for rule in known for column in rule.get("never_null", [])}
        never_null |= {name for name, column in model["columns"].items() if _is_not_null(column)}
        if not any(
            rule.get("grains") or never_null & set(rule.get("unique", [])) for rule in known
        ):
            yield f"{model['name']}: no tested key"


def rules_of_columns_stand_together(manifest: Manifest) -> Iterator[str]:
    """Keys, nulls, lists and references are rules of one `checked` test, not tests of their own."""
    for test in nodes(manifest, "test"):
        name = (test.get("test_metadata") or {}).get("name")
        if name in _SINGLE_TESTS:
            yield f"{test['name']}: {name} is a rule of `checked`"
        if name == "checked" and test["test_metadata"]["kwargs"].keys() <= {"model"}:
            yield f"{test['name']}: no rule"


def names_fit_every_warehouse(manifest: Manifest) -> Iterator[str]:
    """PostgreSQL cuts longer names, and then two of them may be one."""
    for node in nodes(manifest, "model", "seed", "test"):
        for name in (node["alias"], *node.get("columns", ())):
            if len(name) > MAX_NAME_LENGTH:
                yield f"{node['name']}: {name} has {len(name)} characters"


def grain_is_stated(manifest: Manifest) -> Iterator[str]:
    """Models, seeds and sources say what one row is."""
    for node in [*nodes(manifest, "model", "seed"), *manifest["sources"].values()]:
        if "**Grain:** one row" not in node["description"]:
            yield f"{node['name']}: no grain"


def columns_are_described(manifest: Manifest) -> Iterator[str]:
    """Every listed column has a description, and every node lists columns."""
    for node in [*nodes(manifest, "model", "seed"), *manifest["sources"].values()]:
        if not node["columns"]:
            yield f"{node['name']}: no columns"
        for name, column in node["columns"].items():
            if not column["description"].strip():
                yield f"{node['name']}.{name}: no description"


def measures_name_their_unit(manifest: Manifest) -> Iterator[str]:
    """The description of a measure holds the unit that its name ends in."""
    for model in models(manifest):
        for name, column in model["columns"].items():
            words = _UNIT_WORDS.get(name.rpartition("_")[2], ()) if "_" in name else ()
            if words and not any(word in column["description"].lower() for word in words):
                yield f"{model['name']}.{name}: description lacks {words[0]!r}"


def joins_are_few(manifest: Manifest) -> Iterator[str]:
    """A model that joins more is two models."""
    for model in models(manifest):
        joins = len(re.findall(r"\bjoin\b", _sql(model["raw_code"]), re.IGNORECASE))
        if joins > MAX_JOINS:
            yield f"{model['name']}: {joins} joins"


def exposures_read_marts(manifest: Manifest) -> Iterator[str]:
    """What people open stands on marts only, and somebody owns it."""
    marts = {model["unique_id"] for model in models(manifest, "marts")}
    for exposure in manifest["exposures"].values():
        for parent in exposure["depends_on"]["nodes"]:
            if parent not in marts:
                yield f"{exposure['name']}: reads {parent}"
        if not exposure["owner"].get("name"):
            yield f"{exposure['name']}: no owner"


def personal_columns_are_marked(manifest: Manifest) -> Iterator[str]:
    """Columns that name a person carry `meta.pii` wherever they are listed."""
    for node in [*models(manifest), *manifest["sources"].values()]:
        for name, column in node["columns"].items():
            if _PERSONAL.search(name) and not _is_personal(column):
                yield f"{node['name']}.{name}: not marked as personal"


def marts_hold_no_personal_columns(manifest: Manifest) -> Iterator[str]:
    """E-mail and ids of accounts end before the marts."""
    for model in models(manifest, "marts"):
        for name, column in model["columns"].items():
            if _is_personal(column) or _PERSONAL.search(name):
                yield f"{model['name']}.{name}: personal"


def sources_have_freshness(manifest: Manifest) -> Iterator[str]:
    """Tables of a loaded system have a freshness contract."""
    for source in manifest["sources"].values():
        if source["source_name"] in _WRITTEN_BY_OUR_STEPS:
            continue
        freshness = source["freshness"] or {}
        limit = (freshness.get("error_after") or {}).get("count")
        if not source["loaded_at_query"] or not limit:
            yield f"{source['source_name']}.{source['name']}: no freshness"


def seeds_are_typed_and_sourced(manifest: Manifest) -> Iterator[str]:
    """Each column of a seed has a type and a description; each row says where it is from."""
    for seed in nodes(manifest, "seed"):
        types, columns = set(seed["config"]["column_types"]), set(seed["columns"])
        for name in sorted(types ^ columns):
            yield f"{seed['name']}.{name}: not both typed and described"
        if "source_note" not in columns:
            yield f"{seed['name']}: no source_note"


def marts_keep_their_contract(manifest: Manifest) -> Iterator[str]:
    """Marts are public, and dbt enforces their columns."""
    for model in models(manifest, "marts"):
        if not model["contract"]["enforced"]:
            yield f"{model['name']}: no contract"
        if model["access"] != "public":
            yield f"{model['name']}: not public"


def mart_types_are_portable(manifest: Manifest) -> Iterator[str]:
    """Columns of marts have a type that every target of a release knows."""
    for model, name, column in _mart_columns(manifest):
        kind = str(column["data_type"] or "").lower()
        decimal = re.fullmatch(r"decimal\((\d+), ?\d+\)", kind)
        if decimal and int(decimal[1]) <= MAX_DECIMAL_DIGITS:
            continue
        if kind not in _TYPES:
            yield f"{model['name']}.{name}: {kind or 'no'} type"


def mart_names_tell_types(manifest: Manifest) -> Iterator[str]:
    """Names of flags, times, days and keys end or begin as the house says; flags are never null."""
    for model, name, column in _mart_columns(manifest):
        kind = str(column["data_type"] or "").lower()
        fits = {
            "boolean": bool(re.match(r"(is|has|was)_", name)),
            "timestamp": name.endswith("_at"),
            "date": bool(re.match(r"date_", name)) or name.endswith("_date"),
        }.get(kind, True)
        if not fits:
            yield f"{model['name']}.{name}: no name for a {kind}"
        if kind == "boolean" and not _is_not_null(column):
            yield f"{model['name']}.{name}: flag may be null"
        if name.endswith("_key") and kind != "text":
            yield f"{model['name']}.{name}: key is no text"


def marts_say_claude_model(manifest: Manifest) -> Iterator[str]:
    """`model` alone would mean dbt's."""
    for model, name, _ in _mart_columns(manifest):
        if name in {"model", "model_id", "model_name"}:
            yield f"{model['name']}.{name}: say claude_model"


def money_names_its_currency(manifest: Manifest) -> Iterator[str]:
    """Money columns carry the currency, and costs their kind, which are never added."""
    for model, name, column in _mart_columns(manifest):
        words = set(name.split("_"))
        is_money = str(column["data_type"] or "").startswith(("decimal", "double"))
        if is_money and words & _MONEY_WORDS and "usd" not in words:
            yield f"{model['name']}.{name}: no currency"
        if name.endswith("cost_usd") and not name.startswith(COST_KINDS):
            yield f"{model['name']}.{name}: no kind of cost"


def one_clock(manifest: Manifest) -> Iterator[str]:
    """Models and macros ask the reporting day only of the macro that knows it."""
    macros = [
        macro
        for macro in manifest["macros"].values()
        if macro["package_name"] == _project(manifest) and macro["name"] != _CLOCK_MACRO
    ]
    code = [(node["name"], node["raw_code"]) for node in nodes(manifest, "model", "test")]
    code += [(macro["name"], macro["macro_sql"]) for macro in macros]
    for name, text in code:
        if found := _CLOCK.search(_SQL_COMMENT.sub("", text)):
            yield f"{name}: calls {found[0]}"


def sql_is_portable(manifest: Manifest) -> Iterator[str]:
    """What only one warehouse knows stands in dispatched macros alone, one for each warehouse."""
    code = [
        (node["name"], _STRING.sub("''", _JINJA.sub("", _SQL_COMMENT.sub("", node["raw_code"]))))
        for node in nodes(manifest, "model", "test")
    ]
    code += [
        (macro["name"], _SQL_COMMENT.sub("", macro["macro_sql"]))
        for macro in manifest["macros"].values()
        if macro["package_name"] == _project(manifest) and not _DISPATCHED.match(macro["name"])
    ]
    for name, text in code:
        for found in _OF_ONE_WAREHOUSE.finditer(text):
            yield f"{name}: {found[0].strip()}"


def stale_days_are_rebuilt(manifest: Manifest) -> Iterator[str]:
    """A model that keeps rows says what makes its days stale, and replaces those alone."""
    for model in models(manifest):
        config = model["config"]
        if config["materialized"] != "incremental" or model["name"].startswith(_OF_DAYS):
            continue
        if config.get("incremental_strategy") != "stale_days":
            yield f"{model['name']}: has another strategy than stale_days"
        if "stale_by(" not in _SQL_COMMENT.sub("", model["raw_code"]):
            yield f"{model['name']}: does not say what makes a day stale"


def warnings_have_a_reason(manifest: Manifest) -> Iterator[str]:
    """A data test that only warns says who looks at it and why it may."""
    for test in nodes(manifest, "test"):
        if str(test["config"]["severity"]).lower() == "warn" and not {"owner", "reason"} <= set(
            test["config"]["meta"]
        ):
            yield f"{test['name']}: warns without owner and reason"


def macros_are_documented(manifest: Manifest) -> Iterator[str]:
    """A file holds one macro of its own name, with a description."""
    files: Counter[str] = Counter()
    for macro in manifest["macros"].values():
        path = PurePosixPath(macro["original_file_path"])
        if macro["package_name"] != _project(manifest) or path.parts[0] != "macros":
            continue
        if "__" in macro["name"]:
            continue
        files[str(path)] += 1
        if macro["name"] != path.stem:
            yield f"{path}: holds {macro['name']}"
        if not macro["description"]:
            yield f"{macro['name']}: no description"
    yield from (f"{path}: {count} macros" for path, count in files.items() if count > 1)


def macros_are_used(manifest: Manifest) -> Iterator[str]:
    """Every macro has a caller, or dbt calls it by its name."""
    names = Counter(macro["name"] for macro in manifest["macros"].values())
    texts = [(macro["name"], macro["macro_sql"]) for macro in _house_macros(manifest)]
    for node in [*manifest["nodes"].values(), *manifest["sources"].values()]:
        texts.append(("", f"{node.get('raw_code')} {node.get('config')} {node.get('description')}"))
    words = [(name, set(re.findall(r"\w+", _SQL_COMMENT.sub("", text)))) for name, text in texts]
    for macro in _house_macros(manifest):
        name = macro["name"]
        if "__" in name or names[name] > 1 or _CALLED_BY_DBT.fullmatch(name):
            continue
        if not any(name in found for caller, found in words if caller != name):
            yield f"{name}: nobody calls it"


def macros_differ(manifest: Manifest) -> Iterator[str]:
    """No two macros say the same, whatever they call their arguments."""
    bodies: dict[str, str] = {}
    for macro in _house_macros(manifest):
        found = _MACRO.search(_SQL_COMMENT.sub("", macro["macro_sql"]))
        if not found:
            continue
        body = found["body"]
        arguments = re.findall(r"(\w+)\s*(?:=[^,]*)?(?:,|$)", found["arguments"])
        for number, argument in enumerate(arguments):
            body = re.sub(rf"\b{argument}\b", f"argument_{number}", body)
        twin = bodies.setdefault("".join(body.split()), macro["name"])
        if twin != macro["name"]:
            yield f"{macro['name']}: says the same as {twin}"


RULES: Final[tuple[Rule, ...]] = (
    name_fits_layer,
    only_staging_reads_sources,
    layers_point_forward,
    staging_is_a_view,
    key_is_tested,
    rules_of_columns_stand_together,
    names_fit_every_warehouse,
    grain_is_stated,
    columns_are_described,
    measures_name_their_unit,
    joins_are_few,
    exposures_read_marts,
    personal_columns_are_marked,
    marts_hold_no_personal_columns,
    sources_have_freshness,
    seeds_are_typed_and_sourced,
    marts_keep_their_contract,
    mart_types_are_portable,
    mart_names_tell_types,
    marts_say_claude_model,
    money_names_its_currency,
    one_clock,
    sql_is_portable,
    stale_days_are_rebuilt,
    warnings_have_a_reason,
    macros_are_documented,
    macros_are_used,
    macros_differ,
)


def _mart_columns(manifest: Manifest) -> Iterator[tuple[Node, str, Node]]:
    for model in models(manifest, "marts"):
        for name, column in model["columns"].items():
            yield model, name, column


def _is_not_null(column: Node) -> bool:
    return any(constraint["type"] == "not_null" for constraint in column.get("constraints", ()))


def _is_personal(column: Node) -> bool:
    return bool(column["config"]["meta"].get("pii"))


def _house_macros(manifest: Manifest) -> list[Node]:
    return [
        macro
        for macro in manifest["macros"].values()
        if macro["package_name"] == _project(manifest)
        and macro["original_file_path"].startswith("macros/")
    ]


def _project(manifest: Manifest) -> str:
    return str(manifest["metadata"]["project_name"])


def _sql(text: str) -> str:
    return _JINJA.sub("", _SQL_COMMENT.sub("", text))
