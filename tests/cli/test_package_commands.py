"""The Video Engine as a product of its own: it renders a package where nothing of the story can be imported."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from narrative_assets.video.toolchain import find_toolchain
from resources.callbacks import sender
from resources.package_report import public_url
from resources.packages import RenderService
from resources.registry import ArtifactStore, Production
from schemas.canonical import content_hash
from schemas.errors import InputError, TenantRefused
from schemas.package import RenderPackageRequest, RenderPackageResponse
from schemas.reading import read_file
from tests.fakes.terminal import narrative
from tests.unit.video.episode_kit import Stage, line, shot, shot_list

STORY = ("canon", "writing", "film", "media", "safety", "handoff", "assets", "checks", "definitions", "partitions")
ALONE = f"""
import sys
STORY = tuple("narrative_assets." + name for name in {STORY!r})

class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("dagster", "dagster_shared") or name.startswith(STORY):
            raise ImportError(name + " is not installed here")

sys.meta_path.insert(0, Refused())
from narrative_assets.cli import main
main()
"""


def rendered_from(folder: Path) -> dict[str, Any]:
    """A request for what the finished episode was rendered from, by address."""
    rendered = json.loads((folder / "artifacts/local/ferry/s01e01/preview_local/RenderOutput.json").read_text())
    names = {"shotlist_ref": "shot_list", "asset_manifest_ref": "asset_manifest", "render_plan_ref": "render_plan"}
    return request(**{name: f"blob:sha256:{rendered[hashed + '_hash']}" for name, hashed in names.items()})


def request(key: str = "an-idempotency-key", **inputs: Any) -> dict[str, Any]:
    return {
        "kind": "RenderPackageRequest",
        "schema_version": "1.0.0",
        "request_id": "7f1f7a52-5d0c-4d0e-9d6c-2f4f1f6f0a11",
        "idempotency_key": key,
        "tenant_id": "local",
        "render_profile": "preview_local",
        "inputs": inputs,
        "desired_outputs": ["video", "captions", "audio_stems", "run_summary"],
        "logging_options": {"trace_level": "error"},
    }


def written(folder: Path, document: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "package.json"
    path.write_text(json.dumps(document))
    return path


@pytest.mark.slow
def test_a_package_renders_the_same_film_with_nothing_of_the_story_installed(ferry: Path, tmp_path: Path) -> None:
    package = written(tmp_path, rendered_from(ferry))
    out = tmp_path / "out"
    done = narrative("render-package", package, "--out", out, "--json", cwd=ferry, launcher=("-c", ALONE))
    assert done.code == 0, done.out + done.err
    response = RenderPackageResponse.model_validate_json(done.out)
    assert response == read_file(out / "response.json", RenderPackageResponse)
    assert response.status == "degraded"
    assert {error.code for error in response.errors} <= {"placeholder", "quality_gate"}
    folder = ferry / "artifacts/local/ferry/s01e01/preview_local"
    assert (out / "video.mp4").read_bytes() == (folder / "episode.mp4").read_bytes()
    rendered = json.loads((folder / "RenderOutput.json").read_text())
    assert response.lineage_hashes["video_stream"] == rendered["video_stream_hash"]
    assert response.lineage_hashes["ShotList"] == rendered["shot_list_hash"]
    assert response.artifact_uris["video"] == rendered["video"]["uri"]
    assert {name for name in response.artifact_uris if name.startswith("audio_stems-")} == {
        f"audio_stems-{stem['name']}" for stem in rendered["stems"]
    }
    assert response.run_summary is not None
    assert [stage.stage for stage in response.run_summary.stages] == ["inputs", "render_output"]
    assert (out / "run_summary.json").is_file()

    other = {**rendered_from(ferry), "request_id": "11111111-5d0c-4d0e-9d6c-2f4f1f6f0a11"}
    again = narrative("render-package", written(tmp_path, other), "--json", cwd=ferry, launcher=("-c", ALONE))
    assert again.code == 0, again.err
    replayed = RenderPackageResponse.model_validate_json(again.out)
    assert str(replayed.request_id) == other["request_id"]
    assert replayed == response.model_copy(update={"request_id": replayed.request_id})

    changed = written(tmp_path, {**rendered_from(ferry), "desired_outputs": ["video"]})
    refused = narrative("render-package", changed, "--json", cwd=ferry, launcher=("-c", ALONE))
    assert refused.code == 3
    assert "was used for another request" in refused.json["message"]


@pytest.mark.slow
def test_errors_are_typed_and_in_the_response(tmp_path: Path) -> None:
    missing = {f"{name}_ref": f"blob:sha256:{number:064x}" for number, name in
               enumerate(("shotlist", "asset_manifest", "render_plan"))}  # fmt: skip
    done = narrative("render-package", written(tmp_path, request(**missing)), "--json", cwd=tmp_path)
    assert done.code == 9
    (error,) = done.json["errors"]
    assert done.json["status"] == "failed"
    assert (error["code"], error["stage"], error["recoverable"]) == ("integrity_error", "inputs", True)
    prose = written(tmp_path, request(shotlist_ref="a night at sea", asset_manifest_ref="x", render_plan_ref="y"))
    refused = narrative("render-package", prose, "--json", cwd=tmp_path)
    assert refused.code == 3
    assert refused.json["error"] == "ContractError"
    assert "Traceback" not in refused.err
    tenant = narrative("render-package", written(tmp_path, request(**missing)), cwd=tmp_path, NARRATIVE_TENANT="b")
    assert tenant.code == 14


class Package:
    """Two short shots as a package, and a service that renders them."""

    def __init__(self, folder: Path) -> None:
        self.store = ArtifactStore(folder / "artifacts")
        self.service = RenderService(self.store, find_toolchain(), workers=1)
        stage = Stage(folder / "stage")
        stage.blobs = self.store.blobs  # type: ignore[assignment]
        shots = shot_list([shot(1, 8), shot(2, 8)], [line(1, 2, 10)])
        manifest, plan = stage.plan(shots)
        self.shots = shots
        self.manifest = manifest.model_copy(update={"shot_list_hash": content_hash(shots)})
        hashes = {"shot_list_hash": content_hash(shots), "asset_manifest_hash": content_hash(self.manifest)}
        self.plan = plan.model_copy(update=hashes)

    def request(self, key: str = "first-key", **changes: Any) -> RenderPackageRequest:
        inputs = {"shotlist_ref": self.shots, "asset_manifest_ref": self.manifest, "render_plan_ref": self.plan}
        plain = {name: value.model_dump(mode="json") for name, value in inputs.items()}
        document = {**request(key, **plain), "render_profile": "tiny", **changes}
        return RenderPackageRequest.model_validate(document)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return Package(tmp_path_factory.mktemp("package"))


def test_inline_inputs_are_rendered_once_for_each_key(package: Package) -> None:
    first = package.service.render(package.request())
    assert first.status in ("completed", "degraded"), first.errors
    assert first.run_summary is not None
    rendered = first.run_summary.stages[1]
    assert (rendered.units, rendered.cache_hit) == (2, False)
    assert package.service.render(package.request()) == first
    other = package.service.render(package.request("second-key"))
    assert other.run_summary is not None
    assert other.run_summary.stages[1].cache_hit
    assert other.artifact_uris["video"] == first.artifact_uris["video"]


def test_only_the_outputs_asked_for_are_named(package: Package) -> None:
    response = package.service.render(package.request("captions-only", desired_outputs=["captions"]))
    assert response.artifact_uris
    assert all(name.startswith("captions-") for name in response.artifact_uris)


def test_a_stored_answer_whose_files_are_gone_is_made_again(package: Package) -> None:
    first = package.service.render(package.request("will-be-lost"))
    package.store.blobs.path(first.artifact_uris["video"][-64:]).unlink()
    again = package.service.render(package.request("will-be-lost"))
    assert again.artifact_uris["video"] == first.artifact_uris["video"]
    assert package.store.blobs.intact(again.artifact_uris["video"][-64:])


def test_another_tenant_is_refused_and_sees_no_bytes(package: Package) -> None:
    with pytest.raises(TenantRefused):
        package.service.render(package.request(tenant_id="other"))
    digest = package.store.save(package.shots, _production())
    other = ArtifactStore(package.store.root, tenant="other")
    inputs = {"shotlist_ref": f"blob:sha256:{digest}", "asset_manifest_ref": f"blob:sha256:{digest}",
              "render_plan_ref": f"blob:sha256:{digest}"}  # fmt: skip
    asked = RenderPackageRequest.model_validate({**request(**inputs), "tenant_id": "other"})
    response = RenderService(other, find_toolchain()).render(asked)
    assert (response.status, response.errors[0].code) == ("failed", "integrity_error")


def _production() -> Any:
    return Production("harbour", "s01e02", "f" * 64, "1")


def test_one_key_is_one_request(package: Package) -> None:
    package.service.render(package.request("used-twice"))
    with pytest.raises(InputError, match="used for another request"):
        package.service.render(package.request("used-twice", desired_outputs=["video"]))


def test_inputs_of_different_films_are_not_mixed(package: Package) -> None:
    strange = package.plan.model_copy(update={"asset_manifest_hash": "1" * 64})
    mixed = package.request("mixed-inputs").inputs.model_copy(update={"render_plan_ref": strange})
    response = package.service.render(package.request("mixed-inputs").model_copy(update={"inputs": mixed}))
    assert response.status == "failed"
    (error,) = response.errors
    assert (error.code, error.recoverable) == ("input_error", False)
    assert "was made for" in error.message
    assert response.artifact_uris == {}


def test_a_failure_that_may_pass_is_not_remembered(package: Package) -> None:
    picture = package.plan.assets[0].blob  # type: ignore[union-attr]
    assert picture is not None
    path = package.store.blobs.path(picture.sha256)
    data = path.read_bytes()
    profile = package.plan.profile.model_copy(update={"width": 200})
    plan = package.plan.model_copy(update={"profile": profile})
    asked = package.request("comes-back")
    asked = asked.model_copy(update={"inputs": asked.inputs.model_copy(update={"render_plan_ref": plan})})
    path.unlink()
    failed = package.service.render(asked)
    assert (failed.status, failed.errors[0].recoverable) == ("failed", True)
    assert failed.run_summary is not None and failed.run_summary.errors
    path.write_bytes(data)
    assert package.service.render(asked).status != "failed"


class Listener(BaseHTTPRequestHandler):
    heard: list[dict[str, Any]] = []

    def do_POST(self) -> None:
        self.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(302 if self.path == "/moved" else 204)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


def test_callbacks_are_told_only_where_the_configuration_allows_it(package: Package) -> None:
    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    urls = [f"{here}/done?token=secret", f"{here}/moved", "https://example.org/hook?token=secret"]
    silent = package.service.render(package.request("calls-nobody", callbacks=urls))
    assert [told.sent for told in silent.callbacks] == [False] * 3
    assert not Listener.heard
    assert "secret" not in silent.model_dump_json()
    allowing = RenderService(package.store, find_toolchain(), send=sender(["127.0.0.1"]))
    response = allowing.render(package.request("calls-here", callbacks=urls))
    assert [(told.sent, told.reason) for told in response.callbacks] == [
        (True, "answered 204"),
        (False, "answered 302"),
        (False, "the host 'example.org' is not allowed by the configuration"),
    ]
    assert [heard["request_id"] for heard in Listener.heard] == [str(response.request_id)] * 2
    allowing.render(package.request("calls-here", callbacks=urls))
    assert len(Listener.heard) == 2
    server.shutdown()


def test_addresses_are_shown_without_what_may_be_secret() -> None:
    named = "me:pw"
    assert public_url(f"https://{named}@host:8/a/b?key=1#x") == "https://host:8/a/b"
    assert not sender(["host"])("http://host/x", b"{}").sent
    assert "password" in sender(["host"])(f"https://{named}@host/x", b"{}").reason
    assert sender(["host"])("http://[broken", b"{}").reason == "the address cannot be read"
