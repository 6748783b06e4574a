"""A season as contracts: the script of each episode, and a claim of its own."""

from __future__ import annotations

from typing import Any

from schemas.script import DialogueElement, Scene, Script
from schemas.story import Claim, StoryThread
from tests.fakes.seasons.founding import episode_id, value_of
from tests.fakes.seasons.geography import time_of_day
from tests.fakes.seasons.season import Season
from tests.fakes.seasons.truth import Said, Shown

WORDS = "The tide turns."


def claim_of(said: Said, claim_id: str, episode: int, scene_id: str) -> Claim:
    """The contract of a claim."""
    fields: dict[str, Any] = {
        name: getattr(said, name) for name in ("modality", "holder", "presence", "appears_as", "certainty")
    }
    if said.change is not None:
        fields["change"] = {"kind": said.change, "permitted_by": said.permitted_by}
    return Claim(
        claim_id=claim_id,
        subject=said.subject,
        predicate=said.predicate,
        object=value_of(said.predicate, said.value, said.unit),
        polarity=said.polarity,
        story_time={"earliest": said.at[0], "latest": said.at[1]},
        telling={"episode_id": episode_id(episode), "scene_id": scene_id},
        source={"document": f"{episode_id(episode)}.fountain", "first_line": 1},
        **fields,
    )


def scene_id(number: int) -> str:
    return f"sc{number + 1:02d}"


def script_of(season: Season, episode: int) -> Script:
    """The script of an episode."""
    scenes = season.scenes[episode]
    return Script.model_validate(
        {
            "project_id": season.world.project_id,
            "episode_id": episode_id(episode),
            "title": f"Episode {episode + 1}",
            "origin": "generated",
            "cast": _cast(season, scenes),
            "scenes": [_scene(scene, number, episode) for number, scene in enumerate(scenes)],
            "threads_opened": [
                StoryThread(thread_id=name, question="Who knows?", due_by=None if last is None else episode_id(last))
                for name, (first, last) in season.threads.items()
                if first == episode
            ],
            "threads_touched": [
                name
                for name, (first, last) in season.threads.items()
                if first < episode and (last is None or episode < last)
            ],
            "threads_closed": [name for name, (_, last) in season.threads.items() if last == episode],
        }
    )


def _cast(season: Season, scenes: list[Shown]) -> list[dict[str, Any]]:
    """Everybody, under the name that they bear when the episode ends."""
    ends = max(scene.end for scene in scenes if scene.actual)
    return [
        {"character_id": who.id, "name": season.world.truth.at(("name", who.id), ends), "species": who.species}
        for who in season.world.people.values()
    ]


def _scene(scene: Shown, number: int, episode: int) -> Scene:
    name = scene_id(number)
    kind, frame = scene.frame
    return Scene.model_validate(
        {
            "scene_id": name,
            "heading": {
                "setting": "ext",
                "place_id": scene.place,
                "place_name": scene.place.title(),
                "time_of_day": time_of_day(scene.start),
                "raw": f"EXT. {scene.place.upper()}",
            },
            "story_time": {"earliest": scene.start, "latest": scene.end},
            "frame": {"kind": kind, "frame_id": frame},
            "present": list(dict.fromkeys(scene.present)),
            "elements": [speech(name, place, who, heard) for place, (who, heard) in enumerate(scene.says)],
            "claims": [claim_of(said, f"{name}.c{place}", episode, name) for place, said in enumerate(scene.claims)],
        }
    )


def speech(scene_name: str, place: int, who: str, heard: str = "on_screen") -> DialogueElement:
    """One speech of a scene."""
    return DialogueElement.model_validate(
        {
            "element_id": f"{scene_name}.e{place}",
            "speaker_id": who,
            "cue": who.upper(),
            "text": WORDS,
            "heard": heard,
            "source": {"document": "season", "first_line": 1},
        }
    )
