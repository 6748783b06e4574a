"""Two projects of different genres, and a season written in order with canon folded after each episode."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from narrative_assets.writing.arc import plan_arc
from narrative_assets.writing.context import assemble_context
from narrative_assets.writing.plan import plan_episode
from narrative_assets.writing.script import write_script
from resources.tokenizing import packaged_counter
from schemas.canon import Canon, CanonCharacter, CanonLocation, CanonThing, Fact, TimelineEvent
from schemas.canonical import content_hash
from schemas.project import CastMember, EpisodeEntry, Place, Project, ProjectRule, Prop
from schemas.script import DialogueElement, Script
from schemas.story import ContextPack, EntityRef, EpisodePlan, SourceSpan, StoryArc

ROOT = Path(__file__).resolve().parents[3]


class Written(NamedTuple):
    """One episode and what it was made from."""

    canon: Canon
    context: ContextPack
    plan: EpisodePlan
    script: Script


def lighthouse(seed: int | None = None, episodes: int | None = None) -> Project:
    project = Project.model_validate_json((ROOT / "examples/lighthouse/project.json").read_bytes())
    return changed(project, seed, episodes)


def night_mail(seed: int | None = None, episodes: int | None = None) -> Project:
    """A comedy under the ice of a moon: other people, other words, and gaps that the house has to fill."""
    cast = (
        CastMember(
            id="juno", name="Juno Vale", pronouns="she", role="protagonist", manner="formal", want="a quiet shift",
            fear="to be promoted", secret="reads every postcard",
        ),
        CastMember(
            id="bolt", name="Bolt", pronouns="it", species="robot", role="ally", manner="plain",
            want="to be called by its whole number", secret="is older than the station",
        ),
        CastMember(
            id="ferris", name="Inspector Ferris", pronouns="he", role="rival", manner="blunt",
            want="To close Gate Nine.",
            fear="the dark under the ice", secret="lost the mail of the year '88",
        ),
        CastMember(
            id="lumen", name="Lumen", role="stranger", manner="dreamy", want="the way back up",
            secret="sold the only map",
        ),
    )  # fmt: skip
    places = (
        Place(id="hall", name="sorting hall", interior=True, details=("pigeonholes up to the roof",), sounds=("hum",)),
        Place(id="gate", name="Gate Nine", interior=True, minutes_to={"hall": 4, "ice": 30}),
        Place(id="ice", name="the ice road", details=("Tracks that stop halfway", "a lamp under the ice")),
    )
    props = (Prop(id="stamp", name="Ann's stamp"), Prop(id="satchel", name="mail satchel", holder="bolt"))
    rules = (ProjectRule(id="late", statement="no letter is ever late", cost="Somebody's Tuesday goes missing."),)
    project = Project(
        id="night-mail", title="Night Mail", genre="comedy", seed=5, cast=cast, places=places, props=props,
        world_rules=rules, episodes=(EpisodeEntry(id="s01e01"),), start_time_of_day="evening",
    )  # fmt: skip
    return changed(project, seed, episodes or 3)


def changed(project: Project, seed: int | None, episodes: int | None) -> Project:
    entries = tuple(EpisodeEntry(id=f"s01e{number:02d}") for number in range(1, (episodes or 0) + 1))
    update: dict[str, object] = {"episodes": entries} if entries else {}
    return project.model_copy(update=update if seed is None else {**update, "seed": seed})


def first_canon(project: Project) -> Canon:
    source = SourceSpan(document="project")
    return Canon(
        project_id=project.id,
        as_of=project.episodes[0].id,
        characters=tuple(CanonCharacter(character_id=m.id, name=m.name, pronouns=m.pronouns) for m in project.cast),
        locations=tuple(
            CanonLocation(location_id=p.id, name=p.name, interior=p.interior, minutes_to=p.minutes_to)
            for p in project.places
        ),
        things=tuple(CanonThing(thing_id=p.id, name=p.name) for p in project.props),
        persistent_states=tuple(
            Fact(
                fact_id=f"holds:{p.id}",
                subject=p.holder,
                predicate="holds",
                object=EntityRef(entity=p.id),
                source=source,
            )
            for p in project.props
            if p.holder is not None
        ),
    )


def folded(canon: Canon, script: Script, upcoming: str) -> Canon:
    """Canon with every claim of the script approved, as it stands before ``upcoming``."""
    facts, events = list(canon.persistent_states), list(canon.timeline_events)
    for scene in script.scenes:
        for claim in scene.claims:
            if claim.predicate == "happened":
                events.append(
                    TimelineEvent(
                        event_id=claim.claim_id,
                        summary=claim.object.text,
                        story_time=claim.story_time,
                        participants=scene.present,
                        telling=claim.telling,
                    )
                )
                continue
            if claim.predicate == "located_at":
                facts = [f for f in facts if (f.predicate, f.subject) != ("located_at", claim.subject)]
            if claim.predicate == "holds":
                facts = [f for f in facts if (f.predicate, f.object) != ("holds", claim.object)]
            facts.append(
                Fact(
                    fact_id=claim.claim_id,
                    subject=claim.subject,
                    predicate=claim.predicate,
                    object=claim.object,
                    valid_from=claim.story_time.earliest,
                    observed_to=claim.story_time.latest,
                    established=claim.telling,
                    source=claim.source,
                )
            )
    threads = [t for t in (*canon.threads, *script.threads_opened) if t.thread_id not in script.threads_closed]
    return canon.model_copy(
        update={
            "as_of": upcoming,
            "persistent_states": tuple(facts),
            "timeline_events": tuple(events),
            "threads": tuple(threads),
            "story_minute": max(scene.story_time.latest for scene in script.scenes),
        }
    )


def written_episode(project: Project, arc: StoryArc, canon: Canon, episode_id: str) -> Written:
    context = assemble_context(project, canon, episode_id, packaged_counter())
    plan = plan_episode(project, arc, context, episode_id)
    return Written(canon, context, plan, write_script(project, arc, plan, context, content_hash(plan)))


def written_season(project: Project) -> list[Written]:
    arc, canon, episodes = plan_arc(project, 1), first_canon(project), []
    ids = [episode.episode_id for episode in arc.episodes]
    for episode_id, upcoming in zip(ids, [*ids[1:], ids[-1]], strict=True):
        episodes.append(written_episode(project, arc, canon, episode_id))
        canon = folded(canon, episodes[-1].script, upcoming)
    return episodes


def speeches(script: Script) -> list[DialogueElement]:
    return [element for scene in script.scenes for element in scene.elements if isinstance(element, DialogueElement)]
