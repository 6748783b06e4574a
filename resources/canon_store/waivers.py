"""Waivers on record. They are only ever added; each says itself up to which episode it holds."""

from __future__ import annotations

import re

from sqlalchemy import Connection, and_, insert, select

from resources.canon_store.log import Head
from resources.registry import now
from resources.tables import CanonWaiverRow
from schemas.canon import Waiver
from schemas.errors import WaiverRefused

_Row = CanonWaiverRow.__table__.c


def require_whole(waiver: Waiver) -> None:
    """Raises WaiverRefused for a waiver without a reason, a name, a finding or an expiry."""
    lacking = [
        what
        for what, found in (
            ("a reason", waiver.reason.strip()),
            ("the name of who gives it", waiver.name.strip()),
            ("the finding it waives, 16 hex digits", re.fullmatch(r"[0-9a-f]{16}", waiver.finding_id)),
            ("the episode it expires after", re.fullmatch(r"s[0-9]{2}e[0-9]{2,3}", waiver.expires_after)),
        )
        if not found
    ]
    if lacking:
        raise WaiverRefused(
            f"The waiver of {waiver.code!r} lacks {', '.join(lacking)}.", remedy="Give what is missing."
        )


class Waivers:
    """The waivers of one project, inside the caller's transaction."""

    def __init__(self, connection: Connection, tenant: str, head: Head) -> None:
        self._connection = connection
        self._tenant = tenant
        self._series = head.series
        self._own = and_(_Row.tenant == tenant, _Row.series == head.series)

    def add(self, waiver: Waiver) -> None:
        """Put a waiver on record; one that stands there already is not repeated."""
        require_whole(waiver)
        if waiver in self.all():
            return
        values = {
            "tenant": self._tenant, "series": self._series, "document": waiver.model_dump_json(), "recorded_at": now()
        }  # fmt: skip
        self._connection.execute(insert(CanonWaiverRow), values)

    def all(self) -> tuple[Waiver, ...]:
        """Every waiver, in the order they were given."""
        query = select(_Row.document).where(self._own).order_by(_Row.id)
        return tuple(Waiver.model_validate_json(document) for document in self._connection.scalars(query))
