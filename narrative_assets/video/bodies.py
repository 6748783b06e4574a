"""The bodies of a shot: what of a figure's picture is drawn, where it is placed, and how far apart neighbours stand.

Pure geometry in heights of the figures' pictures. What a shot size asks of them is decided in ``framing``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

HEAD_WIDTH = 0.2
"""Width of an adult's head with its hair, in heights of the picture."""
_OUTER = 0.85
"""How much of the arms at the ends of a group stays in a close frame."""
_LONGEST_REACH = 0.25
"""Outstretched arms may cross: what of a body lies further than this from its head keeps nobody away."""


@dataclass(frozen=True)
class Body:
    """A figure's drawn part in its picture, as shares of the picture's height; x from the picture's left edge.

    ``outline`` holds left and right in bands of equal height from the picture's top down, None where nothing is drawn.
    """

    width: float
    top: float
    left: float
    right: float
    head_x: float
    outline: tuple[tuple[float, float] | None, ...] = ()

    @property
    def tall(self) -> float:
        return max(0.02, 1.0 - self.top)

    @property
    def bulk(self) -> float:
        """How much larger the head is against the body than an adult's: children, animals, clouds."""
        if self.right - self.left > 0.75 * self.tall:
            return 2.2
        return 1.0 + 0.9 * max(0.0, min(0.4, 0.9 - self.tall))

    @property
    def floats(self) -> bool:
        """Whether nothing is drawn in the lowest quarter of the picture: no feet, no ground."""
        lowest = self.outline[len(self.outline) * 3 // 4 :]
        return bool(lowest) and not any(lowest)

    def reaches(self, mirrored: bool) -> list[tuple[float, float] | None]:
        """How far each band of the outline reaches left and right of the head's middle."""
        bands = [
            (self.head_x - band[0], band[1] - self.head_x) if band else None
            for band in self.outline or ((self.left, self.right),)
        ]
        return [(band[1], band[0]) if band and mirrored else band for band in bands]

    def y(self, share: float) -> float:
        """Height in the picture of an adult's landmark, carried over to this body."""
        return self.top + min(1.0, share * self.bulk) * self.tall


Side = tuple[Body, bool]
"""A body of a row, and whether it is mirrored."""
Reach = tuple[float, float] | None
"""How far a band of a body reaches left and right of its head."""


@dataclass(frozen=True)
class Placed:
    """A figure's place: its picture is ``scale`` frame heights tall, its feet stand at ``ground``.

    ``x`` is where the head's middle comes to lie, ``index`` which figure of the shot it is.
    """

    index: int
    x: float
    ground: float
    scale: float
    mirrored: bool
    shoulder: bool = False


def gaps_of(row: Sequence[Side]) -> list[float]:
    """From head to head, how far neighbours of one scale stand apart so that none covers any of the other."""
    return [_gap(left.reaches(turned), right.reaches(away)) for (left, turned), (right, away) in pairwise(row)]


def _gap(left: Sequence[Reach], right: Sequence[Reach]) -> float:
    if len(left) != len(right):
        left, right = _widened(left), _widened(right)
    level = [
        min(own[1], _LONGEST_REACH) + min(other[0], _LONGEST_REACH)
        for own, other in zip(left, right, strict=True)
        if own and other
    ]
    return max(HEAD_WIDTH, *level) if level else HEAD_WIDTH


def _widened(bands: Sequence[Reach]) -> list[Reach]:
    """All bands as one."""
    drawn = [band for band in bands if band]
    return [(max(before for before, _ in drawn), max(after for _, after in drawn))]


def ends_of(row: Sequence[Side], *, whole: bool) -> tuple[float, float]:
    """How far the first of a row reaches left and the last right, as far as it is to be in the frame."""
    (first, turned), (last, away) = row[0], row[-1]
    reaches = _widened(first.reaches(turned))[0], _widened(last.reaches(away))[0]
    before, after = (reach[side] if reach else 0.0 for side, reach in enumerate(reaches))
    if whole:
        return before, after
    return _OUTER * min(before, _LONGEST_REACH), _OUTER * min(after, _LONGEST_REACH)


def moved_apart(marks: Sequence[float], gaps: Sequence[float], room: float) -> list[float]:
    """``marks`` moved right until ``gaps`` lie between them, and together again where all would take more ``room``."""
    xs = list(marks)
    for i, gap in enumerate(gaps):
        xs[i + 1] = max(xs[i + 1], xs[i] + gap)
    slack, least = xs[-1] - xs[0] - sum(gaps), sum(gaps)
    share = min(1.0, max(0.0, room - least) / slack) if slack > 1e-9 else 1.0
    steps = [gap + share * (after - before - gap) for gap, (before, after) in zip(gaps, pairwise(xs), strict=True)]
    return [xs[0] + sum(steps[:i]) for i in range(len(xs))]
