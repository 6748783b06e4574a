"""The log of takes: what is chosen, kept and taken back, what a changed shot does to it, and whose it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources.registry import ArtifactStore
from resources.takes import Film, TakeLog, picture_hash
from schemas.errors import InputError
from schemas.render import ShotTakes, Take
from schemas.shots import Movement, ShotList
from tests.fakes.timeline import shot, shot_list

FILM = Film("harbour", "s01e02", "preview_local")
PUSH = Take(take_id="push-in", movement=Movement(kind="push_in", amount=60))
FLIP = Take(take_id="mirrored", mirrored=True)


@pytest.fixture
def log(tmp_path: Path) -> TakeLog:
    return TakeLog(ArtifactStore(tmp_path))


@pytest.fixture
def shots() -> ShotList:
    return shot_list((shot(1, 0, 48, figures=("mara",)), shot(2, 48, 48, figures=("mara",))), ())


def changed(shots: ShotList, number: int) -> ShotList:
    """The list with another framing in one shot; its timing is the same."""
    each = list(shots.shots)
    framing = each[number].framing.model_copy(update={"size": "els"})
    each[number] = each[number].model_copy(update={"framing": framing})
    return shots.model_copy(update={"shots": tuple(each)})


def test_nothing_is_chosen_until_somebody_chooses(log: TakeLog, shots: ShotList) -> None:
    first = shots.shots[0]
    assert log.add(FILM, first, (PUSH, FLIP), "Ida") == ["push-in", "mirrored"]
    assert log.add(FILM, first, (PUSH,), "Ida") == []
    assert log.for_film(FILM, shots).applied == ()
    known = log.standing(FILM, first.shot_id)
    assert [take.take_id for take in known.takes()] == ["planned", "push-in", "mirrored"]
    assert (known.chosen, known.kept) == ("planned", False)


def test_the_chosen_take_goes_into_the_film(log: TakeLog, shots: ShotList) -> None:
    first = shots.shots[0]
    log.add(FILM, first, (PUSH, FLIP), "Ida")
    log.choose(FILM, first, "mirrored", "Ida")
    log.choose(FILM, first, "push-in", "Ida", "calmer")
    (applied,) = log.for_film(FILM, shots).applied
    assert isinstance(applied, ShotTakes)
    assert (applied.shot_id, applied.take()) == (first.shot_id, PUSH)
    log.choose(FILM, first, "planned", "Ida")
    assert log.for_film(FILM, shots).applied == ()


def test_steps_are_taken_back_one_by_one_and_the_log_keeps_them_all(log: TakeLog, shots: ShotList) -> None:
    first = shots.shots[0]
    log.add(FILM, first, (PUSH, FLIP), "Ida")
    log.choose(FILM, first, "mirrored", "Ida")
    log.choose(FILM, first, "push-in", "Ole")
    log.keep(FILM, first, "Ole")
    assert log.roll_back(FILM, first.shot_id, "Ida").kept is False
    assert log.standing(FILM, first.shot_id).chosen == "push-in"
    log.roll_back(FILM, first.shot_id, "Ida")
    assert log.standing(FILM, first.shot_id).chosen == "mirrored"
    log.roll_back(FILM, first.shot_id, "Ida")
    assert log.standing(FILM, first.shot_id).chosen == "planned"
    with pytest.raises(InputError, match="no choice"):
        log.roll_back(FILM, first.shot_id, "Ida")
    told = [(entry.event, entry.take_id, entry.by) for entry in log.entries(FILM, first.shot_id)]
    assert told[2:] == [
        ("chosen", "mirrored", "Ida"),
        ("chosen", "push-in", "Ole"),
        ("kept", "push-in", "Ole"),
        ("rolled_back", "push-in", "Ida"),
        ("rolled_back", "push-in", "Ida"),
        ("rolled_back", "mirrored", "Ida"),
    ]


def test_a_take_of_a_shot_that_has_changed_is_told_and_left_out(log: TakeLog, shots: ShotList) -> None:
    first = shots.shots[0]
    log.add(FILM, first, (PUSH,), "Ida")
    log.choose(FILM, first, "push-in", "Ida")
    after = log.for_film(FILM, changed(shots, 0))
    assert after.applied == ()
    assert [(each.shot_id, each.take_id, each.by, each.gone) for each in after.stale] == [
        (first.shot_id, "push-in", "Ida", False)
    ]
    assert len(log.for_film(FILM, changed(shots, 1)).applied) == 1
    with pytest.raises(InputError, match="has changed since"):
        log.choose(FILM, changed(shots, 0).shots[0], "push-in", "Ida")


def test_a_kept_take_outlasts_a_change_of_its_shot_but_not_its_end(log: TakeLog, shots: ShotList) -> None:
    first = shots.shots[0]
    log.add(FILM, first, (PUSH, FLIP), "Ida")
    log.choose(FILM, first, "push-in", "Ida")
    log.keep(FILM, first, "Ida")
    assert [each.chosen for each in log.for_film(FILM, changed(shots, 0)).applied] == ["push-in"]
    with pytest.raises(InputError, match="is kept"):
        log.choose(FILM, first, "mirrored", "Ida")
    rest = shots.model_copy(update={"shots": shots.shots[1:]})
    assert [each.gone for each in log.for_film(FILM, rest).stale] == [True]


def test_a_stale_choice_comes_back_when_it_is_kept(log: TakeLog, shots: ShotList) -> None:
    log.add(FILM, shots.shots[0], (PUSH,), "Ida")
    log.choose(FILM, shots.shots[0], "push-in", "Ida")
    after = changed(shots, 0)
    log.keep(FILM, after.shots[0], "Ida")
    assert [each.chosen for each in log.for_film(FILM, after).applied] == ["push-in"]


def test_takes_proposed_anew_do_not_change_what_was_chosen_before(log: TakeLog, shots: ShotList) -> None:
    log.add(FILM, shots.shots[0], (PUSH,), "Ida")
    log.choose(FILM, shots.shots[0], "push-in", "Ida")
    log.keep(FILM, shots.shots[0], "Ida")
    slower = PUSH.model_copy(update={"movement": Movement(kind="push_in", amount=20)})
    with pytest.raises(InputError, match="looks otherwise"):
        log.add(FILM, shots.shots[0], (slower,), "Ida")
    after = changed(shots, 0)
    assert log.add(FILM, after.shots[0], (slower,), "Ida") == ["push-in"]
    assert log.for_film(FILM, after).applied[0].take() == PUSH


def test_when_a_shot_comes_and_what_is_heard_in_it_make_no_other_shot_of_it(shots: ShotList) -> None:
    first = shots.shots[0]
    later = first.model_copy(update={"start_frame": 480, "duration_frames": 60, "shot_id": "other"})
    assert picture_hash(later) == picture_hash(first)
    assert picture_hash(changed(shots, 0).shots[0]) != picture_hash(first)


def test_films_and_tenants_do_not_see_each_other_s_takes(tmp_path: Path, shots: ShotList) -> None:
    own = TakeLog(ArtifactStore(tmp_path))
    own.add(FILM, shots.shots[0], (PUSH,), "Ida")
    own.choose(FILM, shots.shots[0], "push-in", "Ida")
    assert own.for_film(Film("harbour", "s01e02", "standard_local"), shots).applied == ()
    assert TakeLog(ArtifactStore(tmp_path, tenant="other")).entries(FILM) == []


def test_what_cannot_be_decided_is_refused_in_words(log: TakeLog, shots: ShotList) -> None:
    first = shots.shots[0]
    with pytest.raises(InputError, match="has no take 'push-in'"):
        log.choose(FILM, first, "push-in", "Ida")
    with pytest.raises(InputError, match="no choice to keep"):
        log.keep(FILM, first, "Ida")
    log.add(FILM, first, (PUSH,), "Ida")
    with pytest.raises(InputError, match="name of who decides"):
        log.choose(FILM, first, "push-in", "  ")
    assert log.standing(FILM, first.shot_id).chosen == "planned"
