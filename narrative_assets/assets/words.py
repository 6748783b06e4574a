"""Who worded a script's lines, as the run summary and the UI tell it."""

from collections.abc import Mapping
from typing import Any

from narrative_assets.writing.language import Reworded
from schemas.run import ModelUse

_LONGEST = 500


def model_use(made: Reworded, why: tuple[str, ...]) -> ModelUse:
    """What a script had of language models; ``why`` says why those who answered did."""
    usage = made.usage
    return ModelUse(
        backends=tuple(name[:300] for name in usage.backends[:20]),
        why=why[:100],
        answers=usage.answers,
        prompt_tokens=usage.prompt_tokens,
        tokens=usage.tokens,
        refusals=tuple(f"{each.part}: {each.reason}: {each.detail}"[:_LONGEST] for each in made.refusals[:200]),
    )


def shown(use: ModelUse | None) -> Mapping[str, Any]:
    """What a person sees of it beside the script; nothing where no model is configured or a stored script is used."""
    if use is None:
        return {}
    return {
        "worded_by": "; ".join(use.backends) or "the templates",
        "worded_because": "; ".join(use.why) or "no backend answered",
        "model_tokens": use.prompt_tokens + use.tokens,
        "scenes_kept_as_written": len(use.refusals),
    }
