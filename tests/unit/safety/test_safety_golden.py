"""The golden texts: what the policy must find at a rating, and what is innocent there. ``-s`` prints the figures."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

from narrative_assets.safety.matching import packaged_matcher
from narrative_assets.safety.policy import RATINGS, packaged_policy

GOLDEN = json.loads((Path(__file__).parent / "golden_texts.json").read_text("utf-8"))


@cache
def forbidden(text: str, rating: str) -> frozenset[str]:
    """The categories that ``text`` shows and ``rating`` does not allow."""
    categories = {category.id: category for category in packaged_policy().categories}
    shown = {hit.category for hit in packaged_matcher().hits(text)}
    return frozenset(one for one in shown if not categories[one].allowed_at(rating))  # type: ignore[arg-type]


def test_every_forbidden_text_is_found_in_its_category():
    missed = [case for case in GOLDEN["found"] if case["category"] not in forbidden(case["text"], case["rating"])]
    assert missed == []


def test_no_innocent_text_is_accused():
    accused = [(case, forbidden(case["text"], case["rating"])) for case in GOLDEN["clear"]]
    assert [case for case, why in accused if why] == []


def test_the_set_is_large_enough_and_covers_every_category_at_every_rating():
    assert len(GOLDEN["found"]) >= 60
    assert len(GOLDEN["clear"]) >= 60
    scripted = {category.id for category in packaged_policy().categories if "script" in category.points}
    per_category = Counter(case["category"] for case in GOLDEN["found"])
    assert set(per_category) >= scripted - {"impersonation"}
    assert {case["rating"] for case in GOLDEN["clear"]} == set(RATINGS)


def test_precision_and_recall_are_printed():
    right = sum(case["category"] in forbidden(case["text"], case["rating"]) for case in GOLDEN["found"])
    wrong = sum(bool(forbidden(case["text"], case["rating"])) for case in GOLDEN["clear"])
    recall, precision = right / len(GOLDEN["found"]), right / max(1, right + wrong)
    print(
        f"\nprecision {precision:.3f}, recall {recall:.3f} over {len(GOLDEN['found'])} + {len(GOLDEN['clear'])} texts"
    )
    assert recall == precision == 1.0
