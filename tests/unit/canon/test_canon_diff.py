"""The diff an episode proposes: who and what is new, which facts begin and end, what happened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from canon_cases import canon, project, script

from narrative_assets.canon import apply_diff, blocking, canon_as_of, initial_canon, propose_diff, require_clean
from schemas.canon import Canon, CanonDiff, Fact
from schemas.canonical import canonical_json, content_hash
from schemas.errors import CanonConflict, InputError, StoryOrderError
from schemas.story import StoryThread

WHOLE = [
    {
        "place": "pier",
        "at": [480, 490],
        "says": ["mara", "tom"],
        "present": ["ines"],
        "summary": "Mara waits.",
        "claims": [
            {"s": "storm", "p": "happened", "o": "The storm breaks"},
            {"s": "lamp", "p": "state", "o": "lit"},
            {"s": "mara", "p": "knows", "o": "the reef is mined"},
            {"s": "tom", "p": "age", "o": 70, "modality": "lied", "holder": "tom"},
        ],
    },
    {
        "place": "lighthouse",
        "at": [600, 620],
        "says": ["mara"],
        "summary": "Mara lights the lamp.",
        "claims": [
            {"s": "tom", "p": "holds", "o": "key", "change": {"kind": "transfer", "permitted_by": "Mara gives it"}},
            {"s": "ines", "p": "alive", "o": False, "change": {"kind": "die"}, "at": [610, 612]},
            {"s": "mara", "p": "related", "o": "tom"},
        ],
    },
    {"place": "forest", "at": [50, 60], "frame": {"kind": "dream"}, "says": ["tom"], "claims": [
        {"s": "tom", "p": "alive", "o": False}, {"s": "fire", "p": "happened", "o": "The forest burns"}]},
]  # fmt: skip


def propose(told: Any, base: Canon | None = None) -> CanonDiff:
    base = base or canon()
    return propose_diff(base, told, content_hash(told), content_hash(base))


def added(diff: CanonDiff, subject: str, predicate: str) -> list[Fact]:
    return [each for each in diff.added_facts if (each.subject, each.predicate) == (subject, predicate)]


@pytest.fixture
def diff() -> CanonDiff:
    told = script(
        WHOLE,
        logline="A light goes out.",
        threads_opened=(StoryThread(thread_id="wreck", question="Who sank it?"),),
    )
    return propose(told)


def test_what_is_shown_of_the_actual_world_becomes_fact(diff: CanonDiff) -> None:
    require_clean(diff)
    (lit,) = added(diff, "lamp", "state")
    assert (lit.object.text, lit.valid_from, lit.valid_to, lit.observed_to) == ("lit", 480, None, 490)
    assert lit.established.scene_id == "sc01"
    assert lit.source.first_line == 101
    (knows,) = added(diff, "mara", "knows")
    assert knows.object.text == "the reef is mined"


def test_what_is_lied_or_dreamt_becomes_nothing(diff: CanonDiff) -> None:
    assert added(diff, "tom", "age") == []
    assert added(diff, "tom", "alive") == []
    assert [event.summary for event in diff.added_events] == ["The storm breaks"]
    assert "forest" not in {each.object.entity for each in added(diff, "tom", "located_at")}


def test_a_new_place_ends_the_one_before(diff: CanonDiff) -> None:
    pier, lighthouse = added(diff, "mara", "located_at")
    assert (pier.object.entity, pier.valid_from, pier.observed_to, pier.valid_to) == ("pier", 480, 490, 600)
    assert (lighthouse.object.entity, lighthouse.valid_from, lighthouse.valid_to) == ("lighthouse", 600, None)


def test_death_and_transfer_end_what_canon_held(diff: CanonDiff) -> None:
    ended = {(change.before.subject, change.before.predicate): change for change in diff.modified_facts}
    assert set(ended) == {("ines", "alive"), ("mara", "holds")}
    assert ended["ines", "alive"].after.valid_to == 610
    assert ended["mara", "holds"].after.valid_to == 600
    assert ended["mara", "holds"].after.fact_id == ended["mara", "holds"].before.fact_id
    assert "Tom Reed holds Brass key" in ended["mara", "holds"].reason
    assert added(diff, "tom", "holds")[0].object.entity == "key"


def test_events_carry_the_place_and_the_people_of_their_scene(diff: CanonDiff) -> None:
    (storm,) = diff.added_events
    assert storm.location_id == "pier"
    assert storm.participants == ("ines",)
    assert storm.telling.scene_id == "sc01"


def test_time_summary_and_threads_are_taken_over(diff: CanonDiff) -> None:
    assert diff.story_minute == 620
    assert diff.summary == "A light goes out.\nMara waits.\nMara lights the lamp."
    assert [(thread.thread_id, thread.planted_in) for thread in diff.threads] == [("wreck", "s01e03")]
    after = apply_diff(canon(), diff, "s01e04")
    closing = script([{"place": "pier", "at": [900, 910]}], threads_closed=("wreck",), episode="s01e04")
    (closed,) = propose(closing, after).threads
    assert (closed.closed, closed.planted_in, closed.pays_off_in) == (True, "s01e03", "s01e04")


def test_relationships_are_listed_and_stated_once(diff: CanonDiff) -> None:
    assert [(each.subject, each.object, each.since) for each in diff.added_relationships] == [("mara", "tom", 600)]
    after = apply_diff(canon(), diff, "s01e04")
    reverse = script(
        [{"place": "pier", "at": [900, 910], "claims": [{"s": "tom", "p": "related", "o": "mara"}]}], episode="s01e04"
    )
    assert propose(reverse, after).added_relationships == ()


def test_newcomers_bring_names_lives_and_ages() -> None:
    told = script(
        [{"place": "harbour", "at": [480, 490], "says": ["kim"]}],
        [{"character_id": "kim", "name": "Kim Lund", "aliases": ["Kimmy"], "age_years": 20, "species": "selkie"}],
    )
    diff = propose(told)
    assert [(each.character_id, each.name, each.aliases, each.species) for each in diff.added_characters] == [
        ("kim", "Kim Lund", ("Kimmy",), "selkie")
    ]
    assert [(each.location_id, each.name) for each in diff.added_locations] == [("harbour", "Harbour")]
    assert added(diff, "kim", "name")[0].object.text == "Kim Lund"
    assert added(diff, "kim", "alive")[0].object.flag is True
    assert added(diff, "kim", "age")[0].object.number == 20
    assert added(diff, "kim", "acts")[0].valid_from == 480


def test_a_rename_changes_the_name_of_record() -> None:
    rename = {"s": "mara", "p": "name", "o": "Nora Reed", "change": {"kind": "rename", "permitted_by": "marriage"}}
    diff = propose(script([{"place": "pier", "at": [480, 490], "claims": [rename]}]))
    require_clean(diff)
    assert [(each.character_id, each.name, each.aliases) for each in diff.added_characters] == [
        ("mara", "Nora Reed", ("the Keeper",))
    ]
    after = apply_diff(canon(), diff, "s01e04")
    old_name = script([{"place": "pier", "at": [900, 910]}], episode="s01e04")
    assert [each.code for each in blocking(propose(old_name, after))] == ["name"]


def test_a_scene_told_later_is_laid_in_at_its_own_time() -> None:
    base = canon([{"s": "mara", "p": "located_at", "o": "village", "from": 900, "seen": 910}])
    diff = propose(script([{"place": "pier", "at": [480, 490], "present": ["mara"]}]), base)
    (pier,) = added(diff, "mara", "located_at")
    assert (pier.valid_from, pier.valid_to) == (480, 900)
    assert diff.modified_facts == ()


def test_what_held_at_some_point_of_a_long_time_keeps_all_of_it() -> None:
    somewhere = {"s": "mara", "p": "located_at", "o": "forest", "at": [100, 900]}
    diff = propose(script([{"place": "gates", "at": [480, 490], "present": ["mara"], "claims": [somewhere]}]))
    seen = [(each.valid_from, each.observed_to) for each in added(diff, "mara", "located_at")]
    assert seen == [(100, 900), (480, 490)]


def test_who_was_present_in_a_scene_may_have_left_it_early() -> None:
    """Seen at the pier (20 minutes from the lighthouse), and 25 minutes after its first minute at the lighthouse."""
    base = canon()
    seen = propose(script([{"place": "pier", "at": [480, 500], "present": ["mara"]}], episode="s01e03"), base)
    told = script([{"place": "lighthouse", "at": [501, 505], "present": ["mara"]}], episode="s01e04")
    assert not blocking(propose(told, apply_diff(base, seen, "s01e04")))
    told = script([{"place": "lighthouse", "at": [485, 495], "present": ["mara"]}], episode="s01e04")
    assert blocking(propose(told, apply_diff(base, seen, "s01e04")))


def test_what_canon_holds_already_is_not_added_again() -> None:
    facts = [
        {"s": "lamp", "p": "state", "o": "lit", "from": 100},
        {"s": "tom", "p": "holds", "o": "letter", "from": 100},
    ]
    claims = [
        {"s": "lamp", "p": "state", "o": "Lit"},
        {"s": "tom", "p": "holds", "o": "letter"},
        {"s": "mara", "p": "age", "o": 31},
    ]
    diff = propose(script([{"place": "pier", "at": [480, 490], "claims": claims}]), canon(facts))
    assert diff.added_facts == ()
    assert diff.modified_facts == ()


def test_judged_again_on_its_own_outcome_an_episode_adds_nothing_of_substance() -> None:
    told = script(WHOLE)
    once = apply_diff(canon(), propose(told), "s01e03")
    again = propose(told, once)
    assert {each.fact_id for each in again.added_facts} <= {each.fact_id for each in once.persistent_states}
    assert apply_diff(once, again, "s01e03").persistent_states == once.persistent_states


def test_a_thing_that_the_action_shows_and_a_fact_names_is_added() -> None:
    told = script([{"place": "pier", "at": [480, 490], "claims": [{"s": "mara", "p": "holds", "o": "red_flare"}]}])
    action = {
        "type": "action", "element_id": "sc01.a1", "text": "She lifts a flare.", "props": ["red_flare", "rope"],
        "source": {"document": "s01e03.fountain"},
    }  # fmt: skip
    scene = told.scenes[0].model_dump()
    shown = type(told).model_validate({**told.model_dump(), "scenes": [{**scene, "elements": [action]}]})
    diff = propose(shown)
    assert [(each.thing_id, each.name) for each in diff.added_things] == [("red_flare", "red flare")]
    assert added(diff, "mara", "holds")[0].object.entity == "red_flare"


def test_the_error_names_the_first_contradiction_and_counts_the_others() -> None:
    claims = [
        {"s": "mara", "p": "age", "o": 60},
        {"s": "tom", "p": "age", "o": 8},
        {"s": "tom", "p": "holds", "o": "key"},
    ]
    diff = propose(script([{"place": "pier", "at": [480, 490], "claims": claims}]))
    with pytest.raises(CanonConflict) as refusal:
        require_clean(diff)
    assert "Mara Vale is 31 years old" in refusal.value.message
    assert "Mara Vale is 60 years old" in refusal.value.message
    assert "lighthouse/s01e03" in refusal.value.message
    assert refusal.value.message.endswith("Further contradictions in its diff: 2.")
    assert refusal.value.remedy.startswith("Give the age as 31 to 32 years")


def test_canon_of_another_episode_or_project_is_refused() -> None:
    told = script([{"place": "pier", "at": [480, 490]}])
    with pytest.raises(StoryOrderError, match="s01e02"):
        propose(told, initial_canon(project(), "s01e02"))
    with pytest.raises(InputError, match="other"):
        propose(told, canon().model_copy(update={"project_id": "other"}))


def test_a_rewrite_is_judged_at_its_place_and_later_diffs_on_top() -> None:
    first = script([{"place": "pier", "at": [480, 490], "says": ["tom"]}], episode="s01e01")
    second = script([{"place": "pier", "at": [3000, 3010], "says": ["tom"]}], episode="s01e02")
    before = canon_as_of(project(), [], "s01e01")
    diffs = [propose(first, before)]
    diffs.append(propose(second, canon_as_of(project(), diffs, "s01e02")))
    require_clean(diffs[1])
    dies = {
        "place": "pier",
        "at": [480, 490],
        "claims": [{"s": "tom", "p": "alive", "o": False, "change": {"kind": "die"}}],
    }
    rewritten = propose(script([dies], episode="s01e01"), canon_as_of(project(), diffs, "s01e01"))
    require_clean(rewritten)
    judged_again = propose(second, canon_as_of(project(), [*diffs, rewritten], "s01e02"))
    assert [each.code for each in blocking(judged_again)] == ["dead_acting"]


def test_ids_and_bytes_are_the_same_in_every_process(repository: Path) -> None:
    program = (
        "import sys; sys.path[:0] = [sys.argv[1], sys.argv[1] + '/tests/unit/canon']\n"
        "from test_canon_diff import WHOLE, propose\n"
        "from canon_cases import script\n"
        "from schemas.canonical import content_hash\n"
        "print(content_hash(propose(script(WHOLE))))\n"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", program, str(repository)],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("1", "UTC"), ("77", "Asia/Tokyo"))
    }
    assert hashes == {content_hash(propose(script(WHOLE)))}
    assert canonical_json(propose(script(WHOLE))) == canonical_json(propose(script(WHOLE)))
