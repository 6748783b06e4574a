"""Who films what when: shots and their segments shared out among threads, so that no core waits.

A thread stays with its shot while there are others to begin; the last shots are shared segment by segment.
Nothing here touches a byte of the result.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path
from queue import SimpleQueue

from narrative_assets.video.clips import ClipFigures, keep_clip
from narrative_assets.video.encode import Segment, cut_up, encode
from narrative_assets.video.filming import ClipJob, ClipRoom, Shoot
from narrative_assets.video.ports import ClipStore
from schemas.errors import MediaError, NarrativeError, StorageError

Filmed = tuple[str, tuple[Path, ClipFigures]]
"""A job's key with its clip and figures."""


def film(jobs: Sequence[ClipJob], room: ClipRoom, store: ClipStore, pool: Executor, workers: int) -> Iterator[Filmed]:
    """Film ``jobs``, whose keys differ, on ``workers`` threads of ``pool``, from now on.

    Yields each clip as it is stored. Raises what the first failure raised, an error that names the shot where the
    disk or the codec failed.
    """
    board = _Board(jobs, room, store)
    for _ in range(max(1, workers) if jobs else 0):
        pool.submit(board.work)
    return _finished(board, len(jobs))


def _finished(board: _Board, jobs: int) -> Iterator[Filmed]:
    for _ in range(jobs):
        done = board.done.get()
        if isinstance(done, BaseException):
            raise done
        yield done


class _Take:
    """A shot being filmed: its segments, which of them are taken up, which are there."""

    def __init__(self, job: ClipJob) -> None:
        self.job = job
        self.cuts = cut_up(job.shot.duration_frames)
        self.segments: list[Segment | None] = [None] * len(self.cuts)
        self.begun = self.finished = 0
        self.shoot: Shoot | None = None


class _Board:
    """What is still to be filmed. ``done`` receives finished clips and failures."""

    def __init__(self, jobs: Sequence[ClipJob], room: ClipRoom, store: ClipStore) -> None:
        self.done: SimpleQueue[Filmed | BaseException] = SimpleQueue()
        self._waiting = deque(jobs)
        self._open: list[_Take] = []
        self._room, self._store = room, store
        self._turn = threading.Condition()
        self._failed = False

    def work(self) -> None:
        """Film until nothing is left to take up."""
        take: _Take | None = None
        try:
            while True:
                take, index = self._next(take)
                if take is None:
                    return
                if index is None or take.shoot is None:
                    self._prepare(take)
                else:
                    self._segment(take, take.shoot, index)
        except BaseException as error:
            with self._turn:
                self._failed = True
                self._turn.notify_all()
            self.done.put(_named(error, take))

    def _next(self, own: _Take | None) -> tuple[_Take | None, int | None]:
        """The next piece of work: a segment of the own shot, else a new shot, else a segment of another's."""
        with self._turn:
            while not self._failed and not self._room.halt.is_set():
                if own is not None and own.shoot is not None and own.begun < len(own.cuts):
                    return own, self._begin(own)
                if self._waiting:
                    self._open.append(_Take(self._waiting.popleft()))
                    return self._open[-1], None
                ready = [take for take in self._open if take.begun < len(take.cuts)]
                if not ready:
                    break
                shared = next((take for take in ready if take.shoot is not None), None)
                if shared is not None:
                    return shared, self._begin(shared)
                self._turn.wait()
            return None, None

    def _begin(self, take: _Take) -> int:
        take.begun += 1
        return take.begun - 1

    def _prepare(self, take: _Take) -> None:
        shoot = Shoot(take.job, self._room)
        with self._turn:
            take.shoot = shoot
            self._turn.notify_all()

    def _segment(self, take: _Take, shoot: Shoot, index: int) -> None:
        first, end = take.cuts[index]
        take.segments[index] = encode(
            self._room.encoding,
            end - first,
            lambda frame, out: shoot.draw(first + frame, out),
            lambda frame: shoot.repeats(first + frame),
        )
        with self._turn:
            take.finished += 1
            if take.finished < len(take.cuts):
                return
            self._open.remove(take)
            take.shoot = None
        segments = [segment for segment in take.segments if segment is not None]
        self.done.put((take.job.key, keep_clip(take.job, self._room, segments, shoot.thumbnail, self._store)))


def _named(error: BaseException, take: _Take | None) -> BaseException:
    """A failure of the disk or of a codec as an error that names the shot; others as they are."""
    if take is None or isinstance(error, NarrativeError) or not isinstance(error, (OSError, ValueError)):
        return error
    kind = StorageError if isinstance(error, OSError) else MediaError
    named = kind(
        f"Shot {take.job.shot.shot_id} could not be rendered: {error}.",
        remedy="Check free disk space, then render again; finished shots are kept.",
    )
    named.__cause__ = error
    return named
