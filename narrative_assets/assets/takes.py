"""What the render plan asks of the log of takes: which are in the film, as an input of the stage."""

from narrative_assets.assets.stage import Desk, hashes
from resources.takes import Film, FilmTakes, TakeLog
from schemas.canonical import content_hash
from schemas.shots import ShotList


def chosen_takes(desk: Desk, profile_id: str, shot_list: ShotList) -> FilmTakes:
    """The takes chosen for an episode under a profile; choices that are out of date are told and left out."""
    takes = TakeLog(desk.studio.store).for_film(Film(desk.project.id, desk.entry.id, profile_id), shot_list)
    for each in takes.stale:
        why = "is no more" if each.gone else "has changed since"
        desk.context.log.warning(
            f"The take {each.take_id!r} that {each.by} chose for {each.shot_id} is not in the film: the shot {why}. "
            "Choose again, or keep it as it is."
        )
    return takes


def takes_parent(takes: FilmTakes) -> dict[str, str]:
    """The chosen takes as an input of a stage."""
    return hashes(takes=content_hash([each.model_dump(mode="json") for each in takes.applied])) if takes.applied else {}
