"""The catalogue of sound effects and ambience: from a tag in a script to samples, always the same ones.

What a sound is made of lives in ``strikes`` and ``calls`` (single sounds) and ``textures`` (sounds that go on).
"""

from __future__ import annotations

import re

from narrative_assets.media import calls as c
from narrative_assets.media import strikes as s
from narrative_assets.media import textures as t
from narrative_assets.media.pcm import RATE, Pcm, Wave, at_peak, at_rms, edges, seed_of, to_pcm
from narrative_assets.media.textures import Take, Texture

LOOP_SECONDS = 10
EFFECT_PEAK = 0.8
TEXTURE_RMS = 0.2
AMBIENCE_RMS, AMBIENCE_PEAK = 0.1, 0.5
_SHORTEST, _LONGEST = RATE // 2, 30 * RATE


def layers(*parts: tuple[Texture, float]) -> Texture:
    """Several textures at once, each at its level."""

    def together(take: Take) -> Wave:
        first, *others = parts
        track = at_peak(first[0](take), first[1])
        for make, level in others:
            track = track + at_peak(make(take), level)
        return track

    return together


def over(bed: Texture, strike: s.Strike, a_second: float) -> Texture:
    """A bed with a single sound now and then."""
    return layers((bed, 0.25), (lambda take: t.scattered(take, "now and then", strike, a_second, (0.4, 1.0)), 0.8))


STRIKES: dict[str, s.Strike] = {
    "thunder": s.thunder, "explo": s.boom, "boom": s.boom, "gunshot": s.bang, "bang": s.bang, "shot": s.bang,
    "slam": s.slam, "crash": s.crash, "smash": s.glass, "shatter": s.glass, "glass": s.clink, "clink": s.clink,
    "knock": s.knock, "door": s.door, "doorbell": s.bell, "creak": s.creak, "wood": s.creak, "timber": s.creak,
    "stone": s.stone, "pebble": s.stone, "splat": s.splat, "thud": s.impact, "thump": s.impact, "impact": s.impact,
    "bell": s.bell, "chime": s.bell, "ding": s.bell, "gong": s.bell, "phone": s.phone, "telephone": s.phone,
    "ring": s.phone, "buzz": s.buzz, "vibrat": s.buzz, "beep": s.beep, "bleep": s.beep, "click": s.click,
    "switch": s.click, "snap": s.click, "latch": s.click, "bark": c.bark, "woof": c.bark, "dog": c.bark, "yip": c.yip,
    "yelp": c.yip, "howl": c.howl, "growl": c.growl, "snarl": c.growl, "meow": c.meow, "cat": c.meow,
    "laugh": c.laugh, "chuckl": c.laugh, "giggl": c.laugh, "gasp": c.gasp, "sigh": c.gasp, "breath": c.gasp,
    "horn": s.horn, "honk": s.horn, "fwoosh": s.fwoosh, "whoosh": s.whoosh, "swish": s.whoosh, "swoosh": s.whoosh,
    "splash": s.splash, "drip": s.drip, "drop": s.drip, "whistl": c.whistle, "chirp": c.chirp, "clap": s.clap,
}  # fmt: skip
"""Single sounds by the stem of the word that names them."""
TEXTURES: dict[str, Texture] = {
    "rain": t.rain, "drizzle": t.rain, "storm": layers((t.wind, 0.7), (t.rain, 0.5)), "wind": t.wind, "gust": t.wind,
    "breeze": t.breeze, "leaves": t.breeze, "sea": t.sea, "ocean": t.sea, "wave": t.sea, "surf": t.sea,
    "beach": t.sea, "shore": t.sea, "harbo": layers((t.sea, 0.6), (t.gulls, 0.4)),
    "pier": layers((t.sea, 0.6), (t.gulls, 0.3)), "gull": t.gulls, "seagull": t.gulls, "river": t.water,
    "stream": t.water, "brook": t.water, "creek": t.water, "water": t.water, "engine": t.engine, "motor": t.engine,
    "generator": t.engine, "car": t.engine, "truck": t.engine, "boat": t.engine, "traffic": t.traffic,
    "city": t.traffic, "street": t.traffic, "road": t.traffic, "crowd": t.crowd, "murmur": t.crowd,
    "chatter": t.crowd, "people": t.crowd, "voices": t.crowd, "market": t.crowd, "cafe": over(t.crowd, s.click, 0.5),
    "fire": t.fire, "flame": t.fire, "crackl": t.fire, "static": t.static, "hiss": t.static, "radio": t.radio,
    "television": t.radio, "tv": t.radio, "electr": t.electricity, "spark": t.electricity, "zap": t.electricity,
    "machine": t.machine, "hum": t.machine, "fan": t.machine, "lab": t.machine, "laborator": t.machine,
    "cricket": t.crickets, "night": t.crickets, "footstep": t.footsteps, "step": t.footsteps, "walk": t.footsteps,
    "run": t.running, "clock": t.clock, "tick": t.clock, "typ": t.typing, "keyboard": t.typing, "heart": t.heart,
    "siren": t.siren, "alarm": t.siren, "train": t.train, "rumbl": t.rumble, "quake": t.rumble, "singing": t.singing,
    "song": t.singing, "choir": t.singing, "rustl": t.rustle, "paper": t.rustle, "bird": t.birds, "songbird": t.birds,
    "forest": layers((t.breeze, 0.5), (t.birds, 0.4)), "park": layers((t.breeze, 0.4), (t.birds, 0.5)),
    "garden": layers((t.breeze, 0.4), (t.birds, 0.5)), "applau": t.applause,
    "cheer": layers((t.applause, 0.5), (t.crowd, 0.6)), "room": t.room, "interior": t.room, "silence": t.room,
    "quiet": t.room,
}  # fmt: skip
"""Sounds that go on, by the stem of the word that names them."""
_ENDING = re.compile(r"|.?(s|es|ed|er|ers|ing|ings|y)|drops?|fall|song|tone|beat|light")


def is_known(tag: str) -> bool:
    """Whether the catalogue has a sound of its own for ``tag``."""
    return stem_of(tag) is not None


def stem_of(tag: str) -> str | None:
    """The catalogue's stem for ``tag``, or None. The last word that means something decides: it names the thing.

    ``heavy-rain`` is rain, ``car-door`` a door, ``barking_dog`` a dog; a ``train`` is no rain.
    """
    for word in reversed(re.split("[-_]+", tag)):
        stems = [stem for stem in (*STRIKES, *TEXTURES) if word.startswith(stem) and _fits(word, stem)]
        if stems:
            return max(stems, key=len)
    return None


def _fits(word: str, stem: str) -> bool:
    return len(stem) >= 5 or _ENDING.fullmatch(word[len(stem) :]) is not None


def effect(tag: str, samples: int) -> Pcm:
    """The effect for ``tag``: mono, 48 kHz, 16 bits.

    A single sound has its own length and peaks at 0.8 of full scale; one that goes on fills ``samples``
    (half a second to thirty) with soft edges. A tag that nobody knows gives a soft whoosh.
    """
    stem, seed = stem_of(tag), seed_of("effect", tag)
    if stem in TEXTURES:
        track = TEXTURES[stem](Take(min(max(samples, _SHORTEST), _LONGEST), seed))
        return at_rms(edges(track, 0.04, 0.22), TEXTURE_RMS, EFFECT_PEAK)
    return to_pcm(at_peak(STRIKES.get(stem or "", s.whoosh)(seed), EFFECT_PEAK))


def ambience(tag: str) -> Pcm:
    """Ten seconds of background for ``tag`` whose end joins its start: mono, 48 kHz, 16 bits.

    A single sound recurs in a quiet room; a tag that nobody knows gives the air of a room.
    """
    take = Take(LOOP_SECONDS * RATE, seed_of("ambience", tag), loop=True)
    stem = stem_of(tag)
    texture = over(t.room, STRIKES[stem], 0.2) if stem in STRIKES else TEXTURES.get(stem or "", t.room)
    return at_rms(texture(take), AMBIENCE_RMS, AMBIENCE_PEAK)
