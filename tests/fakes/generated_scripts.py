"""Hypothesis strategies for small valid scripts: any mix of action, speech, signs and transitions."""

from __future__ import annotations

from hypothesis import strategies as st

from schemas.script import Element, Scene, Script
from tests.fakes import scripts

PEOPLE = tuple(member.character_id for member in scripts.CAST)
_WORDS = (
    "lamp",
    "the",
    "key",
    "never",
    "tonight,",
    "I",
    "know",
    "and",
    "sea.",
    "Why?",
    "father",
    "stairs;",
    "two",
    "gone",
)
_ACTIONS = (
    "{} sits.", "{} runs out.", "{} enters.", "{} smiles.", "{} picks up the key.", "Rain falls.",
    "He looks at her. She laughs.",
    "{} walks along the pier, slowly, with the lantern held high above the black and restless water. Then nothing.", "",
)  # fmt: skip
_emotions = st.builds(
    scripts.feeling,
    st.sampled_from(("neutral", "anger", "sadness", "joy", "fear", "tenderness", "determination")),
    st.integers(0, 1000),
)
_lines = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=45).map(" ".join)


@st.composite
def _elements(draw: st.DrawFn, scene_id: str, people: tuple[str, ...]) -> tuple[Element, ...]:
    found: list[Element] = []
    for number in range(draw(st.integers(0, 12))):
        name = f"{scene_id}.e{number:03d}"
        kind = draw(st.sampled_from(("say", "say", "say", "act", "act", "sign", "transition")))
        if kind == "say":
            last = found[-1] if found else None
            pair = (
                last.element_id
                if last is not None and last.type == "dialogue" and draw(st.integers(0, 9)) == 0
                else None
            )
            cut_off = draw(st.sampled_from(("", "", "--")))
            heard = draw(st.sampled_from(("on_screen",) * 5 + ("off_screen", "voice_over", "device")))
            found.append(
                scripts.say(
                    name, draw(st.sampled_from(people)), draw(_lines) + cut_off, heard=heard,
                    emotion=draw(_emotions), dual_with=pair if pair and not getattr(last, "dual_with", None) else None,
                )
            )  # fmt: skip
        elif kind == "act":
            who = draw(st.sampled_from(people))
            text = draw(st.sampled_from(_ACTIONS)).format(who.capitalize())
            found.append(
                scripts.act(
                    name, text, who, emotion=draw(_emotions),
                    props=draw(st.sampled_from(((), (), ("brass_key",), ("lantern",)))),
                    sounds=tuple(draw(st.lists(st.sampled_from(("thunder", "clink", "rain")), max_size=3))),
                )
            )  # fmt: skip
        elif kind == "sign":
            found.append(scripts.sign(name, draw(_lines)))
        else:
            found.append(scripts.transition(name, draw(st.sampled_from(("cut", "dissolve", "fade_in", "fade_out")))))
    return tuple(found)


@st.composite
def scenes(draw: st.DrawFn, scene_id: str, minute: int) -> Scene:
    """One scene of up to twelve elements among one to six people, some of them not declared present."""
    people = tuple(draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=6, unique=True)))
    return scripts.scene(
        scene_id,
        *draw(_elements(scene_id, people)),
        place=draw(st.sampled_from(("pier", "lamp_room", "attic"))),
        setting=draw(st.sampled_from(("int", "ext", "int_ext"))),
        present=people[: draw(st.integers(0, len(people)))],
        tension=draw(st.integers(0, 1000)),
        minute=minute,
    )


@st.composite
def generated(draw: st.DrawFn) -> Script:
    """An episode of one to three such scenes."""
    count = draw(st.integers(1, 3))
    gaps = draw(st.lists(st.sampled_from((0, 5, 700, -300)), min_size=count, max_size=count))
    return scripts.script(*(draw(scenes(f"sc{n:02d}", 10 * n + gap)) for n, gap in enumerate(gaps, start=1)))
