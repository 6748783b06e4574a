"""What a place looks like, read from its own words: a kind of place and the details worth drawing.

Words only; the painters of each kind live in the modules ``outdoors``, ``towns``, ``waters``, ``rooms``, ``hollows``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas.assets import BackgroundNeed

EXTERIORS: dict[str, str] = {
    "park": "park garden lawn playground picnic courtyard orchard",
    "forest": "forest wood jungle grove thicket trees swamp",
    "meadow": "meadow field hill prairie pasture countryside farm foothill",
    "stream": "stream river brook creek canal lake pond waterfall ford",
    "mountain": "mountain mount peak summit trail cliff pass saddle ridge canyon valley",
    "suburb": "suburb suburban neighborhood neighbourhood driveway cul-de-sac village hamlet cottage porch house",
    "street": "street intersection city crossing avenue alley downtown plaza square traffic town crosswalk market",
    "road": "road highway motorway crossroad bridge",
    "harbour": "harbour harbor pier dock jetty quay wharf marina port",
    "shore": "shore beach coast seaside strand bay island cove dune sand",
    "sea": "sea ocean boat ship deck raft sail",
    "lighthouse": "lighthouse tower beacon headland gallery balcony",
    "desert": "desert wasteland mesa badlands oasis",
    "roof": "roof rooftop terrace skyline",
    "station": "station platform railway train depot",
    "space": "space moon planet asteroid orbit crater mars galaxy",
    "graveyard": "graveyard cemetery grave churchyard ruin ruins",
}

INTERIORS: dict[str, str] = {
    "kitchen": "kitchen pantry galley stove",
    "bedroom": "bedroom dormitory bed attic nursery hotel motel",
    "office": "office desk study bureau headquarters newsroom precinct police",
    "living": "living lounge parlour parlor sitting apartment flat house home cottage cabin",
    "shop": "shop store market bakery pharmacy boutique supermarket",
    "bar": "bar cafe café pub tavern diner restaurant inn saloon",
    "laboratory": "laboratory lab clinic hospital surgery observatory",
    "bridge": "spaceship spacecraft starship cockpit bridge shuttle control submarine server",
    "lamp_room": "lamp lantern light lens beacon",
    "stairs": "stairs stair staircase stairwell tower spiral steps",
    "cellar": "cellar basement vault crypt dungeon warehouse storeroom boathouse barn",
    "cave": "cave cavern grotto mine underground",
    "tunnel": "tunnel pipe sewer duct subway beam tube shaft culvert",
    "corridor": "corridor hallway passage hangar lobby",
    "school": "school classroom class lecture university",
    "hall": "hall station terminal airport museum ballroom palace castle throne court courtroom",
    "church": "church chapel temple cathedral monastery shrine",
    "library": "library archive bookshop bookstore archives",
    "workshop": "workshop garage forge smithy studio factory shed boatshed",
    "theatre": "theatre theater stage cinema club auditorium circus tent",
    "carriage": "carriage train car bus van taxi truck compartment cabin tram",
}

_PHRASES: tuple[tuple[str, str, bool], ...] = (
    ("lamp room", "lamp_room", True), ("lantern room", "lamp_room", True), ("tower stair", "stairs", True),
    ("living room", "living", True), ("engine room", "workshop", True), ("police station", "office", True),
    ("space station", "bridge", True), ("space ship", "bridge", True), ("control room", "bridge", True),
    ("traffic light beam", "tunnel", True), ("light beam", "tunnel", True), ("horizontal beam", "tunnel", True),
    ("suburb", "suburb", False),
    ("bus stop", "street", False), ("rail yard", "station", False), ("light tower", "lighthouse", False),
)  # fmt: skip


@dataclass(frozen=True)
class PlaceTraits:
    """A place as the painters see it: its ``kind``, and every word said of it."""

    kind: str
    words: frozenset[str]

    def has(self, *wanted: str) -> bool:
        """Whether any of these words is said of the place."""
        return any(word in self.words for word in wanted)


def words_of(text: str) -> list[str]:
    """Lower-case words of ``text``, each also without a plural s."""
    plain = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.lower())
    return [form for word in plain for form in ((word, word[:-1]) if word.endswith("s") else (word,))]


def read_place(need: BackgroundNeed) -> PlaceTraits:
    """Choose the kind that the place's own words speak for: its kind first, then its name, then the rest."""
    weighted = (
        (need.place_kind.replace("_", " ").replace("-", " "), 9),
        (need.name, 5),
        (need.place_id.replace("_", " ").replace("-", " "), 3),
        (" ".join((need.description, *need.details)), 1),
    )
    table = INTERIORS if need.interior else EXTERIORS
    scores = dict.fromkeys(table, 0)
    for text, weight in weighted:
        spoken = words_of(text)
        flat = " ".join(spoken)
        for phrase, kind, indoors in _PHRASES:
            if indoors == need.interior and phrase in flat:
                scores[kind] += weight * 3
        for kind, keys in table.items():
            scores[kind] += weight * min(2, sum(1 for word in keys.split() if word in spoken))
    # One word among the details says what stands in a place, not what the place is.
    best = max(scores, key=lambda kind: scores[kind])
    everything = frozenset(word for text, _ in weighted for word in words_of(text))
    return PlaceTraits(best if scores[best] > 1 else ("interior" if need.interior else "exterior"), everything)
