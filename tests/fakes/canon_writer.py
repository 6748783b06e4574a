"""A writer of canon in a process of its own: ``python -m tests.fakes.canon_writer URL WRITER DIFFS``.

It approves its diffs one by one, each judged against the head it has read, and reads again where canon has moved.
It prints the (position, hash) pairs it was given.
"""

from __future__ import annotations

import json
import random
import sys
import time

from resources.canon_store import CanonStore
from resources.database import open_database
from schemas.canon import CanonDiff
from schemas.canonical import content_hash
from schemas.errors import CanonMoved
from tests.fakes.canon_diffs import amendment, diff, fact, project


def writes(writer: int, number: int, head: int) -> CanonDiff:
    """A writer's diff on the head it has read: of the next episode, and every fourth time an amendment of the last."""
    amends = number % 4 == 3 and head > 0
    place = head - amends
    episode = f"s{1 + place // 500:02d}e{1 + place % 500:03d}"
    told = fact(episode, "mara", "knows", f"secret {writer}.{number}", 10 * number)
    return amendment(episode, told) if amends else diff(episode, told)


def main() -> None:
    url, writer, number = sys.argv[1], *map(int, sys.argv[2:4])
    store, given = CanonStore(open_database(url), "studio"), project()
    won: list[tuple[int, str]] = []
    moved, dice = 0, random.Random(writer)
    for each in range(number):
        while True:
            head = store.head(given.id)
            proposed = writes(writer, each, head)
            digest = content_hash(proposed)
            try:
                entry = store.append(given, proposed, digest, approver=f"Writer {writer}", expected=head)
            except CanonMoved:
                moved += 1
                time.sleep(0.05 * dice.random())
                continue
            assert entry is not None
            won.append((entry.position, digest))
            break
    print(json.dumps({"won": won, "moved": moved}))


if __name__ == "__main__":
    main()
