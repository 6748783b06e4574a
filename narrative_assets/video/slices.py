"""H.264 slices as bits: the places a frame takes in its stream, and frames that say "as before".

Only what x264 writes under our options is understood: one slice a frame, frames that are wholly one picture.
Encoding lives in ``encode``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from schemas.errors import MediaError

START = b"\0\0\0\1"
SHORT_START = b"\0\0\1"
_SEI, _SPS, _IDR = 6, 7, 5
_HIGH_PROFILES = frozenset({100, 110, 122, 244})
_ESCAPE = re.compile(rb"\0\0(?=[\0-\3])")
_HEAD = 8
"""Bytes of a slice that certainly hold its frame number and order count."""


@dataclass(frozen=True)
class Counters:
    """How many bits a slice's frame number and picture order count have; both start at 0 with a key frame."""

    frame_bits: int
    order_bits: int


def units(data: bytes) -> list[bytes]:
    """The NAL units of an Annex B stream, without their start codes."""
    parts = data.split(SHORT_START)[1:]
    # A four-byte start code leaves its first zero behind, and a unit ends in no zero of its own.
    return [part.rstrip(b"\0") for part in parts]


def picture_unit(packet: bytes) -> bytes:
    """The one slice of a coded frame, without the SEI in which x264 states how it was run."""
    slices = [unit for unit in units(packet) if unit[0] & 31 != _SEI]
    if len(slices) != 1:
        raise MediaError(
            f"x264 coded a frame in {len(slices)} parts; one was expected.",
            remedy="Install the locked version of PyAV.",
        )
    return slices[0]


def counters(headers: bytes) -> Counters:
    """Read the widths of a stream's counters from its parameter sets (Annex B)."""
    sps = next((unit for unit in units(headers) if unit[0] & 31 == _SPS), None)
    if sps is None:
        raise MediaError("x264 gave no parameter sets.", remedy="Install the locked version of PyAV.")
    bits = _Bits(_unescaped(sps)[1:])
    profile = bits.take(24) >> 16
    bits.golomb()
    if profile in _HIGH_PROFILES:
        for _ in range(3):
            bits.golomb()
        bits.take(2)
    frame_bits = bits.golomb() + 4
    if bits.golomb() != 0:
        raise MediaError("x264 orders frames in another way than expected.", remedy="Install the locked PyAV.")
    return Counters(frame_bits, bits.golomb() + 4)


def moved(unit: bytes, frames: int, widths: Counters) -> bytes:
    """``unit`` as it reads when ``frames`` repeats stand before it since its key frame."""
    if (frames % (1 << widths.frame_bits), 2 * frames % (1 << widths.order_bits)) == (0, 0):
        return unit
    number, order = places(unit, widths)
    return placed(unit, number + frames, order + 2 * frames, widths)


def places(unit: bytes, widths: Counters) -> tuple[int, int]:
    """The frame number and the order count a slice states."""
    plain = _unescaped(unit[: 2 * _HEAD])[1 : _HEAD + 1]
    at, gap = _fields(plain, unit[0] & 31 == _IDR, widths)
    value, size = int.from_bytes(plain, "big"), 8 * len(plain)
    number = value >> (size - at - widths.frame_bits) & ((1 << widths.frame_bits) - 1)
    return number, value >> (size - gap - widths.order_bits) & ((1 << widths.order_bits) - 1)


def placed(unit: bytes, number: int, order: int, widths: Counters) -> bytes:
    """``unit`` with another frame number and order count, each taken modulo its range."""
    key = unit[0] & 31 == _IDR
    head = _stated(unit[1 : _HEAD + 1], key, number, order, widths)
    if b"\0" not in unit[1 : _HEAD + 1] and b"\0" not in head:
        return unit[:1] + head + unit[_HEAD + 1 :]
    # A zero byte may end in an escape, or want one now.
    plain = _unescaped(unit)
    head = _stated(plain[1 : _HEAD + 1], key, number, order, widths)
    return _ESCAPE.sub(b"\0\0\3", plain[:1] + head + plain[_HEAD + 1 :])


def _stated(head: bytes, key: bool, number: int, order: int, widths: Counters) -> bytes:
    """The beginning of a slice header that states ``number`` and ``order``."""
    at, gap = _fields(head, key, widths)
    value, size = int.from_bytes(head, "big"), 8 * len(head)
    for start, width, field in ((at, widths.frame_bits, number), (gap, widths.order_bits, order)):
        shift = size - start - width
        mask = (1 << width) - 1
        value = value & ~(mask << shift) | (field & mask) << shift
    return value.to_bytes(len(head), "big")


def _fields(head: bytes, key: bool, widths: Counters) -> tuple[int, int]:
    """Bit positions of frame number and order count in a slice header."""
    at = _before_counters(head[:2])
    gap = at + widths.frame_bits
    if key:
        bits = _Bits(head)
        bits.take(gap)
        bits.golomb()
        gap = bits.position
    return at, gap


@lru_cache(maxsize=64)
def _before_counters(start: bytes) -> int:
    """Bits of a slice header before its counters; slices that are whole frames have all of them in two bytes."""
    bits = _Bits(start)
    for _ in range(3):
        bits.golomb()
    return bits.position


def _unescaped(unit: bytes) -> bytes:
    return unit.replace(b"\0\0\3", b"\0\0")


class _Bits:
    """Reads big-endian bits."""

    def __init__(self, data: bytes) -> None:
        self._value, self._size = int.from_bytes(data, "big"), 8 * len(data)
        self.position = 0

    def take(self, width: int) -> int:
        self.position += width
        return self._value >> (self._size - self.position) & ((1 << width) - 1)

    def golomb(self) -> int:
        """An unsigned Exp-Golomb number."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros | self.take(zeros)) - 1
