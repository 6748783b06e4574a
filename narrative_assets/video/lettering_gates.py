"""The gates of what is lettered: letters that the typefaces lack, and credits that are shown, each of them."""

from __future__ import annotations

from collections.abc import Iterator

from narrative_assets.video.credits import credit_groups, credits_shown, is_readable
from narrative_assets.video.findings import finding, several
from narrative_assets.video.lettering import SANS, SANS_STRONG, SERIF_STRONG, missing_glyphs
from schemas.render import QualityFinding, RenderPlan
from schemas.shots import ShotList


def lettering_findings(shot_list: ShotList, plan: RenderPlan) -> tuple[QualityFinding, ...]:
    """Whether every letter in the picture can be drawn, and every line of the credits is shown."""
    return (_glyphs(shot_list, plan), _credits(shot_list, plan))


def _glyphs(shot_list: ShotList, plan: RenderPlan) -> QualityFinding:
    lacking: dict[str, str] = {}
    for where, text, face in _texts(shot_list, plan):
        for letter in missing_glyphs(text, face):
            lacking.setdefault(letter, where)
    shown = [f"{letter} (U+{ord(letter):04X}, {where})" for letter, where in lacking.items()]
    return finding(
        "glyphs",
        not lacking,
        f"{len(lacking)} characters cannot be drawn",
        "0 characters",
        f"The bundled typefaces lack {several(shown)}; a question mark stands in the picture for each. "
        "Write such names in Latin, Greek or Cyrillic letters; caption files keep them as they are."
        if lacking
        else "",
    )


def _texts(shot_list: ShotList, plan: RenderPlan) -> Iterator[tuple[str, str, str]]:
    """What is lettered in the picture: where, the words, and the face they are set in."""
    yield "title", shot_list.title, SERIF_STRONG
    yield "series title", shot_list.series_title.upper(), SANS_STRONG
    for line in (*shot_list.credits, *plan.attributions):
        yield "credits", line, SANS
    if plan.profile.lower_thirds:
        for third in (shot.lower_third for shot in shot_list.shots if shot.lower_third):
            yield f"lower third of {third.character_id}", f"{third.title} {third.subtitle}", SANS_STRONG
    if plan.profile.burn_captions:
        for spoken in shot_list.lines:
            yield f"caption of {spoken.line_id}", spoken.text, SANS_STRONG


def _credits(shot_list: ShotList, plan: RenderPlan) -> QualityFinding:
    cards = [shot for shot in shot_list.shots if shot.framing.kind == "credits"]
    wanted: list[str] = []
    for group in credit_groups(shot_list, plan.attributions) if cards else ():
        wanted += [group.heading] * bool(group.heading) + list(group.lines)
    size = (plan.profile.width, plan.profile.height)
    shown = {line for card in cards for line in credits_shown(card, shot_list, plan.attributions, *size)}
    dropped = [line for line in wanted if line not in shown]
    hasty = bool(cards) and not all(is_readable(card, shot_list, plan.attributions, *size) for card in cards)
    message = f"Not in the credits: {several(dropped)}." if dropped else ""
    if hasty:
        message = f"{message} The credits turn faster than they can be read: more is named than was planned for."
    return finding(
        "credits",
        not dropped,
        f"{len(wanted) - len(dropped)} of {len(wanted)} lines shown" if cards else "no credits",
        "every line",
        message.strip(),
    )
