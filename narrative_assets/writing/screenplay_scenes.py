"""Scenes of a Script made from a screenplay's: who is there, who feels what, how each speech is heard.

The author's words go through unchanged. Claims and story time are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from narrative_assets.writing import screenplay_tone as tone
from narrative_assets.writing.screenplay_mentions import Mention, NameFinder, Pronoun, Sentence, sentences
from narrative_assets.writing.screenplay_model import Passage, ScreenplayScene, Speech, SpeechPart
from narrative_assets.writing.screenplay_names import shortened
from narrative_assets.writing.screenplay_people import People
from schemas.script import ActionElement, DialogueElement, Element, Pronouns, SignElement, TransitionElement
from schemas.story import Emotion, SourceSpan

_Told = TypeVar("_Told")

MAX_TEXT = 7_900
_MOST_PRESENT = 60
_PATIENCE = 2
"""Speeches by others after which a feeling told in prose no longer colours one's own."""
_TO_AUDIENCE = ("at us", "the camera", "to us", "us down", "the audience")


@dataclass
class SceneContent:
    """What a scene holds. ``seen`` maps who is bodily there to the lines that show it.

    ``first_sentence`` and ``first_deed`` are words with their lines; a deed is a sentence about somebody.
    """

    elements: list[Element] = field(default_factory=list)
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    first_sentence: tuple[str, int, int] | None = None
    first_deed: tuple[str, int, int] | None = None
    last_sentence: str = ""

    @property
    def present(self) -> tuple[str, ...]:
        """Who is bodily in the scene, in order of appearance; sixty at most."""
        return tuple(self.seen)[:_MOST_PRESENT]


class SceneReader:
    """Reads one scene after another of the same screenplay."""

    def __init__(self, people: People, pronouns: dict[str, Pronouns], document: str) -> None:
        self._people = people
        self._pronouns = pronouns
        self._document = document
        self._names = NameFinder(people.everyone)

    def read(self, scene: ScreenplayScene, number: int, scene_id: str) -> SceneContent:
        """Content of scene ``number`` (from 1)."""
        return _Reading(self._people, self._names, Pronoun(self._pronouns), self._document, number, scene_id).of(scene)


@dataclass
class _Reading:
    """The state of reading one scene from top to bottom."""

    people: People
    names: NameFinder
    pronoun: Pronoun
    document: str
    number: int
    scene_id: str
    content: SceneContent = field(default_factory=SceneContent)
    feelings: dict[str, tuple[Emotion, int]] = field(default_factory=dict)
    manners: dict[str, tuple[tone.Delivery, int]] = field(default_factory=dict)
    speeches: int = 0
    read_aloud: bool = False
    to_audience: bool = False
    last_speaker: str = ""
    last_other: str = ""
    last_dialogue: str = ""

    def of(self, scene: ScreenplayScene) -> SceneContent:
        for element in scene.elements:
            if isinstance(element, Speech):
                self._speech(element)
            elif element.kind == "transition":
                self.content.elements.append(self._transition(element))
            elif element.kind in ("sign", "centred"):
                self._sign(element)
            else:
                self._action(element)
        return self.content

    def _id(self) -> str:
        return f"{self.scene_id}.e{len(self.content.elements) + 1:03d}"

    def _span(self, first: int, last: int) -> SourceSpan:
        return SourceSpan(document=self.document, first_line=first, last_line=last)

    # --- action -----------------------------------------------------------------------------------------------

    def _action(self, passage: Passage) -> None:
        text = passage.text
        involved: dict[str, None] = {}
        for sentence in sentences(text):
            mentions = self._mentions(sentence)
            self._take_in(sentence, mentions, passage)
            involved.update(dict.fromkeys(who for mention in mentions for who in mention.ids))
        self.read_aloud = tone.is_read_aloud(text) or (self.read_aloud and self.speeches == 0)
        self.to_audience = any(words in text for words in _TO_AUDIENCE)
        sounds = ("singing",) if passage.kind == "lyrics" else tone.sounds_in(text)
        self._append_action(passage, tuple(involved)[:_MOST_PRESENT], sounds)

    def _append_action(self, passage: Passage, who: tuple[str, ...], sounds: tuple[str, ...]) -> None:
        text = passage.text
        felt = tone.feeling(text) or Emotion()
        for index, piece in enumerate(split_text(text)):
            self.content.elements.append(
                ActionElement(
                    element_id=self._id(),
                    text=piece,
                    character_ids=who,
                    props=tone.props_in(piece)[:40],
                    sounds=sounds if index == 0 else (),
                    emotion=felt,
                    source=self._span(passage.first_line, passage.last_line),
                )
            )

    def _mentions(self, sentence: Sentence) -> list[Mention]:
        named = self.names.found(sentence.text, self.number)
        # A pronoun after a name that leads the sentence means that name, so names are noted first.
        for mention in named:
            for who in mention.ids:
                lead = mention.leads or (mention.possessive and mention.start == 0)
                (self.pronoun.heard if lead and mention is named[0] else self.pronoun.seen)(who)
        meant = self.pronoun.found(sentence.text, self.content.present)
        return sorted([*named, *meant], key=lambda mention: mention.start)

    def _take_in(self, sentence: Sentence, mentions: Sequence[Mention], passage: Passage) -> None:
        """Note who is bodily there, and whom a feeling or a manner of speaking belongs to."""
        lines = passage.lines_of(sentence.start, sentence.start + len(sentence.text))
        text = " ".join(sentence.text.split())
        introduces = False
        for mention in mentions:
            letters = sentence.text[mention.start : mention.start + 4]
            is_new = not mention.by_pronoun and letters == letters.upper() and not mention.possessive
            introduces = introduces or is_new
            if mention.leads or is_new:
                for who in mention.ids:
                    self.content.seen.setdefault(who, lines)
        # What all feel at once is mostly the feeling of the place, so it colours nobody's next words.
        subject = next((m.ids for m in mentions if m.leads and not (m.by_pronoun and len(m.ids) > 1)), ())
        self.content.first_sentence = self.content.first_sentence or (text, *lines)
        if subject and self.content.first_deed is None:
            self.content.first_deed = (text, *lines)
        self.content.last_sentence = text
        # An introduction tells traits, not how somebody feels just now.
        felt, manner = None if introduces else tone.feeling(text), tone.named_delivery(text)
        for who in subject:
            if felt:
                self.feelings[who] = (felt, self.speeches)
            if manner:
                self.manners[who] = (manner, self.speeches)

    # --- speech -----------------------------------------------------------------------------------------------

    def _speech(self, speech: Speech) -> None:
        speaker = self.people.speaker(speech, self.number).id
        heard = tone.extension_heard(speech.extension) or ("device" if self.read_aloud else "on_screen")
        if heard == "on_screen" and speaker != self.last_speaker:
            self.last_speaker, self.last_other = speaker, self.last_speaker
        parenthetical: SpeechPart | None = None
        before = len(self.content.elements)
        for part in speech.parts:
            if part.kind == "parenthetical":
                self._unspoken(speech, parenthetical)
                parenthetical = part
                continue
            self._words(speech, speaker, part, parenthetical, heard)
            parenthetical = None
        self._unspoken(speech, parenthetical)
        if not speech.parts:
            self._unspoken(speech, SpeechPart("parenthetical", (), speech.cue))
        self._pair(speech, before)
        if heard == "on_screen" and any(part.kind != "parenthetical" for part in speech.parts):
            self.content.seen.setdefault(speaker, (speech.first_line, speech.last_line))
            self.pronoun.heard(speaker)
        self.feelings.pop(speaker, None)
        self.manners.pop(speaker, None)
        self.speeches += 1
        self.read_aloud = self.to_audience = False

    def _words(
        self, speech: Speech, speaker: str, part: SpeechPart, bracket: SpeechPart | None, heard: tone.Heard
    ) -> None:
        aside = bracket.text.strip("() ") if bracket else ""
        for piece in split_text(part.text):
            element = DialogueElement(
                element_id=self._id(),
                speaker_id=speaker,
                cue=shortened(speech.cue),
                text=piece,
                raw=part.raw[:MAX_TEXT],
                parenthetical=shortened(aside),
                addressee_ids=self._addressees(speaker, aside),
                emotion=self._emotion(speaker, aside, piece),
                delivery=self._delivery(speaker, part, aside, piece),
                heard=tone.extension_heard(aside.upper()) or heard if "voice" in aside.lower() else heard,
                source=self._span(
                    bracket.lines[0].first_line if bracket else part.lines[0].first_line, part.lines[-1].last_line
                ),
            )
            self.content.elements.append(element)

    def _emotion(self, speaker: str, aside: str, words: str) -> Emotion:
        """A parenthetical first, then the stronger of what prose told and what the words say, then punctuation."""
        told, worded = self._fresh(self.feelings, speaker), tone.worded_feeling(words)
        if told and worded:
            told = worded if worded.intensity > told.intensity else told
        return tone.feeling(aside) or told or worded or tone.punctuated_feeling(words)

    def _delivery(self, speaker: str, part: SpeechPart, aside: str, words: str) -> tone.Delivery:
        if part.kind == "sung":
            return "sung"
        return tone.named_delivery(aside) or self._fresh(self.manners, speaker) or tone.spoken_delivery(words)

    def _fresh(self, told: dict[str, tuple[_Told, int]], who: str) -> _Told | None:
        found = told.get(who)
        return found[0] if found and self.speeches - found[1] <= _PATIENCE else None

    def _addressees(self, speaker: str, aside: str) -> tuple[str, ...]:
        if aside.lower().startswith("to "):
            named = [who for m in self.names.found(aside[3:], self.number) for who in m.ids if who != speaker]
            return tuple(dict.fromkeys(named))[:20]
        other = self.last_other if speaker == self.last_speaker else self.last_speaker
        return (other,) if other and not self.to_audience else ()

    def _unspoken(self, speech: Speech, part: SpeechPart | None) -> None:
        """A parenthetical with no words after it, or a cue with none, stays as action."""
        if part is None:
            return
        speaker = self.people.speaker(speech, self.number).id
        first = part.lines[0].first_line if part.lines else speech.first_line
        last = part.lines[-1].last_line if part.lines else speech.last_line
        for piece in split_text(part.text or speech.cue):
            self.content.elements.append(
                ActionElement(
                    element_id=self._id(),
                    text=piece,
                    character_ids=(speaker,),
                    sounds=tone.sounds_in(piece),
                    emotion=tone.feeling(piece) or Emotion(),
                    source=self._span(first, last),
                )
            )

    def _pair(self, speech: Speech, before: int) -> None:
        """Join the second of two simultaneous speeches to the last element of the first."""
        spoken = [e for e in self.content.elements[before:] if isinstance(e, DialogueElement)]
        if not spoken:
            return
        if speech.simultaneous and self.last_dialogue:
            index = self.content.elements.index(spoken[0])
            self.content.elements[index] = spoken[0].model_copy(update={"dual_with": self.last_dialogue})
            for at in range(before - 1, -1, -1):
                first = self.content.elements[at]
                if first.element_id == self.last_dialogue and isinstance(first, DialogueElement):
                    self.content.elements[at] = first.model_copy(update={"dual_with": spoken[0].element_id})
                    break
        self.last_dialogue = spoken[-1].element_id

    # --- signs and transitions --------------------------------------------------------------------------------

    def _sign(self, passage: Passage) -> None:
        carrier = "title card" if passage.kind == "centred" else passage.carrier
        words = passage.text
        if passage.kind == "sign" and words[:1] in '"“' and words.rstrip(".")[-1:] in '"”':
            words = words.rstrip(".")[1:-1]
        for piece in split_text(words):
            self.content.elements.append(
                SignElement(
                    element_id=self._id(),
                    text=piece,
                    carrier=carrier,
                    source=self._span(passage.first_line, passage.last_line),
                )
            )

    def _transition(self, passage: Passage) -> TransitionElement:
        words = passage.text.upper()
        kind = "cut"
        for stem, name in (("FADE IN", "fade_in"), ("FADE", "fade_out"), ("DISSOLVE", "dissolve")):
            if stem in words:
                kind = name
                break
        return TransitionElement.model_validate(
            {
                "element_id": self._id(),
                "transition": kind,
                "raw": shortened(passage.text),
                "source": self._span(passage.first_line, passage.last_line),
            }
        )


def split_text(text: str) -> Iterator[str]:
    """``text`` in pieces that a contract's text can hold, cut between words; no word is lost."""
    while len(text) > MAX_TEXT:
        cut = text.rfind(" ", 1, MAX_TEXT)
        cut = cut if cut > 0 else MAX_TEXT
        yield text[:cut]
        text = text[cut:].lstrip(" ")
    if text:
        yield text
