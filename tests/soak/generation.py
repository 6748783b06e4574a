"""Whole artifacts by a tiny model of random weights under the guided schema, seed after seed: all have to be valid.

Run with ``python -m tests.soak.generation --seeds 100``.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import replace

from narrative_assets.canon.diff import propose_diff
from narrative_assets.writing.arc import plan_arc
from narrative_assets.writing.generation import diff_request, generated, plan_request, script_request
from resources.inference.decoding import Sampling
from resources.inference.local_language import LanguageSettings
from resources.inference.onnx_language import OnnxLanguage
from schemas.canonical import canonical_json, content_hash
from tests.fakes.tiny_models import models
from tests.unit.writing.template_stories import first_canon, lighthouse, written_episode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    seeds = parser.parse_args().seeds
    project = lighthouse()
    canon, _, plan, script = written_episode(project, plan_arc(project, 1), first_canon(project), "s01e01")
    diff = propose_diff(canon, script, content_hash(script), content_hash(canon))
    model = OnnxLanguage(models(), "tiny-onnx", LanguageSettings(sampling=Sampling(1.0, 1.0)))
    valid: Counter[str] = Counter()
    texts: dict[str, set[bytes]] = {}
    for settled, request in (
        (plan, plan_request(project, plan, "guided")),
        (script, script_request(project, script, "guided")),
        (diff, diff_request(project, diff, "guided")),
    ):
        for seed in range(seeds):
            made = generated(replace(request, seed=seed), settled, model)
            data = canonical_json(made.artifact)
            sound = not made.refusals and type(settled).model_validate_json(data) == made.artifact
            valid[request.kind] += sound
            texts.setdefault(request.kind, set()).add(data)
        told = f"{valid[request.kind]} of {seeds} valid, {len(texts[request.kind])} different"
        sys.stdout.write(f"{request.kind}: {told}\n")
    return 0 if set(valid.values()) == {seeds} else 1


if __name__ == "__main__":
    sys.exit(main())
