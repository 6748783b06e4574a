"""Lower thirds: where a character is introduced by name, and whether the audience may know that name yet.

Decided once the shots stand on the timeline, before they are locked; nothing is moved for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from narrative_assets.film.pace import film_frames, frames_in
from schemas.project import CastMember, EstablishedFact, Project
from schemas.script import DialogueElement, Scene, Script, ScriptCharacter
from schemas.shots import LowerThird, Shot
from schemas.story import EntityRef, TextValue

SHORTEST_MS = 2_500
LONGEST_MS = 5_000
_TITLE = 48
_SUBTITLE = 60
_KINDS = frozenset({"establishing", "master", "two_shot", "over_the_shoulder", "single", "reaction"})
_NEAR = frozenset({"ls", "mls", "ms", "mcu", "cu"})
_NAMELESS_ROLES = frozenset({"stranger", "crowd"})
_WORD = re.compile(r"[^\W_]+")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NOBODYS = _set(
    "a an the and of in on at from with voice voices man woman men women boy girl child children kid kids person "
    "people someone somebody figure shape shadow stranger unknown unnamed anonymous caller visitor guest passer "
    "by passerby crowd mob group all both everyone chorus narrator announcer radio television tv phone speaker "
    "intercom computer guard soldier officer cop policeman policewoman clerk waiter waitress driver nurse doctor "
    "reporter bystander villager worker customer student neighbour neighbor old young tall short first second "
    "third fourth fifth one two three four five six seven eight nine ten another other boys girls masked hooded dark "
    "mysterious"
)
_NAMING = re.compile(r"name|identity|alias|true_self|impostor|imposter|disguise")


def introduce(shots: Sequence[Shot], script: Script, project: Project, fps: int) -> tuple[Shot, ...]:
    """``shots`` with a lower third where each character can first be introduced, one a shot at most.

    That is the first shot about this character alone, face to the audience, in which the name can stand for 2.5 to
    5 s clear of both ends, in one of the first three scenes in which they appear. Nobody is introduced whose
    name the audience cannot know yet: who is called by no name, who is named otherwise up to then, whose identity
    is revealed in a later episode.
    """
    names = {member.character_id: member for member in script.cast}
    known = {member.id: member for member in project.cast}
    open_scenes = _scenes_of_introduction(script)
    waiting = {who: _strip(names[who], known.get(who), script, project) for who in open_scenes}
    order = {scene.scene_id: number for number, scene in enumerate(script.scenes)}
    found: dict[str, LowerThird] = {}
    for shot in shots:
        who, span = _alone(shot), _span(shot, fps)
        strip = waiting.get(who) if who else None
        if who is None or strip is None or span is None or shot.scene_id not in open_scenes[who]:
            continue
        if _is_called_by_name(names[who], script.scenes[: order[shot.scene_id] + 1]):
            title, subtitle = strip
            waiting[who] = None
            found[shot.shot_id] = LowerThird(
                character_id=who, title=title, subtitle=subtitle, start_frame=span[0], frames=span[1]
            )
    return tuple(_introducing(shot, found.get(shot.shot_id)) for shot in shots)


def _introducing(shot: Shot, third: LowerThird | None) -> Shot:
    return shot if third is None else shot.model_copy(update={"lower_third": third})


def _scenes_of_introduction(script: Script) -> dict[str, tuple[str, ...]]:
    """For each character the first three scenes in which they are bodily present."""
    scenes: dict[str, tuple[str, ...]] = {}
    for scene in script.scenes:
        speaking = [e.speaker_id for e in scene.elements if isinstance(e, DialogueElement) and e.heard == "on_screen"]
        for who in dict.fromkeys((*scene.present, *speaking)):
            if len(scenes.get(who, ())) < 3:
                scenes[who] = (*scenes.get(who, ()), scene.scene_id)
    return scenes


def _alone(shot: Shot) -> str | None:
    """The one character that a shot is about and that shows their face; None where there is none such."""
    framing = shot.framing
    if framing.kind not in _KINDS or framing.size not in _NEAR or shot.screen_text or len(framing.subject_ids) != 1:
        return None
    who = framing.subject_ids[0]
    others = [figure for figure in shot.figures if figure.character_id not in (who, framing.over_shoulder_of)]
    own = [figure for figure in shot.figures if figure.character_id == who]
    return who if own and not others and own[0].facing != "away" else None


def _span(shot: Shot, fps: int) -> tuple[int, int] | None:
    """First frame and length of a lower third in ``shot``: after the cut is read, off before the next."""
    first = (0 if shot.transition_in == "cut" else shot.transition_frames) + film_frames(8, fps)
    free = shot.duration_frames - shot.fade_out_frames - film_frames(4, fps) - first
    if free < frames_in(SHORTEST_MS, fps):
        return None
    return first, min(free, frames_in(LONGEST_MS, fps))


def _strip(
    member: ScriptCharacter, known: CastMember | None, script: Script, project: Project
) -> tuple[str, str] | None:
    """Name and occupation as they may be shown; None where the name is nobody's or has to stay unknown."""
    name = " ".join((known.name if known and known.name.strip() else member.name).split())
    if not name or len(name) > _TITLE or set(_words(name)) <= _NOBODYS or any(c.isdigit() for c in name):
        return None
    if known is not None and known.role in _NAMELESS_ROLES:
        return None
    hidden = [fact for fact in project.facts if _hidden(fact, member.character_id, script.episode_id)]
    if any(_NAMING.search(fact.predicate) or _mentions(fact, name) for fact in hidden):
        return None
    return _titled(name), _occupation(known, hidden)


def _occupation(known: CastMember | None, hidden: Sequence[EstablishedFact]) -> str:
    """What the character does, where it fits one line, names nobody else and is no secret."""
    text = " ".join(known.occupation.split()) if known else ""
    if not text or known is None or len(text) > _SUBTITLE:
        return ""
    told = set(_words(text)) - _NOBODYS
    secret = told & set(_words(known.secret))
    if secret or any("occupation" in fact.predicate or _mentions(fact, text) for fact in hidden):
        return ""
    return text[0].upper() + text[1:]


def _hidden(fact: EstablishedFact, who: str, episode_id: str) -> bool:
    """Whether a fact about ``who`` is told to the audience only after this episode."""
    later = fact.revealed_in is not None and _order(fact.revealed_in) > _order(episode_id)
    return later and who in (fact.subject, _object(fact))


def _order(episode_id: str) -> tuple[int, int]:
    season, _, episode = episode_id[1:].partition("e")
    return int(season), int(episode)


def _mentions(fact: EstablishedFact, text: str) -> bool:
    return bool(set(_words(_object(fact).replace("_", " "))) & set(_words(text)))


def _object(fact: EstablishedFact) -> str:
    """Whom or what a fact names, in words; empty for numbers and flags."""
    if isinstance(fact.object, EntityRef):
        return fact.object.entity
    return fact.object.text if isinstance(fact.object, TextValue) else ""


def _is_called_by_name(member: ScriptCharacter, scenes: Sequence[Scene]) -> bool:
    """Whether the screenplay, as far as it has come, calls a character by name wherever it has them speak."""
    name = set(_words(member.name)) - _NOBODYS
    cues = {
        element.cue
        for scene in scenes
        for element in scene.elements
        if isinstance(element, DialogueElement) and element.speaker_id == member.character_id
    }
    return all(name & set(_words(cue)) for cue in cues if _words(cue))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _titled(name: str) -> str:
    """Names that a screenplay sets in capitals, as they are written elsewhere."""
    return name.title() if name.isupper() else name
