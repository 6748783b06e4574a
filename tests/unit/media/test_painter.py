"""The painter's PNGs and its slate, and a version that follows the drawing code."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image

from narrative_assets.media import pcm
from narrative_assets.media.painter import ProceduralPainter
from narrative_assets.media.versions import SOUND_MODULES, drawing_version, sound_version
from schemas.assets import BackgroundNeed, CharacterPackNeed, FigureVariant, PropNeed
from schemas.project import Look

PIER = BackgroundNeed(
    need_id="background:pier:night", place_id="pier", name="Pier", interior=False, time_of_day="night"
)
MARA = CharacterPackNeed(
    need_id="character:mara",
    character_id="mara",
    name="Mara",
    look=Look(colour="#1f4e5f", accent="#f2c14e", build="average", hair="bun", garment="coat"),
    variants=(FigureVariant(pose="stand", expression="joy"),),
)


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    assert picture.format == "PNG"
    return picture


def test_places_and_things_fill_their_plate_and_figures_their_height() -> None:
    paint = ProceduralPainter()
    assert (opened(paint.background(PIER, 396, 224)).size, opened(paint.background(PIER, 396, 224)).mode) == (
        (396, 224),
        "RGB",
    )
    assert opened(paint.insert(PropNeed(need_id="prop:lamp", name="the lamp"), 396, 224)).size == (396, 224)
    figure = opened(paint.figure(MARA, MARA.variants[0], 216))
    assert (figure.height, figure.mode) == (216, "RGBA")
    assert figure.getchannel("A").getextrema() == (0, 255)


def test_the_same_need_gives_the_same_bytes() -> None:
    first, second = (ProceduralPainter().figure(MARA, MARA.variants[0], 216) for _ in range(2))
    assert first == second


def test_a_slate_names_what_is_missing_at_any_size() -> None:
    one, other = (opened(ProceduralPainter().missing_slate(name, 320, 180)) for name in ("the lamp", "the key"))
    assert one.size == other.size == (320, 180)
    assert one.tobytes() != other.tobytes()
    assert opened(ProceduralPainter().missing_slate("a very long name " * 18, 64, 64)).size == (64, 64)


def test_the_version_says_what_draws_and_holds_for_the_whole_run() -> None:
    version = ProceduralPainter().version
    assert version == ProceduralPainter().version
    assert version == f"procedural drawing {drawing_version()}"
    assert len(drawing_version()) == 12


def test_the_sound_version_covers_every_module_that_the_sounds_are_made_of() -> None:
    folder = Path(pcm.__file__).parent
    used = {"foley", "score"}
    for _ in range(3):
        texts = [(folder / f"{name}.py").read_text(encoding="utf-8") for name in sorted(used)]
        used |= {name for text in texts for name in re.findall(r"narrative_assets\.media\.(\w+) import", text)}
        used |= {name for text in texts for name in re.findall(r"from narrative_assets\.media import (\w+)", text)}
    assert {f"{name}.py" for name in used} == set(SOUND_MODULES)
    assert sound_version() != drawing_version()
