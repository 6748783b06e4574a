"""Coverage grammar: sizes, angles and moves, and what may follow what has just been seen.

Rules after FILM practice: start wide, come closer as the feeling rises, 30 degrees or two sizes between
shots of one subject, wide again after six close shots. Whom a shot shows is decided in ``coverage``.
"""

from __future__ import annotations

from typing import Literal

from narrative_assets.film.dice import draw
from schemas.shots import Framing, Movement, Pose, ShotSize
from schemas.story import Emotion

SIZES: tuple[ShotSize, ...] = ("els", "ls", "mls", "ms", "mcu", "cu", "bcu", "ecu")
CLOSE_SHOTS_IN_A_ROW = 6
_CALM = 300
STRONG = 650
"""Intensity above which a face fills the frame."""

_LOW = frozenset({"anger", "determination", "awe"})
_HIGH = frozenset({"fear", "sadness", "unease"})
_TIGHTEST: dict[int, ShotSize] = {0: "ms", 1: "cu", 2: "mcu"}


def is_close(framing: Framing) -> bool:
    """True for a picture of people from head and shoulders inwards."""
    return framing.kind not in ("insert", "cutaway") and SIZES.index(framing.size) >= SIZES.index("mcu")


def jumps(previous: Framing | None, following: Framing) -> bool:
    """True where both show the same subject from the same angle with less than two sizes between them."""
    if previous is None or "insert" in (previous.kind, following.kind):
        return False
    same = set(previous.subject_ids) == set(following.subject_ids) and previous.angle == following.angle
    return same and abs(SIZES.index(previous.size) - SIZES.index(following.size)) < 2


def angle_for(emotion: Emotion) -> Literal["eye", "high", "low"]:
    """Low for strength, high for helplessness, and only when the feeling is very strong."""
    if emotion.intensity < 750:
        return "eye"
    return "low" if emotion.name in _LOW else "high" if emotion.name in _HIGH else "eye"


def speech_size(position: int, intensity: int, tension: int) -> ShotSize:
    """Size for the ``position``-th speech shot since the last wide one: one step closer for each rise."""
    if intensity > STRONG:
        return "cu"
    heat = max(intensity, (tension + intensity) // 2) + 40 * min(position, 5)
    return "ms" if heat < 380 else "mcu" if heat < 640 else "cu"


class Camera:
    """What the audience of one scene has just seen, and what it may therefore see next."""

    def __init__(self) -> None:
        self.previous: Framing | None = None
        self._close_run = 0
        self._ecu_spent = False
        self._felt = 0

    @property
    def due_wide(self) -> bool:
        """True after six close shots in a row."""
        return self._close_run >= CLOSE_SHOTS_IN_A_ROW

    def settle(self, wanted: Framing, wide: Framing, emotion: Emotion, peak: bool = False) -> Framing:
        """The framing to take: ``wanted`` where the rules allow, else its nearest neighbour or ``wide``."""
        framing = wanted
        if peak and not self._ecu_spent and len(wanted.subject_ids) == 1 and not self.due_wide:
            framing = wanted.model_copy(update={"size": "ecu", "kind": "single", "over_shoulder_of": None})
            self._ecu_spent = True
        elif is_close(wanted) and (self.due_wide or self._invites_wide(emotion)):
            framing = wide
        if jumps(self.previous, framing):
            framing = self._without_jump(framing, emotion)
        self.note(framing)
        return framing

    def _invites_wide(self, emotion: Emotion) -> bool:
        """A calm moment soon before a wide shot is due takes it, so that a strong one keeps its face."""
        return emotion.intensity < _CALM and self._close_run >= CLOSE_SHOTS_IN_A_ROW - 2

    def note(self, framing: Framing) -> None:
        """Remember ``framing`` as seen. Inserts interrupt a view without re-establishing anything."""
        if framing.kind in ("insert", "cutaway"):
            self.previous = framing
            return
        self._close_run = self._close_run + 1 if is_close(framing) else 0
        self.previous = framing

    def rises(self, emotion: Emotion) -> bool:
        """True where the feeling has risen since the last moment asked about, which this call becomes."""
        before, self._felt = self._felt, emotion.intensity
        return emotion.intensity >= 300 and emotion.intensity >= before + 150

    def _without_jump(self, framing: Framing, emotion: Emotion) -> Framing:
        if emotion.intensity > STRONG and is_close(framing):
            angle = "low" if emotion.name in _LOW else "high"
            turned = framing.model_copy(update={"angle": "eye" if framing.angle != "eye" else angle})
            if not jumps(self.previous, turned):
                return turned
        wanted = SIZES.index(framing.size)
        closest: ShotSize = "mls" if self.due_wide else _TIGHTEST.get(min(len(framing.subject_ids), 3), "ms")
        allowed = SIZES[: SIZES.index(closest) + 1]
        tighter = len(framing.subject_ids) == 1
        order = sorted(
            allowed,
            key=lambda size: (
                size == "els",
                abs(SIZES.index(size) - wanted),
                (SIZES.index(size) < wanted) == tighter,
            ),
        )
        sized = (framing.model_copy(update={"size": size}) for size in order)
        return next((candidate for candidate in sized if not jumps(self.previous, candidate)), framing)


def movement_for(
    framing: Framing, frames: int, fps: int, rising: bool, pose: Pose | None, going: str, what: str
) -> Movement:
    """The camera's move, always for a reason: a place to look over, somebody walking, a feeling that rises.

    ``frames`` bounds the amount: a pan never covers a frame width in less than 7 seconds.
    """
    pan_cap = frames * 1000 // (7 * fps)
    seconds = frames // fps
    if framing.kind == "establishing":
        kinds: tuple[Literal["pan_left", "pan_right", "tilt_down", "push_in"], ...] = (
            "pan_left", "pan_right", "tilt_down", "push_in",
        )  # fmt: skip
        kind = kinds[draw(0, 3, "opening move", what)]
        return Movement(
            kind=kind,
            amount=draw(50, 80, "amount", what) if kind == "push_in" else min(draw(70, 110, "amount", what), pan_cap),
        )
    if framing.kind == "insert":
        return Movement()
    if rising or framing.size == "ecu":
        return Movement(kind="push_in", amount=min(80, 30 + 10 * seconds))
    if pose in ("walk", "run") and framing.kind != "over_the_shoulder":
        return Movement(kind="pan_left" if going == "left" else "pan_right", amount=min(90, pan_cap))
    if framing.kind in ("cutaway", "master") and draw(0, 2, "drift", what) == 0:
        drift: tuple[Literal["tilt_up", "pull_out", "push_in"], ...] = ("tilt_up", "pull_out", "push_in")
        return Movement(kind=drift[draw(0, 2, "drift kind", what)], amount=min(60, 20 + 8 * seconds))
    return Movement()
