"""Strangers' files: brought into our own form, or refused with a reason, never an exception."""

from __future__ import annotations

import io
import struct
import wave
import zlib
from typing import Literal

import numpy as np
import pytest
from PIL import Image

from narrative_assets.media.intake import TakenPicture, TakenSound, open_picture, take_figure, take_plate, take_sound
from narrative_assets.media.ports import LibraryMiss
from tests.fakes.media import png


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def with_size(data: bytes, width: int, height: int) -> bytes:
    """A PNG whose header promises another size, its checksum put right."""
    head = b"IHDR" + struct.pack(">II", width, height) + data[24:29]
    return data[:12] + head + struct.pack(">I", zlib.crc32(head)) + data[33:]


def wav(raw: bytes, channels: int = 1, depth: int = 2, rate: int = 22_050) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(depth)
        file.setframerate(rate)
        file.writeframes(raw)
    return buffer.getvalue()


def pcm(taken: TakenSound | LibraryMiss) -> tuple[int, list[int]]:
    assert isinstance(taken, TakenSound)
    with wave.open(io.BytesIO(taken.wav)) as file:
        assert (file.getsampwidth(), file.getnframes(), file.getframerate()) == (2, taken.samples, taken.sample_rate)
        return file.getnchannels(), np.frombuffer(file.readframes(taken.samples), "<i2").tolist()


def refused(answer: object) -> LibraryMiss:
    assert isinstance(answer, LibraryMiss)
    return answer


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_covers_the_plate_and_loses_only_its_edges(form: str) -> None:
    picture = Image.new("RGB", (300, 100), (200, 40, 40))
    picture.paste((40, 200, 40), (100, 0, 200, 100))
    taken = take_plate(saved(picture, form, quality=95), 80, 80)
    assert isinstance(taken, TakenPicture)
    plate = Image.open(io.BytesIO(taken.png))
    assert (plate.size, plate.mode, plate.format) == ((80, 80), "RGB", "PNG")
    red, green, blue = plate.getpixel((40, 40))
    assert green > 180
    assert max(red, blue) < 70


def test_a_figure_keeps_its_shape_and_its_transparency() -> None:
    taken = take_figure(png(50, 100, (10, 20, 30, 0)), 60)
    assert isinstance(taken, TakenPicture)
    figure = Image.open(io.BytesIO(taken.png))
    assert (figure.size, figure.mode) == ((30, 60), "RGBA")
    assert figure.getchannel("A").getextrema() == (0, 0)


def test_a_picture_turned_by_its_camera_is_set_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = open_picture(saved(Image.new("RGB", (40, 20), (1, 2, 3)), "JPEG", exif=exif))
    assert isinstance(picture, Image.Image)
    assert picture.size == (20, 40)


def test_sixteen_bit_grey_stays_grey() -> None:
    grey = Image.fromarray(np.full((8, 8), 0x8000, np.uint16))
    picture = open_picture(saved(grey, "PNG"))
    assert isinstance(picture, Image.Image)
    assert picture.getpixel((0, 0)) == (128, 128, 128, 255)


@pytest.mark.parametrize(
    "data",
    [b"", b"not a picture", png()[:70], b"GIF89a" + bytes(40), b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
    ids=["empty", "text", "cut off", "gif", "svg"],
)
def test_what_is_no_whole_picture_of_a_known_kind_is_unreadable(data: bytes) -> None:
    assert refused(take_plate(data, 64, 64)).reason == "unreadable"


def test_a_flipped_byte_in_the_pixels_is_unreadable() -> None:
    data = bytearray(saved(Image.effect_noise((64, 64), 60), "PNG"))
    data[len(data) // 2] ^= 0xFF
    assert refused(take_plate(bytes(data), 64, 64)).reason == "unreadable"


@pytest.mark.parametrize("size", [(10_001, 5_000), (12_000, 12_000), (60_000, 60_000)])
def test_a_header_that_promises_too_many_pixels_is_refused_before_decoding(
    size: tuple[int, int], recwarn: pytest.WarningsRecorder
) -> None:
    answer = refused(take_plate(with_size(png(), *size), 64, 64))
    assert answer.reason == "too_large"
    assert not recwarn.list


def test_a_strip_is_no_figure() -> None:
    assert refused(take_figure(png(900, 10), 100)).reason == "wrong_type"


@pytest.mark.parametrize(
    ("depth", "raw"),
    [
        (1, bytes([0, 128, 255])),
        (2, struct.pack("<3h", -32_768, 0, 32_512)),
        (3, b"\x00\x00\x80" + b"\x00\x00\x00" + b"\x00\x00\x7f"),
        (4, struct.pack("<3i", -(2**31), 0, 0x7F000000)),
    ],
)
def test_samples_of_every_depth_become_sixteen_bits(depth: int, raw: bytes) -> None:
    assert pcm(take_sound(wav(raw, depth=depth), 1)) == (1, [-32_768, 0, 32_512])


def test_two_channels_are_averaged_for_an_effect_and_one_is_doubled_for_music() -> None:
    stereo = struct.pack("<4h", 100, 300, -50, -150)
    assert pcm(take_sound(wav(stereo, channels=2), 1)) == (1, [200, -100])
    assert pcm(take_sound(wav(struct.pack("<2h", 7, 9)), 2)) == (2, [7, 7, 9, 9])


def test_a_header_that_promises_more_samples_than_the_file_holds_is_unreadable() -> None:
    lying = bytearray(wav(bytes(2_000)))
    lying[40:44] = struct.pack("<I", 2_000_000)
    answer = refused(take_sound(bytes(lying), 1))
    assert answer.reason == "unreadable"
    assert "1000000" in answer.detail


@pytest.mark.parametrize("cut", [0, 11, 30, 43, 44])
def test_a_sound_cut_off_anywhere_is_unreadable(cut: int) -> None:
    assert refused(take_sound(wav(bytes(400))[:cut], 1)).reason == "unreadable"


def test_a_wave_file_of_compressed_samples_is_unreadable() -> None:
    data = bytearray(wav(bytes(400)))
    data[20:22] = struct.pack("<H", 85)
    assert refused(take_sound(bytes(data), 1)).reason == "unreadable"


def packed(codec: str, form: str, frames: int = 24_000, rate: int = 48_000) -> bytes:
    """Half a second of a 441 Hz tone, compressed."""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo")
        tone = (8_000 * np.sin(2 * np.pi * 441 * np.arange(frames) / rate)).astype(np.int16)
        block = av.AudioFrame.from_ndarray(np.repeat(tone, 2).reshape(1, -1), format="s16", layout="stereo")
        block.sample_rate = rate
        for frame in av.AudioResampler(
            format=stream.format, layout="stereo", rate=rate, frame_size=stream.frame_size or 1_152
        ).resample(block):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


@pytest.mark.parametrize(("codec", "form"), [("flac", "flac"), ("libopus", "ogg"), ("libmp3lame", "mp3")])
@pytest.mark.parametrize("channels", [1, 2])
def test_compressed_sound_is_decoded_to_sixteen_bits(codec: str, form: str, channels: Literal[1, 2]) -> None:
    taken = take_sound(packed(codec, form), channels)
    assert isinstance(taken, TakenSound)
    assert taken.sample_rate == 48_000
    assert abs(taken.samples - 24_000) < 2_400
    with wave.open(io.BytesIO(taken.wav)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getnframes()) == (channels, 2, taken.samples)
        heard = np.frombuffer(file.readframes(taken.samples), "<i2")
    assert 7_000 < np.abs(heard.astype(int)).max() < 9_000
    assert take_sound(packed(codec, form), channels) == taken


@pytest.mark.parametrize(
    "data",
    [b"fLaC", b"OggS" + bytes(200), b"ID3" + bytes(4_000), bytes((0xFF, 0xFB)) + b"#EXTM3U\nfile:///etc/passwd",
     b"ffconcat version 1.0\nfile /etc/passwd", b"#EXTM3U\nhttp://localhost/x.wav"],
)  # fmt: skip
def test_what_only_poses_as_compressed_sound_is_unreadable(data: bytes) -> None:
    answer = take_sound(data, 1)
    assert isinstance(answer, LibraryMiss)
    assert answer.reason == "unreadable"


@pytest.mark.parametrize(("channels", "rate"), [(6, 48_000), (1, 4_000), (1, 400_000)])
def test_channels_and_rates_that_no_episode_uses_are_refused(channels: int, rate: int) -> None:
    answer = refused(take_sound(wav(bytes(12 * channels), channels=channels, rate=rate), 1))
    assert answer.reason == "wrong_type"


def test_an_hour_of_sound_is_too_large() -> None:
    assert refused(take_sound(wav(bytes(3_600 * 8_000), depth=1, rate=8_000), 1)).reason == "too_large"
