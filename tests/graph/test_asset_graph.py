"""The whole graph as people see it. Regenerate: ``python -m pytest tests/graph --write-graph``."""

import json
from pathlib import Path
from typing import Any

import pytest
from dagster import Definitions

from narrative_assets.definitions import defs

SNAPSHOT = Path(__file__).with_name("asset_graph.json")


def graph() -> dict[str, Any]:
    Definitions.validate_loadable(defs)
    found = {}
    for key in sorted(defs.resolve_all_asset_keys(), key=lambda k: k.to_user_string()):
        spec = defs.resolve_asset_graph().get(key)
        definition = defs.get_assets_def(key)
        found[key.to_user_string()] = {
            "parents": sorted(parent.to_user_string() for parent in spec.parent_keys),
            "group": spec.group_name,
            "kinds": sorted(tag.removeprefix("dagster/kind/") for tag in spec.tags if tag.startswith("dagster/kind/")),
            "owners": sorted(spec.owners),
            "description": spec.description,
            "code_version": spec.code_version,
            "partitions": definition.partitions_def.name if definition.partitions_def else None,
            "checks": sorted(c.name for c in defs.resolve_asset_graph().asset_check_keys if c.asset_key == key),
        }
    return found


def test_the_keys_of_the_graph_are_the_pipeline_s_products() -> None:
    assert list(graph()) == [
        "asset_manifest", "canon", "canon_diff", "episode", "episode_plan", "model_smoke", "publish_record",
        "render_output", "render_plan", "script", "shot_list", "story_arc",
    ]  # fmt: skip


def test_the_graph_is_as_recorded(request: pytest.FixtureRequest) -> None:
    found = graph()
    if request.config.getoption("--write-graph"):
        SNAPSHOT.write_text(json.dumps(found, indent=1) + "\n")
    recorded = json.loads(SNAPSHOT.read_text())
    assert found == recorded, "The graph has changed. If so meant: python -m pytest tests/graph --write-graph"


def test_every_asset_says_what_it_is_and_who_cares_for_it() -> None:
    for name, asset in graph().items():
        assert asset["description"] and asset["owners"] and asset["kinds"] and asset["code_version"], name
