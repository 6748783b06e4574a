"""Character packs: everything that a character can show, drawn or found once, as one unit with a hash of its own.

Which version a pack is and who approved it is kept outside; how a variant is drawn stands in ``pictures``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import get_args

from narrative_assets.media.intake import take_figure
from narrative_assets.media.pictures import PictureDesk, variant_names
from narrative_assets.media.ports import LibraryHit, LibraryMiss
from narrative_assets.media.rights import credited, merged, refusal
from schemas.assets import CharacterPackNeed, FigureVariant
from schemas.canonical import sha256_hex
from schemas.packs import CharacterPack, PackFile
from schemas.project import Voice
from schemas.render import BlobRef, Rights, UsedPack, VariantPicture
from schemas.shots import Pose
from schemas.story import EmotionName

REFERENCE_HEIGHT = 360
"""Pixels of height of a pack's own pictures."""
NEUTRAL = FigureVariant(pose="stand", expression="neutral")


def reference_variants() -> tuple[FigureVariant, ...]:
    """What a pack shows of a character: every pose, and every expression while standing."""
    poses = tuple(FigureVariant(pose=pose, expression="neutral") for pose in get_args(Pose))
    feelings = (name for name in get_args(EmotionName) if name != "neutral")
    return (*poses, *(FigureVariant(pose="stand", expression=name) for name in feelings))


def build_pack(need: CharacterPackNeed, voice: Voice | None, desk: PictureDesk) -> CharacterPack:
    """The pack of a character, from the library where that has every picture an episode needs, else drawn.

    It is of version 1: what it becomes among earlier packs is for others to say. Of the desk, the heights are not
    used: a pack's pictures are ``REFERENCE_HEIGHT`` pixels high in every profile.
    """
    found = _Collected(desk, need)
    if all(found.picture(variant) is not None for variant in need.variants):
        shown = [(variant, found.picture(variant)) for variant in reference_variants()]
        pictures = tuple(VariantPicture(variant=v, picture=p) for v, p in shown if p is not None)
        used = tuple(found.files[name] for name in sorted(found.files))
        if pictures:
            return _pack(need, voice, "library", pictures, used, merged([file.rights for file in used]), "")
    drawn = tuple(
        VariantPicture(variant=v, picture=desk.drawn_figure(need, v, REFERENCE_HEIGHT)) for v in reference_variants()
    )
    return _pack(need, voice, "drawn", drawn, (), desk.own_rights(), desk.painter.version)


def used_packs(packs: Iterable[CharacterPack]) -> tuple[UsedPack, ...]:
    """What a render plan says of the packs that it was made under."""
    return tuple(
        UsedPack(character_id=pack.character_id, version=pack.version, pack_hash=pack.pack_hash) for pack in packs
    )


def pack_changes(before: CharacterPack, after: CharacterPack) -> tuple[str, ...]:
    """What differs between two packs of a character, in words."""
    changes = []
    for name in ("name", "description", "species", "pronouns", "age_years", "source"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            changes.append(f"{name.replace('_', ' ')}: {old or 'none'} → {new or 'none'}")
    for part in ("look", "voice"):
        one, two = (dict(getattr(pack, part) or {}) for pack in (before, after))
        changes += [
            f"{part}, {key.replace('_', ' ')}: {one.get(key)} → {two.get(key)}"
            for key in sorted(one.keys() | two.keys())
            if one.get(key) != two.get(key)
        ]
    was = {each.variant: each.picture.sha256 for each in before.pictures}
    moved = sum(was.get(each.variant) != each.picture.sha256 for each in after.pictures)
    if moved:
        changes.append(f"{moved} of {len(after.pictures)} pictures look different")
    return tuple(changes)


@dataclass
class _Collected:
    """The library's pictures of one character, each file read once."""

    desk: PictureDesk
    need: CharacterPackNeed
    files: dict[str, PackFile] = field(default_factory=dict)
    _taken: dict[str, BlobRef | None] = field(default_factory=dict)

    def picture(self, variant: FigureVariant) -> BlobRef | None:
        """The library's picture of a variant at the reference height, or None."""
        names = variant_names(self.need.character_id, variant)
        answer = self.desk.finder.library.find(self.need.need_id, "character", names)
        if isinstance(answer, LibraryMiss):
            return None
        if answer.name not in self._taken:
            self._taken[answer.name] = self._take(answer)
        return self._taken[answer.name]

    def _take(self, hit: LibraryHit) -> BlobRef | None:
        if refusal(hit.rights, self.desk.finder.today) is not None or not hit.media_type.startswith("image/"):
            return None
        taken = take_figure(hit.data, REFERENCE_HEIGHT)
        if isinstance(taken, LibraryMiss):
            return None
        self.files[hit.name] = PackFile(name=hit.name, sha256=sha256_hex(hit.data), rights=credited(hit.rights))
        return self.desk.sink.put(taken.png, "image/png", width=taken.width, height=taken.height)


def _pack(
    need: CharacterPackNeed,
    voice: Voice | None,
    source: str,
    pictures: tuple[VariantPicture, ...],
    files: tuple[PackFile, ...],
    rights: Rights,
    recipe: str,
) -> CharacterPack:
    return CharacterPack.model_validate(
        {
            "character_id": need.character_id,
            "name": need.name,
            "description": need.description,
            "species": need.species,
            "pronouns": need.pronouns,
            "age_years": need.age_years,
            "look": need.look,
            "voice": voice,
            "source": source,
            "pictures": pictures,
            "files": files,
            "rights": rights,
            "recipe": recipe,
        }
    ).sealed()
