"""The canon store: what is true of a series, changed only by approved diffs and read as of any episode."""

from resources.canon_store.log import LogEntry
from resources.canon_store.snapshots import Snapshot
from resources.canon_store.store import CanonStore

__all__ = ["CanonStore", "LogEntry", "Snapshot"]
