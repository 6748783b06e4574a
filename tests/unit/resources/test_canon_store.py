"""The canon store: canon as of any episode as the fold gives it, changed by approved diffs only, on both databases."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import Engine, text

from narrative_assets.canon import canon_as_of, initial_canon, propose_diff, scoped_canon
from narrative_assets.canon.index import CanonIndex
from resources.canon_store import CanonStore
from schemas.canon import CanonDiff, FactChange, Waiver
from schemas.canonical import canonical_json, content_hash
from schemas.errors import (
    CanonMoved,
    InputError,
    IntegrityError,
    KinshipCycle,
    SubjectNotYet,
    TenantRefused,
    UnknownEntity,
    WaiverRefused,
)
from schemas.project import CastMember, Project
from schemas.story import EntityRef, NumberValue
from tests.fakes.canon_diffs import amendment, diff, fact, hashed, project, random_diff
from tests.fakes.seasons.trial import try_season

EPISODES = tuple(f"s01e{number:02d}" for number in range(1, 8))
LATER = "s02e01"


@pytest.fixture
def store(engine: Engine) -> CanonStore:
    return CanonStore(engine, "studio-a")


def append(store: CanonStore, given: CanonDiff, approver: str = "Ana", *, of: Project | None = None) -> str:
    digest = content_hash(given)
    store.append(of or project(), given, digest, approver=approver)
    return digest


def standing_diffs(store: CanonStore) -> list[CanonDiff]:
    return [store.diff(digest) for hashes in store.standing("lighthouse").values() for digest in hashes]


def same_everywhere(store: CanonStore, given: Project) -> None:
    """Canon as of every episode is the fold of what stands."""
    diffs = standing_diffs(store)
    for as_of in (*EPISODES, LATER):
        assert canonical_json(store.canon(given, as_of)) == canonical_json(canon_as_of(given, diffs, as_of)), as_of


def test_before_any_diff_canon_is_what_the_project_file_says(store: CanonStore) -> None:
    assert store.canon(project(), "s01e01") == initial_canon(project(), "s01e01")
    assert store.head("lighthouse") == 0
    assert store.entries("lighthouse") == []
    assert store.standing("lighthouse") == {}


def test_an_approved_diff_is_true_from_the_next_episode_on(store: CanonStore) -> None:
    told = fact("s01e02", "mara", "state", "wet", 1_500)
    append(store, diff("s01e02", told))
    assert told not in store.canon(project(), "s01e02").persistent_states
    assert told in store.canon(project(), "s01e03").persistent_states


@pytest.mark.parametrize("seed", range(6))
def test_random_seasons_read_as_their_fold_whatever_was_rewritten_amended_or_withdrawn(
    store: CanonStore, seed: int
) -> None:
    dice = random.Random(seed)
    approved: list[str] = []
    for step in range(14):
        known = standing_diffs(store)
        if approved and dice.random() < 0.15:
            store.withdraw(project(), approved.pop(), approver="Ana", notes="wrong")
        elif dice.random() < 0.3:
            given = random_diff(dice, dice.choice(EPISODES), known, "amendment")
            approved.append(append(store, given))
        else:
            append(store, random_diff(dice, EPISODES[min(step // 2, 6)] if step < 12 else dice.choice(EPISODES), known))
    same_everywhere(store, project())
    assert store.verify(project()) == []


def test_a_rewrite_replaces_the_script_diff_and_keeps_the_amendments_on_top(store: CanonStore) -> None:
    first = append(store, diff("s01e01", fact("s01e01", "mara", "state", "wet", 10)))
    mended = append(store, amendment("s01e01", fact("s01e01", "mara", "hair", "red", 20)))
    second = append(store, diff("s01e01", fact("s01e01", "mara", "state", "dry", 10)))
    assert store.standing("lighthouse") == {"s01e01": (second, mended)}
    states = {each.object.text for each in store.canon(project(), "s01e02").persistent_states if each.valid_from}
    assert states == {"dry", "red"}
    assert store.canon(project(), "s01e02").last_summary == "What happened in s01e01."
    assert [entry.diff_hash for entry in store.entries("lighthouse")] == [first, mended, second]


def test_what_an_episode_stands_on_already_is_not_logged_again(store: CanonStore) -> None:
    given, digest = hashed(diff("s01e01", fact("s01e01", "mara", "state", "wet", 10)))
    entry = store.append(project(), given, digest, approver=" Ana ", notes="fine")
    assert entry is not None
    assert (entry.position, entry.episode_id, entry.origin, entry.approver, entry.notes) == (
        1, "s01e01", "script", "Ana", "fine",
    )  # fmt: skip
    assert store.append(project(), given, digest, approver="Ana", expected=0) is None
    assert store.head("lighthouse") == 1


def test_a_withdrawn_amendment_is_gone_from_canon_and_stays_in_the_log(store: CanonStore) -> None:
    append(store, diff("s01e01"))
    before = store.canon(project(), "s01e02")
    digest = append(store, amendment("s01e01", fact("s01e01", "mara", "hair", "red", 20)))
    assert store.canon(project(), "s01e02") != before
    entry = store.withdraw(project(), digest, approver="Ben", notes="not so")
    assert store.canon(project(), "s01e02") == before
    assert (entry.origin, entry.diff_hash, entry.position, entry.notes) == ("withdrawal", digest, 3, "not so")
    assert store.diff(digest).author == "Ana"
    with pytest.raises(InputError, match="No amendment"):
        store.withdraw(project(), digest, approver="Ben", notes="again")
    append(store, amendment("s01e01", fact("s01e01", "mara", "hair", "red", 20)))
    assert store.standing("lighthouse")["s01e01"][-1] == digest


def test_the_diff_of_a_script_cannot_be_withdrawn(store: CanonStore) -> None:
    digest = append(store, diff("s01e01"))
    with pytest.raises(InputError, match="No amendment"):
        store.withdraw(project(), digest, approver="Ben", notes="")


def test_the_standing_is_told_in_story_order_and_up_to_an_episode(store: CanonStore) -> None:
    third, first = append(store, diff("s01e03")), append(store, diff("s01e01"))
    assert list(store.standing("lighthouse").items()) == [("s01e01", (first,)), ("s01e03", (third,))]
    assert store.standing("lighthouse", before="s01e03") == {"s01e01": (first,)}


def test_a_writer_whose_canon_has_moved_is_told_what_changed_and_writes_nothing(store: CanonStore) -> None:
    append(store, diff("s01e01"))
    append(store, diff("s01e02", fact("s01e02", "mara", "state", "wet", 10)), "Ben")
    given, digest = hashed(diff("s01e03"))
    with pytest.raises(CanonMoved, match=r"position 2, not at 1.*s01e02 \(script\) by Ben, 1 facts"):
        store.append(project(), given, digest, approver="Ana", expected=1)
    assert store.head("lighthouse") == 2
    assert "s01e03" not in store.standing("lighthouse")
    assert store.append(project(), given, digest, approver="Ana", expected=2) is not None


def test_nothing_is_approved_by_nobody(store: CanonStore) -> None:
    given, digest = hashed(diff("s01e01"))
    with pytest.raises(InputError, match="word of somebody"):
        store.append(project(), given, digest, approver="  ")
    with pytest.raises(InputError, match="word of somebody"):
        store.withdraw(project(), digest, approver="", notes="")
    assert store.head("lighthouse") == 0


def test_a_diff_of_another_project_or_with_another_hash_is_refused(store: CanonStore) -> None:
    with pytest.raises(InputError, match="belongs to"):
        append(store, diff("s01e01", project_id="other"))
    with pytest.raises(IntegrityError, match="not the one approved"):
        store.append(project(), diff("s01e01"), "0" * 64, approver="Ana")


def test_a_failure_half_way_leaves_nothing_behind(store: CanonStore, monkeypatch: pytest.MonkeyPatch) -> None:
    append(store, diff("s01e01"))
    before = store.canon(project(), LATER)

    def fail(*_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("resources.canon_store.projection.Projection.fold", fail)
    with pytest.raises(RuntimeError):
        append(store, diff("s01e01", fact("s01e01", "mara", "state", "wet", 10)))
    monkeypatch.undo()
    assert store.head("lighthouse") == 1
    assert store.canon(project(), LATER) == before
    assert store.verify(project()) == []


def test_a_changed_project_file_makes_the_projection_anew(store: CanonStore) -> None:
    append(store, diff("s01e01", fact("s01e01", "mara", "state", "wet", 10)))
    changed = project(cast=(CastMember(id="mara", name="Mara Vale"), CastMember(id="orla", name="Orla")))
    same_everywhere(store, changed)
    same_everywhere(store, project())
    append(store, diff("s01e02"), of=changed)
    same_everywhere(store, changed)


def test_each_tenant_has_a_canon_of_its_own(engine: Engine, store: CanonStore) -> None:
    other = CanonStore(engine, "studio-b")
    digest = append(store, diff("s01e01", fact("s01e01", "mara", "state", "wet", 10)))
    store.snapshot(project(), "pilot", "s01e02", "Ana")
    store.waive("lighthouse", waiver())
    assert other.head("lighthouse") == 0
    assert other.entries("lighthouse") == []
    assert other.waivers("lighthouse") == ()
    assert other.snapshots("lighthouse") == ()
    assert other.canon(project(), LATER) == initial_canon(project(), LATER)
    for read in (lambda: other.diff(digest), lambda: other.canon_at(project(), "pilot")):
        with pytest.raises(InputError):
            read()
    with pytest.raises(InputError):
        other.withdraw(project(), digest, approver="Eve", notes="")
    append(other, diff("s01e01"))
    assert store.verify(project()) == other.verify(project()) == []
    assert store.standing("lighthouse") == {"s01e01": (digest,)}
    with pytest.raises(TenantRefused):
        CanonStore(engine, " ")


def test_rows_that_name_one_tenant_are_not_read_by_another_that_shares_their_key(
    engine: Engine, store: CanonStore
) -> None:
    append(store, diff("s01e01"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE canon_states SET tenant = 'studio-b'"))
    assert store.canon(project(), LATER).characters == ()


def test_a_snapshot_stays_whatever_is_rewritten(store: CanonStore) -> None:
    append(store, diff("s01e01", fact("s01e01", "mara", "state", "wet", 10)))
    before = store.canon(project(), "s01e02")
    taken = store.snapshot(project(), "pilot", "s01e02", "Ana")
    assert (taken.name, taken.position, taken.as_of, taken.taken_by) == ("pilot", 1, "s01e02", "Ana")
    append(store, diff("s01e01", fact("s01e01", "mara", "state", "dry", 10)))
    append(store, amendment("s01e01", fact("s01e01", "mara", "hair", "red", 10)))
    changed = project(cast=(CastMember(id="orla", name="Orla"),), props=())
    assert canonical_json(store.canon_at(changed, "pilot")) == canonical_json(before)
    assert store.canon(project(), "s01e02") != before
    assert store.snapshots("lighthouse") == (taken,)


def test_a_snapshot_needs_a_name_that_is_free(store: CanonStore) -> None:
    store.snapshot(project(), "pilot", "s01e02", "Ana")
    with pytest.raises(InputError, match="already"):
        store.snapshot(project(), "pilot", "s01e03", "Ana")
    with pytest.raises(InputError, match="needs a name"):
        store.snapshot(project(), " ", "s01e03", "Ana")
    with pytest.raises(InputError, match="no snapshot"):
        store.canon_at(project(), "finale")


def waiver(**more: str) -> Waiver:
    given = {"finding_id": "0123456789abcdef", "code": "age", "reason": "a joke", "name": "Ana", **more}
    return Waiver(**{"expires_after": "s01e04", **given})


def test_waivers_are_kept_in_order_and_once(store: CanonStore) -> None:
    given = [waiver(), waiver(finding_id="f" * 16), waiver(expires_after="s01e09")]
    for each in (*given, given[0]):
        store.waive("lighthouse", each)
    assert store.waivers("lighthouse") == tuple(given)


@pytest.mark.parametrize("field", ["reason", "name", "finding_id", "expires_after"])
def test_a_waiver_that_lacks_something_is_refused(store: CanonStore, field: str) -> None:
    with pytest.raises(WaiverRefused, match="lacks"):
        store.waive("lighthouse", waiver().model_copy(update={field: "  "}))
    assert store.waivers("lighthouse") == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("DELETE FROM canon_states WHERE kind = 'fact' AND predicate = 'state'", "is missing from the projection"),
        ("UPDATE canon_states SET to_order = 5000 WHERE predicate = 'state'", "differs from what the log says"),
        ("UPDATE canon_states SET from_order = 1002 WHERE predicate = 'state'", "not in the log"),
        ("UPDATE canon_states SET place = -place", "differs from the fold"),
    ],
)
def test_verifying_says_where_the_projection_is_not_what_the_log_says(
    engine: Engine, store: CanonStore, change: str, says: str
) -> None:
    append(store, diff("s01e01", fact("s01e01", "mara", "state", "wet", 10)))
    with engine.begin() as connection:
        connection.execute(text(change))
    assert any(says in sentence for sentence in store.verify(project()))
    store.rebuild(project())
    assert store.verify(project()) == []


def test_a_document_changed_in_the_database_is_noticed(engine: Engine, store: CanonStore) -> None:
    digest = append(store, diff("s01e01"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE canon_entries SET document = replace(document, 'test', 'lies')"))
    with pytest.raises(IntegrityError, match="has changed"):
        store.diff(digest)


def test_what_is_no_episode_is_named(store: CanonStore) -> None:
    with pytest.raises(InputError, match="'pilot' is no episode id"):
        store.canon(project(), "pilot")


def test_the_part_about_a_few_holds_what_stands_of_them(store: CanonStore) -> None:
    ended = fact("s01e01", "mara", "state", "wet", 10, valid_to=20)
    stands = fact("s01e01", "mara", "knows", "the way", 10)
    other = fact("s01e01", "orla", "knows", "the way", 10)
    append(store, diff("s01e01", ended, stands, other, story_minute=100))
    found = store.relevant(project(), "s01e02", ["mara"])
    assert stands in found.persistent_states
    assert not {ended.fact_id, other.fact_id} & {each.fact_id for each in found.persistent_states}
    assert found.last_summary == "What happened in s01e01."
    assert found.story_minute == 100
    assert {each.location_id for each in found.locations} == {"pier", "lamp_room"}
    assert "brass_key" in {each.thing_id for each in found.things}


def test_a_store_opened_again_stands_where_it_stood(engine: Engine, store: CanonStore) -> None:
    append(store, diff("s01e01", fact("s01e01", "mara", "state", "wet", 10)))
    again = CanonStore(engine, "studio-a")
    assert again.head("lighthouse") == 1
    assert again.canon(project(), LATER) == store.canon(project(), LATER)


def test_the_migrations_make_the_tables_that_the_code_declares(engine: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from resources.tables import Base

    with engine.connect() as connection:
        differ = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert [change for change in differ if "canon_" in str(change)] == []


@pytest.mark.parametrize("seed", [1, 5])
def test_a_season_judged_on_the_stored_part_ends_where_one_judged_on_all_of_canon_does(
    store: CanonStore, seed: int
) -> None:
    trial = try_season(seed)
    given = trial.season.world.project()
    for canon, script in zip(trial.canons, trial.scripts, strict=True):
        part = store.scoped(given, script, script.episode_id)
        in_memory = scoped_canon(CanonIndex(canon), script, script.episode_id, rules=trial.rules)
        assert canonical_json(part) == canonical_json(in_memory)
        proposed = propose_diff(part, script, "0" * 64, "0" * 64, rules=trial.rules)
        store.append(given, proposed, content_hash(proposed), approver="Ana")
    last = trial.canons[-1].as_of
    assert canonical_json(store.canon(given, last)) == canonical_json(trial.canons[-1])


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (amendment("s01e01", fact("s01e01", "nobody", "hair", "red", 20)), UnknownEntity),
        (amendment("s01e01", fact("s01e01", "mara", "child_of", EntityRef(entity="tobias"), 20),
                   fact("s01e01", "tobias", "child_of", EntityRef(entity="mara"), 20)), KinshipCycle),
        (amendment("s01e01", fact("s01e01", "mara", "hair", "red", 20),
                   fact("s01e01", "mara", "born", NumberValue(number=30, unit="minute"), 40)), SubjectNotYet),
    ],
)  # fmt: skip
def test_an_amendment_that_cannot_be_is_refused_and_nothing_is_written(
    store: CanonStore, given: CanonDiff, error: type[Exception]
) -> None:
    append(store, diff("s01e01"))
    with pytest.raises(error):
        append(store, given)
    assert store.head("lighthouse") == 1
    assert store.verify(project()) == []


def test_an_amendment_may_change_what_its_own_episode_made_true(store: CanonStore) -> None:
    told = fact("s01e01", "mara", "state", "wet", 10)
    append(store, diff("s01e01", told))
    after = told.model_copy(update={"valid_to": 20})
    append(store, amendment("s01e01", modified_facts=(FactChange(before=told, after=after, reason="dried"),)))
    assert after in store.canon(project(), "s01e02").persistent_states


def test_what_people_know_never_crowds_out_who_lives(store: CanonStore) -> None:
    secrets = [fact("s01e01", "mara", "knows", f"secret {number}", 10) for number in range(2_500)]
    append(store, diff("s01e01", *secrets))
    found = store.relevant(project(), "s01e02", ["mara"]).persistent_states
    assert {"alive", "name"} <= {each.predicate for each in found}
    assert 0 < sum(each.predicate == "knows" for each in found) < 2_500
