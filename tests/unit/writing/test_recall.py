"""Recall in the context pack: marked, behind all of canon, and gone without a trace where there is none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from template_stories import lighthouse, written_season

from narrative_assets.writing.context import assemble_context, standing_hash
from narrative_assets.writing.context_changes import why_changed
from narrative_assets.writing.recall import with_recall
from resources.tokenizing import packaged_counter
from schemas.canon import Canon
from schemas.canonical import canonical_json, content_hash
from schemas.errors import ContractError
from schemas.reading import read_bytes
from schemas.story import ContextPack, RecalledItem

TOKENS = packaged_counter()
AS_OF_1_1_0 = "d18ac3b6f50ec0339f7784af7973ff26c20cb7c47c3a8f6d1c2161308d6b705a"  # pragma: allowlist secret


class Shelf:
    """Recalls the same passages whatever is asked, and notes the question."""

    def __init__(self, *texts: str) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self._items = [passage(text) for text in texts]

    def recall(self, project_id: str, before: str, query: str, most: int) -> Sequence[RecalledItem]:
        self.asked.append((project_id, before, query))
        return self._items[:most]


def passage(text: str) -> RecalledItem:
    return RecalledItem(text=text, source="s01e01 sc01", passage="scene", source_hash="a" * 64)


@pytest.fixture(scope="module")
def canon() -> Canon:
    return written_season(lighthouse())[1].canon


@pytest.fixture(scope="module")
def pack(canon: Canon) -> ContextPack:
    return assemble_context(lighthouse(), canon, "s01e02", TOKENS)


def test_a_pack_without_recall_is_as_it_always_was(pack: ContextPack) -> None:
    assert with_recall(lighthouse(), pack, TOKENS, None) is pack
    assert with_recall(lighthouse(), pack, TOKENS, Shelf()) is pack
    assert pack.schema_version == "1.1.0"
    assert b"recalled" not in canonical_json(pack)
    empty = ContextPack(project_id="a", episode_id="s01e02", canon_hash="0" * 64)
    assert content_hash(empty) == AS_OF_1_1_0


def test_what_is_recalled_is_marked_and_touches_nothing_of_canon(pack: ContextPack) -> None:
    made = with_recall(lighthouse(), pack, TOKENS, Shelf("Mara hums the old song."))
    assert [item.text for item in made.recalled] == ["Mara hums the old song."]
    changed = {name for name in ContextPack.model_fields if getattr(made, name) != getattr(pack, name)}
    assert changed == {"recalled", "schema_version", "tokens"}
    assert made.schema_version == "1.2.0"
    cost = TOKENS.count("Recalled, not established: Mara hums the old song. (s01e01 sc01)\n")
    assert made.tokens == pack.tokens + cost
    assert standing_hash(made, {"mara"}) == standing_hash(pack, {"mara"})
    assert read_bytes(canonical_json(made), ContextPack) == made


def test_recall_takes_only_the_room_that_canon_left(pack: ContextPack) -> None:
    shelf = Shelf(*(f"Passage number {number} of the evening." for number in range(30)))
    tight = pack.model_copy(update={"token_budget": pack.tokens + 60})
    made = with_recall(lighthouse(), tight, TOKENS, shelf)
    assert 0 < len(made.recalled) < 30
    assert made.tokens <= made.token_budget
    assert made.left_out == pack.left_out + 30 - len(made.recalled)
    assert (made.facts, made.past_events, made.open_threads) == (pack.facts, pack.past_events, pack.open_threads)
    full = pack.model_copy(update={"token_budget": pack.tokens})
    assert with_recall(lighthouse(), full, TOKENS, shelf) is full


def test_what_the_pack_tells_already_is_not_told_twice(pack: ContextPack) -> None:
    known = pack.past_events[0].text
    made = with_recall(lighthouse(), pack, TOKENS, Shelf(known.upper(), "Something else."))
    assert [item.text for item in made.recalled] == ["Something else."]


def test_it_is_asked_for_what_the_episode_is_about(pack: ContextPack) -> None:
    shelf = Shelf("x y z")
    with_recall(lighthouse(), pack, TOKENS, shelf)
    ((project, before, query),) = shelf.asked
    assert (project, before) == ("lighthouse", "s01e02")
    assert all(thread.question in query for thread in pack.open_threads)
    assert len(query) <= 2_000


def test_a_change_of_what_is_recalled_is_told(pack: ContextPack) -> None:
    old = with_recall(lighthouse(), pack, TOKENS, Shelf("The old song."))
    new = with_recall(lighthouse(), pack, TOKENS, Shelf("The new song."))
    words = [change.words for change in why_changed(old, new)]
    assert words == [
        "came recall: Recalled, not established: The new song. (s01e01 sc01)",
        "went recall: Recalled, not established: The old song. (s01e01 sc01)",
    ]


def test_an_empty_recall_has_one_form_only(pack: ContextPack) -> None:
    document = canonical_json(pack).replace(b'"schema_version"', b'"recalled":[],"schema_version"')
    with pytest.raises(ContractError, match="recalled"):
        read_bytes(document, ContextPack)
