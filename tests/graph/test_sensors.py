"""Sensors over a real instance, registry and canon log; only the daemon that would call them is left out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster import (
    AssetKey,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    RunRequest,
    SensorResult,
    SkipReason,
    build_sensor_context,
)

from narrative_assets.assets.waiting import HELD, PARTITION, STOPPED, WAITS_FOR
from narrative_assets.definitions import defs
from narrative_assets.partitions import EPISODES
from resources.registry import ArtifactStore
from resources.studio import RunSettings, Studio
from schemas.canon import CanonDiff
from schemas.canonical import content_hash
from schemas.reading import read_bytes
from sensors.canon import canon_updates
from sensors.episodes import new_episodes
from sensors.waiting import waiting_episodes
from tests.fakes.short_season import short_season

STORY = ["story_arc", "episode_plan", "script", "canon_diff", "canon", "episode"]


@dataclass
class Site:
    """One machine's state: an instance, a store, and the lighthouse's project file."""

    instance: DagsterInstance
    store: ArtifactStore
    project: Path

    @property
    def studio(self) -> Studio:
        return Studio(self.store, RunSettings())

    def write(self, **changes: Any) -> None:
        """Change the project file."""
        document = json.loads(self.project.read_text(encoding="utf-8"))
        self.project.write_text(json.dumps({**document, **changes}), encoding="utf-8")
        self.studio.projects.register(self.project)

    def run(self, episode: str, job: str = "write_episode", **tags: str) -> DagsterRun:
        """Run a job for an episode to its end; the run as it stands then."""
        done = defs.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            partition_key=f"lighthouse/{episode}",
            tags=tags,
            raise_on_error=False,
        )
        found = self.instance.get_run_by_id(done.run_id)
        assert found is not None
        return found

    def queued(self, run: DagsterRun, request: RunRequest) -> DagsterRun:
        """The run that the daemon would put into the queue for a request."""
        return self.instance.create_run_for_job(
            defs.resolve_implicit_global_asset_job_def(),
            status=DagsterRunStatus.NOT_STARTED,
            run_config=request.run_config,
            tags={**request.tags, PARTITION: run.tags[PARTITION]},
            asset_selection=frozenset(request.asset_selection or ()),
        )

    def tick(self, sensor: Any, cursor: str | None = None) -> Any:
        """What the sensor says now."""
        context = build_sensor_context(self.instance, cursor=cursor, definitions=defs, resources={"store": self.store})
        return sensor(context)

    def told(self, run: DagsterRun) -> str:
        """All that the run's log says of errors."""
        return " ".join(
            str(e.dagster_event.event_specific_data) for e in self.instance.all_logs(run.run_id) if e.dagster_event
        )

    def tags(self, run: DagsterRun) -> dict[str, str]:
        found = self.instance.get_run_by_id(run.run_id)
        assert found is not None
        return dict(found.tags)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The lighthouse, three short episodes, offered; nothing made."""
    monkeypatch.setenv("NARRATIVE_ARTIFACTS", str(tmp_path / "artifacts"))
    project = short_season(tmp_path)
    with DagsterInstance.local_temp(str(tmp_path)) as instance:
        site = Site(instance, ArtifactStore(tmp_path / "artifacts"), project)
        site.write()
        instance.add_dynamic_partitions(EPISODES.name or "", [f"lighthouse/s01e0{n}" for n in (1, 2, 3)])
        yield site


def requests(said: Any) -> list[RunRequest]:
    assert isinstance(said, SensorResult)
    return list(said.run_requests or ())


# -- waiting -------------------------------------------------------------------------------------------------


def test_an_episode_whose_past_nobody_makes_fails_in_words(site: Site) -> None:
    run = site.run("s01e02")
    assert run.status == DagsterRunStatus.FAILURE
    assert STOPPED not in run.tags
    assert "builds on s01e01" in site.told(run) and "Run lighthouse/s01e01 first" in site.told(run)


def test_an_episode_whose_past_is_queued_stops_without_failing_and_is_taken_up_when_it_is_settled(site: Site) -> None:
    first = site.instance.create_run_for_job(
        defs.resolve_job_def("write_episode"),
        status=DagsterRunStatus.NOT_STARTED,
        tags={PARTITION: "lighthouse/s01e01"},
    )
    stopped = site.run("s01e02", **{"dagster/backfill": "season"})
    assert (stopped.status, stopped.tags[STOPPED]) == (DagsterRunStatus.SUCCESS, "waiting")
    assert "s01e01" in stopped.tags[WAITS_FOR]

    (request,) = requests(site.tick(waiting_episodes))
    assert request.partition_key == "lighthouse/s01e02"
    assert set(request.asset_selection or ()) == {AssetKey(stage) for stage in STORY}
    assert (request.tags[HELD], request.tags["dagster/backfill"]) == ("yes", "season")
    again = site.queued(stopped, request)
    assert requests(site.tick(waiting_episodes)) == []
    assert site.tags(stopped)[STOPPED] == "resumed"
    assert site.tags(again)[HELD] == "yes"

    site.instance.delete_run(first.run_id)
    assert site.run("s01e01").status == DagsterRunStatus.SUCCESS
    site.tick(waiting_episodes)
    assert site.tags(again)[HELD] == "no"
    assert STOPPED not in site.run("s01e02").tags


def test_an_approval_lets_exactly_what_waited_for_it_go(site: Site) -> None:
    site.write(human_checkpoints={"approve_canon_diff": True, "approve_shotlist_timing_lock": False})
    stopped = site.run("s01e01")
    assert (stopped.status, stopped.tags["narrative/checkpoint"]) == (DagsterRunStatus.SUCCESS, "approve_canon_diff")
    (request,) = requests(site.tick(waiting_episodes))
    again = site.queued(stopped, request)
    site.tick(waiting_episodes)
    assert site.tags(again)[HELD] == "yes"

    digest = stopped.tags["narrative/content_hash"]
    done = defs.resolve_job_def("decide").execute_in_process(instance=site.instance, run_config=decision(digest))
    assert done.success
    site.tick(waiting_episodes)
    assert site.tags(again)[HELD] == "no"
    assert site.run("s01e01").status == DagsterRunStatus.SUCCESS
    (entry,) = site.studio.canon.entries("lighthouse")
    assert (entry.diff_hash, entry.approver) == (digest, "Ines")


def decision(digest: str, verdict: str = "approved") -> dict[str, Any]:
    form = {"checkpoint": "approve_canon_diff", "content_hashes": [digest], "decision": verdict, "by": "Ines"}
    return {"ops": {"record_decision": {"config": form}}}


def test_a_replayed_decision_is_refused_in_words_and_records_nothing(site: Site) -> None:
    site.write(human_checkpoints={"approve_canon_diff": True})
    digest = site.run("s01e01").tags["narrative/content_hash"]
    decide = defs.resolve_job_def("decide")
    assert decide.execute_in_process(instance=site.instance, run_config=decision(digest)).success
    for again in (digest, "0" * 64):
        done = decide.execute_in_process(instance=site.instance, run_config=decision(again), raise_on_error=False)
        assert not done.success
        assert "no decision was recorded" in str(done.failure_data_for_node("record_decision"))


def test_a_rejected_episode_is_let_go_and_fails_with_who_and_why(site: Site) -> None:
    site.write(human_checkpoints={"approve_canon_diff": True})
    stopped = site.run("s01e01")
    (request,) = requests(site.tick(waiting_episodes))
    again = site.queued(stopped, request)
    digest = stopped.tags["narrative/content_hash"]
    site.studio.approvals.decide("approve_canon_diff", digest, "rejected", "Ines", "too soon")
    site.tick(waiting_episodes)
    assert site.tags(again)[HELD] == "no"
    run = site.run("s01e01")
    assert run.status == DagsterRunStatus.FAILURE
    assert "was rejected by Ines: too soon" in site.told(run)
    assert site.studio.canon.entries("lighthouse") == []


def test_a_run_of_the_command_line_is_left_to_its_user(site: Site) -> None:
    site.write(human_checkpoints={"approve_canon_diff": True})
    assert STOPPED not in site.run("s01e01", **{"narrative/process": "token"}).tags
    assert requests(site.tick(waiting_episodes)) == []


def test_the_run_queue_holds_what_is_tagged_as_held(repository: Path) -> None:
    settings = yaml.safe_load((repository / "dagster.yaml").read_text())
    limits = settings["concurrency"]["runs"]["tag_concurrency_limits"]
    assert {"key": HELD, "value": "yes", "limit": 0} in limits
    assert {"key": PARTITION, "value": {"applyLimitPerUniqueValue": True}, "limit": 1} in limits


# -- canon ---------------------------------------------------------------------------------------------------


def amend(site: Site, episode: str, **changes: Any) -> None:
    document = {
        "kind": "CanonDiff", "schema_version": "1.1.0", "project_id": "lighthouse", "episode_id": episode,
        "origin": "amendment", "author": "Ines", "base_canon_hash": "0" * 64, "justification": "We have decided.",
        "provenance": {"document": "notes"}, **changes,
        "validation": {"gate_version": "by hand", "canon_hash": "0" * 64, "claims_checked": 0, "honoured": 0},
    }  # fmt: skip
    diff = read_bytes(json.dumps(document).encode(), CanonDiff, where="amendment")
    site.studio.canon.append(site.studio.projects.load("lighthouse"), diff, content_hash(diff), approver="Ines")


def fact(subject: str, predicate: str, text: str) -> dict[str, Any]:
    return {
        "fact_id": f"amended.{subject}.{predicate}", "subject": subject, "predicate": predicate,
        "object": {"text": text}, "valid_from": 10, "source": {"document": "notes"},
    }  # fmt: skip


@pytest.mark.slow
def test_a_canon_update_starts_exactly_the_episodes_whose_past_it_changes(site: Site) -> None:
    for number in (1, 2, 3):
        assert site.run(f"s01e0{number}").status == DagsterRunStatus.SUCCESS
    first = site.tick(canon_updates)
    assert requests(first) == []

    ladder = {"thing_id": "ladder", "name": "Ladder"}
    amend(site, "s01e01", added_things=[ladder], added_facts=[fact("ladder", "state", "wet")])
    unrelated = site.tick(canon_updates, first.cursor)
    assert requests(unrelated) == []
    assert json.loads(unrelated.cursor)["lighthouse"]["pending"] == []

    known = site.studio.canon.canon(site.studio.projects.load("lighthouse"), "s01e02")
    learnt = next(each for each in known.persistent_states if each.predicate == "knows")
    amend(site, "s01e01", removed_facts=[learnt.model_dump(mode="json")])
    cursor, started = unrelated.cursor, []
    while json.loads((told := site.tick(canon_updates, cursor)).cursor)["lighthouse"]["pending"]:
        (request,) = requests(told)
        assert requests(site.tick(canon_updates, cursor))[0].run_key == request.run_key
        assert {key.path[-1] for key in request.asset_selection or ()} == set(STORY)
        started.append((request.partition_key or "").removeprefix("lighthouse/"))
        cursor = told.cursor
        run = site.run(started[-1])
        assert run.status == DagsterRunStatus.SUCCESS
        assert not reused(site, run, "episode_plan")
    assert started and "s01e01" not in started
    for episode in {"s01e01", "s01e02", "s01e03"} - set(started):
        assert reused(site, site.run(episode), "script")


def reused(site: Site, run: DagsterRun, stage: str) -> bool:
    return next(each.cache_hit for _, each in site.store.stages(run.run_id) if each.stage == stage)


# -- episodes ------------------------------------------------------------------------------------------------


def test_an_episode_added_to_the_file_is_offered_and_one_taken_out_goes(site: Site) -> None:
    assert isinstance(site.tick(new_episodes), SkipReason)
    site.write(episodes=[{"id": "s01e01"}, {"id": "s01e04"}])
    (add, delete) = site.tick(new_episodes).dynamic_partitions_requests
    assert add.partition_keys == ["lighthouse/s01e04"]
    assert delete.partition_keys == ["lighthouse/s01e02", "lighthouse/s01e03"]


def test_a_file_that_cannot_be_read_takes_nothing_away(site: Site) -> None:
    site.project.write_text("{ not json", encoding="utf-8")
    said = site.tick(new_episodes)
    assert isinstance(said, SkipReason)
    assert "project.json" in (said.skip_message or "")
