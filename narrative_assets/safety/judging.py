"""What a project's rating makes of a script and of the prompts of its shots, and the refusal of what it forbids.

What cannot be checked counts as forbidden: a policy that cannot be read, a text that no words of it can match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version

from narrative_assets.safety.folding import fold, unreadable_letters
from narrative_assets.safety.matching import Hit, Matcher, packaged_matcher
from narrative_assets.safety.passages import Passage, script_passages, shot_passages
from narrative_assets.safety.policy import Category, Point
from schemas.errors import SafetyBlocked
from schemas.project import Project
from schemas.safety import SafetyFinding, SafetyReport
from schemas.script import Script
from schemas.shots import ShotList

MAX_FINDINGS = 20_000
UNCHECKED = "unchecked"
_MINOR = "minor-sexual"
_NOT_ABOUT_MINORS = ("nudity", "sexual", "sexual-strong", "sexual-explicit", "sexual-violence")
_NOT_NEAR_MINORS = ("sexual-strong", "sexual-explicit")
_EXCERPT = 160
_READABLE_FROM = 12
"""Letters from which a text counts as one in another script, where most of them are not Latin."""

MatcherPort = Callable[[], Matcher]


def judge_script(
    project: Project, script: Script, script_hash: str, matcher: MatcherPort = packaged_matcher
) -> SafetyReport:
    """What of ``script`` (of content hash ``script_hash``) the project's rating does not allow. Never raises."""
    passages = tuple(script_passages(project, script))
    return _report(project, script.episode_id, "script", script_hash, passages, script.language, matcher)


def judge_prompts(
    project: Project, shots: ShotList, shot_list_hash: str, matcher: MatcherPort = packaged_matcher
) -> SafetyReport:
    """What of the prompts in ``shots`` the project's rating does not allow. Never raises."""
    passages = tuple(shot_passages(shots))
    return _report(project, shots.episode_id, "shot_prompts", shot_list_hash, passages, project.language, matcher)


def refusal_of_words(project: Project, words: str, matcher: MatcherPort = packaged_matcher) -> str | None:
    """Why something that is told of in ``words`` may not be shown in the project, or None. Never raises.

    The words are a stranger's: they are matched in the language of the policy, whatever the project speaks.
    """
    try:
        ready = matcher()
        found = _findings(project, "shot_prompts", (Passage(words),), ready.policy.languages[0], ready)
        first = next(found, None)
    except Exception as error:  # whatever fails here must close the gate, not open it
        return f"the content policy cannot be used: {error}"
    return None if first is None else first.message


def require_safe(report: SafetyReport) -> None:
    """Raise SafetyBlocked where the report forbids to go on; a report of ``warn_only`` never does."""
    if report.mode == "warn_only" or (report.verdict == "clear" and not report.findings):
        return
    if not report.findings:
        raise SafetyBlocked(
            f"{report.project_id}/{report.episode_id}: the safety report is {report.verdict} and says not why.",
            remedy="Judge the episode again.",
        )
    first, more = report.findings[0], len(report.findings) - 1
    where = first.element_id or first.scene_id or report.point
    raise SafetyBlocked(
        f"{report.project_id}/{report.episode_id}, {where}: {first.message}"
        + (f" {more} more {'finding is' if more == 1 else 'findings are'} in the safety report." if more else ""),
        remedy=first.remedy,
    )


def _report(
    project: Project,
    episode_id: str,
    point: Point,
    subject_hash: str,
    passages: tuple[Passage, ...],
    language: str,
    matcher: MatcherPort,
) -> SafetyReport:
    findings: tuple[SafetyFinding, ...]
    try:
        ready = matcher()
        policy_version = f"{ready.policy.version} {ready.policy.digest[:12]} glin-profanity {version('glin-profanity')}"
    except Exception as error:  # whatever fails here must close the gate, not open it
        policy_version = "none"
        findings = (_unchecked(project, None, f"The content policy cannot be used: {error}"),)
    else:
        findings = _limited(project, _findings(project, point, passages, language, ready))
    return SafetyReport(
        project_id=project.id,
        episode_id=episode_id,
        point=point,
        policy_version=policy_version,
        rating=project.rating,
        mode=project.safety_mode,
        subject_hash=subject_hash,
        texts_checked=len(passages) if policy_version != "none" else 0,
        verdict="clear" if not findings else "warned" if project.safety_mode == "warn_only" else "blocked",
        findings=findings,
    )


def _findings(
    project: Project, point: Point, passages: Iterable[Passage], language: str, matcher: Matcher
) -> Iterator[SafetyFinding]:
    if language.partition("-")[0] not in matcher.policy.languages:
        yield _unchecked(project, None, f"The content policy has no words of the language {language}.")
    categories = {category.id: category for category in matcher.policy.categories}
    seen: dict[str, tuple[Hit, ...] | str] = {}
    for passage in passages:
        if passage.text not in seen:
            seen[passage.text] = _hits(passage.text, matcher)
        hits = seen[passage.text]
        if isinstance(hits, str):
            yield _unchecked(project, passage, hits)
            continue
        for hit in _with_minors(passage, hits):
            category = categories[hit.category]
            if point in category.points and not category.allowed_at(project.rating):
                yield _finding(project, passage, hit, category)


def _hits(text: str, matcher: Matcher) -> tuple[Hit, ...] | str:
    """What a text shows, or why it cannot be checked."""
    try:
        foreign, letters = unreadable_letters(fold(text))
        if letters >= _READABLE_FROM and 2 * foreign > letters:
            return "Most letters of this text are of a script that the content policy has no words of."
        return matcher.hits(text)
    except Exception as error:  # an unforeseen text must not pass for a harmless one
        return f"This text cannot be checked: {error}"


def _with_minors(passage: Passage, hits: tuple[Hit, ...]) -> Iterator[Hit]:
    """The hits of a passage, and a minor's part in them where the people concerned show one."""
    told = any(hit.category == _MINOR for hit in hits)
    for hit in hits:
        yield hit
        forbidden = (passage.minors and hit.category in _NOT_ABOUT_MINORS) or (
            passage.minors_by and hit.category in _NOT_NEAR_MINORS
        )
        if forbidden and not told:
            yield Hit(hit.start, hit.end, _MINOR, hit.word)
            told = True


def _finding(project: Project, passage: Passage, hit: Hit, category: Category) -> SafetyFinding:
    allowed = f"it needs {category.needs}" if category.needs else "no rating does"
    rating = f" or set the project's rating to {category.needs}" if category.needs else ""
    return SafetyFinding(
        category=category.id,
        needs=category.needs,
        severity=_severity(project),
        scene_id=passage.scene_id,
        element_id=passage.element_id,
        excerpt=_excerpt(passage.text, hit.start, hit.end),
        message=f"The rating {project.rating} does not allow {category.called} ({hit.word!r}); {allowed}.",
        remedy=f"Write it otherwise{rating}." if rating else "Take it out.",
    )


def _unchecked(project: Project, passage: Passage | None, why: str) -> SafetyFinding:
    return SafetyFinding(
        category=UNCHECKED,
        needs=None,
        severity=_severity(project),
        scene_id=passage.scene_id if passage else None,
        element_id=passage.element_id if passage else None,
        excerpt=_excerpt(passage.text, 0, 1) if passage else "",
        message=why[:2_000].replace("\x00", " "),
        remedy="Have a person read it, then set the project's safety_mode to warn_only.",
    )


def _severity(project: Project) -> str:
    return "warn" if project.safety_mode == "warn_only" else "block"


def _excerpt(text: str, start: int, end: int) -> str:
    """The words around a hit on one line, cut marks where text is left out."""
    room = max(0, _EXCERPT - (end - start)) // 2
    low, high = max(0, start - room), min(len(text), max(end + room, start + 1))
    cut = " ".join(text[low : min(high, low + 2 * _EXCERPT)].replace("\x00", " ").split())[:280]
    return f"{'…' if low else ''}{cut}{'…' if high < len(text) else ''}"


def _limited(project: Project, findings: Iterable[SafetyFinding]) -> tuple[SafetyFinding, ...]:
    """One finding for each category of a text, at most as many as a report holds; the last one then says so."""
    kept: dict[tuple[str, str | None, str | None, str], SafetyFinding] = {}
    more = 0
    for finding in findings:
        key = finding.category, finding.scene_id, finding.element_id, finding.message
        if key not in kept and len(kept) == MAX_FINDINGS - 1:
            more += 1
            continue
        kept.setdefault(key, finding)
    if more:
        return (*kept.values(), _unchecked(project, None, f"{more} more findings have no room in this report."))
    return tuple(kept.values())
