"""`narrative canon` and `narrative write` over a season: what is true, why episodes are written again, refusals."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.terminal import ROOT, Done, narrative

HASH = "0" * 64


def season(folder: Path, episodes: int, **changes: Any) -> Path:
    """The lighthouse with so many written episodes."""
    document = json.loads((ROOT / "examples" / "lighthouse" / "project.json").read_text(encoding="utf-8"))
    document["episodes"] = [{"id": f"s01e{number:02d}"} for number in range(1, episodes + 1)]
    path = folder / "lighthouse" / "project.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({**document, **changes}), encoding="utf-8")
    return path


def amendment(folder: Path, episode: str, **changes: Any) -> Path:
    """A change by hand, as a file."""
    document = {
        "kind": "CanonDiff",
        "schema_version": "1.1.0",
        "project_id": "lighthouse",
        "episode_id": episode,
        "origin": "amendment",
        "author": "Ines",
        "base_canon_hash": HASH,
        "justification": "The writers' room has decided.",
        "provenance": {"document": "notes"},
        "validation": {"gate_version": "by hand", "canon_hash": HASH, "claims_checked": 0, "honoured": 0},
        **changes,
    }
    path = folder / f"amend-{len(list(folder.glob('amend-*')))}.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def added(subject: str, predicate: str, value: dict[str, Any], since: int) -> dict[str, Any]:
    """A fact that an amendment adds."""
    return {
        "fact_id": f"amended.{subject}.{predicate}",
        "subject": subject,
        "predicate": predicate,
        "object": value,
        "valid_from": since,
        "source": {"document": "notes"},
    }


def written(done: Done) -> dict[str, bool]:
    """Episode id to whether its script was made again."""
    return {each["episode"]: "script" not in each["reused"] for each in done.json["episodes"]}


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("settled")
    done = narrative("write", season(folder, 3), "--json", cwd=folder)
    assert done.code == 0, done.err + done.out
    return folder


def test_writing_settles_canon_and_renders_nothing(settled: Path) -> None:
    log = narrative("canon", "log", "lighthouse", "--json", cwd=settled).json
    assert [(e["position"], e["episode_id"], e["origin"]) for e in log["entries"]] == [
        (1, "s01e01", "script"),
        (2, "s01e02", "script"),
        (3, "s01e03", "script"),
    ]
    assert not list(settled.rglob("*.mp4"))
    assert (settled / "artifacts" / "local" / "lighthouse" / "s01e03" / "Canon.md").is_file()


def test_canon_at_an_episode_holds_nothing_that_comes_later(settled: Path) -> None:
    first = narrative("canon", "at", "lighthouse/s01e01", "--json", cwd=settled).json
    last = narrative("canon", "show", "lighthouse", "--json", cwd=settled).json
    assert first["timeline_events"] == []
    assert {event["telling"]["episode_id"] for event in last["timeline_events"]} == {"s01e01", "s01e02", "s01e03"}
    page = narrative("canon", "show", "lighthouse", cwd=settled)
    assert page.code == 0 and "What happened last" in page.out


def test_an_episode_s_diff_is_shown_with_what_the_gate_said(settled: Path) -> None:
    shown = narrative("canon", "diff", "lighthouse/s01e02", cwd=settled)
    assert shown.code == 0 and "claims judged" in shown.out
    (stack,) = narrative("canon", "diff", "lighthouse/s01e02", "--json", cwd=settled).json
    assert stack["diff"]["episode_id"] == "s01e02"


def test_settled_episodes_are_judged_again_without_a_contradiction(settled: Path) -> None:
    done = narrative("canon", "check", "lighthouse", "--json", cwd=settled)
    assert (done.code, done.json["contradictions"], len(done.json["episodes"])) == (0, 0, 3)


def test_the_export_holds_the_log_with_every_diff(settled: Path) -> None:
    document = narrative("canon", "export", "lighthouse", "--json", cwd=settled).json
    assert set(document["diffs"]) == {entry["diff_hash"] for entry in document["log"]}
    assert document["canon"]["project_id"] == "lighthouse"


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"added_facts": [added("nobody", "alive", {"flag": True}, 10)]}, "UnknownEntity", "nobody"),
        (
            {
                "added_facts": [
                    added("mara", "parent_of", {"entity": "pip"}, 0),
                    added("pip", "parent_of", {"entity": "mara"}, 0),
                ]
            },
            "KinshipCycle",
            "ancestor",
        ),
        (
            {
                "added_facts": [
                    added("pip", "born", {"number": 400, "unit": "minute"}, 400),
                    added("pip", "knows", {"text": "the tide"}, 100),
                ]
            },
            "SubjectNotYet",
            "Pip",
        ),
    ],
)
def test_an_unsound_amendment_is_refused_in_words_and_nothing_is_written(
    settled: Path, tmp_path: Path, changes: dict[str, Any], error: str, words: str
) -> None:
    before = narrative("canon", "log", "lighthouse", "--json", cwd=settled).json["entries"]
    done = narrative("canon", "amend", amendment(tmp_path, "s01e02", **changes), "--by", "Ines", "--json", cwd=settled)
    assert done.code == 4, done.out + done.err
    assert done.json["error"] == error
    assert words.lower() in done.json["message"].lower()
    assert narrative("canon", "log", "lighthouse", "--json", cwd=settled).json["entries"] == before


def test_a_waiver_needs_a_name_a_reason_and_a_finding(settled: Path) -> None:
    for by, reason, finding in ((" ", "meant", "0" * 16), ("Ines", " ", "0" * 16), ("Ines", "meant", "f" * 16)):
        done = narrative(
            "canon", "waive", "lighthouse/s01e02", finding, "--by", by, "--reason", reason, "--json", cwd=settled
        )
        assert (done.code, done.json["error"]) == (3, "WaiverRefused")
        assert "nothing was recorded" in done.json["message"]
    assert narrative("canon", "log", "lighthouse", "--json", cwd=settled).json["waivers"] == []


def test_a_snapshot_keeps_what_later_changes_do_not_touch(settled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(settled, folder)
    assert narrative("canon", "snapshot", "lighthouse", "pitch", "--by", "Ines", cwd=folder).code == 0
    named = narrative("canon", "show", "lighthouse", "--snapshot", "pitch", "--json", cwd=folder).json
    change = amendment(tmp_path, "s01e01", added_facts=[added("pip", "hair", {"text": "red"}, 10)])
    assert narrative("canon", "amend", change, "--by", "Ines", cwd=folder).code == 0
    assert narrative("canon", "show", "lighthouse", "--snapshot", "pitch", "--json", cwd=folder).json == named
    now = narrative("canon", "show", "lighthouse", "--json", cwd=folder).json
    assert now != named


@pytest.mark.slow
@pytest.mark.parametrize("episodes", [6, pytest.param(24, marks=pytest.mark.soak)])
def test_in_a_season_an_edit_of_one_fact_writes_again_exactly_what_relied_on_it(episodes: int, tmp_path: Path) -> None:
    path = season(tmp_path, episodes)
    first = narrative("write", path, "--json", cwd=tmp_path)
    assert first.code == 0, first.err + first.out
    unrelated = amendment(
        tmp_path,
        "s01e03",
        added_things=[{"thing_id": "ladder", "name": "Ladder"}],
        added_facts=[added("ladder", "state", {"text": "wet"}, 4_000)],
    )
    assert narrative("canon", "amend", unrelated, "--by", "Ines", cwd=tmp_path).code == 0
    untouched = narrative("write", path, "--json", cwd=tmp_path)
    assert not any(written(untouched).values())
    assert all(each["made_again"].keys() <= {"canon"} for each in untouched.json["episodes"])

    canon = narrative("canon", "at", "lighthouse/s01e04", "--json", cwd=tmp_path).json
    fact = next(
        f for f in canon["persistent_states"] if f["predicate"] == "knows" and f["fact_id"].startswith("s01e03")
    )
    related = amendment(tmp_path, "s01e03", removed_facts=[fact])
    assert narrative("canon", "amend", related, "--by", "Ines", cwd=tmp_path).code == 0
    edited = narrative("write", path, "--json", cwd=tmp_path)
    assert edited.code == 0, edited.err + edited.out
    remade = {e["episode"]: e["made_again"] for e in edited.json["episodes"] if "script" in e["made_again"]}
    assert remade and not {"s01e01", "s01e02", "s01e03"} & remade.keys()
    told = [reason for reasons in remade["s01e04"].values() for reason in reasons]
    assert any(fact["object"]["text"][:20] in reason for reason in told), told
