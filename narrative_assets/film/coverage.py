"""Covers a scene: moments to shots, in order, by the camera's grammar and the measured lines.

Silent moments are covered here; ``dialogue`` covers the spoken ones. Everything is drawn from the scene's
own content, so a scene is planned the same whatever stands around it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from narrative_assets.film.beats import Beat
from narrative_assets.film.blocking import Facing, Stage
from narrative_assets.film.breakdown import ActionMoment, Breakdown, PropMoment, SignMoment, SpeechMoment
from narrative_assets.film.camera import STRONG, Camera, is_close, movement_for
from narrative_assets.film.draft import DraftShot, DraftSound, Spoken
from narrative_assets.film.figures import Acting, felt_as, figures, heard_as
from narrative_assets.film.pace import Pace, action_frames, insert_frames, opening_frames, sign_frames
from narrative_assets.film.prose import is_of_face, is_to_audience, named_in, pose_of, takes_in_hand, word_count
from schemas.script import Scene, TransitionElement
from schemas.shots import Framing, Pose, ShotSize
from schemas.story import Emotion

_MOVING = ("walk", "run")
_UPRIGHT = ("walk", "run", "stand")


@dataclass
class Floor:
    """A scene while it is being covered: what is fixed for it, and what the last shot left behind."""

    scene: Scene
    breakdown: Breakdown
    stage: Stage
    spoken: Mapping[str, Spoken]
    pace: Pace
    salt: str
    camera: Camera = field(default_factory=Camera)
    shots: list[DraftShot] = field(default_factory=list)
    seated: set[str] = field(default_factory=set)
    last_props: tuple[str, ...] = ()
    position: int = 0
    tail: int | None = None
    spill: int = 0
    device_lines: int = 0
    going: dict[str, Facing] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)
    _counted: int = 0

    @property
    def fps(self) -> int:
        """Frames a second."""
        return self.pace.fps

    def wide(self, index: int, first: Sequence[str] = ()) -> Framing:
        """The master of everyone on at moment ``index``, with ``first`` in it for certain."""
        people = self.stage.framed(first, self.stage.on(index))
        return Framing(size="mls" if len(people) <= 3 else "ls", kind="master", subject_ids=people)

    def unmet(self, people: Sequence[str]) -> bool:
        """True for ``people`` in company of whom the scene has not shown anybody yet."""
        for shot in self.shots[self._counted :]:
            self._met.update(figure.character_id for figure in shot.figures)
        self._counted = len(self.shots)
        return bool(people) and self._met.isdisjoint(people) and len(self.stage.order) > 1

    def resting_poses(self, people: Sequence[str]) -> dict[str, Pose]:
        return {who: "sit" for who in people if who in self.seated}

    def after_silence(self) -> None:
        self.tail, self.spill = None, 0


def in_hands(pose: Pose | None, text: str, props: Sequence[str] = ()) -> Pose | None:
    """``pose`` for what ``text`` says; nobody holds up a thing that it does not name."""
    return None if pose == "hold_prop" and not props and not takes_in_hand(text) else pose


def in_picture(framing: Framing) -> tuple[str, ...]:
    """Who is seen in ``framing``."""
    over = (framing.over_shoulder_of,) if framing.over_shoulder_of else ()
    return () if framing.kind in ("insert", "cutaway") else (*framing.subject_ids, *over)


def open_scene(floor: Floor, new_place: bool) -> int:
    """Take the scene's first shot; it carries the first action, if the scene starts with one.

    Returns the index of the first moment still to be covered.
    """
    moments, scene = floor.breakdown.moments, floor.scene
    action = moments[0] if moments and isinstance(moments[0], ActionMoment) else None
    concerned = _subjects(action) if action else ()
    on = floor.stage.framed(concerned, floor.stage.on(0))
    people = on if concerned or not new_place else ()
    outside = scene.heading.setting == "ext"
    size: ShotSize = ("els" if outside else "ls") if new_place else ("ls" if outside else "mls")
    framing = Framing(size=size, kind="establishing" if new_place else "master", subject_ids=people)
    floor.camera.note(framing)
    words = sum(word_count(beat.text) for beat in action.beats) if action else 0
    frames = opening_frames(scene.tension, words, new_place, floor.pace, floor.salt, scene.heading.raw)
    _shoot(floor, framing, frames, action, moments[0].transition if moments else None)
    return 1 if action else 0


def cover_action(floor: Floor, index: int, moment: ActionMoment) -> None:
    """One shot of what is done: a master for an entrance, else as close as the action asks for."""
    emotion = _emotion(moment)
    framing = _action_framing(floor, index, moment, emotion)
    peak = floor.breakdown.peak_element_id in {beat.element.element_id for beat in moment.beats}
    wide = floor.wide(index, _subjects(moment)[:5])
    peak = peak and not floor.unmet(framing.subject_ids)
    wanted = wide if is_close(framing) and floor.unmet(in_picture(framing)) else framing
    settled = floor.camera.settle(wanted, wide, emotion, peak)
    words = sum(word_count(beat.text) for beat in moment.beats)
    head = moment.beats[0]
    frames = action_frames(floor.scene.tension, words, floor.pace, floor.salt, head.text, str(head.occurrence))
    floor.after_silence()
    _shoot(floor, settled, frames, moment, moment.transition)


def cover_prop(floor: Floor, moment: PropMoment) -> None:
    """A short look at a thing that is handled."""
    framing = Framing(size="cu", kind="insert")
    floor.camera.note(framing)
    floor.after_silence()
    frames = insert_frames(floor.fps, floor.salt, *moment.props, str(moment.occurrence))
    floor.shots.append(
        DraftShot(
            framing, frames, props=moment.props[:20], element_ids=(moment.element_id,), transition=moment.transition
        )
    )


def cover_sign(floor: Floor, moment: SignMoment) -> None:
    """Words long enough to be read."""
    framing = Framing(size="cu", kind="insert")
    floor.camera.note(framing)
    floor.after_silence()
    sign = moment.element
    floor.shots.append(
        DraftShot(
            framing,
            sign_frames(word_count(sign.text), floor.fps),
            screen_text=sign.text,
            carrier=sign.carrier,
            element_ids=(sign.element_id,),
            transition=moment.transition,
        )
    )


def _subjects(moment: ActionMoment) -> tuple[str, ...]:
    return tuple(dict.fromkeys(who for beat in moment.beats for who in beat.subjects))


def _emotion(moment: ActionMoment) -> Emotion:
    return max((beat.element.emotion for beat in moment.beats), key=lambda emotion: emotion.intensity)


def _action_framing(floor: Floor, index: int, moment: ActionMoment, emotion: Emotion) -> Framing:
    who = floor.stage.framed(_subjects(moment))
    text = " ".join(beat.text for beat in moment.beats)
    pose = pose_of(text)
    if any(beat.entering for beat in moment.beats):
        return floor.wide(index, who)
    if not who:
        handled = any(named_in(prop, " ".join(text.split()[:3])) for prop in floor.last_props)
        if handled:
            return Framing(size="cu", kind="insert")
        return _witnessed(floor, index, moment)
    if len(who) > 2:
        return Framing(size="ls", kind="master", subject_ids=who)
    if len(who) == 2:
        return Framing(size="mls" if pose in _MOVING else "ms", kind="two_shot", subject_ids=who)
    if pose in _MOVING:
        return Framing(size="ls", kind="single", subject_ids=who)
    if is_of_face(text):
        return Framing(size="cu" if emotion.intensity > STRONG else "mcu", kind="reaction", subject_ids=who)
    return Framing(size="ms" if pose in ("hold_prop", "point") else "mls", kind="single", subject_ids=who)


def _witnessed(floor: Floor, index: int, moment: ActionMoment) -> Framing:
    """A view of what nobody does. A place without the people who are in it would say that they have gone.

    What is heard is told by the face of somebody who neither was seen just now nor speaks next. A thing is looked at
    in its place, unless the last view had nobody in it either.
    """
    on = floor.stage.on(index)
    last = floor.shots[-1] if floor.shots else None
    if not on or (any(beat.props for beat in moment.beats) and last is not None and last.figures):
        return Framing(size="ls", kind="cutaway")
    if any(beat.sounds for beat in moment.beats):
        following = next(
            (each for each in floor.breakdown.moments[index + 1 :] if isinstance(each, SpeechMoment)), None
        )
        speaking = {line.speaker_id for line in following.utterances[0]} if following else set()
        seen = set(last.framing.subject_ids) if last else set()
        listener = next((who for who in on if who not in speaking | seen), None)
        if listener is not None:
            return Framing(size="mcu", kind="reaction", subject_ids=(listener,))
    return floor.wide(index)


def _shoot(
    floor: Floor,
    framing: Framing,
    frames: int,
    moment: ActionMoment | None,
    transition: TransitionElement | None,
) -> None:
    """Append a silent shot of ``moment``; None shows the place, or the people at rest in it."""
    people = in_picture(framing)
    beats = moment.beats if moment else ()
    emotion = _emotion(moment) if moment else Emotion(name=floor.scene.mood, intensity=200)
    acting, pose = _acting(floor, people, moment, emotion)
    cast = figures(floor.stage, framing, people, acting)
    going = next((figure.facing for figure in cast if figure.pose in _MOVING), "right")
    if cast:
        floor.going = {figure.character_id: figure.facing for figure in cast if figure.pose in _MOVING}
    what = f"{floor.salt}\x1f{' '.join(beat.text for beat in beats) or floor.scene.heading.raw}"
    rising = moment is not None and floor.camera.rises(emotion)
    floor.last_props = tuple(prop for beat in beats for prop in beat.props)[-2:] or floor.last_props
    floor.shots.append(
        DraftShot(
            framing,
            frames,
            movement=movement_for(framing, frames, floor.fps, rising, pose, going, what),
            figures=cast,
            beats=tuple(beat.text for beat in beats if beat.text),
            props=_things(floor, framing, beats),
            element_ids=tuple(dict.fromkeys(beat.element.element_id for beat in beats)),
            sounds=tuple(DraftSound(beat.element.element_id, tag) for beat in beats for tag in beat.sounds),
            emotion=emotion,
            transition=transition,
        )
    )


def _things(floor: Floor, framing: Framing, beats: Sequence[Beat]) -> tuple[str, ...]:
    """Props in a shot: those its beats handle; an insert without any shows the one handled before.

    A view of the place leaves out what the insert behind it shows: the same thing twice in a row says nothing.
    """
    handled = tuple(dict.fromkeys(prop for beat in beats for prop in beat.props))[:20]
    if framing.kind == "cutaway":
        told = {beat.element.element_id for beat in beats}
        looks = [each for each in floor.breakdown.moments if isinstance(each, PropMoment) and each.element_id in told]
        handled = tuple(prop for prop in handled if not any(prop in each.props for each in looks))
    return handled or (floor.last_props if framing.kind == "insert" else ())


def _acting(
    floor: Floor, people: tuple[str, ...], moment: ActionMoment | None, emotion: Emotion
) -> tuple[Acting, Pose | None]:
    feelings = {who: heard_as(emotion) for who in people}
    poses: dict[str, Pose] = floor.resting_poses(people)
    facing: dict[str, Facing] = {}
    main: Pose | None = None
    for beat in moment.beats if moment else ():
        of_feeling = None if is_of_face(beat.text) else felt_as(beat.element.emotion)
        pose = in_hands(pose_of(beat.text), beat.text, beat.props) or of_feeling
        main = main or pose
        for who in beat.subjects:
            feelings[who] = beat.element.emotion
            if pose is not None and who in beat.actors:
                poses[who] = pose
                if pose == "sit":
                    floor.seated.add(who)
                elif pose in _UPRIGHT:
                    floor.seated.discard(who)
            if is_to_audience(beat.text):
                facing[who] = "front"
            elif pose in _MOVING and who in beat.actors:
                facing[who] = floor.going.get(who) or _travel(floor.stage, who, leaving=who in beat.leaving)
    pair = people if len(people) == 2 else ()
    towards = {who: other for who in pair for other in pair if other != who}
    return Acting(feelings, poses, towards, facing), main


def _travel(stage: Stage, who: str, leaving: bool) -> Facing:
    """Screen direction of a walk: inwards, outwards when leaving; from the centre to the right."""
    inwards = stage.facing(who, None)
    if inwards == "front":
        return "right"
    outwards: Facing = "left" if inwards == "right" else "right"
    return outwards if leaving else inwards
