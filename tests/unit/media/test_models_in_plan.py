"""Models in a plan: after everything that is found, before what is made here, and never out of the lock."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from narrative_assets.media.finding import awaits_a_source
from narrative_assets.media.pcm import wav_bytes
from narrative_assets.media.ports import LibraryHit, LineWish, Made, PlateWish, SearchMiss
from narrative_assets.media.resolver import resolve
from schemas.assets import AssetManifest, PropNeed, VoiceLineNeed
from schemas.canonical import content_hash
from schemas.project import Voice
from schemas.render import AssetSource, PlannedAsset, RenderPlan, Rights
from tests.fakes.media import FlatPainter, MeasuredVoice, MemoryCache, MemorySink, Shelf, png
from tests.unit.media.test_resolver import CC0, PICTURES_ONLY, PROFILE, SILENT_AND_BLANK, by_id, manifest, shots

OURS = Rights(license_type="generated_external", provider_or_model="openai: tiny")
DOWN = SearchMiss("the server is away", reached=False)


@dataclass
class Pictures:
    answer: Made | SearchMiss
    source: AssetSource = "generated_external"
    asked: list[PlateWish] = field(default_factory=list)

    def picture(self, wish: PlateWish) -> Made | SearchMiss:
        self.asked.append(wish)
        return self.answer


@dataclass
class Lines:
    """Speaks every line as long as wished; ``fails`` are the texts that it cannot speak, ``late`` adds samples."""

    fails: dict[str, SearchMiss] = field(default_factory=dict)
    rights: Rights = OURS
    late: int = 0
    source: AssetSource = "generated_external"
    asked: list[LineWish] = field(default_factory=list)

    def line(self, wish: LineWish) -> Made | SearchMiss:
        self.asked.append(wish)
        if wish.text in self.fails:
            return self.fails[wish.text]
        samples = np.full(wish.samples + self.late, 1_000, np.int16)
        return Made(wav_bytes(samples, wish.sample_rate), "openai: tiny", self.rights)


def planned(
    needs: AssetManifest, plates: Pictures | None = None, voices: Lines | None = None, shelf: Shelf | None = None
) -> RenderPlan:
    timeline, sink = shots(), MemorySink()
    return resolve(
        needs, content_hash(needs), timeline, content_hash(timeline), PROFILE,
        library=shelf or Shelf(), sink=sink, speech=MeasuredVoice(sink), painter=FlatPainter(), cache=MemoryCache(),
        plates=plates, voices=voices, unmoved={"mara": Voice(pitch=70)}, today="2026-05-01",
    )  # fmt: skip


def place(plates: Pictures, shelf: Shelf | None = None) -> tuple[PlannedAsset, RenderPlan]:
    plan = planned(manifest(**{**PICTURES_ONLY, "character_packs": (), "props": ()}), plates, shelf=shelf)
    return plan.assets[0], plan


def test_a_model_pictures_what_nothing_has() -> None:
    plates = Pictures(Made(png(900, 600), "openai: tiny", OURS))
    asset, plan = place(plates)
    assert (asset.status, asset.source) == ("resolved", "generated_external")  # type: ignore[union-attr]
    assert asset.rights == OURS
    assert [(each.source, each.chosen) for each in asset.considered] == [
        ("library", False), ("generated_external", True)
    ]  # fmt: skip
    (wish,) = plates.asked
    assert wish.words.startswith("The background of a shot: The pier, exterior, night.")
    assert "No people" in wish.words and "$" not in wish.words
    assert plan.timing_lock_hash == shots().timing_lock_hash


def test_the_library_comes_before_a_model() -> None:
    plates = Pictures(Made(png(), "openai: tiny", OURS))
    shelf = Shelf({"background/pier": LibraryHit(png(), "image/png", CC0, "backgrounds/pier.png")})
    assert place(plates, shelf)[0].source == "library"  # type: ignore[union-attr]
    assert plates.asked == []


@pytest.mark.parametrize(
    ("answer", "why", "again"),
    [
        (DOWN, "did not answer: the server is away", True),
        (SearchMiss("it declined"), "it declined", False),
        (Made(b"<html>", "openai: tiny", OURS), "these bytes are no PNG, JPEG or WebP picture", False),
        (Made(png(), "openai: tiny", Rights(license_type="CC-BY-NC-4.0")), "not among the licences", False),
    ],
)
def test_what_a_model_cannot_give_is_drawn_here_and_said(answer: Made | SearchMiss, why: str, again: bool) -> None:
    asset, plan = place(Pictures(answer))
    assert asset.status == "placeholder"
    (said,) = [each.reason for each in asset.considered if each.source == "generated_external"]
    assert why in said
    assert awaits_a_source(plan) is again


def test_words_to_be_read_are_not_asked_of_a_model() -> None:
    sign = PropNeed(need_id="prop:sign", name="a sign", screen_text="KEEP OUT")
    plates = Pictures(Made(png(), "openai: tiny", OURS))
    plan = planned(manifest(**{**SILENT_AND_BLANK, "props": (sign,)}), plates)
    assert plates.asked == [] and plan.assets[0].status == "placeholder"


def spoken(*texts: tuple[str, str], voices: Lines) -> dict[str, PlannedAsset]:
    """Lines of these speakers and texts; the first speaker's second line is the last."""
    lines = tuple(
        VoiceLineNeed(need_id=f"line:sc01.l{number:03d}", speaker_id=who, text=text, voice=Voice(), frames=30)
        for number, (who, text) in enumerate(texts, 1)
    )
    return dict(by_id(planned(manifest(**{**SILENT_AND_BLANK, "voice_lines": lines}), voices=voices)))


def test_lines_are_spoken_in_their_time_by_who_the_speaker_is() -> None:
    voices = Lines()
    found = spoken(("mara", "No oil."), voices=voices)["line:sc01.l001"]
    assert found.status == "resolved" and found.source == "generated_external"
    assert found.rights == OURS
    (wish,) = voices.asked
    assert (wish.samples, wish.sample_rate, wish.unmoved.pitch) == (22_050, 22_050, 70)


def test_one_line_that_cannot_be_had_keeps_its_speaker_and_nobody_else() -> None:
    voices = Lines(fails={"Then go.": SearchMiss("too long")})
    found = spoken(("mara", "No oil."), ("tom", "None?"), ("mara", "Then go."), voices=voices)
    assert [asset.source for asset in found.values()] == [  # type: ignore[union-attr]
        "generated_local", "generated_external", "generated_local"
    ]  # fmt: skip
    for need in ("line:sc01.l001", "line:sc01.l003"):
        why, own = found[need].considered
        assert why.reason == "line:sc01.l003: too long" and not why.chosen
        assert own.chosen


def test_a_line_beyond_its_lock_or_its_rights_is_not_taken() -> None:
    for voices, why in (
        (Lines(late=10_000), "35 frames, where the lock gives 30"),
        (Lines(rights=Rights(license_type="unknown")), "the licence is not stated"),
    ):
        found = spoken(("mara", "No oil."), voices=voices)["line:sc01.l001"]
        assert found.source == "generated_local"  # type: ignore[union-attr]
        assert why in found.considered[0].reason


def test_a_voice_that_does_not_answer_is_asked_again_another_time() -> None:
    lines = (VoiceLineNeed(need_id="line:sc01.l001", speaker_id="mara", text="No oil.", voice=Voice(), frames=30),)
    needs = manifest(**{**SILENT_AND_BLANK, "voice_lines": lines})
    assert awaits_a_source(planned(needs, voices=Lines(fails={"No oil.": DOWN})))
    assert not awaits_a_source(planned(needs, voices=Lines()))
