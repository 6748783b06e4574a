"""Searching outside: after the library, under open licences, within the rating, and never at the price of a run."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from narrative_assets.media.finding import awaits_a_source
from narrative_assets.media.ports import AssetKind, LibraryHit, LibraryMiss, SearchFile, SearchHit, SearchMiss
from narrative_assets.media.resolver import resolve
from schemas.assets import AssetManifest, PropNeed
from schemas.canonical import canonical_json, content_hash
from schemas.render import Candidate, Placeholder, PlannedAsset, RenderPlan, ResolvedAsset, Rights
from tests.fakes.media import FlatPainter, MeasuredVoice, MemoryCache, MemorySink, Shelf, png
from tests.unit.media.test_resolver import CC0, PICTURES_ONLY, PROFILE, manifest, shots, sound

BY = Rights(license_type="CC-BY-2.0", title="Old pier", author="Bo", source_url="https://example.org/1")
PLACES: dict[str, object] = {**PICTURES_ONLY, "character_packs": (), "props": ()}


def offer(title: str, rights: Rights = CC0, **fields: object) -> SearchHit:
    return SearchHit(identifier=title, title=title, address=title, rights=rights, **fields)  # type: ignore[arg-type]


@dataclass
class Catalogue:
    """A source with the same hits for every question; it notes what it was asked."""

    hits: tuple[SearchHit, ...] | SearchMiss = ()
    files: dict[str, SearchFile | SearchMiss] = field(default_factory=dict)
    name: str = "openthings"
    asked: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def search(self, kind: AssetKind, words: str, limit: int) -> tuple[SearchHit, ...] | SearchMiss:
        self.asked.append(f"{kind}: {words}")
        return self.hits if isinstance(self.hits, SearchMiss) else self.hits[:limit]

    def fetch(self, hit: SearchHit) -> SearchFile | SearchMiss:
        self.fetched.append(hit.title)
        return self.files.get(hit.title, SearchFile(png(400, 300), "image/png"))


def planned(
    *sources: Catalogue, needs: AssetManifest | None = None, today: str = "2026-05-01", shelf: Shelf | None = None,
    judge: str = "",
) -> RenderPlan:  # fmt: skip
    needs, timeline, sink = needs or manifest(**PLACES), shots(), MemorySink()
    return resolve(
        needs, content_hash(needs), timeline, content_hash(timeline), PROFILE,
        library=shelf or Shelf(), sink=sink, speech=MeasuredVoice(sink), painter=FlatPainter(), cache=MemoryCache(),
        searches=sources, judge=lambda words: "not for the rating" if judge and judge in words else None, today=today,
    )  # fmt: skip


def only(plan: RenderPlan) -> PlannedAsset:
    (asset,) = plan.assets
    return asset


def told(asset: PlannedAsset) -> list[tuple[str, str, bool]]:
    return [(each.source, each.name, each.chosen) for each in asset.considered]


def test_the_library_is_asked_first_and_then_nobody_else() -> None:
    source = Catalogue((offer("A pier"),))
    shelf = Shelf({"background/pier": LibraryHit(png(), "image/png", CC0, "backgrounds/pier.png")})
    asset = only(planned(source, shelf=shelf))
    assert told(asset) == [("library", "backgrounds/pier.png", True)]
    assert source.asked == []


def test_what_a_search_finds_is_used_and_credited() -> None:
    source = Catalogue((offer("Old pier", BY),))
    plan = planned(source)
    asset = only(plan)
    assert isinstance(asset, ResolvedAsset)
    assert asset.source == "search"
    assert told(asset) == [("library", "pier", False), ("search", "openthings: Old pier", True)]
    assert plan.attributions == ("“Old pier” by Bo (https://example.org/1), licensed under CC BY 2.0",)
    assert source.asked == ["background: The pier night"]


def test_sources_are_asked_in_their_order_until_one_has_something() -> None:
    first, second, third = Catalogue(name="one"), Catalogue((offer("A pier"),), name="two"), Catalogue(name="three")
    asset = only(planned(first, second, third))
    assert [each.name for each in asset.considered] == ["pier", "one", "two: A pier"]
    assert third.asked == []


@pytest.mark.parametrize(
    ("hit", "why"),
    [
        (offer("A", Rights(license_type="")), "no licence is not CC0"),
        (offer("A", Rights(license_type="CC-BY-SA-4.0", attribution="Bo")), "is not CC0"),
        (offer("A", Rights(license_type="CC-BY-4.0")), "asks for an attribution"),
        (offer("A", Rights(license_type="proprietary_cleared")), "is not CC0"),
        (offer("A", width=90, height=60), "too few"),
        (offer("A", words="a rude thing"), "not for the rating"),
    ],
)
def test_an_offer_that_may_not_be_used_is_never_fetched_and_the_next_is_taken(hit: SearchHit, why: str) -> None:
    source = Catalogue((hit, offer("B")))
    asset = only(planned(source, judge="rude"))
    assert isinstance(asset, ResolvedAsset)
    assert source.fetched == ["B"]
    assert why in asset.considered[1].reason
    assert asset.considered[-1].chosen


def test_files_that_cannot_be_read_or_had_are_passed_over_and_three_are_tried_at_most() -> None:
    broken = {
        "A": SearchFile(b"<html>", "image/png"),
        "B": SearchMiss("404 Not Found"),
        "C": SearchFile(png()[:50], "image/png"),
    }
    source = Catalogue(tuple(offer(name) for name in "ABCDE"), broken)
    asset = only(planned(source))
    assert isinstance(asset, Placeholder)
    assert source.fetched == ["A", "B", "C"]
    reasons = [each.reason for each in asset.considered]
    assert ["no PNG" in reasons[1], "404" in reasons[2], "damaged" in reasons[3], "3 files tried" in reasons[4]] == [
        True
    ] * 4
    assert asset.considered[-1].source == "generated_local"


def test_a_source_that_does_not_answer_is_told_and_the_run_goes_on_with_the_next() -> None:
    down, up = Catalogue(SearchMiss("timed out", reached=False), name="down"), Catalogue((offer("A"),), name="up")
    plan = planned(down, up)
    asset = only(plan)
    assert asset.status == "resolved"
    assert asset.considered[1] == Candidate(source="search", name="down", reason="did not answer: timed out")
    assert awaits_a_source(plan)
    assert not awaits_a_source(planned(up))
    assert not awaits_a_source(planned(Catalogue(SearchMiss("429 Too Many Requests"))))


def test_nobody_searches_for_people_nor_for_words_to_be_read() -> None:
    source = Catalogue()
    sign = PropNeed(need_id="sign:sc01.e001", name="a sign", screen_text="Closed")
    planned(source, needs=manifest(**{**PICTURES_ONLY, "backgrounds": (), "props": (sign,)}))
    assert source.asked == []


def test_sounds_are_searched_before_they_are_made() -> None:
    source = Catalogue((offer("Thunder roll"),), {"Thunder roll": SearchFile(sound(), "audio/wav")})
    needs = manifest(**{**PICTURES_ONLY, "backgrounds": (), "character_packs": (), "props": ()}).model_copy(
        update={"sounds": manifest().sounds, "music": manifest().music}
    )
    effect, music = planned(source, needs=needs).assets
    assert (effect.status, effect.source) == ("resolved", "search")  # type: ignore[union-attr]
    assert source.asked == ["sound: thunder", "music: unease music"]
    assert [each.chosen for each in music.considered] == [False, True]


def test_without_sources_a_made_sound_says_that_the_library_had_none() -> None:
    needs = manifest(**{**PICTURES_ONLY, "backgrounds": (), "character_packs": (), "props": ()}).model_copy(
        update={"sounds": manifest().sounds}
    )
    asset = only(planned(needs=needs))
    assert [(each.source, each.chosen) for each in asset.considered] == [("library", False), ("generated_local", True)]


def test_a_library_file_whose_licence_has_ended_gives_way_to_a_search() -> None:
    ended = Rights(license_type="commercial_licensed", purchase_record="invoice 7", expires="2026-01-31")
    shelf = Shelf({"background/pier": LibraryHit(png(), "image/png", ended, "backgrounds/pier.png")})
    assert only(planned(shelf=shelf, today="2026-01-31")).status == "resolved"
    missing = only(planned(shelf=shelf, today="2026-02-01"))
    assert isinstance(missing, Placeholder)
    assert missing.reason == "licence_unknown"
    assert missing.detail == "backgrounds/pier.png: its licence ended on 2026-01-31"
    assert only(planned(Catalogue((offer("A"),)), shelf=shelf, today="2026-02-01")).considered[-1].source == "search"


def test_the_same_answers_give_the_same_plan_byte_for_byte() -> None:
    hits = (offer("Old pier", BY), offer("B"))
    assert canonical_json(planned(Catalogue(hits))) == canonical_json(planned(Catalogue(hits)))


def test_a_library_that_cannot_answer_says_why_among_the_candidates() -> None:
    shelf = Shelf({"background/pier": LibraryMiss("too_large", "backgrounds/pier.png: more than 64 MB")})
    assert only(planned(shelf=shelf)).considered[0].reason == "backgrounds/pier.png: more than 64 MB"


def test_of_very_many_candidates_the_first_and_the_chosen_are_noted() -> None:
    refused = tuple(offer(f"A{number}", Rights(license_type="")) for number in range(8))
    sources = [Catalogue(refused, name=f"source-{number}") for number in range(19)]
    asset = only(planned(*sources, Catalogue((offer("Pier"),), name="last")))
    assert len(asset.considered) == 49
    assert (asset.considered[0].source, asset.considered[-1].name) == ("library", "last: Pier")
