"""Pages from the manifest: what a column says is taken apart, and folders are drawn once."""

import json
from pathlib import Path
from typing import Any

import pytest

from publishing.dictionary import dictionary, main, picture


def column(name: str, description: str, *, is_null: bool = True, **meta: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "data_type": "bigint",
        "constraints": [] if is_null else [{"type": "not_null"}],
        "config": {"meta": meta},
    }


def model(path: str, *reads: str, columns: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    folders, _, name = path.rpartition("/")
    return {
        "unique_id": f"model.house.{name}",
        "resource_type": "model",
        "name": name,
        "fqn": ["house", *folders.split("/"), name],
        "description": "**Grain:** one row\n  per day.",
        "depends_on": {"nodes": list(reads)},
        "columns": {one["name"]: one for one in columns},
    }


def manifest(*models: dict[str, Any]) -> dict[str, Any]:
    return {"nodes": {one["unique_id"]: one for one in models}}


def row_of(*columns: dict[str, Any], number: int = 0) -> list[str]:
    page = dictionary(manifest(model("marts/usage/fct_lunches", columns=columns)))
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    return [cell.strip() for cell in rows[number].strip("|").split(" | ")]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            column("dish_count", "Dishes; count; null when nobody looked. Of all kitchens."),
            ["bigint", "count", "when nobody looked", "Dishes; Of all kitchens."],
        ),
        (
            column("dish_count", "Dishes, e.g. soups; count.", is_null=False),
            ["bigint", "count", "never", "Dishes, e.g. soups."],
        ),
        (
            column("lunch_seconds", "Time at table. Null before 1.5 minutes."),
            ["bigint", "seconds", "before 1.5 minutes", "Time at table."],
        ),
        (column("cook_key", "Who cooked."), ["bigint", "", "may be", "Who cooked."]),
        (column("salt", "Salt.", unit="grams"), ["bigint", "grams", "may be", "Salt."]),
    ],
)
def test_unit_null_and_meaning_are_told_apart(one: dict[str, Any], expected: list[str]) -> None:
    assert row_of(one)[1:] == expected


def test_additivity_stands_where_a_column_says_it() -> None:
    said, silent = column("dishes", "Dishes.", additivity="over days"), column("cook", "Who.")
    assert row_of(said, silent)[3] == "over days"
    assert row_of(said, silent, number=1)[3] == ""
    assert len(row_of(silent)) == len(row_of(said)) - 1


def test_a_mart_says_its_row_and_what_it_reads() -> None:
    page = dictionary(
        manifest(
            model("marts/usage/fct_lunches", "seed.house.dishes", "model.house.int_food__eaten"),
            model("intermediate/food/int_food__eaten"),
        )
    )
    assert "## Usage\n\n### fct_lunches\n\n**Grain:** one row per day.\n" in page
    assert "Reads `dishes`, `int_food__eaten`." in page
    assert "### int_food__eaten" not in page


def test_folders_are_drawn_without_what_a_longer_way_shows() -> None:
    drawn = picture(
        manifest(
            model("staging/kitchen/stg_kitchen__meals", "source.house.kitchen.meals"),
            model("intermediate/food/int_food__eaten", "model.house.stg_kitchen__meals"),
            model("intermediate/food/int_food__left", "model.house.int_food__eaten"),
            model(
                "marts/usage/fct_lunches",
                *("model.house.int_food__left", "model.house.stg_kitchen__meals"),
                "seed.house.dishes",
            ),
        )
    )
    arrows = [line.strip() for line in drawn.splitlines() if "-->" in line]
    assert arrows == [
        "intermediate_food --> marts_usage",
        "seeds --> marts_usage",
        "staging_kitchen --> intermediate_food",
    ]
    assert "    seeds[seeds]\n    subgraph staging\n        staging_kitchen[kitchen]\n" in drawn


def test_a_folder_that_reads_no_other_is_drawn() -> None:
    drawn = picture(manifest(model("gates/raw/gate_raw__meals", "source.house.kitchen.meals")))
    assert "        gates_raw[raw]" in drawn


def test_what_goes_against_the_flow_is_dashed() -> None:
    drawn = picture(
        manifest(
            model("intermediate/price/int_price__known"),
            model("intermediate/food/int_food__eaten", "model.house.int_price__known"),
            model("intermediate/food/int_food__left", "model.house.int_price__known"),
            model("intermediate/price/int_price__paid", "model.house.int_food__eaten"),
            model("marts/usage/fct_lunches", "model.house.int_price__paid"),
        )
    )
    arrows = [line.strip() for line in drawn.splitlines() if "-> " in line]
    assert arrows == [
        "intermediate_food -.-> intermediate_price",
        "intermediate_price --> intermediate_food",
        "intermediate_price --> marts_usage",
    ]


def test_a_missing_manifest_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path / "manifest.json")])
    assert stopped.value.code == 2
    assert "make docs" in capsys.readouterr().err


def test_equal_manifests_give_equal_pages() -> None:
    models = (model("marts/usage/fct_lunches"), model("marts/core/dim_dishes"))
    there, back = manifest(*models), manifest(*reversed(models))
    assert dictionary(there) == dictionary(json.loads(json.dumps(back)))
