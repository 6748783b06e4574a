"""The gate of flashes: general flashes counted on the coarse luma of every frame, by field and over the screen.

After WCAG 2.3.1 and ITU-R BT.1702. It judges luminance alone, on fields of a sixteenth of the width: no substitute
for a photosensitivity test, and no Harding test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from narrative_assets.video.clips import ClipFigures
from narrative_assets.video.findings import finding
from schemas.render import QualityFinding

FLASHES_PER_SECOND = 3
STEP, DARKER = 0.1, 0.8
"""A change counts from a tenth of full relative luminance, its darker side below 0.8."""
ACROSS, DOWN = 16, 9
FIELD = (5, 3)
"""Columns and rows of the grid that ten degrees of sight take in, a third of the screen each way."""

Light = npt.NDArray[np.float32]
Changes = npt.NDArray[np.int8]

_LIGHT: Light = ((np.clip(np.arange(256) - 16, 0, 219) / 219) ** 2.2).astype(np.float32)
_STRETCH, _TOGETHER = 1_440, 16
_NEARLY = 0.99
"""Leaves room for rounding in a sum of many small steps."""


@dataclass(frozen=True)
class Flashing:
    """The most flashes in any second, the frame that second starts at, and how large the flashing is."""

    flashes: int
    frame: int
    over: str


def flash_gate(clips: Sequence[ClipFigures], fps: int) -> QualityFinding:
    """At most three flashes in any second, in a quarter of any ten degrees of sight or of the screen."""
    worst = most_flashes(clips, fps)
    passed = worst.flashes <= FLASHES_PER_SECOND
    return finding(
        "flashes",
        passed,
        f"{worst.flashes} flashes in a second" + (f", over {worst.over}" if worst.flashes else ""),
        f"{FLASHES_PER_SECOND} flashes in a second over a quarter of any 10 degree field or of the screen",
        ""
        if passed
        else f"The second from frame {worst.frame} on flashes most. Lengthen its shots, or bring light and dark "
        "closer together. This judges luminance only and is no Harding test.",
    )


def most_flashes(clips: Sequence[ClipFigures], fps: int) -> Flashing:
    """The second that flashes most. Clips without a grid are judged by their mean luma."""
    worst = Flashing(0, 0, "nothing")
    suspects = _suspects(clips, fps)
    while some := tuple(islice(suspects, _TOGETHER)):
        for (first, _), changes in zip(some, _changes([light for _, light in some]), strict=True):
            for over, ups, downs in _areas(changes):
                flashes, frame = _most(ups, downs, fps)
                if flashes > worst.flashes:
                    worst = Flashing(flashes, first + frame, over)
    return worst


def _suspects(clips: Sequence[ClipFigures], fps: int) -> Iterator[tuple[int, Light]]:
    """Stretches (first frame, light of frames by fields) in which a field's light moves enough for a flash.

    Each starts at a cut of the work into stretches that overlap by a second, so that no second falls between two.
    """
    held = np.empty((0, ACROSS * DOWN), np.float32)
    at = 0
    pending: list[Light] = []
    length = 0
    for clip in clips:
        pending.append(_light(clip))
        length += len(pending[-1])
        if length >= _STRETCH:
            whole = np.concatenate([held, *pending])
            if _moves(whole):
                yield at - len(held), whole
            at += length
            held, pending, length = whole[-fps:], [], 0
    whole = np.concatenate([held, *pending])
    if len(whole) and _moves(whole):
        yield at - len(held), whole


def _light(clip: ClipFigures) -> Light:
    """Relative luminance of a clip's frames by fields; the mean in every field where there is no grid."""
    if len(clip.grid) == clip.frames * ACROSS * DOWN and clip.grid:
        return _LIGHT[np.frombuffer(clip.grid, np.uint8).reshape(clip.frames, ACROSS * DOWN)]
    return np.repeat(_LIGHT[np.array(clip.luma, np.uint8)][:, None], ACROSS * DOWN, axis=1)


def _moves(light: Light) -> bool:
    """Whether any field's light travels as far as one flash more than is allowed would take it."""
    if len(light) < 2:
        return False
    travelled = np.abs(np.diff(light, axis=0)).sum(axis=0)
    return bool((travelled >= 2 * STEP).any())


def _changes(stretches: Sequence[Light]) -> list[Changes]:
    """For every frame and field +1 where its light has risen by a step since it last turned, -1 where it has fallen.

    Stretches are gone through side by side: a step costs the same for a thousand fields as for a hundred.
    """
    # A field whose light stays within a step never changes.
    moving = [np.flatnonzero(np.ptp(light, axis=0) >= STEP * _NEARLY) for light in stretches]
    longest = max(map(len, stretches))
    columns = [
        np.pad(light[:, fields], ((0, longest - len(light)), (0, 0)), "edge")
        for light, fields in zip(stretches, moving, strict=True)
    ]
    turns = np.split(_turns(np.concatenate(columns, axis=1)), np.cumsum([len(fields) for fields in moving])[:-1], 1)
    found = []
    for light, fields, turned in zip(stretches, moving, turns, strict=True):
        changes = np.zeros(light.shape, np.int8)
        changes[:, fields] = turned[: len(light)]
        found.append(changes)
    return found


def _turns(light: Light) -> Changes:
    """``_changes`` of fields side by side."""
    found = np.zeros(light.shape, np.int8)
    turn, direction = light[0].copy(), np.zeros(light.shape[1], np.int8)
    for frame in (np.flatnonzero((light[1:] != light[:-1]).any(axis=1)) + 1).tolist():
        now = light[frame]
        step = now - turn
        rises = (step >= STEP) & (turn < DARKER) & (direction <= 0)
        falls = (step <= -STEP) & (now < DARKER) & (direction >= 0)
        onwards = ((direction > 0) & (step > 0)) | ((direction < 0) & (step < 0))
        found[frame] = rises.astype(np.int8) - falls
        direction = np.where(rises, 1, np.where(falls, -1, direction)).astype(np.int8)
        turn = np.where(rises | falls | onwards, now, turn)
    return found


def _areas(changes: Changes) -> Iterator[tuple[str, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]:
    """For each area: its name, and the frames in which more than a quarter of it rises, and falls."""
    fields = changes.reshape(len(changes), DOWN, ACROSS)
    columns, rows = FIELD
    ups, downs = (_seen(way) * 4 > rows * columns for way in (fields > 0, fields < 0))
    busy = np.argwhere((ups.sum(axis=0) + downs.sum(axis=0)) >= 2)
    yield "the screen", (changes > 0).sum(axis=1) * 4 > ACROSS * DOWN, (changes < 0).sum(axis=1) * 4 > ACROSS * DOWN
    for row, column in busy:
        yield f"a field at row {row + 1}, column {column + 1} of the grid", ups[:, row, column], downs[:, row, column]


def _seen(fields: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """How many fields of each stretch of sight are set, of shape (frames, rows, columns)."""
    columns, rows = FIELD
    counted = fields.view(np.uint8)
    down = sum((counted[:, row : DOWN - rows + 1 + row] for row in range(1, rows)), counted[:, : DOWN - rows + 1])
    reach = ACROSS - columns + 1
    return sum((down[:, :, column : reach + column] for column in range(1, columns)), down[:, :, :reach])


def _most(ups: npt.NDArray[np.bool_], downs: npt.NDArray[np.bool_], fps: int) -> tuple[int, int]:
    """Pairs of opposing changes in the second that has most of them, and its first frame."""
    turns: list[int] = []
    direction = 0
    for at in np.flatnonzero(ups | downs).tolist():
        here = 1 if ups[at] else -1
        if here != direction:
            turns.append(at)
            direction = here
    most, where, first = 0, 0, 0
    for index, frame in enumerate(turns):
        while frame - turns[first] >= fps:
            first += 1
        if index - first + 1 > most:
            most, where = index - first + 1, turns[first]
    return most // 2, where
