"""A language model of transformers from safetensors alone, on the CPU or CUDA, with deterministic algorithms.

Nothing of the model's folder is opened by the libraries themselves: configuration and weights are handed to them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import CRITICAL
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resources.inference.decoding import Step
from resources.inference.local_language import LocalLanguage
from resources.inference.model_cache import Loaded
from resources.inference.safetensors_files import WEIGHTS, safetensors_weights, weight_names
from schemas.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PRECISIONS = ("float32", "bfloat16", "float16")


class TorchLanguage(LocalLanguage):
    """``config.json`` and ``model.safetensors``, or the parts that an index names."""

    runtime = "torch"
    library = "torch"

    def weight_files(self) -> tuple[str, ...]:
        return weight_names(self.folder)

    def load(self, config: dict[str, Any]) -> Loaded[Callable[[], Step]]:
        paths = safetensors_weights(self.folder, self.settings.most_bytes)
        device = self._device()
        model = self._model(config, paths).to(device)
        size = sum(each.numel() * each.element_size() for each in model.parameters())
        return Loaded(lambda: TorchSteps(model, device), size)

    def _device(self) -> Any:
        import torch

        # Read by CUDA's matrix library when it starts; without it torch refuses deterministic products.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)
        torch.set_num_threads(self.settings.threads)
        if self.settings.device not in ("cpu", "cuda") or (
            self.settings.device == "cuda" and not torch.cuda.is_available()
        ):
            raise ModelError(
                f"torch cannot compute on {self.settings.device!r} here.",
                remedy="Set the device to cpu, or install the torch that is made for it.",
            )
        return torch.device(self.settings.device)

    def _model(self, config: dict[str, Any], paths: tuple[Path, ...]) -> Any:
        import torch
        from safetensors.torch import load_file
        from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, AutoConfig

        if self.settings.precision not in _PRECISIONS:
            raise ModelError(
                f"{self.settings.precision!r} is no precision.", remedy=f"Choose one of {', '.join(_PRECISIONS)}."
            )
        try:
            known = AutoConfig.for_model(**config)
            weights = {name: value for path in paths for name, value in load_file(path).items()}
            with _quietly():
                kind: Any = MODEL_FOR_CAUSAL_LM_MAPPING[type(known)]
                model, found = kind.from_pretrained(
                    None,
                    config=known,
                    state_dict=weights,
                    dtype=getattr(torch, self.settings.precision),
                    output_loading_info=True,
                )
        except Exception as error:  # the libraries raise whatever they meet
            raise self.folder.refused("config.json", f"cannot be made a model ({_first_line(error)})") from error
        missing = sorted(found["missing_keys"]) + sorted(found["mismatched_keys"])
        if missing:
            # Left alone, the library fills what is missing with random numbers.
            raise self.folder.refused(WEIGHTS, f"lacks {missing[0]}, which config.json calls for")
        return model.eval()


class TorchSteps:
    """One text's past, longer with every call."""

    def __init__(self, model: Any, device: Any) -> None:
        from transformers import DynamicCache

        self._model, self._device, self._past = model, device, DynamicCache(config=model.config)

    def __call__(self, ids: list[int]) -> NDArray[np.float32]:
        """The logits after the last of ``ids``. Raises ModelError for what torch cannot do."""
        import torch

        if not ids:
            raise ModelError("A model cannot go on without a token.", remedy="Give a prompt.")
        try:
            with torch.inference_mode():
                out = self._model(
                    input_ids=torch.tensor([ids], device=self._device),
                    past_key_values=self._past,
                    use_cache=True,
                    logits_to_keep=1,
                )
                last: NDArray[np.float32] = out.logits[0, -1].float().cpu().numpy()
        except RuntimeError as error:
            raise ModelError(f"torch failed on {len(ids)} tokens: {_first_line(error)}.") from error
        return last


@contextmanager
def _quietly() -> Iterator[None]:
    """Keeps progress bars and reports off the terminal: what they say is read from the loading's own figures."""
    from transformers.utils import logging as library

    logging: Any = library
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(CRITICAL)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
