"""A spoken line brought to a time: silence at its ends cut off, then stretched without a change of pitch."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from narrative_assets.media.intake import TakenSound
from narrative_assets.media.pcm import wav_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_STRETCH = 1.3
"""Beyond this factor a voice sounds hurried or drunk."""
_HEADER = 44
_FLOOR = 0.004
"""What is below this share of the loudest sample, about -48 dB, is silence."""
_LEAD_SECONDS, _TAIL_SECONDS = 0.01, 0.05


def spoken_seconds(sound: TakenSound) -> float:
    """How long a mono sound lasts without the silence at its ends."""
    return len(_trimmed(sound)) / sound.sample_rate


def retimed(sound: TakenSound, seconds: Fraction) -> bytes | None:
    """The mono ``sound`` as a WAV of exactly ``seconds``, with silence after it where it is far shorter; None where it
    is too long to be hurried that much.
    """
    import numpy as np

    samples = _trimmed(sound)
    wanted = max(1, int(seconds * sound.sample_rate))
    factor = len(samples) / wanted
    if factor > MOST_STRETCH:
        return None
    fitted = _stretched(samples, sound.sample_rate, max(factor, 1 / MOST_STRETCH))[:wanted]
    whole: NDArray[np.int16] = np.zeros(wanted, np.int16)
    whole[: len(fitted)] = fitted
    return wav_bytes(whole, sound.sample_rate)


def _trimmed(sound: TakenSound) -> NDArray[np.int16]:
    import numpy as np

    samples = np.frombuffer(sound.wav, "<i2", offset=_HEADER).astype(np.int16)
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > _FLOOR * np.abs(samples.astype(np.int32)).max(initial=1))
    if not len(loud):
        return samples
    first = max(0, int(loud[0]) - round(_LEAD_SECONDS * sound.sample_rate))
    return samples[first : int(loud[-1]) + 1 + round(_TAIL_SECONDS * sound.sample_rate)]


def _stretched(samples: NDArray[np.int16], rate: int, factor: float) -> NDArray[np.int16]:
    """The samples played ``factor`` times as fast, at their own pitch."""
    import av
    import numpy as np

    graph: Any = av.filter.Graph()
    source = graph.add_abuffer(format="s16", sample_rate=rate, layout="mono", time_base=Fraction(1, rate))
    tempo, sink = graph.add("atempo", f"{factor:.6f}"), graph.add("abuffersink")
    source.link_to(tempo)
    tempo.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    graph.push(frame)
    graph.push(None)
    parts = [np.zeros(0, np.int16)]
    while True:
        try:
            parts.append(graph.pull().to_ndarray().reshape(-1))
        except (av.error.EOFError, av.error.BlockingIOError):
            return np.concatenate(parts)
