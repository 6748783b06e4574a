"""Content credentials: signed offline, verified by the library, broken by any changed byte."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from narrative_assets.video.encode import elementary_hash
from resources.credentials import manifest_of, sign_video, source_type, verify_video
from resources.signing import Signer, own_signer, signer_from
from schemas.errors import InputError, IntegrityError, MediaError
from schemas.project import RenderProfile
from schemas.render import RenderOutput, RenderPlan, ResolvedAsset, Rights
from tests.unit.video.episode_kit import Stage, shot, shot_list


class Film:
    """A short rendered episode in a folder, and what it was rendered from."""

    def __init__(self, folder: Path) -> None:
        stage = Stage(folder / "stage", RenderProfile(id="tiny", width=64, height=64))
        shots = shot_list([shot(1, 6), shot(2, 6)])
        self.plan: RenderPlan = stage.plan(shots)[1]
        self.output: RenderOutput = stage.render(shots, workers=1)[0]
        self.video = stage.blobs.path(self.output.video)
        self.signer = own_signer(folder / "keys")
        self.signed = folder / "signed.mp4"
        sign_video(self.video, self.signed, self.output, self.plan, "The Long Night", self.signer)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    return Film(tmp_path_factory.mktemp("film"))


def test_the_signed_copy_says_what_it_is_and_from_which_file_it_was_made(film: Film) -> None:
    found = verify_video(film.signed)
    assert found.state == "valid"
    assert found.unsigned_sha256 == film.output.video.sha256
    assert found.unsigned_sha256 == hashlib.sha256(film.video.read_bytes()).hexdigest()
    assert found.title == "The Long Night"
    assert found.software.startswith("narrative-assets ")
    assert found.source_type == "algorithmicMedia"
    assert found.lineage["render_plan_hash"] == film.output.render_plan_hash
    assert found.rights["assets"] == [
        {
            "licence": "CC0-1.0",
            "provider_or_model": "",
            "attribution": "",
            "purchase_record": "",
            "source": "generated_local",
            "assets": len(film.plan.assets),
        }
    ]


def test_signing_leaves_picture_and_sound_as_they_were(film: Film) -> None:
    assert elementary_hash(film.signed) == film.output.video_stream_hash
    assert film.video.stat().st_size < film.signed.stat().st_size


def test_only_a_root_that_is_trusted_makes_the_signer_known(film: Film) -> None:
    root = film.signer.certificates[film.signer.certificates.rindex(b"-----BEGIN") :]
    assert verify_video(film.signed, anchors=root).state == "trusted"


@pytest.mark.parametrize("box", [b"moov", b"mdat"])
@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 0.999])
def test_a_flipped_byte_of_the_film_breaks_the_credentials(
    film: Film, tmp_path: Path, box: bytes, share: float
) -> None:
    data = bytearray(film.signed.read_bytes())
    start, size = boxes(data)[box]
    data[start + 8 + int((size - 8) * share)] ^= 1
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    with pytest.raises(IntegrityError, match="changed after signing"):
        verify_video(broken)


@pytest.mark.parametrize("said", [b"algorithmicMedia", b"CC0-1.0", b"local signer"])
def test_a_changed_word_of_the_credentials_breaks_them(film: Film, tmp_path: Path, said: bytes) -> None:
    data = film.signed.read_bytes()
    assert said in data
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data.replace(said, said[:-1] + b"X"))
    with pytest.raises(IntegrityError, match="changed after signing"):
        verify_video(broken)


def boxes(data: bytes) -> dict[bytes, tuple[int, int]]:
    """Offset and size of each top-level box of an mp4."""
    found, offset = {}, 0
    while offset < len(data):
        size = int.from_bytes(data[offset : offset + 4], "big")
        found[bytes(data[offset + 4 : offset + 8])] = (offset, size)
        offset += size
    return found


def test_frames_cut_from_the_end_break_the_credentials(film: Film, tmp_path: Path) -> None:
    short = tmp_path / "short.mp4"
    short.write_bytes(film.signed.read_bytes()[:-500])
    with pytest.raises(IntegrityError):
        verify_video(short)


def test_a_file_without_credentials_is_told_apart_from_a_broken_one(film: Film, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="carries no content credentials"):
        verify_video(film.video)
    with pytest.raises(InputError, match="There is no file"):
        verify_video(tmp_path / "none.mp4")
    nonsense = tmp_path / "nonsense.mp4"
    nonsense.write_bytes(b"no film at all")
    with pytest.raises((InputError, IntegrityError)):
        verify_video(nonsense)


def test_another_file_is_never_signed_as_the_rendered_one(film: Film, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(film.video.read_bytes() + b"\0")
    with pytest.raises(IntegrityError, match="is not the video that was rendered"):
        sign_video(other, tmp_path / "out.mp4", film.output, film.plan, "x", film.signer)
    assert not list(tmp_path.glob("*out.mp4"))


def test_the_own_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    first = own_signer(tmp_path / "keys")
    assert own_signer(tmp_path / "keys") == first
    assert first.self_made
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys" / "key.pem").stat().st_mode) == 0o600
    assert first.key.decode().splitlines()[1] not in repr(first)


def test_a_key_that_is_not_the_certificates_is_refused_in_words(film: Film, tmp_path: Path) -> None:
    mixed = Signer(film.signer.certificates, own_signer(tmp_path / "other").key)
    with pytest.raises((MediaError, IntegrityError)):
        sign_video(film.video, tmp_path / "out.mp4", film.output, film.plan, "x", mixed)
    assert not (tmp_path / "out.mp4").exists()
    with pytest.raises(InputError, match="signing key cannot be read"):
        sign_video(film.video, tmp_path / "out.mp4", film.output, film.plan, "x", Signer(b"", b"no key"))


def test_a_pair_of_files_signs_too(film: Film, tmp_path: Path) -> None:
    (tmp_path / "chain.pem").write_bytes(film.signer.certificates)
    (tmp_path / "key.pem").write_bytes(film.signer.key)
    given = signer_from(tmp_path / "chain.pem", tmp_path / "key.pem")
    assert not given.self_made
    sign_video(film.video, tmp_path / "out.mp4", film.output, film.plan, "x", given)
    assert verify_video(tmp_path / "out.mp4").signed_by == "narrative-assets local signer"


def test_the_kind_of_source_follows_the_assets(film: Film) -> None:
    def plan(**changes: str) -> RenderPlan:
        asset = film.plan.assets[0]
        assert isinstance(asset, ResolvedAsset)
        return film.plan.model_copy(update={"assets": (asset.model_copy(update=changes),)})

    assert source_type(plan()) == "algorithmicMedia"
    assert source_type(plan(source="library")) == "compositeSynthetic"
    assert source_type(plan(source="generated_external")) == "compositeWithTrainedAlgorithmicMedia"


def test_every_licence_is_in_what_is_signed(film: Film) -> None:
    bought = film.plan.assets[0].model_copy(
        update={"source": "library", "rights": Rights(license_type="commercial_licensed", purchase_record="INV-7")}
    )
    plan = film.plan.model_copy(update={"assets": (*film.plan.assets, bought), "attributions": ("By nobody",)})
    rights = manifest_of(film.output, plan, "x")["assertions"][2]["data"]
    assert rights["attributions"] == ["By nobody"]
    assert {(each["licence"], each["purchase_record"]) for each in rights["assets"]} == {
        ("CC0-1.0", ""),
        ("commercial_licensed", "INV-7"),
    }
