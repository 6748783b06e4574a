import hashlib
import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

from narrative_assets.media.painter import ProceduralPainter
from schemas.assets import BackgroundNeed, CharacterPackNeed, FigureVariant, PropNeed

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys
sys.path.insert(0, {root!r})
sys.path.insert(0, {here!r})
from test_drawing_painter import digests
print(" ".join(digests()))
"""


def digests() -> list[str]:
    painter = ProceduralPainter()
    place = BackgroundNeed(need_id="b", place_id="pier", name="Pier", interior=False, time_of_day="dusk")
    room = BackgroundNeed(need_id="b", place_id="kitchen", name="Kitchen", interior=True, time_of_day="night")
    variant = FigureVariant(pose="run", expression="fear")
    pack = CharacterPackNeed(need_id="c", character_id="mara", name="Mara", pronouns="she", variants=(variant,))
    dog = CharacterPackNeed(need_id="c", character_id="rex", name="Rex", species="dog", variants=(variant,))
    pictures = (
        painter.background(place, 320, 180),
        painter.background(room, 320, 180),
        painter.figure(pack, variant, 240),
        painter.figure(dog, variant, 240),
        painter.insert(PropNeed(need_id="p", name="compass"), 320, 180),
        painter.insert(PropNeed(need_id="p", name="sign", screen_text="KEEP OUT"), 320, 180),
        painter.missing_slate("plate: the pier", 320, 180),
    )
    return [hashlib.sha256(picture).hexdigest() for picture in pictures]


def test_the_same_need_gives_the_same_bytes() -> None:
    first = digests()
    assert first == digests()
    assert len(set(first)) == len(first)


def test_a_fresh_process_in_another_locale_and_zone_gives_the_same_bytes(tmp_path: Path) -> None:
    program = PROGRAM.format(root=str(ROOT), here=str(Path(__file__).parent))
    environment = {**os.environ, "LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == digests()


def test_pictures_come_as_png_of_the_asked_size(tmp_path: Path) -> None:
    variant = FigureVariant(pose="stand", expression="joy")
    pack = CharacterPackNeed(need_id="c", character_id="mara", name="Mara", variants=(variant,))
    path = tmp_path / "figure.png"
    path.write_bytes(ProceduralPainter().figure(pack, variant, 200))
    with Image.open(path) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (120, 200))
