"""Sheets for the person who decides: a character's model sheet, and every asset of an episode with its source.

They are looked at, never rendered from. Which pack is in force and which source was chosen is decided before.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from narrative_assets.media.rights import licence_note
from schemas.assets import AssetManifest
from schemas.packs import CharacterPack
from schemas.render import BlobRef, PlannedAsset, RenderPlan

if TYPE_CHECKING:
    from PIL.Image import Image

    from narrative_assets.media.drawing.lettering import Face

ReadBlob = Callable[[BlobRef], bytes]
Box = tuple[int, int, int, int]
RGB = tuple[int, int, int]

PAPER, CARD, INK, QUIET = (241, 237, 228), (252, 250, 245), (38, 36, 40), (112, 106, 104)
SOURCE_COLOURS: dict[str, RGB] = {
    "library": (58, 114, 84),
    "search": (47, 102, 144),
    "generated_local": (150, 110, 60),
    "stand-in": (176, 74, 58),
}
MOST_TILES = 240
_WIDTH, _MARGIN, _GAP = 1_600, 40, 16
_HEAD = 300
_COLUMNS, _THUMB = 4, (368, 207)


@dataclass(frozen=True)
class _Grid:
    """Columns over the sheet's width, and the pixels from one row to the next."""

    columns: int
    tall: int


_POSES, _FEELINGS = _Grid(5, 340), _Grid(7, 230)


def model_sheet(pack: CharacterPack, read: ReadBlob) -> bytes:
    """A character's pack as PNG bytes, 1,600 pixels wide: who it is, its colours, every pose and expression."""
    from PIL import Image

    poses = [each for each in pack.pictures if each.variant.expression == "neutral"]
    feelings = [each for each in pack.pictures if each.variant.pose == "stand"]
    rows = (-(-len(poses) // _POSES.columns), -(-len(feelings) // _FEELINGS.columns))
    grids = sum(56 + count * grid.tall for count, grid in zip(rows, (_POSES, _FEELINGS), strict=True))
    sheet = Image.new("RGB", (_WIDTH, _HEAD + grids + 96), PAPER)
    _heading(sheet, pack)
    whole = [(each.variant.pose.replace("_", " "), _figure(read(each.picture))) for each in poses]
    faces = [(each.variant.expression, _face(read(each.picture))) for each in feelings]
    top = _grid(sheet, "Poses", whole, _HEAD, _POSES)
    top = _grid(sheet, "Expressions", faces, top, _FEELINGS)
    note = f"Licence: {licence_note(pack.rights)}.  Pack {pack.pack_hash[:16]}, {_origin(pack)}."
    _text(sheet, note, "sans", (_MARGIN, top + 24, _WIDTH - _MARGIN, top + 72), 20, QUIET)
    return _png(sheet)


def asset_sheet(manifest: AssetManifest, plan: RenderPlan, read: ReadBlob) -> bytes:
    """Every need of an episode with its picture or wave, its source, its licence and why, as PNG bytes.

    Lines are shown by speaker. Of more than 240 tiles the first are shown and the rest counted.
    """
    from PIL import Image

    tiles = list(_tiles(manifest, plan))
    shown = tiles[:MOST_TILES]
    cell = (_THUMB[0] + _GAP, _THUMB[1] + 118)
    rows = -(-len(shown) // _COLUMNS)
    sheet = Image.new("RGB", (2 * _MARGIN + _COLUMNS * cell[0] - _GAP, 150 + rows * cell[1] + 30), PAPER)
    left_out = f" {len(tiles) - len(shown)} more are not shown." if len(tiles) > len(shown) else ""
    missing = len(plan.placeholders())
    _text(
        sheet, f"{plan.project_id} {plan.episode_id}", "serif_bold", (_MARGIN, 24, sheet.width - _MARGIN, 84), 44, INK
    )
    told = f"{len(plan.assets)} needs under {plan.profile.id}, {missing} with a stand-in.{left_out}"
    _text(sheet, told, "sans", (_MARGIN, 84, sheet.width - _MARGIN, 122), 22, QUIET)
    for number, tile in enumerate(shown):
        x = _MARGIN + number % _COLUMNS * cell[0]
        _tile(sheet, tile, x, 140 + number // _COLUMNS * cell[1], read)
    return _png(sheet)


@dataclass(frozen=True)
class _Tile:
    """One tile: what was needed, the files that show it, where they come from, and why."""

    title: str
    files: tuple[BlobRef, ...]
    source: str
    licence: str
    why: str


def _tiles(manifest: AssetManifest, plan: RenderPlan) -> Iterator[_Tile]:
    names = {need.need_id: f"{need.name}, {need.time_of_day}" for need in manifest.backgrounds}
    names |= {need.need_id: need.name for need in manifest.character_packs}
    names |= {need.need_id: need.name for need in manifest.props}
    names |= {need.need_id: f"sound of {need.tag}" for need in manifest.sounds}
    names |= {need.need_id: f"ambience of {need.tag}" for need in manifest.ambience}
    names |= {need.need_id: f"music of {need.mood}, {need.need_id.partition(':')[2]}" for need in manifest.music}
    speakers = {need.need_id: need.speaker_id for need in manifest.voice_lines}
    spoken: dict[str, list[PlannedAsset]] = {}
    for asset in plan.assets:
        if asset.need_id in speakers:
            spoken.setdefault(speakers[asset.need_id], []).append(asset)
        else:
            yield _asset_tile(names.get(asset.need_id, asset.need_id), asset)
    people = {need.character_id: need.name for need in manifest.character_packs}
    for speaker, lines in spoken.items():
        count = f"{len(lines)} {'line' if len(lines) == 1 else 'lines'}"
        yield _asset_tile(f"voice of {people.get(speaker, speaker)}, {count}", lines[0])


def _asset_tile(title: str, asset: PlannedAsset) -> _Tile:
    single = asset.stand_in if asset.status == "placeholder" else asset.blob
    files = (single,) if single is not None else tuple(each.picture for each in asset.variants[:4])
    chosen = next((each for each in asset.considered if each.chosen), None)
    passed = [f"{each.source}: {each.reason}" for each in asset.considered if not each.chosen and each.reason]
    source = "stand-in" if asset.status == "placeholder" else asset.source
    why = "; ".join([*([f"{chosen.name}: {chosen.reason}"] if chosen else []), *passed])
    return _Tile(title, files, source, licence_note(asset.rights), why or asset.rights.provider_or_model)


def _tile(sheet: Image, tile: _Tile, x: int, y: int, read: ReadBlob) -> None:
    from PIL import ImageDraw

    pen = ImageDraw.Draw(sheet)
    pen.rounded_rectangle((x - 6, y - 6, x + _THUMB[0] + 6, y + _THUMB[1] + 106), 8, fill=CARD)
    area = (x, y, x + _THUMB[0], y + _THUMB[1])
    if tile.files and tile.files[0].media_type.startswith("audio/"):
        _wave(sheet, read(tile.files[0]), area)
    elif tile.files:
        _paste_row(sheet, [read(each) for each in tile.files], area)
    top = area[3] + 4
    _text(sheet, tile.title, "sans_bold", (x, top, x + _THUMB[0] - 96, top + 26), 20, INK)
    colour = SOURCE_COLOURS.get(tile.source, QUIET)
    pen.rounded_rectangle((area[2] - 88, top + 2, area[2], top + 25), 6, fill=colour)
    label = {"generated_local": "made here"}.get(tile.source, tile.source)
    _text(sheet, label, "sans_bold", (area[2] - 86, top + 2, area[2] - 2, top + 25), 15, (255, 255, 255), "centre")
    _text(sheet, tile.licence, "sans", (x, top + 26, area[2], top + 48), 16, QUIET)
    _text(sheet, tile.why, "sans", (x, top + 47, area[2], top + 98), 15, QUIET)


def _paste_row(sheet: Image, pictures: Sequence[bytes], area: Box) -> None:
    """Pictures side by side on a pale ground, each scaled to fit its share of ``area``."""
    from PIL import Image as Images
    from PIL import ImageDraw

    ImageDraw.Draw(sheet).rectangle(area, fill=(226, 221, 210))
    share = (area[2] - area[0]) // len(pictures)
    for number, data in enumerate(pictures):
        picture = _opened(data)
        picture.thumbnail((share, area[3] - area[1]), Images.Resampling.BOX, reducing_gap=2.0)
        x = area[0] + number * share + (share - picture.width) // 2
        sheet.paste(picture, (x, area[3] - picture.height), picture)


def _wave(sheet: Image, data: bytes, area: Box) -> None:
    """The outline of a sound: its loudest sample in each column."""
    import wave

    import numpy as np
    from PIL import ImageDraw

    pen = ImageDraw.Draw(sheet)
    pen.rectangle(area, fill=(228, 230, 226))
    with wave.open(io.BytesIO(data)) as file:
        seconds = file.getnframes() / file.getframerate()
        samples = np.abs(np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int32))
    columns = area[2] - area[0]
    middle, reach = (area[1] + area[3]) // 2, (area[3] - area[1]) // 2 - 12
    edges = np.linspace(0, len(samples), columns + 1).astype(int)
    for column in range(columns):
        part = samples[edges[column] : max(edges[column] + 1, edges[column + 1])]
        tall = int(part.max()) * reach // 32_768 if len(part) else 0
        pen.line((area[0] + column, middle - tall, area[0] + column, middle + tall), fill=(74, 102, 110))
    _text(sheet, f"{seconds:.1f} s", "sans", (area[2] - 70, area[1] + 4, area[2] - 6, area[1] + 26), 16, QUIET)


def _heading(sheet: Image, pack: CharacterPack) -> None:
    _text(sheet, pack.name, "serif_bold", (_MARGIN, 28, 1_000, 108), 66, INK)
    age = f", {pack.age_years} years" if pack.age_years is not None else ""
    who = f"{pack.character_id}: {pack.species}, {pack.pronouns}{age}. Version {pack.version}, {_origin(pack)}."
    _text(sheet, who, "sans", (_MARGIN, 112, 1_000, 146), 24, QUIET)
    _text(sheet, f"Look: {_look(pack)}", "sans", (_MARGIN, 148, 1_000, 180), 22, INK)
    voice = pack.voice
    spoken = f"{voice.base}, {voice.words_per_minute} words a minute, pitch {voice.pitch}" if voice else "left open"
    _text(sheet, f"Voice: {spoken}", "sans", (_MARGIN, 180, 1_000, 212), 22, INK)
    _text(sheet, pack.description, "serif_italic", (_MARGIN, 216, 1_000, 284), 22, QUIET)
    _swatches(sheet, pack)


def _look(pack: CharacterPack) -> str:
    """Build, hair and garment in words."""
    look = pack.look
    build = look.build and f"{look.build} build".replace("_", " ")
    hair = look.hair and {"none": "no hair", "hat": "a hat", "hood": "a hood", "bun": "hair in a bun"}.get(
        look.hair, f"{look.hair} hair"
    )
    garment = look.garment and {"none": "no garment"}.get(look.garment, look.garment)
    return ", ".join(each for each in (build, hair, garment) if each) or "left open"


def _swatches(sheet: Image, pack: CharacterPack) -> None:
    from PIL import ImageDraw

    pen = ImageDraw.Draw(sheet)
    for number, (label, colour) in enumerate((("colour", pack.look.colour), ("accent", pack.look.accent))):
        if colour is None:
            continue
        x = 1_060 + number * 260
        pen.rounded_rectangle((x, 44, x + 236, 184), 14, fill=colour)
        _text(sheet, f"{label} {colour}", "sans", (x, 192, x + 236, 222), 20, QUIET, "centre")


def _grid(sheet: Image, title: str, pictures: Sequence[tuple[str, Image]], top: int, grid: _Grid) -> int:
    """Named pictures in rows under a title, all at one scale; returns the y below them."""
    from PIL import Image as Images
    from PIL import ImageDraw

    _text(sheet, title, "sans_bold", (_MARGIN, top + 8, 800, top + 44), 26, INK)
    wide = (_WIDTH - 2 * _MARGIN + _GAP) // grid.columns
    room = (wide - _GAP - 16, grid.tall - 56)
    largest = (max((p.width for _, p in pictures), default=1), max((p.height for _, p in pictures), default=1))
    share = min(room[0] / largest[0], room[1] / largest[1])
    pen = ImageDraw.Draw(sheet)
    for number, (name, picture) in enumerate(pictures):
        x = _MARGIN + number % grid.columns * wide
        y = top + 52 + number // grid.columns * grid.tall
        pen.rounded_rectangle((x, y, x + wide - _GAP, y + grid.tall - _GAP), 10, fill=CARD)
        size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
        scaled = picture.resize(size, Images.Resampling.LANCZOS)
        middle, foot = x + (wide - _GAP) // 2, y + grid.tall - 48
        sheet.paste(scaled, (middle - scaled.width // 2, foot - scaled.height), scaled)
        _text(sheet, name, "sans", (x + 4, foot + 2, x + wide - _GAP - 4, foot + 30), 19, QUIET, "centre")
    return top + 56 + -(-len(pictures) // grid.columns) * grid.tall


def _figure(data: bytes) -> Image:
    """A figure without the empty ground around it."""
    picture = _opened(data)
    return picture.crop(picture.getbbox() or (0, 0, picture.width, picture.height))


def _face(data: bytes) -> Image:
    """Where a figure's expression shows: head and shoulders of one that stands upright, else all of it."""
    figure = _figure(data)
    upright = figure.width * 10 < figure.height * 7
    return figure.crop((0, 0, figure.width, max(1, figure.height * 42 // 100))) if upright else figure


def _opened(data: bytes) -> Image:
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
        return picture.convert("RGBA")


def _origin(pack: CharacterPack) -> str:
    return "drawn here" if pack.source == "drawn" else f"{len(pack.files)} files of the library"


def _text(sheet: Image, text: str, face: Face, box: Box, largest: int, colour: RGB, align: str = "left") -> None:
    from narrative_assets.media.drawing.lettering import set_text

    if text.strip():
        set_text(sheet, text, face, box, largest, colour, "centre" if align == "centre" else "left")


def _png(sheet: Image) -> bytes:
    from PIL import Image

    # A ninth of the pixels has the same colours, and they are found in a fifth of the time.
    few = sheet.resize((max(1, sheet.width // 3), max(1, sheet.height // 3)), Image.Resampling.NEAREST)
    palette = few.quantize(240, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    sheet.quantize(palette=palette, dither=Image.Dither.NONE).save(packed, "PNG", optimize=False)
    return packed.getvalue()
