"""What the world itself brings into a scene: its rules kept, excepted or repealed, its events, its revelations."""

from __future__ import annotations

from tests.fakes.seasons.deeds import Deed, Stage
from tests.fakes.seasons.founding import Happening, WorldLaw
from tests.fakes.seasons.geography import DAY
from tests.fakes.seasons.truth import BEFORE_ALL, Key


def in_force(stage: Stage, law: WorldLaw) -> bool:
    repealed = stage.now(("repealed", law.id)) is True
    return not repealed and (law.until is None or stage.minute < law.until)


def keep_law(stage: Stage) -> bool:
    """Do what a rule is about in a way that it allows."""
    law = stage.rng.choice(stage.world.laws)
    who = stage.one()
    if who == law.exempt:
        return _does(stage, law, who)
    if stage.rng.random() < 0.1:
        key = ("done", who, law.id)
        stage.claim(key, who, "does", law.deed, change="begin", permitted_by="a declared exception")
        return True
    return {"forbidden": _unforbidden, "requires": _with_the_thing, "costs": _paid, "limit": _within_limit}[law.sort](
        stage, law, who
    )


def _does(stage: Stage, law: WorldLaw, who: str) -> bool:
    stage.claim(None, who, "does", law.deed)
    return True


def _unforbidden(stage: Stage, law: WorldLaw, who: str) -> bool:
    return not in_force(stage, law) and _does(stage, law, who)


def _with_the_thing(stage: Stage, law: WorldLaw, who: str) -> bool:
    if stage.now(("holder", law.thing)) != who:
        return False
    stage.claim(("holder", law.thing), who, "holds", law.thing)
    return _does(stage, law, who)


def _paid(stage: Stage, law: WorldLaw, who: str) -> bool:
    """The price is told in the same minute or within the hour."""
    _does(stage, law, who)
    later = stage.minute + stage.rng.choice((0, 1, 5, 50))
    stage.claim(None, who, "state", "exhausted", at=(later, later))
    return True


def _within_limit(stage: Stage, law: WorldLaw, who: str) -> bool:
    key: Key = ("done", who, law.id)
    near = [each for each in stage.world.truth.mentions(key) if abs(each.minute - stage.minute) <= DAY]
    if len(near) >= law.at_most:
        return False
    stage.claim(key, who, "does", law.deed)
    return True


def repeal(stage: Stage) -> bool:
    law = stage.rng.choice(stage.world.laws)
    if law.sort != "forbidden" or not stage.change(("repealed", law.id), True):
        return False
    stage.claim(("repealed", law.id), law.id, "in_force", False, change="repeal")
    return True


def chronicle(stage: Stage) -> bool:
    """Tell of events of the world that are over: when they began and ended, how long they took, their order."""
    over = [each for each in stage.world.happenings if each.ends < stage.minute]
    if not over:
        return False
    event = stage.rng.choice(over)
    if stage.world.truth.mentions(("event", event.id)):
        return _detail(stage, event)
    at = (event.begins, event.begins)
    stage.claim(("event", event.id), event.id, "begins", True, at=at, modality="narrated")
    stage.claim(None, event.id, "ends", True, at=(event.ends, event.ends), modality="narrated")
    stage.world.truth.mention(("event", event.id), BEFORE_ALL, stage.scene)
    return True


def _detail(stage: Stage, event: Happening) -> bool:
    at = (event.begins, event.begins)
    what = stage.rng.choice(("lasts", "due_by", "after"))
    if what == "lasts":
        stage.claim(
            ("lasts", event.id), event.id, "lasts", event.ends - event.begins, unit="minutes", at=at,
            modality="narrated",
        )  # fmt: skip
    elif what == "due_by":
        stage.claim(("due", event.id), event.id, "due_by", event.due, unit="minute", at=at, modality="narrated")
    elif event.after is not None:
        stage.claim(("after", event.id), event.id, "after", event.after, at=at, modality="narrated")
    return True


def reveal(stage: Stage) -> bool:
    """Tell openly what was kept, from its episode on."""
    ready = [key for key, episode in stage.world.reveals.items() if stage.scene.episode >= episode]
    if not ready:
        return False
    key = stage.rng.choice(ready)
    stage.claim(key, key[1], "state", f"the lost heir of {key[1]}", change="reveal")
    return True


WORLDLY: tuple[Deed, ...] = (keep_law, keep_law, keep_law, chronicle, chronicle, reveal, repeal)
