"""What is judged of a script as a whole: names of newcomers, dates of memories and visions, headings and threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

from narrative_assets.canon.identity import episode_order
from narrative_assets.canon.kinds.states import may_be
from narrative_assets.canon.names import name_key
from narrative_assets.canon.statements import ACTUAL, effective_frame, frame_key
from narrative_assets.canon.words import date
from schemas.canon import Canon, Judgement
from schemas.script import Scene, Script
from schemas.story import Claim, NarrativeFrame, StoryInterval, StoryThread

_OF_THE_WORLD = frozenset({"actual", "flashback", "flash_forward"})


def script_judgements(canon: Canon, script: Script, *, season_end: bool = False) -> list[Judgement]:
    """Judgements of the script that belong to no single claim; ``season_end`` asks for every promise."""
    left = _unkept(canon, script) if season_end else ()
    return [
        *_namesakes(canon, script),
        *_misdated(canon, script),
        *_headings(canon, script),
        *_threads(canon, script),
        *_overdue(canon, script),
        *left,
    ]


def _namesakes(canon: Canon, script: Script) -> Iterator[Judgement]:
    """A newcomer with the name of somebody known: a twin or a namesake, or the same person under a second id."""
    known = {
        name_key(name): character
        for character in reversed(canon.characters)
        for name in (*character.aliases, character.name)
    }
    ids = {character.character_id for character in canon.characters}
    for member in script.cast:
        namesake = known.get(name_key(member.name))
        if member.character_id not in ids and namesake is not None:
            yield Judgement(
                verdict="unknown",
                code="same_name",
                severity="warn",
                message=(
                    f"The cast of {script.episode_id} brings {member.character_id!r} named {member.name!r}, "
                    f"and canon knows {namesake.character_id!r} by that name."
                ),
                repair=f"Use the id {namesake.character_id!r} if they are one person; keep both ids for two people.",
            )


def _misdated(canon: Canon, script: Script) -> Iterator[Judgement]:
    """A flashback lies before the present it is told in, and a flash-forward after it."""
    for number, scene in enumerate(script.scenes):
        if scene.frame.kind != ACTUAL:
            present = _present(canon, script, number)
            yield from _wrong_side(scene.frame, scene.story_time, present, scene, None)
            continue
        for claim in scene.claims:
            frame = effective_frame(claim, scene.frame)
            if frame.kind != ACTUAL:
                yield from _wrong_side(frame, claim.story_time, scene.story_time, scene, claim)


def _present(canon: Canon, script: Script, number: int) -> StoryInterval | None:
    """The story time of the scene that a framed scene is told from: the last one before it in its parent frame,
    else the first one after it, else where canon has arrived.
    """
    parent = script.scenes[number].frame.parent_id or ACTUAL
    before = [scene for scene in reversed(script.scenes[:number]) if frame_key(scene.frame) == parent]
    after = [scene for scene in script.scenes[number + 1 :] if frame_key(scene.frame) == parent]
    if before or after:
        return (before or after)[0].story_time
    if parent == ACTUAL and canon.story_minute:
        return StoryInterval(earliest=canon.story_minute, latest=canon.story_minute)
    return None


def _wrong_side(
    frame: NarrativeFrame, time: StoryInterval, present: StoryInterval | None, scene: Scene, claim: Claim | None
) -> Iterator[Judgement]:
    if present is None:
        return
    late_memory = frame.kind == "flashback" and time.earliest > present.latest
    early_vision = frame.kind == "flash_forward" and time.latest < present.earliest
    if not (late_memory or early_vision):
        return
    what = "flashback" if late_memory else "flash-forward"
    side = "after" if late_memory else "before"
    moment = time.earliest if late_memory else time.latest
    now = present.latest if late_memory else present.earliest
    lines = scene.elements[0].source if scene.elements else None
    where = f"; {lines.document}, line {lines.first_line}" if lines and lines.first_line else ""
    yield Judgement(
        verdict="contradiction",
        code="frame_time",
        severity="block",
        message=(
            f"The {what} of scene {scene.scene_id} is dated {date(moment)}{where}, "
            f"but the present it is told in is {date(now)}: it lies {side} it."
        ),
        claim=claim,
        repair=f"Date the {what} {'before' if late_memory else 'after'} {date(now)}, or tell it as the actual present.",
    )


def _headings(canon: Canon, script: Script) -> Iterator[Judgement]:
    """The time of day that a heading gives, against the story's clock at that place. It only warns."""
    ahead = {location.location_id: location.clock_ahead for location in canon.locations}
    for scene in script.scenes:
        word, place = scene.heading.time_of_day, scene.heading.place_id
        shift = ahead.get(place, 0)
        earliest, latest = scene.story_time.earliest + shift, scene.story_time.latest + shift
        if scene.frame.kind in _OF_THE_WORLD and not may_be(word, earliest, latest):
            yield Judgement(
                verdict="contradiction",
                code="light",
                severity="warn",
                message=(
                    f"The heading of scene {scene.scene_id} says {word} ({scene.heading.raw}), but the story's clock "
                    f"stands at {date(earliest)} there."
                ),
                repair=f"Head the scene with its time of day, date it to the {word}, or set the place's clock_ahead.",
            )


def _threads(canon: Canon, script: Script) -> Iterator[Judgement]:
    """A closed thread stays closed, and only a thread that was opened can be touched or closed.

    A thread is opened again on purpose where the episode that opens it touches it too.
    """
    standing = {thread.thread_id: thread for thread in canon.threads}
    closed = {thread.thread_id for thread in canon.threads if thread.closed}
    opened = {thread.thread_id: thread for thread in script.threads_opened}
    known = standing | opened
    for thread_id in opened:
        if thread_id in closed and thread_id not in script.threads_touched:
            yield _thread(
                known, thread_id, "opens again what an earlier episode closed",
                "Give the new question its own id, or touch the thread where it is opened again.",
            )  # fmt: skip
    for thread_id in dict.fromkeys(script.threads_touched):
        if thread_id in closed and thread_id not in opened:
            yield _thread(known, thread_id, "touches what an earlier episode closed", "Open it again, or leave it be.")
        elif thread_id not in known:
            yield _thread(known, thread_id, "touches a thread that nobody opened", "Open it first, or correct the id.")
    for thread_id, times in Counter(script.threads_closed).items():
        if (thread_id in closed and thread_id not in opened) or times > 1:
            earlier = "it has closed already" if times > 1 else "an earlier episode closed"
            yield _thread(known, thread_id, f"closes what {earlier}", "Leave it out of threads_closed.")
        elif thread_id not in known:
            yield _thread(known, thread_id, "closes a thread that nobody opened", "Open it first, or correct the id.")


def _overdue(canon: Canon, script: Script) -> Iterator[Judgement]:
    """Threads that were to be answered by this episode or an earlier one."""
    here = episode_order(script.episode_id)
    threads = {each.thread_id: each for each in (*canon.threads, *script.threads_opened)}
    for thread_id, thread in threads.items():
        answered = thread.closed or thread.red_herring
        if answered or thread.due_by is None or episode_order(thread.due_by) > here:
            continue
        in_time = thread.due_by == script.episode_id
        if thread_id not in script.threads_closed:
            what = f"leaves a thread open that was due by {thread.due_by}"
            yield _thread(threads, thread_id, what, "Close it here, or move its due_by.", "unsupported")
        elif not in_time:
            what = f"closes a thread that was due by {thread.due_by}"
            yield _thread(threads, thread_id, what, "Close it in an episode before, or move its due_by.")


def _unkept(canon: Canon, script: Script) -> Iterator[Judgement]:
    """Threads that the season leaves open without saying that it means to."""
    threads = {each.thread_id: each for each in (*canon.threads, *script.threads_opened)}
    for thread_id, thread in threads.items():
        meant = thread.closed or thread.carried_over or thread.red_herring
        if not meant and thread_id not in script.threads_closed:
            what = "ends the season with an open thread"
            yield _thread(threads, thread_id, what, "Close it, or declare it carried over.", "unsupported")


def _thread(
    known: Mapping[str, StoryThread],
    thread_id: str,
    what: str,
    repair: str,
    verdict: Literal["contradiction", "unsupported"] = "contradiction",
) -> Judgement:
    thread = known.get(thread_id)
    question = f" “{thread.question}”" if thread is not None else ""
    planted = f" (planted in {thread.planted_in})" if thread is not None and thread.planted_in else ""
    return Judgement(
        verdict=verdict,
        code="thread",
        severity="warn",
        message=f"The episode {what}: {thread_id!r}{question}{planted}.",
        repair=repair,
    )
