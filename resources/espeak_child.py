"""One line spoken by espeak-ng in a process of its own: a JSON job on stdin, figures and 16-bit samples on stdout.

espeak-ng carries state from call to call, so a process speaks once. Run by path, with the standard library only:
``python -I -S espeak_child.py``. Stdout holds one line of JSON, a line feed, then little-endian mono samples.
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any

_SYNCHRONOUS = 2
_DO_NOT_EXIT = 0x8000
_UTF8 = 1
_RATE, _PITCH = 1, 3
_WORD_EVENT = 1
_CHARACTER_POSITION = 1


class Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    ]


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


def speak(job: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Figures and samples of one job: library, data, voice, words_per_minute, pitch, text."""
    library = ctypes.CDLL(job["library"])
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, job["data"].encode(), _DO_NOT_EXIT)
    if rate <= 0:
        return {"error": "initialize"}, b""
    if library.espeak_SetVoiceByName(job["voice"].encode()) != 0:
        return {"error": "voice"}, b""
    samples = bytearray()
    words: list[tuple[int, int, int]] = []

    def heard(wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            samples.extend(ctypes.string_at(wave, count * 2))
        index = 0
        while events[index].type != 0:
            event = events[index]
            if event.type == _WORD_EVENT:
                words.append((event.text_position, event.length, event.audio_position))
            index += 1
        return 0

    callback = _CALLBACK(heard)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetParameter(_RATE, job["words_per_minute"], 0)
    library.espeak_SetParameter(_PITCH, job["pitch"], 0)
    text = job["text"].encode()
    status = library.espeak_Synth(text, len(text) + 1, 0, _CHARACTER_POSITION, 0, _UTF8, None, None)
    if status != 0:
        return {"error": "synth"}, b""
    library.espeak_Synchronize()
    return {"rate": rate, "words": words}, bytes(samples)


if __name__ == "__main__":
    figures, pcm = speak(json.load(sys.stdin.buffer))
    sys.stdout.buffer.write(json.dumps(figures).encode() + b"\n" + pcm)
