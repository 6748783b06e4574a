"""Designed pictures drawn from nothing but a need: plates of places, figures, inserts and slates.

They stand in wherever the library has no picture. Every picture depends on its need alone: same need, same bytes.

The contract of a figure picture (``draw_figure``)
--------------------------------------------------
RGBA, transparent, 0.6 as wide as high, the soles on the lower edge over a soft contact shadow. The figure faces right
in three-quarter view: mirror it to face left. Upright adults (people, robots, creatures) keep these heights, as shares
of the canvas height, in every pose but ``slump``, so that a shot size is a fixed crop:

    head top 0.06   eyes 0.15   chin 0.235   chest 0.36   waist 0.52   knees 0.76   feet 1.0     head middle x = 0.5

Hair and hats may rise to 0.02. In ``slump`` the head hangs 0.03 lower. Children fill the lower
0.70 with larger heads, small animals the lower two fifths, large animals the lower three quarters; a cloud floats
between 0.08 and 0.46 of the height. ``figure_anchors`` gives the marks of any figure in permille.

Plates (``draw_background``) keep the horizon, or the foot of a room's back wall, between 0.58 and 0.66 of the height
and the middle free; figures stand with their feet at 0.88 to 0.92.
"""

from __future__ import annotations

from narrative_assets.media.drawing.backgrounds import draw_background, draw_background_layers
from narrative_assets.media.drawing.figures import Anchors, draw_figure, draw_mouths, figure_anchors
from narrative_assets.media.drawing.inserts import draw_insert, draw_slate

__all__ = [
    "Anchors",
    "draw_background",
    "draw_background_layers",
    "draw_figure",
    "draw_insert",
    "draw_mouths",
    "draw_slate",
    "figure_anchors",
]
