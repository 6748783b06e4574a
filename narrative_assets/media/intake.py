"""Strangers' media brought into our own form: a picture becomes a plain PNG, a sound a plain 16-bit WAV.

Nothing later in the pipeline ever opens the bytes as they came. Only Pillow (PNG, JPEG, WebP), the standard
library's ``wave`` and one named demuxer of PyAV (FLAC, Ogg, MP3) look inside, behind limits; where a file came from
is the library's business.
"""

from __future__ import annotations

import io
import warnings
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from narrative_assets.media.ports import LibraryMiss

if TYPE_CHECKING:
    from PIL.Image import Image

    from narrative_assets.media.pcm import Ints

MAX_PIXELS = 50_000_000
MAX_SOUND_SECONDS = 1_800
PAPER = (236, 230, 218)
_PACKED = {b"fLaC": "flac", b"OggS": "ogg"}
_DEPTHS = {1: 8, 2: 16, 3: 24, 4: 32}


@dataclass(frozen=True)
class TakenPicture:
    """A PNG of our own making, and its size in pixels."""

    png: bytes
    width: int
    height: int


@dataclass(frozen=True)
class TakenSound:
    """A WAV of our own making (16 bits), its samples a channel and its rate."""

    wav: bytes
    samples: int
    sample_rate: int


def take_plate(data: bytes, width: int, height: int) -> TakenPicture | LibraryMiss:
    """A picture that fills ``width`` by ``height``: scaled to cover, its middle kept, RGB."""
    picture = open_picture(data)
    if isinstance(picture, LibraryMiss):
        return picture
    from PIL import Image, ImageOps

    ground = Image.new("RGB", picture.size, PAPER)
    ground.paste(picture, mask=picture.getchannel("A"))
    return _taken(ImageOps.fit(ground, (width, height), Image.Resampling.BICUBIC))


def take_figure(data: bytes, height: int) -> TakenPicture | LibraryMiss:
    """A figure scaled to ``height``, RGBA, at most four times as wide as high."""
    picture = open_picture(data)
    if isinstance(picture, LibraryMiss):
        return picture
    from PIL import Image

    width = max(1, (picture.width * height + picture.height // 2) // picture.height)
    if width > 4 * height:
        return LibraryMiss("wrong_type", f"{picture.width} x {picture.height} pixels is too flat for a figure")
    return _taken(picture.resize((width, height), Image.Resampling.BICUBIC))


def open_picture(data: bytes) -> Image | LibraryMiss:
    """The picture in ``data``, upright, RGBA. Its size is read from the header before any pixel is decoded."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            # Pillow only warns between one and two times its own limit; ours is below both.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    return _too_large(picture.width, picture.height)
                picture.load()
                return _eight_bits(ImageOps.exif_transpose(picture)).convert("RGBA")
    except Image.DecompressionBombError:
        return LibraryMiss("too_large", f"the picture has far more than {MAX_PIXELS // 1_000_000} megapixels")
    except UnidentifiedImageError:
        return LibraryMiss("unreadable", "these bytes are no PNG, JPEG or WebP picture")
    except Exception as error:  # a damaged file may fail in any way inside a decoder; the run goes on
        return LibraryMiss("unreadable", f"the picture is damaged ({type(error).__name__})")


def take_sound(data: bytes, channels: Literal[1, 2]) -> TakenSound | LibraryMiss:
    """A PCM WAV of 8 to 32 bits, or a FLAC, Ogg or MP3 file, as 16 bits with ``channels`` channels, at its own rate."""
    packed = _packed_format(data)
    return _take_packed(data, packed, channels) if packed else _take_wav(data, channels)


def _packed_format(data: bytes) -> str:
    """The demuxer for compressed sound by its first bytes; empty for anything else."""
    if data[:4] in _PACKED:
        return _PACKED[data[:4]]
    mpeg = len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 in (0xE2, 0xE4)
    return "mp3" if data[:3] == b"ID3" or mpeg else ""


def _take_packed(data: bytes, packed: str, channels: Literal[1, 2]) -> TakenSound | LibraryMiss:
    """Compressed sound, decoded. The demuxer is named, so that no file can pose as a list of other files."""
    import av
    import numpy as np
    from numpy.typing import NDArray

    from narrative_assets.media.pcm import wav_bytes

    layout = "mono" if channels == 1 else "stereo"
    parts: list[NDArray[np.int16]] = []
    count = 0
    try:
        with av.open(io.BytesIO(data), "r", format=packed) as container:
            stream = container.streams.audio[0]
            rate = stream.codec_context.sample_rate
            if not 8_000 <= rate <= 192_000:
                return LibraryMiss("wrong_type", f"sound at {rate} Hz; 8 to 192 kHz are read")
            resampler = av.AudioResampler(format="s16", layout=layout, rate=rate)
            for frame in container.decode(stream):
                for made in resampler.resample(frame):
                    parts.append(np.asarray(made.to_ndarray(), np.int16).reshape(-1, channels))
                    count += len(parts[-1])
                if count > MAX_SOUND_SECONDS * rate:
                    return _too_long()
    except (av.error.FFmpegError, IndexError, ValueError, RuntimeError) as error:
        return LibraryMiss("unreadable", f"the {packed} sound is damaged ({type(error).__name__})")
    if count < 1:
        return LibraryMiss("unreadable", f"the {packed} file holds no sound")
    pcm = np.concatenate(parts).astype("<i2")
    return TakenSound(wav_bytes(pcm[:, 0] if channels == 1 else pcm, rate), count, rate)


def _take_wav(data: bytes, channels: Literal[1, 2]) -> TakenSound | LibraryMiss:
    from narrative_assets.media.pcm import wav_bytes

    try:
        with wave.open(io.BytesIO(data)) as file:
            found, depth, rate, frames = file.getparams()[:4]
            wrong = _sound_refusal(found, depth, rate, frames, len(data))
            if wrong is not None:
                return wrong
            raw = file.readframes(frames)
    except (wave.Error, EOFError, OSError, ValueError, RuntimeError) as error:
        return LibraryMiss("unreadable", f"no PCM WAV file ({error or type(error).__name__})")
    if len(raw) != frames * found * depth:
        return _lying(frames, len(raw) // (found * depth))
    samples = _sixteen_bits(raw, depth).reshape(frames, found)
    if found > channels:
        samples = samples.sum(axis=1, keepdims=True) // found
    if samples.shape[1] < channels:
        samples = samples.repeat(channels, axis=1)
    pcm = samples.astype("<i2")
    return TakenSound(wav_bytes(pcm[:, 0] if channels == 1 else pcm, rate), frames, rate)


def _sound_refusal(channels: int, depth: int, rate: int, frames: int, size: int) -> LibraryMiss | None:
    if channels not in (1, 2) or depth not in _DEPTHS or not 8_000 <= rate <= 192_000:
        return LibraryMiss(
            "wrong_type", f"{channels} channels of {8 * depth} bits at {rate} Hz; 1 or 2 at 8 kHz or more"
        )
    if frames > MAX_SOUND_SECONDS * rate:
        return _too_long()
    if frames < 1 or frames * channels * depth > size:
        return _lying(frames, size // (channels * depth))
    return None


def _too_long() -> LibraryMiss:
    return LibraryMiss("too_large", f"the sound lasts over {MAX_SOUND_SECONDS // 60} minutes")


def _lying(promised: int, found: int) -> LibraryMiss:
    return LibraryMiss("unreadable", f"the header promises {promised} samples, the file holds {found} at most")


def _too_large(width: int, height: int) -> LibraryMiss:
    return LibraryMiss("too_large", f"{width} x {height} pixels; at most {MAX_PIXELS // 1_000_000} megapixels are read")


def _eight_bits(picture: Image) -> Image:
    """16-bit grey brought down to 8; Pillow's own conversion would clip it to white."""
    if not picture.mode.startswith("I"):
        return picture
    return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _sixteen_bits(raw: bytes, depth: int) -> Ints:
    """Little-endian PCM of ``depth`` bytes a sample as integers in the 16-bit range."""
    import numpy as np

    if depth == 1:
        return (np.frombuffer(raw, np.uint8).astype(np.int64) - 128) << 8
    if depth == 3:
        parts = np.frombuffer(raw, np.uint8).reshape(-1, 3).astype(np.int64)
        return (parts[:, 1] | (parts[:, 2] << 8)) - ((parts[:, 2] & 0x80) << 9)
    wide = np.frombuffer(raw, f"<i{depth}").astype(np.int64)
    return wide >> (8 * depth - 16)


def _taken(picture: Image) -> TakenPicture:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return TakenPicture(buffer.getvalue(), picture.width, picture.height)
