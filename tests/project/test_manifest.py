"""The project keeps the house rules."""

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.project.conftest import ROOT
from tests.project.manifest_rules import RULES, Rule, models, nodes


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_is_kept(rule: Rule, manifest: dict[str, Any]) -> None:
    broken = list(rule(manifest))
    assert not broken, "\n".join(broken)


def test_every_layer_has_models(manifest: dict[str, Any]) -> None:
    for layer in ("staging", "intermediate", "marts", "utilities", "gates"):
        assert models(manifest, layer), layer


def test_seed_files_have_the_columns_that_are_typed(manifest: dict[str, Any]) -> None:
    for seed in nodes(manifest, "seed"):
        with Path(ROOT, seed["original_file_path"]).open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        assert set(header) == set(seed["config"]["column_types"]), seed["name"]


def test_every_model_file_is_in_the_manifest(manifest: dict[str, Any]) -> None:
    known = {model["original_file_path"] for model in models(manifest)}
    assert {str(path.relative_to(ROOT)) for path in ROOT.glob("models/**/*.sql")} == known
