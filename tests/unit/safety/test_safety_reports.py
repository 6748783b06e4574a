"""Safety reports on scripts and shot prompts: what is found where, what blocks, and what fails closed."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from narrative_assets.film.planner import plan_shots
from narrative_assets.safety import judge_prompts, judge_script, require_safe
from narrative_assets.safety.matching import Matcher, packaged_matcher
from narrative_assets.safety.policy import load_policy
from narrative_assets.writing.fountain import parse_screenplay
from narrative_assets.writing.imported import import_script
from schemas.canonical import canonical_json, content_hash
from schemas.errors import InputError, SafetyBlocked
from schemas.project import CastMember, Project
from schemas.reading import read_file
from schemas.safety import SafetyReport
from schemas.script import Script, ScriptCharacter
from schemas.shots import ShotList
from schemas.story import ContextPack
from tests.fakes import scripts
from tests.fakes.speech import FakeSpeechTimer
from tests.unit.writing.template_stories import written_season

EXAMPLES = Path(__file__).parents[3] / "examples"
HASH = "a" * 64


def project(**more: Any) -> Project:
    return scripts.project(rating="PG", **more)


def said(*texts: str, speaker: str = "mara", present: tuple[str, ...] = ()) -> Script:
    lines = [scripts.say(f"sc01.e{n:03d}", speaker, text) for n, text in enumerate(texts, 1)]
    return scripts.script(scripts.scene("sc01", *lines, present=present or (speaker,)))


def shots_of(script: Script, of: Project) -> ShotList:
    return plan_shots(script, of, content_hash(script), FakeSpeechTimer())


def categories(report: SafetyReport) -> list[str]:
    return [finding.category for finding in report.findings]


def test_a_word_beyond_the_rating_blocks_and_says_where_and_what_to_do():
    report = judge_script(project(), said("A calm night.", "Holy sh1t, the lamp!"), HASH)
    assert (report.verdict, report.point, report.subject_hash) == ("blocked", "script", HASH)
    finding = report.findings[0]
    assert (finding.category, finding.needs, finding.severity) == ("language-strong", "PG-13", "block")
    assert (finding.scene_id, finding.element_id, finding.excerpt) == ("sc01", "sc01.e002", "Holy sh1t, the lamp!")
    with pytest.raises(SafetyBlocked, match=r"sc01\.e002: The rating PG does not allow strong language") as blocked:
        require_safe(report)
    assert blocked.value.remedy == "Write it otherwise or set the project's rating to PG-13."


def test_the_refusal_counts_the_findings():
    with pytest.raises(SafetyBlocked, match="2 more findings are in the safety report"):
        require_safe(judge_script(project(), said("Oh shit.", "She is naked.", "Heil Hitler!"), HASH))


def test_a_higher_rating_allows_what_a_lower_one_does_not():
    script = said("Oh shit.")
    assert judge_script(scripts.project(rating="PG-13"), script, HASH).verdict == "clear"
    assert judge_script(scripts.project(rating="G"), script, HASH).verdict == "blocked"


def test_what_no_rating_allows_has_no_rating_to_offer():
    report = judge_script(scripts.project(rating="R"), said("Kill all muslims."), HASH)
    assert [(finding.category, finding.needs, finding.remedy) for finding in report.findings] == [
        ("hate", None, "Take it out.")
    ]


def test_a_project_that_only_warns_goes_on_and_shows_every_finding():
    report = judge_script(project(safety_mode="warn_only"), said("Oh shit.", "Just kill yourself."), HASH)
    assert report.verdict == "warned"
    assert [finding.severity for finding in report.findings] == ["warn", "warn"]
    require_safe(report)


def test_a_clear_report_lets_the_work_go_on():
    report = judge_script(project(), scripts.lighthouse(), HASH)
    assert (report.verdict, report.findings) == ("clear", ())
    assert report.texts_checked > 20
    require_safe(report)


def test_a_report_that_contradicts_itself_does_not_pass():
    clear, blocked = (judge_script(project(), said(text), HASH) for text in ("A calm night.", "Oh shit."))
    for report in (
        clear.model_copy(update={"verdict": "blocked"}),
        blocked.model_copy(update={"verdict": "clear"}),
        blocked.model_copy(update={"verdict": "warned"}),
    ):
        with pytest.raises(SafetyBlocked):
            require_safe(report)


def test_a_report_holds_no_more_than_it_can_and_says_so():
    lines = [scripts.say(f"sc01.e{n:05d}", "mara", f"Oh shit {n}.") for n in range(130)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("narrative_assets.safety.judging.MAX_FINDINGS", 100)
        report = judge_script(project(), scripts.script(scripts.scene("sc01", *lines, present=("mara",))), HASH)
    assert len(report.findings) == 100
    assert report.findings[-1].message == "31 more findings have no room in this report."


def test_every_place_of_a_script_that_is_seen_or_heard_is_checked():
    bad = "oh shit"
    scene = scripts.scene(
        "sc01",
        scripts.act("sc01.e001", bad),
        scripts.say("sc01.e002", "mara", "Yes.", parenthetical=bad),
        scripts.sign("sc01.e003", bad),
        scripts.sign("sc01.e004", "OPEN", bad),
        scripts.say("sc01.e005", "mara", bad),
        summary=bad,
    )
    cast = (scripts.MARA.model_copy(update={"description": bad}),)
    report = judge_script(project(), scripts.script(scene, cast=cast, title=bad, logline=bad), HASH)
    found = [(finding.scene_id, finding.element_id) for finding in report.findings]
    assert found == [(None, None), ("sc01", None), *(("sc01", f"sc01.e{n:03d}") for n in range(1, 6))]


def test_sexual_content_by_or_to_a_minor_is_never_allowed():
    grown = judge_script(scripts.project(rating="R"), said("We had sex."), HASH)
    child = judge_script(scripts.project(rating="R"), said("We had sex.", speaker="tobias"), HASH)
    assert (categories(grown), categories(child)) == ([], ["minor-sexual"])


def test_strong_sexual_content_in_a_scene_with_a_minor_is_never_allowed():
    script = said("They watch porn.", present=("mara", "tobias"))
    assert categories(judge_script(scripts.project(rating="R"), script, HASH)) == ["minor-sexual"]


def test_a_minor_is_one_by_the_age_in_the_project_too():
    pip = ScriptCharacter(character_id="pip", name="Pip")
    lines = scripts.scene("sc01", scripts.act("sc01.e001", "Pip stands naked.", "pip"), present=("pip",))
    script = scripts.script(lines, cast=(pip,))
    grown = scripts.project(rating="R", cast=(CastMember(id="pip", name="Pip", age_years=18),))
    child = scripts.project(rating="R", cast=(CastMember(id="pip", name="Pip", age_years=17),))
    assert categories(judge_script(grown, script, HASH)) == []
    assert categories(judge_script(child, script, HASH)) == ["minor-sexual"]


@cache
def prompted(**fields: str) -> ShotList:
    shots = shots_of(scripts.lighthouse(), project())
    first = shots.shots[0]
    changed = first.model_copy(update={"prompt": first.prompt.model_copy(update=fields)})
    return shots.model_copy(update={"shots": (changed, *shots.shots[1:])})


@pytest.mark.parametrize("name", ["subject", "motion", "style", "mood"])
def test_every_field_of_a_prompt_is_checked(name: str):
    shots = prompted(**{name: "a nude woman on the pier"})
    report = judge_prompts(project(), shots, HASH)
    assert (report.verdict, report.point) == ("blocked", "shot_prompts")
    assert [(f.category, f.element_id) for f in report.findings] == [("nudity", shots.shots[0].shot_id)]


def test_the_likeness_of_a_real_person_is_refused_in_prompts_and_may_be_spoken_of():
    words = "a deepfake of the prime minister"
    assert categories(judge_prompts(scripts.project(rating="R"), prompted(subject=words), HASH)) == ["impersonation"]
    assert judge_script(scripts.project(rating="G"), said(words), HASH).verdict == "clear"


def test_prompts_of_an_innocent_episode_are_clear():
    assert (
        judge_prompts(scripts.project(rating="G"), shots_of(scripts.lighthouse(), project()), HASH).verdict == "clear"
    )


def no_policy() -> Matcher:
    return Matcher(load_policy(EXAMPLES / "none.json"))


def test_without_a_policy_nothing_passes():
    report = judge_script(project(), said("A calm night."), HASH, no_policy)
    assert (report.verdict, report.texts_checked, report.policy_version) == ("blocked", 0, "none")
    with pytest.raises(SafetyBlocked, match="The content policy cannot be used"):
        require_safe(report)


def test_a_policy_that_does_not_fit_is_refused(tmp_path: Path):
    for text in ("{", "[]", '{"version": "1"}', "\u00ff"):
        (tmp_path / "policy.json").write_text(text, "latin-1")
        with pytest.raises(InputError, match=r"policy\.json cannot be used"):
            load_policy(tmp_path / "policy.json")


def test_a_text_that_breaks_the_matcher_does_not_pass():
    class Broken:
        policy = packaged_matcher().policy

        def hits(self, text: str) -> None:
            raise RuntimeError("no")

    report = judge_script(project(), said("A calm night."), HASH, Broken)  # type: ignore[arg-type]
    assert set(categories(report)) == {"unchecked"}
    assert report.verdict == "blocked"


def test_a_language_or_a_script_without_words_in_the_policy_does_not_pass():
    german = said("Guten Abend.").model_copy(update={"language": "de"})
    russian = said("Добрый вечер, смотритель маяка.")
    assert categories(judge_script(project(), german, HASH)) == ["unchecked"]
    assert [f.element_id for f in judge_script(project(), russian, HASH).findings] == ["sc01.e001"]
    assert judge_script(project(), said('He says "привет" and waves.'), HASH).verdict == "clear"


@cache
def example(folder: str) -> Project:
    return read_file(EXAMPLES / folder / "project.json", Project)


def example_scripts() -> list[tuple[Project, Script]]:
    found = [(example("lighthouse"), written.script) for written in written_season(example("lighthouse"))]
    for folder in ("cyber-bob", "guru-peak"):
        source = example(folder).episodes[0].screenplay
        assert source is not None
        screenplay = parse_screenplay((EXAMPLES / folder / source.path).read_bytes(), source.path)
        context = ContextPack(project_id=folder, episode_id="s01e01", canon_hash="0" * 64)
        found.append((example(folder), import_script(screenplay, example(folder), "s01e01", context, "1" * 64)))
    return found


def test_every_example_is_clear_at_its_own_rating_in_words_and_in_prompts():
    for of, script in example_scripts():
        assert judge_script(of, script, HASH).findings == ()
        assert judge_prompts(of, shots_of(script, of), HASH).findings == ()


def test_the_same_script_gives_the_same_bytes():
    script = said("Oh shit.", "She is naked.", "The kids saw porn.")
    first, second = (judge_script(project(), script, HASH, lambda: Matcher(packaged_matcher().policy)) for _ in "ab")
    assert canonical_json(first) == canonical_json(second)


@pytest.mark.parametrize(
    "piece",
    ["a", "f ", "f.", "*", "f*", "sh1t ", "&#102;", "naked kid ", "f\u200b", "kill all ", "shot him a look ", "!1|("],
)
def test_long_and_hostile_texts_take_linear_time(piece: str):
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        best = 60.0
        for _ in range(2):
            start = time.perf_counter()
            packaged_matcher().hits(text)
            best = min(best, time.perf_counter() - start)
        return best

    seconds(500)
    assert seconds(16_000) < 0.3 + 12 * seconds(4_000)
