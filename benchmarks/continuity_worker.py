"""One measurement of continuity in a process of its own: ``continuity_worker WHAT DATABASE NUMBER``; prints JSON.

WHAT: ``fill`` a database with NUMBER facts; ``gate`` an episode on its part of canon, ``full`` on all of canon,
``replay`` on a canon folded from the log; ``season`` of NUMBER episodes.
"""

from __future__ import annotations

import gc
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from benchmarks.continuity_season import PER_DIFF, crowd, episode, project
from narrative_assets.canon import canon_as_of, judge, propose_diff, rules_of
from resources.canon_store import CanonStore
from resources.database import open_database
from schemas.canon import Canon
from schemas.canonical import content_hash

REPEATS = 5


def main() -> None:
    what, url, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    store = CanonStore(open_database(url), "bench")
    before = _memory()
    found = {"fill": fill, "gate": gate, "full": full, "replay": replay, "season": season}[what](store, number)
    print(json.dumps({**found, "start_mb": before, "peak_mb": _memory()}))


def fill(store: CanonStore, facts: int) -> dict[str, Any]:
    """Approve the crowd's diffs."""
    seconds = 0.0
    for diff in crowd(facts):
        digest = content_hash(diff)
        start = time.perf_counter()
        store.append(project(), diff, digest, approver="bench")
        seconds += time.perf_counter() - start
    return {"append_seconds": seconds}


def gate(store: CanonStore, facts: int) -> dict[str, Any]:
    """Ask for the part of canon that bears on an episode, and judge."""
    script, of = _next(facts), project()
    return _judged(lambda: store.scoped(of, script, script.episode_id), facts, REPEATS)


def full(store: CanonStore, facts: int) -> dict[str, Any]:
    """Read all of canon as of the episode from the projection, and judge."""
    script, of = _next(facts), project()
    return _judged(lambda: store.canon(of, script.episode_id), facts, 1)


def replay(store: CanonStore, facts: int) -> dict[str, Any]:
    """Read every diff back from the log, fold them, and judge."""
    script, of = _next(facts), project()

    def folded() -> Canon:
        diffs = [store.diff(digest) for hashes in store.standing(of.id).values() for digest in hashes]
        return canon_as_of(of, diffs, script.episode_id)

    return _judged(folded, facts, 1)


def season(store: CanonStore, episodes: int) -> dict[str, Any]:
    """Processor seconds of context, gate and approval of each episode of a season, each on what came before."""
    of, rows = project(), []
    heroes = [member.id for member in of.cast]
    store.relevant(of, episode(1).episode_id, heroes)
    # What is imported stays: else every fifth episode pays for a sweep through all of it, and hides what it costs.
    gc.freeze()
    for number in range(1, episodes + 1):
        script = episode(number)
        marks = [time.process_time()]
        store.relevant(of, script.episode_id, heroes)
        marks.append(time.process_time())
        part = store.scoped(of, script, script.episode_id)
        diff = propose_diff(part, script, "0" * 64, "0" * 64, rules=rules_of(of))
        marks.append(time.process_time())
        store.append(of, diff, content_hash(diff), approver="bench", expected=number - 1)
        marks.append(time.process_time())
        rows.append([later - earlier for earlier, later in pairwise(marks)])
    blocks = sum(judgement.severity == "block" for judgement in diff.validation.judgements)
    return {"rows": rows, "facts": len(store.canon(of, "s02e01").persistent_states), "blocks": blocks}


def _next(facts: int) -> Any:
    """The episode after those that filled the database."""
    return episode(-(-facts // PER_DIFF) + 1)


def _judged(canon: Callable[[], Canon], facts: int, repeats: int) -> dict[str, Any]:
    script, rules = _next(facts), rules_of(project())
    read, judged, worked = [], [], []
    for _ in range(repeats + (repeats > 1)):
        start, begun = time.perf_counter(), time.process_time()
        part = canon()
        middle = time.perf_counter()
        found = judge(part, script, "0" * 64, rules=rules)
        read.append(middle - start)
        judged.append(time.perf_counter() - middle)
        worked.append(time.process_time() - begun)
    both = [one + other for one, other in zip(read, judged, strict=True)]
    warm = slice(1, None) if repeats > 1 else slice(None)
    return {
        "first": both[0],
        "read": statistics.median(read[warm]),
        "judge": statistics.median(judged[warm]),
        "processor": statistics.median(worked[warm]),
        "both": statistics.median(both[warm]),
        "facts": len(part.persistent_states),
        "claims": found.claims_checked,
        "judgements": content_hash(found),
    }


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    main()
