"""Content safety at its enforcement points: the report is kept, whatever it says."""

from collections.abc import Callable

from narrative_assets.assets.stage import Desk
from narrative_assets.safety import judge_prompts, judge_script, refusal_of_words
from schemas.canonical import content_hash
from schemas.project import Project
from schemas.safety import SafetyReport
from schemas.script import Script
from schemas.shots import ShotList


def judged_script(desk: Desk, script: Script) -> SafetyReport:
    """What was found in the script's words."""
    digest = content_hash(script)
    return _kept(desk, "script", digest, lambda: judge_script(desk.project, script, digest))


def judged_prompts(desk: Desk, shots: ShotList) -> SafetyReport:
    """What was found in what the shots ask to be pictured."""
    digest = content_hash(shots)
    return _kept(desk, "shot_list", digest, lambda: judge_prompts(desk.project, shots, digest))


def words_judge(project: Project) -> Callable[[str], str | None]:
    """Why words that somebody else has put to a picture or a sound are not for the project's rating."""
    return lambda words: refusal_of_words(project, words)


def _kept(desk: Desk, role: str, digest: str, judge: Callable[[], SafetyReport]) -> SafetyReport:
    """The report, made and stored once a stage."""
    if digest not in desk.reports:
        report = desk.reports[digest] = judge()
        desk.keep(report, {role: digest})
    return desk.reports[digest]
