"""Lines brought to a time: to the sample, at their own pitch, and never hurried too far."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from narrative_assets.media.intake import TakenSound, take_sound
from narrative_assets.media.pcm import wav_bytes
from resources.retiming import retimed, spoken_seconds

RATE = 24_000


def tone(seconds: float, silence: float = 0.0, hertz: float = 220.0) -> TakenSound:
    time = np.arange(int(seconds * RATE)) / RATE
    quiet = np.zeros(int(silence * RATE))
    samples = np.concatenate([quiet, 0.5 * np.sin(2 * np.pi * hertz * time), quiet])
    found = take_sound(wav_bytes(np.rint(samples * 32_767).astype(np.int16), RATE), 1)
    assert isinstance(found, TakenSound)
    return found


def heard(wav: bytes) -> NDArray[np.int16]:
    return np.frombuffer(wav, "<i2", offset=44)


def pitch(samples: NDArray[np.int16]) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * RATE / len(samples)


@pytest.mark.parametrize("wanted", [Fraction(17, 10), Fraction(2), Fraction(23, 10)])
def test_a_line_lasts_exactly_as_long_as_wanted_at_its_own_pitch(wanted: Fraction) -> None:
    fitted = retimed(tone(2.0, silence=0.3), wanted)
    assert fitted is not None
    samples = heard(fitted)
    assert len(samples) == int(wanted * RATE)
    assert pitch(samples) == pytest.approx(220.0, abs=2.0)
    ends = len(samples) - np.flatnonzero(np.abs(samples) > 500)[-1]
    assert ends < 0.12 * RATE, "the sound fills its time"


def test_silence_around_a_line_is_not_part_of_it() -> None:
    assert spoken_seconds(tone(1.0, silence=2.0)) == pytest.approx(1.06, abs=0.01)


def test_a_line_that_is_far_too_long_is_not_hurried() -> None:
    assert retimed(tone(2.0), Fraction(1)) is None


def test_a_line_that_is_far_too_short_is_followed_by_silence() -> None:
    fitted = retimed(tone(0.5), Fraction(3))
    assert fitted is not None
    samples = heard(fitted)
    assert len(samples) == 3 * RATE
    loud = np.flatnonzero(np.abs(samples) > 500)
    assert 0.5 * RATE < loud[-1] < 0.8 * RATE


def test_silence_stays_silence() -> None:
    nothing = TakenSound(wav_bytes(np.zeros(RATE, np.int16), RATE), RATE, RATE)
    fitted = retimed(nothing, Fraction(1))
    assert fitted is not None and not heard(fitted).any()
