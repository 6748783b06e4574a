"""Takes in the film: what a take changes of a shot, what it leaves alone, and which clips are made anew for it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from episode_kit import RIGHTS, Stage, line, plate_png, shot, shot_list
from PIL import Image

from narrative_assets.video.take_sheet import take_sheet
from narrative_assets.video.takes import staged, staged_shot
from schemas.render import RenderPlan, ShotTakes, Take, TakeAsset
from schemas.shots import Figure, Framing, Movement, ShotList

ADA = Figure(character_id="ada", slot="left", facing="right", speaking=True)
BEN = Figure(character_id="ben", slot="right", facing="left")
PAIR = shot(2, 24, framing=Framing(size="ms", kind="two_shot", subject_ids=("ada", "ben")), figures=(ADA, BEN))
CLOSER = Take(take_id="closer", framing=Framing(size="cu", kind="single", subject_ids=("ada",)))
FLIP = Take(take_id="flip", mirrored=True)


def with_take(plan: RenderPlan, shot_id: str, take: Take) -> RenderPlan:
    chosen = ShotTakes(shot_id=shot_id, chosen=take.take_id, takes=(Take(take_id="planned"), take))
    return plan.model_copy(update={"takes": (chosen,)})


def test_a_take_changes_framing_and_people_but_no_time_and_no_sound() -> None:
    changed = staged_shot(PAIR, CLOSER)
    assert changed.framing.size == "cu"
    assert [figure.character_id for figure in changed.figures] == ["ada"]
    assert (changed.start_frame, changed.duration_frames, changed.audio) == (0, 24, PAIR.audio)
    assert staged_shot(PAIR, Take(take_id="planned")) is PAIR


def test_a_mirrored_take_exchanges_places_gazes_and_pans_and_twice_is_as_before() -> None:
    panned = PAIR.model_copy(update={"movement": Movement(kind="pan_left", amount=60)})
    changed = staged_shot(panned, FLIP)
    assert [(f.slot, f.facing) for f in changed.figures] == [("right", "left"), ("left", "right")]
    assert changed.movement.kind == "pan_right"
    assert staged_shot(changed, FLIP) == panned


def test_a_framing_that_the_shot_has_no_pictures_for_is_left_aside() -> None:
    stranger = Take(take_id="stranger", framing=Framing(size="cu", kind="single", subject_ids=("cleo",)))
    card = Take(take_id="card", framing=Framing(size="ls", kind="title"))
    thing = Take(take_id="thing", framing=Framing(size="cu", kind="insert"))
    pushed = Movement(kind="push_in", amount=60)
    for take in (stranger, card, thing):
        assert staged_shot(PAIR, take) == PAIR
        moved = staged_shot(PAIR, take.model_copy(update={"movement": pushed}))
        assert (moved.framing, moved.movement) == (PAIR.framing, pushed)
    title = shot(1, 24, framing=Framing(size="ls", kind="title"), figures=())
    assert staged_shot(title, CLOSER) == title


def test_the_clean_take_of_a_view_over_a_shoulder_has_no_shoulder() -> None:
    over = shot(
        1,
        24,
        framing=Framing(size="mcu", kind="over_the_shoulder", subject_ids=("ben",), over_shoulder_of="ada"),
        figures=(ADA.model_copy(update={"facing": "away"}), BEN),
    )
    clean = Take(take_id="clean", framing=Framing(size="mcu", kind="single", subject_ids=("ben",)))
    assert staged_shot(over, clean).figures == (BEN,)


@pytest.fixture
def shots() -> ShotList:
    first = shot(1, 12)
    dissolved = shot(3, 14, transition_in="dissolve", transition_frames=5)
    return shot_list([first, PAIR, dissolved, shot(4, 12, movement=Movement(kind="pan_left", amount=60))])


def test_staging_keeps_the_lock_and_every_other_shot(shots: ShotList, tmp_path: Path) -> None:
    _, plan = Stage(tmp_path).plan(shots)
    assert staged(shots, plan) is shots
    film = staged(shots, with_take(plan, "sh002", CLOSER))
    assert film.timing_lock_hash == shots.timing_lock_hash
    assert [a == b for a, b in zip(film.shots, shots.shots, strict=True)] == [True, False, True, True]


def test_only_the_shot_with_another_take_and_the_dissolve_out_of_it_are_rendered_again(
    shots: ShotList, tmp_path: Path
) -> None:
    stage = Stage(tmp_path)
    manifest, plan = stage.plan(shots)
    before, _ = stage.render(shots, plan=plan, manifest=manifest)
    after, _ = stage.render(shots, plan=with_take(plan, "sh002", CLOSER), manifest=manifest)
    same = [a.clip_key == b.clip_key for a, b in zip(before.shots, after.shots, strict=True)]
    assert same == [True, False, False, True]
    alone, came = stage.render(shots, plan=with_take(plan, "sh004", FLIP), manifest=manifest)
    assert sorted(came) == [False, True, True, True]
    assert [each.frames for each in alone.shots] == [each.frames for each in before.shots]
    assert alone.audio_pcm_hash == before.audio_pcm_hash


def test_a_take_brings_its_own_picture_to_its_shot_alone(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    shots = shot_list([shot(1, 12), shot(2, 13)], [line(1, 2, 10)])
    manifest, plan = stage.plan(shots)
    picture = stage.blobs.put(plate_png(tint=90), "image/png")
    own = TakeAsset(need_id="background:pier:day", picture=picture, rights=RIGHTS)
    before, _ = stage.render(shots, plan=plan, manifest=manifest)
    taken = with_take(plan, "sh002", Take(take_id="brought", origin="external", assets=(own,)))
    after, _ = stage.render(shots, plan=taken, manifest=manifest)
    assert before.shots[0].clip_hash == after.shots[0].clip_hash
    assert before.shots[1].clip_hash != after.shots[1].clip_hash
    judged = {finding.gate: finding for finding in after.quality}
    assert judged["rights"].passed and "of 4 assets" in judged["rights"].measured
    unstated = own.model_copy(update={"rights": RIGHTS.model_copy(update={"license_type": "unknown"})})
    taken = with_take(plan, "sh002", Take(take_id="brought", origin="external", assets=(unstated,)))
    refused, _ = stage.render(shots, plan=taken, manifest=manifest)
    rights = next(finding for finding in refused.quality if finding.gate == "rights")
    assert not rights.passed and "background:pier:day in sh002" in rights.message


def test_a_sheet_shows_every_take_and_marks_the_one_in_the_film(shots: ShotList, tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    _, plan = stage.plan(shots)
    takes = (Take(take_id="planned"), CLOSER, FLIP, Take(take_id="push", movement=Movement(kind="push_in", amount=80)))
    data, width, height = take_sheet(shots, plan, shots.shots[1], takes, "closer", stage.blobs.read)
    sheet = Image.open(io.BytesIO(data))
    assert sheet.size == (width, height) == (3 * 496 + 16, 2 * (270 + 62) + 16)
    stills = [
        sheet.crop((16 + n % 3 * 496, 16 + n // 3 * 332, 496 + n % 3 * 496, 286 + n // 3 * 332)).tobytes()
        for n in range(4)
    ]
    assert len(set(stills)) == 4
    marks = [sheet.getpixel((14 + n % 3 * 496, 100 + n // 3 * 332)) for n in range(4)]
    assert [marks[0] == mark for mark in marks] == [True, False, True, True]
    again, _, _ = take_sheet(shots, plan, shots.shots[1], takes, "closer", stage.blobs.read)
    assert again == data
