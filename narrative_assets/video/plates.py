"""From a render plan to pictures: which stored picture meets a need of a shot, and its decoding.

Where pictures stand in the frame is decided in ``framing``; nothing is composed here.
"""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from narrative_assets.video.bodies import Body
from narrative_assets.video.takes import take_pictures
from schemas.assets import background_need_id, character_need_id, insert_need_id
from schemas.errors import MediaError
from schemas.render import BlobRef, Placeholder, RenderPlan, ResolvedAsset, VariantPicture
from schemas.shots import Figure, Shot

MAX_PIXELS = 64_000_000
_FORMATS = ("PNG", "JPEG", "WEBP")
# Soft shadows under a figure are no part of its body.
_OPAQUE = 100
_BANDS = 24
_CACHE_BYTES = 96 * 2**20
_RENDER_MANIFEST = "Make the asset manifest and the render plan again from this shot list."


Paint = NDArray[np.uint8]
"""A decoded picture, rows x columns x bands: RGB, or RGBA with the colours already times alpha."""


@dataclass(frozen=True)
class Plate:
    """A stored picture that meets a need. ``depth`` is how far a layer of a place follows the camera, in permille."""

    need_id: str
    blob: BlobRef
    depth: int | None = None


@dataclass(frozen=True)
class Mouths:
    """The speaking mouths of a figure's picture: boxes side by side, and where such a box lies in the picture."""

    plate: Plate
    left: int
    top: int


@dataclass(frozen=True)
class ShotPlates:
    """The pictures of one shot. ``figures`` and ``mouths`` stand in the order of the shot's figures.

    ``background`` is the whole place; ``layers`` are the same place in layers, farthest first, where it has them.
    """

    background: Plate | None = None
    layers: tuple[Plate, ...] = ()
    insert: Plate | None = None
    figures: tuple[Plate, ...] = ()
    mouths: tuple[Mouths | None, ...] = ()

    def hashes(self) -> dict[str, object]:
        """The content hashes of the pictures, by what they are used for."""
        return {
            "background": self.background.blob.sha256 if self.background else None,
            "layers": [[layer.depth, layer.blob.sha256] for layer in self.layers],
            "insert": self.insert.blob.sha256 if self.insert else None,
            "figures": [plate.blob.sha256 for plate in self.figures],
        }


class PlateBook:
    """The pictures of a render plan: looked up by need, decoded once while memory allows. Safe across threads."""

    def __init__(self, plan: RenderPlan, read: Callable[[BlobRef], bytes]) -> None:
        self._assets = {asset.need_id: asset for asset in plan.assets}
        self._taken = take_pictures(plan)
        self._read = read
        self.motion = plan.profile.motion
        self._decoded: OrderedDict[str, Paint] = OrderedDict()
        self._bodies: dict[str, Body] = {}
        self._held = 0
        self._lock = threading.Lock()

    def of(self, shot: Shot) -> ShotPlates:
        """The pictures that ``shot`` is made of. Raises MediaError that names a need without a picture."""
        if shot.framing.kind in ("title", "credits"):
            return ShotPlates()
        insert = insert_need_id(shot)
        if insert is not None:
            return ShotPlates(insert=self._plate(insert, shot))
        place = background_need_id(shot.environment.place_id, shot.environment.time_of_day)
        return ShotPlates(
            background=self._plate(place, shot),
            layers=tuple(Plate(place, layer.picture, layer.depth) for layer in self._asset(place, shot).layers),
            figures=tuple(self._figure(figure, shot) for figure in shot.figures),
            mouths=tuple(self._mouths(figure, shot) for figure in shot.figures),
        )

    def paint(self, plate: Plate, *, opaque: bool = False) -> Paint:
        """Decode ``plate``: RGB if ``opaque``, else RGBA times alpha. The array is shared: do not draw on it."""
        mode = "RGB" if opaque else "RGBA"
        key = f"{plate.blob.sha256}:{mode}"
        with self._lock:
            if key in self._decoded:
                self._decoded.move_to_end(key)
                return self._decoded[key]
        paint = _paint(decode(plate.need_id, self._read(plate.blob), mode))
        with self._lock:
            if key not in self._decoded:
                self._decoded[key] = paint
                self._held += paint.nbytes
            while self._held > _CACHE_BYTES and len(self._decoded) > 1:
                self._held -= self._decoded.popitem(last=False)[1].nbytes
        return paint

    def body(self, plate: Plate) -> Body:
        """Where the drawn part of a figure's picture is, measured once."""
        key = plate.blob.sha256
        if key not in self._bodies:
            self._bodies[key] = measure(Image.fromarray(self.paint(plate), "RGBA"))
        return self._bodies[key]

    def _asset(self, need_id: str, shot: Shot) -> ResolvedAsset | Placeholder:
        asset = self._taken.get((shot.shot_id, need_id)) or self._assets.get(need_id)
        if asset is None:
            raise MediaError(
                f"Shot {shot.shot_id} needs {need_id}, and the render plan has no asset for it.",
                remedy=_RENDER_MANIFEST,
            )
        return asset

    def _plate(self, need_id: str, shot: Shot) -> Plate:
        blob = _single(self._asset(need_id, shot))
        if blob is None:
            raise MediaError(
                f"Shot {shot.shot_id} needs {need_id}; its asset in the render plan holds no picture.",
                remedy=_RENDER_MANIFEST,
            )
        return Plate(need_id, blob)

    def _figure(self, figure: Figure, shot: Shot) -> Plate:
        need_id = character_need_id(figure.character_id)
        asset = self._asset(need_id, shot)
        best = _closest(asset, figure)
        blob = best.picture if best is not None else _single(asset)
        if blob is None:
            raise MediaError(
                f"Shot {shot.shot_id} needs {need_id} ({figure.pose}, {figure.expression.name}); "
                "its asset in the render plan holds no picture.",
                remedy=_RENDER_MANIFEST,
            )
        return Plate(need_id, blob)

    def _mouths(self, figure: Figure, shot: Shot) -> Mouths | None:
        need_id = character_need_id(figure.character_id)
        best = _closest(self._asset(need_id, shot), figure)
        strip = best.mouths if best is not None else None
        return Mouths(Plate(need_id, strip.picture), strip.left, strip.top) if strip is not None else None


def decode(need_id: str, data: bytes, mode: str) -> Image.Image:
    """Decode a stored picture. Raises MediaError that names ``need_id`` for damage, other formats or a huge size."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise MediaError(
                    f"The picture for {need_id} has {picture.width} x {picture.height} pixels; "
                    f"{MAX_PIXELS // 1_000_000} million are the most that is drawn.",
                    remedy="Store a smaller picture.",
                )
            return picture.convert(mode)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MediaError(
            f"The picture for {need_id} cannot be decoded: {error}.",
            remedy="Store it again as PNG, JPEG or WebP, and make the render plan again.",
        ) from error


def measure(figure: Image.Image) -> Body:
    """Find the drawn part of a figure's picture (RGBA) and where its head is."""
    alpha = figure.getchannel("A").point([0] * _OPAQUE + [255] * (256 - _OPAQUE))
    box = alpha.getbbox() or (0, 0, figure.width, figure.height)
    left, top, right, bottom = box
    brow = top + max(1, (bottom - top) // 6)
    head = alpha.crop((0, top, figure.width, brow)).getbbox() or box
    tall = float(figure.height)
    middle = (head[0] + head[2]) / 2 / tall
    return Body(figure.width / tall, top / tall, left / tall, right / tall, middle, _outline(np.asarray(alpha) > 0))


def _outline(drawn: NDArray[np.bool_]) -> tuple[tuple[float, float] | None, ...]:
    """Left and right of what is drawn in bands of equal height, as shares of the height."""
    tall = drawn.shape[0]
    columns = [np.flatnonzero(band.any(axis=0)) for band in np.array_split(drawn, _BANDS)]
    return tuple((int(each[0]) / tall, (int(each[-1]) + 1) / tall) if each.size else None for each in columns)


def _single(asset: ResolvedAsset | Placeholder) -> BlobRef | None:
    return asset.blob if isinstance(asset, ResolvedAsset) else asset.stand_in


def _closest(asset: ResolvedAsset | Placeholder, figure: Figure) -> VariantPicture | None:
    return min(asset.variants, key=lambda each: _distance(each, figure), default=None)


def _distance(picture: VariantPicture, figure: Figure) -> tuple[bool, bool, bool]:
    """How far a variant is from what the shot asks for: the feeling counts before the pose."""
    variant = picture.variant
    return (
        variant.expression != figure.expression.name,
        variant.pose != figure.pose,
        (variant.pose, variant.expression) != ("stand", "neutral"),
    )


def _paint(picture: Image.Image) -> Paint:
    import cv2

    paint = np.asarray(picture, dtype=np.uint8)
    return np.asarray(cv2.cvtColor(paint, cv2.COLOR_RGBA2mRGBA), np.uint8) if picture.mode == "RGBA" else paint
