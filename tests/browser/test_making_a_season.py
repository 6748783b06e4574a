"""A season in the browser, from the empty graph to the changed canon. The tests follow one another over one site."""

import json
from typing import Any

from playwright.sync_api import expect

from narrative_assets.assets.continuity import past
from resources.registry import ArtifactStore
from resources.studio import RunSettings, Studio
from tests.browser.pages import Ui
from tests.fakes.dagster_site import LOCATION, Run
from tests.fakes.terminal import narrative

FERRY = "ferry/s01e01"
SEASON = ["lighthouse/s01e01", "lighthouse/s01e02", "lighthouse/s01e03"]
GROUPS = ["a_story", "b_canon", "c_film", "d_media", "e_video", "f_published"]


def studio(ui: Ui) -> Studio:
    return Studio(ArtifactStore(ui.site.folder / "artifacts"), RunSettings())


def waits_for_a_person(run: Run) -> bool:
    return run.status == "QUEUED" and run.tags.get("narrative/held") == "yes"


def test_the_graph_shows_the_pipeline_in_order(ui: Ui) -> None:
    ui.lineage()
    places = []
    for group in GROUPS:
        ui.see(group)
        box = ui.page.locator("svg, div").get_by_text(group, exact=True).last.bounding_box()
        assert box is not None
        places.append(box["x"])
    ui.picture("01-graph")
    assert places == sorted(places), "the groups do not stand from left to right"


def test_saved_strings_select_what_they_say(ui: Ui) -> None:
    ui.catalog('tag:"narrative/asks"="person"')
    for asset in ("canon_diff", "shot_list", "render_plan"):
        ui.see(asset)
    expect(ui.page.get_by_text("story_arc")).to_have_count(0)
    ui.picture("02-selection")


def test_one_episode_is_materialized_without_typing_and_waits_for_its_timing(ui: Ui) -> None:
    ui.materialize(FERRY)
    ui.picture("03-materialize")
    ui.launch()
    held = ui.wait(lambda: [run for run in ui.runs_of(FERRY) if waits_for_a_person(run)], "the ferry to wait")[0]
    assert held.tags["narrative/waits_for"] == "a person: shotlist timing lock"
    assert not [run for run in ui.site.runs() if run.status == "FAILURE"]
    ui.open("/runs?q%5B%5D=status%3AQUEUED")
    ui.see(held.run_id[:8])
    ui.picture("04-waiting")


def test_a_season_is_backfilled_whole_and_in_story_order(ui: Ui) -> None:
    ui.materialize(*SEASON)
    ui.picture("05-season")
    ui.launch()
    backfill = ui.wait(
        lambda: [r.tags["dagster/backfill"] for r in ui.runs_of(SEASON[0]) if "dagster/backfill" in r.tags],
        "the backfill",
    )[0]
    assert ui.site.wait_for_backfill(backfill, 900) == "COMPLETED_SUCCESS"
    log = studio(ui).canon.entries("lighthouse")
    assert [f"lighthouse/{entry.episode_id}" for entry in log] == SEASON
    for episode in SEASON:
        assert {run.status for run in ui.ended(episode)} == {"SUCCESS"}
        assert (ui.site.folder / "artifacts" / "local" / episode / "preview_local" / "episode.mp4").is_file()
    ui.open("/runs")
    ui.see(backfill)
    ui.picture("06-backfill")


def test_runs_are_found_by_series_and_season(ui: Ui) -> None:
    other = ui.runs_of(SEASON[2])[-1]
    assert other.tags.items() >= {
        "narrative/tenant": "local", "narrative/site": "local", "narrative/series": "lighthouse",
        "narrative/season": "s01", "narrative/episode": "s01e03",
    }.items()  # fmt: skip
    ui.open("/runs?q%5B%5D=tag%3Anarrative%2Fseries%3Dferry&q%5B%5D=tag%3Anarrative%2Fseason%3Ds01")
    for run in ui.runs_of(FERRY):
        ui.see(run.run_id[:8])
    expect(ui.page.get_by_text(other.tags["dagster/backfill"])).to_have_count(0)
    ui.picture("07-runs-of-a-season")


def test_a_decision_is_taken_in_the_form_and_the_episode_goes_on_to_its_video(ui: Ui) -> None:
    ui.events("shot_list", FERRY)
    ui.see("waits_for")
    ui.picture("08-what-waits")
    form = ui.follow("decide")
    editor = form.locator(".CodeMirror")
    expect(editor).to_contain_text("approve_shotlist_timing_lock")
    form.screenshot(path=ui.pictures / "09-form.png")
    line = editor.locator(".CodeMirror-line").filter(has_text="by:")
    line.click()
    form.keyboard.press("End")
    form.keyboard.press("ArrowLeft")
    form.keyboard.type("Ines")
    expect(line).to_contain_text('"Ines"')
    launch = form.get_by_role("button", name="Launch Run")
    expect(launch).to_be_enabled()
    form.screenshot(path=ui.pictures / "10-form-filled-in.png")
    launch.click()
    decided = ui.wait(lambda: [r for r in ui.site.runs() if r.job == "decide" and r.ended], "the decision")[0]
    assert decided.status == "SUCCESS"
    video = ui.site.folder / "artifacts" / "local" / FERRY / "preview_local" / "episode.mp4"
    ui.wait(video.is_file, "the ferry's video")
    assert {run.status for run in ui.ended(FERRY)} == {"SUCCESS"}
    decision = studio(ui).approvals.newest(
        "approve_shotlist_timing_lock", str(studio(ui).store.head("ferry", "s01e01", "", "ShotList"))
    )
    assert decision is not None
    assert decision.approver == "Ines"


def test_a_replayed_decision_is_refused_in_words(ui: Ui) -> None:
    approved = next(run for run in ui.site.runs() if run.job == "decide")
    ui.open(f"/runs/{approved.run_id}")
    ui.page.get_by_role("button", name="Re-execute all").click()
    refused = ui.wait(
        lambda: [r for r in ui.site.runs() if r.job == "decide" and r.status == "FAILURE"], "the refusal"
    )[0]
    ui.open(f"/runs/{refused.run_id}")
    ui.see("by Ines already")
    ui.picture("11-replayed")


def test_lineage_leads_from_the_video_back_to_the_canon_fact(ui: Ui) -> None:
    ui.open("/assets/render_output?view=lineage&lineageScope=upstream&lineageDepth=10")
    ui.see("render_output")
    ui.see("canon_diff")
    ui.picture("12-lineage")
    ui.partition("render_output", SEASON[1])
    ui.see("canon_page")
    ui.picture("13-video")
    canon = ui.follow("canon_page")
    expect(canon.get_by_text(SEASON[1]).first).to_be_visible()
    canon.locator("tr").filter(has=canon.get_by_text("page", exact=True)).get_by_text("Show Markdown").click()
    expect(canon.get_by_text("(s01e02, scene").first).to_be_visible()
    canon.screenshot(path=ui.pictures / "14-canon.png")


def test_the_video_is_served_where_the_page_says(ui: Ui) -> None:
    ui.partition("render_output", SEASON[1])
    address = str(ui.row("video").get_by_role("link").first.get_attribute("href"))
    assert address.startswith(f"http://127.0.0.1:{ui.site.media_port}/")
    answer = ui.page.request.get(address, headers={"Range": "bytes=0-99"})
    assert (answer.status, answer.headers["content-type"]) == (206, "video/mp4")


def test_the_contact_sheet_opens_as_a_picture(ui: Ui) -> None:
    ui.partition("render_output", SEASON[0])
    ui.row("contact_sheet").get_by_text("Show Markdown").click()
    sheet = ui.page.get_by_role("img", name="contact sheet")
    expect(sheet).to_be_visible()
    assert sheet.evaluate("picture => picture.naturalWidth") > 300
    ui.picture("15-contact-sheet")


def test_a_change_of_canon_starts_exactly_the_episodes_whose_context_changed(ui: Ui) -> None:
    known = {run.run_id for run in ui.site.runs()}
    ladder = {
        "fact_id": "amended.ladder.state", "subject": "ladder", "predicate": "state", "object": {"text": "wet"},
        "valid_from": 10, "source": {"document": "notes"},
    }  # fmt: skip
    amend(ui, "s01e01", added_things=[{"thing_id": "ladder", "name": "Ladder"}], added_facts=[ladder])
    ui.wait(lambda: all_read(ui), "the ladder to be read")
    assert {run.run_id for run in ui.site.runs()} == known, "nothing relies on the ladder"

    before = pasts(ui)
    canon = studio(ui).canon.canon(studio(ui).projects.load("lighthouse"), "s01e03")
    learnt = next(f for f in canon.persistent_states if f.fact_id.startswith("s01e02"))
    amend(ui, "s01e02", removed_facts=[learnt.model_dump(mode="json")])
    changed = {episode for episode, past in pasts(ui).items() if past != before[episode]}
    assert changed == {SEASON[2]}
    ui.wait(lambda: all_read(ui), "the episodes that relied on it to be made again")
    assert {run.episode for run in ui.site.runs() if run.run_id not in known} == changed
    ui.wait(lambda: all(run.ended for run in ui.site.runs()), "them to end")
    started = [run for run in ui.site.runs() if run.run_id not in known]
    assert {run.episode for run in started} == changed
    assert {run.status for run in started} == {"SUCCESS"}
    ui.open(f"/runs/{started[0].run_id}")
    ui.see(SEASON[2])
    ui.picture("16-canon-changed")
    ui.open("/automation")
    ui.see("canon_updates")
    ui.picture("17-automation")


def pasts(ui: Ui) -> dict[str, str | None]:
    """What each episode relies on of canon as it stands now."""
    here = studio(ui)
    project = here.projects.load("lighthouse")
    return {episode: past(here, project, episode.partition("/")[2]) for episode in SEASON}


def all_read(ui: Ui) -> bool:
    """Whether canon_updates has read the log to its end and has nothing left to look at."""
    said = ui.site.ask(
        """query($s: SensorSelector!) {sensorOrError(sensorSelector: $s) {... on Sensor {
             sensorState {typeSpecificData {... on SensorData {lastCursor}}}}}}""",
        s={
            "sensorName": "canon_updates",
            "repositoryName": "__repository__",
            "repositoryLocationName": LOCATION,
        },
    )
    cursor = json.loads(said["sensorOrError"]["sensorState"]["typeSpecificData"]["lastCursor"])
    reading = cursor["lighthouse"]
    return reading["position"] == studio(ui).canon.head("lighthouse") and not reading["pending"]


def amend(ui: Ui, episode: str, **changes: Any) -> None:
    """Change canon by hand, from the terminal."""
    document = {
        "kind": "CanonDiff", "schema_version": "1.1.0", "project_id": "lighthouse", "episode_id": episode,
        "origin": "amendment", "author": "Ines", "base_canon_hash": "0" * 64, "justification": "We have decided.",
        "provenance": {"document": "notes"}, **changes,
        "validation": {"gate_version": "by hand", "canon_hash": "0" * 64, "claims_checked": 0, "honoured": 0},
    }  # fmt: skip
    path = ui.site.folder / "amendment.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    done = narrative("canon", "amend", path, "--by", "Ines", cwd=ui.site.folder)
    assert done.code == 0, done.out + done.err
