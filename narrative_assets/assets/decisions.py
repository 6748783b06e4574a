"""The ``decide`` job: a person's decision at a checkpoint, taken in the UI and bound to exact content hashes."""

from enum import Enum
from urllib.parse import quote

from dagster import Config, Failure, OpExecutionContext, ResourceParam, job, op
from pydantic import Field

from resources.approvals import Approvals
from resources.registry import ArtifactStore
from schemas.errors import NarrativeError

JOB = "decide"
LOCATION = "narrative_assets.definitions"


class Checkpoint(Enum):
    """Where the pipeline may ask a person."""

    approve_canon_diff = "approve_canon_diff"
    approve_character_packs = "approve_character_packs"
    approve_shotlist_timing_lock = "approve_shotlist_timing_lock"
    approve_external_spend = "approve_external_spend"


class Verdict(Enum):
    """What was decided."""

    approved = "approved"
    rejected = "rejected"


class DecisionForm(Config):
    """A decision at a checkpoint."""

    checkpoint: Checkpoint = Field(description="What kind of decision it is.")
    content_hashes: list[str] = Field(description="What is decided on: the hashes that the waiting run named.")
    decision: Verdict = Field(default=Verdict.approved, description="approved or rejected.")
    by: str = Field(description="Your name. It is kept with the decision.")
    notes: str = Field(default="", description="Why.")


@op(description="Keep a person's decision. What waits for it goes on by itself within seconds.")
def record_decision(context: OpExecutionContext, config: DecisionForm, store: ResourceParam[ArtifactStore]) -> None:
    """Record the decision on each content, or none and say why."""
    approvals = Approvals(store)
    try:
        made = approvals.decide_all(
            config.checkpoint.value, config.content_hashes, config.decision.value, config.by, config.notes
        )
    except NarrativeError as error:
        raise Failure(description=str(error), allow_retries=False) from error
    for each in made:
        context.log.info(f"{each.decision.capitalize()} by {each.approver}: {each.checkpoint} {each.content_hash[:12]}")


@job(
    name=JOB,
    tags={"dagster/priority": "10"},
    description="Approve or reject what waits for a person. Opened, filled in, from what waits.",
)
def decide() -> None:
    """One decision."""
    record_decision()


def decision_form(checkpoint: str, content_hashes: tuple[str, ...]) -> str:
    """The address, within the UI, of the job's form, filled in but for the name."""
    hashes = "".join(f"\n        - {digest}" for digest in content_hashes)
    config = (
        "ops:\n  record_decision:\n    config:\n"
        f"      checkpoint: {checkpoint}\n      content_hashes:{hashes}\n"
        '      decision: approved\n      by: ""\n      notes: ""\n'
    )
    return f"/locations/{LOCATION}/jobs/{JOB}/playground/setup?config={quote(config)}"
