"""Pictures for needs: found by ``finding``, else made by a model, else drawn as a listed stand-in that is kept.

Sounds live in ``sounds``; what a stranger's file must pass is in ``intake``, which licences in ``rights``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from narrative_assets.media.finding import UNREACHED, Finder, Found, Wanted, line
from narrative_assets.media.intake import TakenPicture, take_figure, take_plate
from narrative_assets.media.plate_words import place_words, thing_words
from narrative_assets.media.ports import (
    AssetKind,
    BlobSink,
    LibraryMiss,
    Painter,
    PictureCache,
    PlateModel,
    PlateWish,
    SearchMiss,
)
from narrative_assets.media.rights import credited, licence_note, merged, refusal
from schemas.assets import BackgroundNeed, CharacterPackNeed, FigureVariant, PropNeed
from schemas.canonical import content_hash
from schemas.errors import MediaError
from schemas.project import RenderProfile
from schemas.render import (
    AssetSource,
    BlobRef,
    Candidate,
    MouthStrip,
    Placeholder,
    PlannedAsset,
    PlateLayer,
    ResolvedAsset,
    Rights,
    VariantPicture,
)
from schemas.shots import ShotList

OVERSCAN_PERMILLE = 120
"""Plates (backgrounds and inserts) reach beyond the frame by this share of it on each side: room for moves."""
FIGURE_PERMILLE = 1_200
CLOSE_PERMILLE = {"ms": 1_500, "mcu": 2_000, "cu": 2_000, "bcu": 2_000, "ecu": 2_000}
"""Height of a figure in frame heights (permille): more where a shot comes close, so that it stays crisp."""


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
    """Where the pictures of one plan come from. ``layered`` draws places in layers too; ``model`` makes places and
    things in the ``style`` of the series where nothing is found.
    """

    plate: tuple[int, int]
    heights: dict[tuple[str, str, str], int]
    least_height: int
    finder: Finder
    sink: BlobSink
    painter: Painter
    cache: PictureCache | None
    layered: bool = False
    model: PlateModel | None = None
    style: str = ""

    def background(self, need: BackgroundNeed) -> PlannedAsset:
        """A place: ``backgrounds/pier.night`` or ``backgrounds/pier`` of the library, else searched, else made by a
        model, else drawn.
        """
        names = (f"{need.place_id}.{need.time_of_day}", need.place_id)
        words = f"{need.name} {need.time_of_day}"
        wanted = f"{need.name} at {need.time_of_day}"
        planned = self._plate(
            need, "background", names, words, wanted, place_words(need, self.style), self.painter.background
        )
        if planned.status == "placeholder" and self.layered:
            return planned.model_copy(update={"layers": self._layers(need)})
        return planned

    def insert(self, need: PropNeed) -> PlannedAsset:
        """A thing seen close: ``props/lantern`` of the library, else searched, else made by a model, else drawn.

        Words to be read are neither searched nor asked of a model: such a sign would say something else.
        """
        names = (need.need_id.partition(":")[2], need.name)
        words = "" if need.screen_text else need.name
        asked = "" if need.screen_text else thing_words(need, self.style)
        return self._plate(need, "prop", names, words, need.name, asked, self.painter.insert)

    def pack(self, need: CharacterPackNeed) -> PlannedAsset:
        """A character in all its variants: all of them from the library, or all of them drawn.

        A pack half found and half drawn would change its hand from shot to shot.
        """
        found = [self._found_variant(need, variant) for variant in need.variants]
        taken = [each for each in found if not isinstance(each, LibraryMiss)]
        count = len(found)
        if len(taken) == count:
            rights = merged([each.rights for each in taken])
            names = ", ".join(dict.fromkeys(each.name for each in taken))
            why = f"the library has all {count} pictures"
            return ResolvedAsset(
                need_id=need.need_id,
                source="library",
                variants=_variants(need.variants, (self._kept(each.taken) for each in taken)),
                rights=rights,
                considered=(_candidate("library", names, why, licence_note(rights), chosen=True),),
            )
        missing = [(v, miss) for v, miss in zip(need.variants, found, strict=True) if isinstance(miss, LibraryMiss)]
        worst = next((miss for _, miss in missing if miss.reason != "not_in_library"), missing[0][1])
        detail = worst.detail or _not_found([variant for variant, _ in missing], count)
        drawn = [self._drawn_variant(need, variant) for variant in need.variants]
        spoken = {variant: self._mouths(need, variant) for variant in need.speaking}
        return Placeholder(
            need_id=need.need_id,
            wanted=line(f"{need.name}, {count} pictures"),
            reason=worst.reason,
            detail=line(detail),
            variants=tuple(
                VariantPicture(variant=variant, picture=picture, mouths=spoken.get(variant))
                for variant, picture in zip(need.variants, drawn, strict=True)
            ),
            rights=self.own_rights(),
            considered=(_candidate("library", f"characters/{need.character_id}", detail), self._own_candidate()),
        )

    def own_rights(self) -> Rights:
        """The rights of what is drawn here."""
        return Rights(license_type="generated_local", provider_or_model=self.painter.version)

    def _plate(
        self,
        need: BackgroundNeed | PropNeed,
        kind: AssetKind,
        names: tuple[str, ...],
        words: str,
        wanted: str,
        wish: str,
        draw: Callable[..., bytes],
    ) -> PlannedAsset:
        width, height = self.plate
        asked = Wanted(need.need_id, kind, names, words, lambda data: take_plate(data, width, height), self.plate)
        found = self.finder.find(asked)
        if isinstance(found, LibraryMiss):
            found = self._modelled(wish) or found
        if not isinstance(found, LibraryMiss):
            return ResolvedAsset(
                need_id=need.need_id,
                source=found.source,
                blob=self._kept(found.taken),
                rights=found.rights,
                considered=tuple(self.finder.trail),
            )
        about = need.model_dump(mode="json", exclude={"need_id"})
        stand_in, failed = self._drawn(
            {"picture": kind, "need": about, "size": [width, height]},
            lambda: draw(need, width, height),
            lambda: self.painter.missing_slate(wanted, width, height),
        )
        return Placeholder(
            need_id=need.need_id,
            wanted=line(wanted),
            reason=found.reason,
            detail=line("; ".join(part for part in (found.detail, failed) if part)),
            stand_in=stand_in,
            rights=self.own_rights(),
            considered=(*self.finder.trail, self._own_candidate(failed)),
        )

    def _modelled(self, words: str) -> Found[TakenPicture] | None:
        """What the model makes of ``words``, if it may be used and can be read; the trail says why not."""
        if self.model is None or not words:
            return None
        source, (width, height) = self.model.source, self.plate
        made = self.model.picture(PlateWish(words, width, height))
        if isinstance(made, SearchMiss):
            self.finder.note(source, "image model", made.detail if made.reached else f"{UNREACHED}: {made.detail}")
            return None
        taken: TakenPicture | LibraryMiss | str | None = refusal(made.rights, self.finder.today)
        taken = taken if taken is not None else take_plate(made.data, width, height)
        if not isinstance(taken, TakenPicture):
            why = taken.detail if isinstance(taken, LibraryMiss) else taken
            self.finder.note(source, made.name, why, made.rights.license_type)
            return None
        rights = credited(made.rights)
        self.finder.note(source, made.name, f"made of “{words}”", licence_note(rights), chosen=True)
        return Found(taken, rights, source, made.name)

    def _found_variant(self, need: CharacterPackNeed, variant: FigureVariant) -> Found[TakenPicture] | LibraryMiss:
        height = self._height(need, variant)
        names = variant_names(need.character_id, variant)
        return self.finder.in_library(
            Wanted(need.need_id, "character", names, "", lambda data: take_figure(data, height))
        )

    def _drawn_variant(self, need: CharacterPackNeed, variant: FigureVariant) -> BlobRef:
        height = self._height(need, variant)
        return self.drawn_figure(need, variant, height)

    def drawn_figure(self, need: CharacterPackNeed, variant: FigureVariant, height: int) -> BlobRef:
        """One variant drawn ``height`` pixels high, from the cache where it is kept."""
        about = need.model_dump(mode="json", exclude={"need_id", "variants", "speaking"})
        wanted = f"{need.name}, {variant.expression}, {variant.pose}"
        return self._drawn(
            {"picture": "figure", "need": about, "variant": variant.model_dump(mode="json"), "size": [height]},
            lambda: self.painter.figure(need, variant, height),
            lambda: self.painter.missing_slate(wanted, height // 2, height),
        )[0]

    def _mouths(self, need: CharacterPackNeed, variant: FigureVariant) -> MouthStrip | None:
        """The mouths with which a drawn variant speaks; None for whoever shows none, or where drawing them fails."""
        height = self._height(need, variant)
        about = need.model_dump(mode="json", exclude={"need_id", "variants", "speaking"})
        face = variant.model_dump(mode="json")
        key = content_hash(
            {"picture": "mouths", "need": about, "variant": face, "size": [height], "painter": self.painter.version}
        )
        kept = self.cache.get_mouths(key) if self.cache is not None else None
        if kept is not None:
            return kept
        try:
            drawn = self.painter.mouths(need, variant, height)
        except MediaError:
            return None
        if drawn is None:
            return None
        strip = MouthStrip(left=drawn[0], top=drawn[1], picture=self._stored(drawn[2]))
        if self.cache is not None:
            self.cache.put_mouths(key, strip)
        return strip

    def _layers(self, need: BackgroundNeed) -> tuple[PlateLayer, ...]:
        """The place in layers, farthest first; none where drawing them fails."""
        width, height = self.plate
        about = need.model_dump(mode="json", exclude={"need_id"})
        key = content_hash(
            {"picture": "layers", "need": about, "size": [width, height], "painter": self.painter.version}
        )
        kept = self.cache.get_layers(key) if self.cache is not None else None
        if kept is not None:
            return kept
        try:
            drawn = self.painter.background_layers(need, width, height)
        except MediaError:
            return ()
        layers = tuple(PlateLayer(depth=depth, picture=self._stored(data)) for depth, data in drawn)
        if self.cache is not None and layers:
            self.cache.put_layers(key, layers)
        return layers

    def _height(self, need: CharacterPackNeed, variant: FigureVariant) -> int:
        return self.heights.get((need.character_id, variant.pose, variant.expression), self.least_height)

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

    def _kept(self, taken: TakenPicture) -> BlobRef:
        return self.sink.put(taken.png, "image/png", width=taken.width, height=taken.height)

    def _stored(self, png: bytes) -> BlobRef:
        if png[:8] != b"\x89PNG\r\n\x1a\n":
            raise MediaError("The painter returned bytes that are no PNG.", remedy="Check the painter in use.")
        width, height = struct.unpack(">II", png[16:24])
        return self.sink.put(png, "image/png", width=width, height=height)

    def _own_candidate(self, failed: str = "") -> Candidate:
        why = failed or "drawn here to stand in: no other source had one"
        return _candidate("generated_local", self.painter.version, why, "generated_local", chosen=True)


def variant_names(character_id: str, variant: FigureVariant) -> tuple[str, ...]:
    """The library names that fit a variant, the closest first."""
    mouth = (f"/{variant.expression}.{variant.pose}.{variant.mouth}",) if variant.mouth != "own" else ()
    tails = (*mouth, f"/{variant.expression}.{variant.pose}", f"/{variant.expression}", f"/{variant.pose}")
    return tuple(f"{character_id}{tail}" for tail in (*tails, "/neutral", ""))


def _candidate(source: AssetSource, name: str, reason: str, licence: str = "", *, chosen: bool = False) -> Candidate:
    return Candidate(source=source, name=line(name), chosen=chosen, reason=line(reason), licence_type=line(licence))


def _variants(
    variants: Sequence[FigureVariant], pictures: Iterator[BlobRef] | Sequence[BlobRef]
) -> tuple[VariantPicture, ...]:
    return tuple(VariantPicture(variant=v, picture=p) for v, p in zip(variants, pictures, strict=True))


def _not_found(missing: Sequence[FigureVariant], total: int) -> str:
    first = f"{missing[0].expression}.{missing[0].pose}"
    return f"{len(missing)} of {total} pictures are not in the library, {first} for one"
