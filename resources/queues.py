"""The four queues by what their workers have, and which of them each stage of the pipeline needs.

On one machine they are Dagster's pools; across machines they are Celery's queues, and a whole run goes to one.
"""

from __future__ import annotations

from collections.abc import Collection

CPU = "cpu_queue"
"""Processors: planning of shots, checks, rendering."""
LOCAL_AI = "local_ai_queue"
"""A local model, or what stands in for it: writing."""
MEDIA = "media_queue"
"""Network and disk: finding, drawing and keeping pictures and sounds."""
EXTERNAL_AI = "external_ai_queue"
"""Providers outside, which cost money and have limits of their own."""

QUEUES = (EXTERNAL_AI, CPU, MEDIA, LOCAL_AI)
"""The scarcest first."""

QUEUE_OF = {
    "story_arc": LOCAL_AI,
    "episode_plan": LOCAL_AI,
    "script": LOCAL_AI,
    "canon_diff": LOCAL_AI,
    "canon": LOCAL_AI,
    "episode": LOCAL_AI,
    "shot_list": CPU,
    "asset_manifest": MEDIA,
    "render_plan": MEDIA,
    "render_output": CPU,
    "publish_record": MEDIA,
}
"""Stage to queue."""


def queue_of(stages: Collection[str]) -> str:
    """The queue of a run of these stages: the scarcest that one of them needs. What is no stage needs little."""
    needed = {QUEUE_OF.get(stage, MEDIA) for stage in stages}
    return next((queue for queue in QUEUES if queue in needed), MEDIA)
