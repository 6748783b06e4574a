"""A language model as one ONNX graph with past keys and values, stepped by onnxruntime without torch."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from resources.inference.decoding import Step
from resources.inference.local_language import LocalLanguage
from resources.inference.model_cache import Loaded
from resources.inference.onnx_files import GRAPH, onnx_graph
from schemas.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
_LEVELS = {
    "none": "ORT_DISABLE_ALL", "basic": "ORT_ENABLE_BASIC", "extended": "ORT_ENABLE_EXTENDED", "all": "ORT_ENABLE_ALL",
}  # fmt: skip
_PAST = re.compile(r"past_key_values\.(\d+)\.(key|value)")
_GIVEN = frozenset({"input_ids", "attention_mask", "position_ids"})
_PIECE = 128
"""Tokens of a prompt that are taken in at once: each has its logits, and a vocabulary can be large."""


class OnnxLanguage(LocalLanguage):
    """``model.onnx``: takes ids, mask, positions and ``past_key_values.N.key|value``; gives logits and ``present``."""

    runtime = "onnxruntime"
    library = "onnxruntime"

    def weight_files(self) -> tuple[str, ...]:
        return (GRAPH,)

    def load(self, config: dict[str, Any]) -> Loaded[Callable[[], Step]]:
        data = onnx_graph(self.folder, GRAPH, self.settings.most_bytes)
        session = self._session(data)
        self._check_ports(session, config)
        shape = next(part.shape for part in session.get_inputs() if _PAST.fullmatch(part.name))
        return Loaded(lambda: OnnxSteps(session, shape[1], shape[3], config["vocab_size"]), len(data))

    def _session(self, data: bytes) -> Any:
        import onnxruntime

        provider = _PROVIDERS.get(self.settings.device, "")
        if provider not in onnxruntime.get_available_providers():
            raise ModelError(
                f"onnxruntime cannot compute on {self.settings.device!r} here.",
                remedy="Set the device to cpu, or install the onnxruntime that is made for it.",
            )
        try:
            return onnxruntime.InferenceSession(data, self._options(), providers=[provider])
        except Exception as error:  # each of the runtime's errors is a class of its own under Exception
            raise self.folder.refused(GRAPH, f"cannot be run ({_first_line(error)})") from error

    def _options(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.settings.threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = getattr(
            onnxruntime.GraphOptimizationLevel, _LEVELS[self.settings.optimisation]
        )
        options.use_deterministic_compute = True
        options.log_severity_level = 4
        return options

    def _check_ports(self, session: Any, config: dict[str, Any]) -> None:
        """Raises ModelRefused unless the graph takes and gives what is documented above."""
        taken = {part.name: part for part in session.get_inputs()}
        given = [part.name for part in session.get_outputs()]
        past = sorted(name for name in taken if _PAST.fullmatch(name))
        unknown = sorted(set(taken) - _GIVEN - set(past))
        if unknown or "input_ids" not in taken or not past:
            raise self.folder.refused(
                GRAPH, f"takes {', '.join(unknown or taken)} and not ids with past keys and values"
            )
        wanted = ["logits", *(_present(name) for name in past)]
        missing = sorted(set(wanted) - set(given))
        if missing:
            raise self.folder.refused(GRAPH, f"gives no {missing[0]}")
        shape, rows = taken[past[0]].shape, session.get_outputs()[given.index("logits")].shape[-1]
        if len(shape) != 4 or not isinstance(shape[1], int) or not isinstance(shape[3], int):
            raise self.folder.refused(GRAPH, "states no number of heads and their width")
        if isinstance(rows, int) and rows != config["vocab_size"]:
            raise self.folder.refused(
                GRAPH, f"gives logits of {rows:,} tokens and config.json speaks of {config['vocab_size']:,}"
            )


class OnnxSteps:
    """One text's past, longer with every call."""

    def __init__(self, session: Any, heads: int, width: int, rows: int) -> None:
        import numpy as np
        import onnxruntime

        self._session, self._rows, self._length = session, rows, 0
        self._names = [part.name for part in session.get_inputs()]
        self._wanted = ["logits", *(_present(name) for name in self._names if _PAST.fullmatch(name))]
        kinds = {part.name: np.float16 if "float16" in part.type else np.float32 for part in session.get_inputs()}
        self._past = {
            name: onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros((1, heads, 0, width), kinds[name]))
            for name in self._names
            if _PAST.fullmatch(name)
        }

    def __call__(self, ids: list[int]) -> NDArray[np.float32]:
        """The logits after the last of ``ids``. Raises ModelError for what the runtime cannot do."""
        if not ids:
            raise ModelError("A model cannot go on without a token.", remedy="Give a prompt.")
        pieces = [ids[start : start + _PIECE] for start in range(0, len(ids), _PIECE)]
        return [self._step(piece) for piece in pieces][-1]

    def _step(self, ids: list[int]) -> NDArray[np.float32]:
        import numpy as np
        import onnxruntime

        end = self._length + len(ids)
        fed = {
            "input_ids": np.array([ids], np.int64),
            "attention_mask": np.ones((1, end), np.int64),
            "position_ids": np.arange(self._length, end, dtype=np.int64)[None],
        }
        values = {name: onnxruntime.OrtValue.ortvalue_from_numpy(fed[name]) for name in fed if name in self._names}
        try:
            logits, *present = self._session.run_with_ort_values(self._wanted, values | self._past)
        except Exception as error:  # as above
            raise ModelError(f"onnxruntime failed on {len(ids)} tokens: {_first_line(error)}.") from error
        self._past = dict(zip(self._past, present, strict=True))
        self._length = end
        last: NDArray[np.float32] = logits.numpy()[0, -1, : self._rows].astype(np.float32)
        return last


def _present(past: str) -> str:
    return past.replace("past_key_values", "present")


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
