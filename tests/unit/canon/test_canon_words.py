"""Names that agree, dates in words, and the engine's public face."""

from __future__ import annotations

import subprocess
import sys

import pytest

import narrative_assets.canon as engine
from narrative_assets.canon.names import same_name
from narrative_assets.canon.words import date


@pytest.mark.parametrize(
    ("one", "other"),
    [("Mara Vale", "MARA"), ("Dr. Mara Vale", "Mara Vale"), ("Dr Vale", "Doctor Mara Vale"), 
     ("the Captain", "Captain Reed"),      ("Zoë", "Zoe\u0308"), ("Jean-Luc", "JEAN-LUC"), ("", "")],
)  # fmt: skip
def test_these_are_names_of_one_person(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("Mara", "Maria"), ("Tom Reed", "Tom Vale"), ("Captain Reed", "Captain Vale"), ("Ann", "Anna")]
)
def test_these_are_names_of_two(one: str, other: str) -> None:
    assert not same_name(one, other)
    assert not same_name(other, one)


@pytest.mark.parametrize(
    ("minute", "words"), [(0, "day 1, 00:00"), (1439, "day 1, 23:59"), (1440, "day 2, 00:00"), (-1, "day 0, 23:59")]
)
def test_story_minutes_read_as_days_and_clock_times(minute: int, words: str) -> None:
    assert date(minute) == words


def test_the_public_names_are_these() -> None:
    assert engine.__all__ == [
        "GATE_VERSION", "REPAIR_VERSION", "RULES", "CanonSource", "RuleBook", "apply_diff", "blocking", "canon_as_of",
        "canon_page", "episode_order", "episode_record", "initial_canon", "judge", "propose_diff", "repair_script",
        "require_clean", "require_sound", "rules_of", "scoped_canon", "stale_changes", "with_rules",
    ]  # fmt: skip
    assert all(hasattr(engine, name) for name in engine.__all__)


def test_the_engine_is_imported_without_dagster_and_without_heavy_libraries() -> None:
    program = (
        "import sys; sys.path.insert(0, '.'); import narrative_assets.canon\n"
        "print(sorted({'dagster', 'cv2', 'numpy', 'PIL', 'av', 'pandas'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
