"""Pictures for needs: from the library, else from the cache, else drawn now as a listed stand-in.

Sounds live in ``sounds``; what a stranger's file must pass is in ``intake``, which licences in ``rights``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from narrative_assets.media.intake import TakenPicture, take_figure, take_plate
from narrative_assets.media.ports import (
    AssetKind,
    AssetLibrary,
    BlobSink,
    LibraryMiss,
    Painter,
    PictureCache,
)
from narrative_assets.media.rights import merged, refusal
from schemas.assets import BackgroundNeed, CharacterPackNeed, FigureVariant, PropNeed
from schemas.canonical import content_hash
from schemas.errors import MediaError
from schemas.project import RenderProfile
from schemas.render import BlobRef, Placeholder, PlannedAsset, ResolvedAsset, Rights, VariantPicture
from schemas.shots import ShotList

OVERSCAN_PERMILLE = 120
"""Plates (backgrounds and inserts) reach beyond the frame by this share of it on each side: room for moves."""
FIGURE_PERMILLE = 1_200
CLOSE_PERMILLE = {"ms": 1_500, "mcu": 2_000, "cu": 2_000, "bcu": 2_000, "ecu": 2_000}
"""Height of a figure in frame heights (permille): more where a shot comes close, so that it stays crisp."""

Taken = tuple[BlobRef, Rights]


def plate_size(profile: RenderProfile) -> tuple[int, int]:
    """Width and height of a plate under ``profile``: the frame with its overscan, to even pixels."""
    share = 1_000 + 2 * OVERSCAN_PERMILLE
    return (_even(profile.width * share), _even(profile.height * share))


def figure_heights(shot_list: ShotList, profile: RenderProfile) -> dict[tuple[str, str, str], int]:
    """Pixels of height by (character, pose, expression), by the tightest shot that shows the variant."""
    shares: dict[tuple[str, str, str], int] = {}
    for shot in shot_list.shots:
        wanted = CLOSE_PERMILLE.get(shot.framing.size, FIGURE_PERMILLE)
        for figure in shot.figures:
            key = (figure.character_id, figure.pose, figure.expression.name)
            shares[key] = max(wanted, shares.get(key, FIGURE_PERMILLE))
    return {key: _even(profile.height * share) for key, share in shares.items()}


def _even(thousandths: int) -> int:
    """``thousandths`` / 1000, rounded to the nearest even number."""
    return 2 * ((thousandths + 1_000) // 2_000)


@dataclass(frozen=True)
class PictureDesk:
    """Where the pictures of one plan come from."""

    plate: tuple[int, int]
    heights: dict[tuple[str, str, str], int]
    least_height: int
    library: AssetLibrary
    sink: BlobSink
    painter: Painter
    cache: PictureCache | None

    def background(self, need: BackgroundNeed) -> PlannedAsset:
        """A place: ``backgrounds/pier.night`` or ``backgrounds/pier`` of the library, else drawn."""
        names = (f"{need.place_id}.{need.time_of_day}", need.place_id)
        return self._plate(need, "background", names, f"{need.name} at {need.time_of_day}", self.painter.background)

    def insert(self, need: PropNeed) -> PlannedAsset:
        """A thing seen close: ``props/lantern`` of the library, else drawn."""
        names = (need.need_id.partition(":")[2], need.name)
        return self._plate(need, "prop", names, need.name, self.painter.insert)

    def pack(self, need: CharacterPackNeed) -> PlannedAsset:
        """A character in all its variants: all of them from the library, or all of them drawn.

        A pack half found and half drawn would change its hand from shot to shot.
        """
        found = [self._found_variant(need, variant) for variant in need.variants]
        taken = [each for each in found if not isinstance(each, LibraryMiss)]
        if len(taken) == len(found):
            return ResolvedAsset(
                need_id=need.need_id,
                source="library",
                variants=_variants(need.variants, (blob for blob, _ in taken)),
                rights=merged([rights for _, rights in taken]),
            )
        missing = [(v, miss) for v, miss in zip(need.variants, found, strict=True) if isinstance(miss, LibraryMiss)]
        worst = next((miss for _, miss in missing if miss.reason != "not_in_library"), missing[0][1])
        drawn = [self._drawn_variant(need, variant) for variant in need.variants]
        return Placeholder(
            need_id=need.need_id,
            wanted=_line(f"{need.name}, {len(need.variants)} pictures"),
            reason=worst.reason,
            detail=_line(worst.detail or _not_found([variant for variant, _ in missing], len(found))),
            variants=_variants(need.variants, drawn),
            rights=self._own_rights(),
        )

    def _plate(
        self,
        need: BackgroundNeed | PropNeed,
        kind: AssetKind,
        names: tuple[str, ...],
        wanted: str,
        draw: Callable[..., bytes],
    ) -> PlannedAsset:
        width, height = self.plate
        found = self._from_library(need.need_id, kind, names, lambda data: take_plate(data, width, height))
        if not isinstance(found, LibraryMiss):
            return ResolvedAsset(need_id=need.need_id, source="library", blob=found[0], rights=found[1])
        about = need.model_dump(mode="json", exclude={"need_id"})
        stand_in, failed = self._drawn(
            {"picture": kind, "need": about, "size": [width, height]},
            lambda: draw(need, width, height),
            lambda: self.painter.missing_slate(wanted, width, height),
        )
        return Placeholder(
            need_id=need.need_id,
            wanted=_line(wanted),
            reason=found.reason,
            detail=_line("; ".join(part for part in (found.detail, failed) if part)),
            stand_in=stand_in,
            rights=self._own_rights(),
        )

    def _found_variant(self, need: CharacterPackNeed, variant: FigureVariant) -> Taken | LibraryMiss:
        who, height = need.character_id, self._height(need, variant)
        tails = (f"/{variant.expression}.{variant.pose}", f"/{variant.expression}", f"/{variant.pose}", "/neutral", "")
        names = tuple(f"{who}{tail}" for tail in tails)
        return self._from_library(need.need_id, "character", names, lambda data: take_figure(data, height))

    def _drawn_variant(self, need: CharacterPackNeed, variant: FigureVariant) -> BlobRef:
        height = self._height(need, variant)
        about = need.model_dump(mode="json", exclude={"need_id", "variants"})
        wanted = f"{need.name}, {variant.expression}, {variant.pose}"
        return self._drawn(
            {"picture": "figure", "need": about, "variant": variant.model_dump(mode="json"), "size": [height]},
            lambda: self.painter.figure(need, variant, height),
            lambda: self.painter.missing_slate(wanted, height // 2, height),
        )[0]

    def _height(self, need: CharacterPackNeed, variant: FigureVariant) -> int:
        return self.heights.get((need.character_id, variant.pose, variant.expression), self.least_height)

    def _from_library(
        self, need_id: str, kind: AssetKind, names: tuple[str, ...], take: Callable[[bytes], TakenPicture | LibraryMiss]
    ) -> Taken | LibraryMiss:
        """The library's picture in our own form, if its licence allows the use and it can be read."""
        answer = self.library.find(need_id, kind, names)
        if isinstance(answer, LibraryMiss):
            return answer
        refused = refusal(answer.rights)
        if refused is not None:
            return LibraryMiss("licence_unknown", f"{answer.name}: {refused}")
        if not answer.media_type.startswith("image/"):
            return LibraryMiss("wrong_type", f"{answer.name}: {answer.media_type} is no picture")
        taken = take(answer.data)
        if isinstance(taken, LibraryMiss):
            return LibraryMiss(taken.reason, f"{answer.name}: {taken.detail}")
        blob = self.sink.put(taken.png, "image/png", width=taken.width, height=taken.height)
        return blob, answer.rights

    def _drawn(
        self, about: dict[str, object], draw: Callable[[], bytes], slate: Callable[[], bytes]
    ) -> tuple[BlobRef, str]:
        """The drawn picture, from the cache where it is kept; a slate and the reason where drawing fails."""
        key = content_hash({**about, "painter": self.painter.version})
        kept = self.cache.get(key) if self.cache is not None else None
        if kept is not None:
            return kept, ""
        try:
            picture = self._stored(draw())
        except MediaError as error:
            return self._stored(slate()), f"drawing failed: {error.message}"
        if self.cache is not None:
            self.cache.put(key, picture)
        return picture, ""

    def _stored(self, png: bytes) -> BlobRef:
        if png[:8] != b"\x89PNG\r\n\x1a\n":
            raise MediaError("The painter returned bytes that are no PNG.", remedy="Check the painter in use.")
        width, height = struct.unpack(">II", png[16:24])
        return self.sink.put(png, "image/png", width=width, height=height)

    def _own_rights(self) -> Rights:
        return Rights(license_type="generated_local", provider_or_model=self.painter.version)


def _variants(
    variants: Sequence[FigureVariant], pictures: Iterator[BlobRef] | Sequence[BlobRef]
) -> tuple[VariantPicture, ...]:
    return tuple(VariantPicture(variant=v, picture=p) for v, p in zip(variants, pictures, strict=True))


def _not_found(missing: Sequence[FigureVariant], total: int) -> str:
    first = f"{missing[0].expression}.{missing[0].pose}"
    return f"{len(missing)} of {total} pictures are not in the library, {first} for one"


def _line(text: str) -> str:
    """``text`` as one line of at most 300 characters."""
    return " ".join(text.split())[:300]
