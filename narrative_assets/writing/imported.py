"""A finished screenplay as the platform's own contracts: Script, StoryArc, EpisodePlan, and a Project to start from.

The author's words go through unchanged; everything else is read from them. Parsing is ``fountain``'s business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from narrative_assets.writing.screenplay_claims import SceneClaims
from narrative_assets.writing.screenplay_model import Screenplay
from narrative_assets.writing.screenplay_names import is_group, shortened, title_case
from narrative_assets.writing.screenplay_people import Person
from narrative_assets.writing.screenplay_reading import Reading, ReadScene, read_screenplay
from narrative_assets.writing.screenplay_scenes import split_text
from schemas.errors import InputError
from schemas.project import CastMember, DurationWindow, EpisodeEntry, Place, Project, ScreenplaySource
from schemas.script import ActionElement, AuthorNote, DialogueElement, Scene, Script, ScriptCharacter
from schemas.story import Act, ArcEpisode, Beat, ContextPack, EpisodePlan, SourceSpan, StoryArc

_MOST_BEATS = 400
_RIGHTS = re.compile(r"public domain|licen[cs]e|copyright|creative commons|dedication|attribution", re.IGNORECASE)


def import_script(
    screenplay: Screenplay, project: Project, episode_id: str, context: ContextPack, plan_hash: str
) -> Script:
    """The Script of ``episode_id``: every spoken word unchanged, every element with its source lines.

    The project's cast and places are the authority on who and where; story time goes on from the context's minute.
    Raises InputError for an episode that the project does not have, or a screenplay beyond the contract's limits.
    """
    entry = _entry(project, episode_id)
    reading = read_screenplay(screenplay, project, episode_id, context.story_minute)
    source = entry.screenplay
    return Script(
        project_id=project.id,
        episode_id=episode_id,
        title=_title(screenplay, project, entry),
        logline=entry.logline,
        language=project.language,
        origin="imported",
        plan_hash=plan_hash,
        authors=_authors(screenplay),
        licence=source.licence if source else project.licence,
        attribution=(source.attribution if source else "") or attribution_of(screenplay),
        notes=tuple(_notes(screenplay)),
        cast=tuple(_character(person, reading) for person in reading.taking_part),
        scenes=tuple(_scenes(reading, screenplay, episode_id)),
    )


def imported_arc(project: Project, season: int) -> StoryArc:
    """The season's arc as far as finished screenplays tell one: its episodes in order, in one act.

    Raises InputError where the project has no episode of that season.
    """
    entries = [entry for entry in project.episodes if int(entry.id[1:3]) == season]
    if not entries:
        raise InputError(
            f"Project {project.id} has no episode of season {season}.", remedy=f"Add one, such as s{season:02d}e01."
        )
    count = len(entries)
    episodes = tuple(
        ArcEpisode(
            episode_id=entry.id,
            title=entry.title or project.title,
            logline=entry.logline,
            plot="imported" if entry.screenplay else "open",
            act=1,
            tension=400 + 400 * (index + 1) // count,
        )
        for index, entry in enumerate(entries)
    )
    act = Act(number=1, name="Season", purpose="As written.", episode_ids=tuple(entry.id for entry in entries))
    return StoryArc(
        project_id=project.id,
        season=season,
        title=project.title,
        premise=project.premise,
        theme=project.theme,
        origin="imported",
        seed=project.seed,
        acts=(act,),
        episodes=episodes,
    )


def imported_plan(
    screenplay: Screenplay, project: Project, episode_id: str, context: ContextPack, context_hash: str
) -> EpisodePlan:
    """The plan behind a finished screenplay: a beat for each scene, told in the author's own sentences."""
    entry = _entry(project, episode_id)
    scenes = read_screenplay(screenplay, project, episode_id, context.story_minute).scenes
    size = _beat_size(len(scenes))
    peak = max(scenes, key=lambda scene: (scene.tension, -scene.number)).number
    return EpisodePlan(
        project_id=project.id,
        episode_id=episode_id,
        title=_title(screenplay, project, entry),
        logline=entry.logline,
        plot="imported",
        origin="imported",
        seed=project.seed,
        context_hash=context_hash,
        beats=tuple(_beat(scene, size, peak, len(scenes)) for scene in scenes[::size]),
    )


def project_from_screenplay(
    screenplay: Screenplay,
    project_id: str,
    episode_id: str = "s01e01",
    screenplay_path: str = "screenplay.fountain",
    licence: str = "proprietary_cleared",
) -> Project:
    """A Project to start from: cast, places and one episode, as the screenplay tells them. Looks are left open."""
    reading = read_screenplay(screenplay, None, episode_id, 0)
    people = reading.taking_part
    loudest = _most_spoken(reading)
    seconds = sum(scene.seconds for scene in reading.scenes)
    title = _page_title(screenplay) or title_case(project_id.replace("-", " ").replace("_", " ").upper())
    source = ScreenplaySource(path=screenplay_path, licence=licence, attribution=attribution_of(screenplay))
    return Project(
        id=project_id,
        title=title,
        target_duration=DurationWindow(
            min_seconds=max(5, min(seconds // 2, 18_000)), max_seconds=max(60, min(seconds * 2, 36_000))
        ),
        licence=licence,
        cast=tuple(_member(person, reading, episode_id, person.id == loudest) for person in people),
        places=tuple(_places(reading)),
        episodes=(EpisodeEntry(id=episode_id, title=title, screenplay=source),),
    )


def attribution_of(screenplay: Screenplay) -> str:
    """Who wrote it and what its rights are, from the title page and the author's notes on rights."""
    authors = ", ".join(_authors(screenplay))
    title = _page_title(screenplay)
    named = " by ".join(part for part in (f'"{title}"' if title else "", authors) if part)
    rights = [*screenplay.titled("copyright"), *(n.text for n in screenplay.notes if _RIGHTS.search(n.text))]
    parts = [named, *(" ".join(right.split()) for right in rights)]
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)[:8_000]


def _entry(project: Project, episode_id: str) -> EpisodeEntry:
    entry = next((entry for entry in project.episodes if entry.id == episode_id), None)
    if entry is None:
        raise InputError(
            f"Project {project.id} has no episode {episode_id}.",
            remedy="Its episodes: " + ", ".join(e.id for e in project.episodes[:20]) + ".",
        )
    return entry


def _page_title(screenplay: Screenplay) -> str:
    return shortened(": ".join(screenplay.titled("title")).strip('"“” '))


def _title(screenplay: Screenplay, project: Project, entry: EpisodeEntry) -> str:
    return entry.title or _page_title(screenplay) or project.title


def _authors(screenplay: Screenplay) -> tuple[str, ...]:
    lines = screenplay.titled("author", "authors", "writers", "written by")
    names = (name.strip() for line in lines for name in re.split(r"\s+(?:&|and)\s+|;", line))
    return tuple(shortened(name) for name in names if name)[:40]


def _notes(screenplay: Screenplay) -> Iterator[AuthorNote]:
    for note in screenplay.notes:
        span = SourceSpan(document=screenplay.document, first_line=note.first_line, last_line=note.last_line)
        for piece in split_text(note.text):
            yield AuthorNote(text=piece, source=span)


def _character(person: Person, reading: Reading) -> ScriptCharacter:
    member = person.member
    age = member.age_years if member and member.age_years is not None else _plain_age(person)
    return ScriptCharacter(
        character_id=person.id,
        name=shortened(person.name),
        aliases=member.aliases if member else _aliases(person),
        description=member.description if member and member.description else person.told[:8_000],
        pronouns=reading.pronouns[person.id],
        species=person.species,
        age_years=age,
    )


def _plain_age(person: Person) -> int | None:
    introduction = person.age
    return introduction.age if introduction and not introduction.unsure else None


def _aliases(person: Person) -> tuple[str, ...]:
    written = [title_case(name) for name in person.names]
    written += [person.name.lower()] if person.common else []
    return tuple(dict.fromkeys(shortened(name) for name in written if name != person.name))[:20]


def _scenes(reading: Reading, screenplay: Screenplay, episode_id: str) -> Iterator[Scene]:
    named: set[str] = set()
    size = _beat_size(len(reading.scenes))
    for scene in reading.scenes:
        here = [p for p in reading.taking_part if p.id in scene.content.seen or _introduced(p, scene.number)]
        new = [person for person in here if person.id not in named]
        named.update(person.id for person in new)
        claims = SceneClaims(episode_id, scene.scene_id, screenplay.document, scene.when)
        yield Scene(
            scene_id=scene.scene_id,
            heading=scene.heading,
            story_time=scene.when,
            frame=scene.frame,
            beat_id=f"b{(scene.number - 1) // size + 1:02d}",
            summary=scene.summary,
            mood=scene.mood.name,
            tension=scene.tension,
            present=scene.content.present,
            elements=tuple(scene.content.elements),
            claims=claims.of(scene.content, scene.heading, new, here, scene.number),
        )


def _introduced(person: Person, number: int) -> bool:
    return any(introduction.scene == number for introduction in person.introduced)


def _beat_size(scenes: int) -> int:
    """Scenes to a beat: one, unless there are more scenes than a plan has beats."""
    return -(-scenes // _MOST_BEATS)


def _beat(scene: ReadScene, size: int, peak: int, last: int) -> Beat:
    function = "climax" if scene.number == peak else "development"
    if scene.number == 1:
        function = "opening"
    elif scene.number + size > last:
        function = "resolution"
    strained = max(
        (e for e in scene.content.elements if isinstance(e, ActionElement)),
        key=lambda element: element.emotion.intensity,
        default=None,
    )
    conflict = strained.text if strained and strained.emotion.intensity else ""
    return Beat(
        beat_id=f"b{(scene.number - 1) // size + 1:02d}",
        function=function,
        place_id=scene.heading.place_id,
        time_of_day=scene.heading.time_of_day,
        story_time=scene.when,
        present=scene.content.present[:40],
        goal=scene.summary,
        conflict=conflict,
        outcome=scene.content.last_sentence[:7_900],
        emotion=scene.mood,
        tension=scene.tension,
        seconds=scene.seconds,
    )


def _most_spoken(reading: Reading) -> str:
    words: dict[str, int] = {}
    for scene in reading.scenes:
        for element in scene.content.elements:
            if isinstance(element, DialogueElement):
                words[element.speaker_id] = words.get(element.speaker_id, 0) + len(element.text.split())
    return min(words, key=lambda who: (-words[who], who)) if words else ""


def _member(person: Person, reading: Reading, episode_id: str, leads: bool) -> CastMember:
    return CastMember(
        id=person.id,
        name=shortened(person.name),
        aliases=_aliases(person),
        alias_scenes=tuple(f"{episode_id}/sc{number:02d}" for number in sorted(person.scenes))[:200],
        pronouns=reading.pronouns[person.id],
        species=person.species,
        age_years=_plain_age(person),
        role="protagonist" if leads else "crowd" if is_group(person.names[0]) else "ally",
        description=person.told[:8_000],
    )


def _places(reading: Reading) -> Iterator[Place]:
    known: set[str] = set()
    for scene in reading.scenes:
        if scene.heading.place_id not in known and len(known) < 500:
            known.add(scene.heading.place_id)
            told = next((e for e in scene.content.elements if isinstance(e, ActionElement)), None)
            yield Place(
                id=scene.heading.place_id,
                name=scene.heading.place_name,
                interior=scene.heading.setting == "int",
                description=told.text if told and not told.character_ids else "",
            )
