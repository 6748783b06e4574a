"""Checks of models: which runtimes there are, whether the inventory can be read, what a run will use for each task,
and who collects the figures.
"""

from __future__ import annotations

from collections.abc import Mapping

from resources.checkup.findings import Finding, not_run, ok, warning
from resources.checkup.surroundings import Surroundings
from resources.inference.configured import configured_wording
from resources.inference.configured_media import configured_plates, configured_speech
from resources.inference.preflight import WITHOUT, Plan, Preflight
from resources.inventory.folder import InventoryFolder
from resources.memory.configured import configured_embedding
from resources.metering.configured import CHOICE, configured_metrics


def runtimes(found: Preflight) -> Finding:
    """What could run models here; none at all is no fault."""
    said = "; ".join(f"{each.name}: {each.detail}" for each in found.capabilities)
    lost = [each for each in found.capabilities if not each.available and "cannot be reached" in each.detail]
    if lost:
        return warning(f"{said}.", "Start that server, or unset its address: without it the task falls back.")
    return ok(f"{said}.")


def inventory(folder: InventoryFolder) -> Finding:
    """Whether every record can be read; the files themselves are for `narrative models verify`."""
    models = folder.inventory().models
    if not models:
        return not_run("There are no models.", "None is needed; `narrative models add` takes one in.")
    refused = [model.model_id for model in models if not all(verdict.allowed for verdict in model.verdicts)]
    note = f" Not for every use: {', '.join(refused)}; see `narrative models licences`." if refused else ""
    return ok(f"{len(models)} models, {sum(model.size_bytes for model in models) / 1e6:.0f} MB.{note}")


def tasks(found: Preflight) -> Finding:
    """What a run will use for each task; a configured backend that is not ready is a warning."""
    said = "; ".join(f"{plan.task.replace('_', ' ')}: {plan.uses}" for plan in found.plans)
    lost = [plan for plan in found.plans if plan.considered and plan.uses == WITHOUT[plan.task][0]]
    if lost:
        return warning(f"{said}. {lost[0].task}: {lost[0].why}.", _remedy(lost[0]))
    return ok(f"{said}.")


def words(environment: Mapping[str, str]) -> Finding:
    """Whether the models that are to word the lines can be meant. Raises InputError, RightsError for what cannot be."""
    wording = configured_wording(environment)
    return ok(f"Lines are worded by {wording.identity}." if wording.identity else "The templates word every line.")


def voices(environment: Mapping[str, str]) -> Finding:
    """Whether the models that are to speak can be meant. Raises InputError, RightsError for what cannot be."""
    model = configured_speech(environment)
    return ok("The local voice speaks every line." if model is None else f"Lines are spoken by {model.identity}.")


def plates(environment: Mapping[str, str]) -> Finding:
    """Whether the models that are to make pictures can be meant. Raises InputError, RightsError for what cannot be."""
    model = configured_plates(environment)
    return ok("The painter draws what is not found." if model is None else f"What is not found is by {model.identity}.")


def recall(around: Surroundings) -> Finding:
    """Whether what embeds the memory can be meant. Raises InputError, ModelError for what cannot be."""
    backend = configured_embedding(around.root / around.tenant)
    return ok("Earlier episodes are not recalled." if backend is None else f"Recalled by {backend.readiness().reason}")


def figures(environment: Mapping[str, str]) -> Finding:
    """Whether what processes count is collected as the environment says. Raises InputError for what cannot be."""
    configured_metrics(environment)
    choice = environment.get(CHOICE) or "none"
    return ok("Nothing is counted." if choice == "none" else f"Counted for {choice}.")


def _remedy(plan: Plan) -> str:
    named = next((ready.remedy for _, ready in plan.considered if ready.remedy), "")
    return named or "Mend one of its backends, or configure none."
