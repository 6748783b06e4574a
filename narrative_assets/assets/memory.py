"""What the story assets ask of vector memory, where it is configured: earlier episodes in it, and recall of them."""

from narrative_assets.assets.continuity import following
from narrative_assets.assets.stage import Desk
from narrative_assets.writing.recall import Recall
from resources.memory.configured import MemoryRecall, configured_memory
from resources.memory.ingest import ingest_settled


def recall_for(desk: Desk) -> Recall | None:
    """Recall of all that is settled before the episode; None where it is off.

    What memory lacks is taken in first: another machine may have settled it.
    """
    memory = configured_memory(desk.studio.store)
    if memory is None:
        return None
    ingest_settled(desk.studio, memory, desk.project, before=desk.entry.id)
    return MemoryRecall(memory)


def remember(desk: Desk) -> None:
    """Take the settled episode into memory, where it is configured."""
    memory = configured_memory(desk.studio.store)
    if memory is not None:
        ingest_settled(desk.studio, memory, desk.project, before=following(desk.entry.id))
