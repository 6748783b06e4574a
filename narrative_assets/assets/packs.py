"""The packs of an episode's characters: built or taken from the store, versioned, and approved where the project asks.

They stand before the render plan: no picture of an episode is made under a pack that waits for a person.
"""

from collections.abc import Mapping

from narrative_assets.assets.sheets import shown_packs
from narrative_assets.assets.stage import Desk
from narrative_assets.assets.waiting import decision_links
from narrative_assets.film.casting import cast_voices
from narrative_assets.media.finding import Finder
from narrative_assets.media.packs import REFERENCE_HEIGHT, build_pack
from narrative_assets.media.pictures import PictureDesk
from narrative_assets.media.ports import Painter
from resources.caches import PictureFolder
from resources.library import FolderLibrary
from resources.packs import PackRegister
from schemas.assets import AssetManifest, CharacterPackNeed
from schemas.canonical import content_hash
from schemas.errors import ApprovalPending, ApprovalRejected, IntegrityError
from schemas.packs import CharacterPack
from schemas.project import Voice
from schemas.script import Script
from schemas.shots import ShotList

CHECKPOINT = "approve_character_packs"
_MAKER = "1"


def packs_in_force(
    desk: Desk,
    voices: Mapping[str, Voice],
    manifest: AssetManifest,
    library: FolderLibrary,
    painter: Painter,
    today: str,
) -> tuple[CharacterPack, ...]:
    """The pack of every character of the manifest, at its version. Raises ApprovalPending for those that wait."""
    register = PackRegister(desk.studio.store)
    pictures = PictureDesk(
        plate=(2, 2),
        heights={},
        least_height=REFERENCE_HEIGHT,
        finder=Finder(library, today=today),
        sink=desk.studio.store.blobs,
        painter=painter,
        cache=PictureFolder(desk.studio.store, fresh=desk.studio.settings.force),
    )
    stand = {"library": library.fingerprint(), "recipe": painter.version, "ended": library.expired(today)}
    packs = tuple(
        register.register(
            desk.project, desk.entry.id, _pack(desk, register, need, voices.get(need.character_id), pictures, stand)
        )
        for need in manifest.character_packs
    )
    _require_approved(desk, packs)
    return packs


def _pack(
    desk: Desk,
    register: PackRegister,
    need: CharacterPackNeed,
    voice: Voice | None,
    pictures: PictureDesk,
    stand: Mapping[str, object],
) -> CharacterPack:
    """The pack as it was built before from the same, else built now."""
    about = {"need": need.model_dump(mode="json"), "voice": voice and voice.model_dump(mode="json")}
    key = content_hash({**stand, **about, "maker": _MAKER})
    kept = None if desk.studio.settings.force else register.kept(key)
    if kept is not None:
        return kept
    pack = build_pack(need, voice, pictures)
    register.keep(key, pack)
    return pack


def unmoved_voices(desk: Desk, shots: ShotList) -> dict[str, Voice]:
    """The voice that each character speaks with when nothing moves them."""
    try:
        return cast_voices(desk.studio.store.load(shots.script_hash, Script), desk.project)
    except IntegrityError:
        return {member.id: member.voice for member in desk.project.cast if member.voice is not None}


def _require_approved(desk: Desk, packs: tuple[CharacterPack, ...]) -> None:
    """Ask for every pack that nobody has approved, show their model sheets, and wait for all of them at once."""
    waiting, rejected = [], []
    for pack in packs:
        try:
            desk.require_approval(CHECKPOINT, content_hash(pack), subject=pack.character_id)
        except ApprovalPending:
            waiting.append(pack)
        except ApprovalRejected as refusal:
            rejected.append(refusal)
    if rejected:
        raise rejected[0]
    if not waiting:
        return
    project, first = desk.project.id, waiting[0].character_id
    named = ", ".join(f"{pack.name} (version {pack.version})" for pack in waiting[:20])
    pending = ApprovalPending(
        f"{project}/{desk.entry.id}: {len(waiting)} character packs wait for a decision: {named}.",
        remedy=f"Look at one with `narrative packs show {project} {first} --sheet {first}.png`, decide with "
        f"`narrative packs approve {project} {first} --by NAME` (or --all), and run again.",
        checkpoint=CHECKPOINT,
        asked=tuple(content_hash(pack) for pack in waiting),
    )
    desk.show({**shown_packs(desk.studio.store, waiting), **decision_links(pending)})
    raise pending
