"""Opening a model to see that it can be: its header, its graph or its vocabulary, from the files that are there.

Nothing is downloaded and nothing is computed with it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from resources.inventory.folder import InventoryFolder
from resources.inventory.refusing import safetensors_header, unpacked
from schemas.errors import ModelError, NarrativeError
from schemas.models import Format, ModelEntry


def opened(folder: InventoryFolder, entry: ModelEntry) -> str:
    """What was seen, in a few words. Raises ModelError with the reason where it cannot be opened here."""
    seen = [_seen(_OPENERS[entry.format], path) for path in _weights(folder, entry)]
    if entry.tokenizer:
        seen.append(_seen(_vocabulary, folder.file(entry, entry.tokenizer)))
    return ", ".join(seen)


def _weights(folder: InventoryFolder, entry: ModelEntry) -> list[Path]:
    if entry.format == "tokenizer":
        return []
    endings = {"safetensors": ".safetensors", "onnx": ".onnx", "coreml": ".mlmodel"}
    return [folder.file(entry, file.path) for file in entry.files if file.path.endswith(endings[entry.format])]


def _seen(look: Callable[[Path], str], path: Path) -> str:
    try:
        return look(path)
    except ModelError:
        raise
    except ImportError as error:
        raise ModelError(f"{error.name or 'what opens it'} is not installed") from error
    except NarrativeError as error:
        raise ModelError(error.message) from error
    except Exception as error:  # the runtimes have no common root for what they raise
        raise ModelError(f"{path.name}: {' '.join(str(error).split()) or type(error).__name__}"[:250]) from error


def _safetensors(path: Path) -> str:
    from safetensors import safe_open

    safetensors_header(path)
    with safe_open(path, framework="numpy") as weights:
        return f"{len(list(weights.keys()))} tensors"


def _onnx(path: Path) -> str:
    from onnxruntime import InferenceSession

    session = InferenceSession(path, providers=["CPUExecutionProvider"])
    return f"{len(session.get_inputs())} inputs and {len(session.get_outputs())} outputs"


def _coreml(path: Path) -> str:
    from coremltools.models.utils import load_spec

    description = load_spec(str(path)).description
    return f"{len(description.input)} inputs and {len(description.output)} outputs; what it predicts was not looked at"


def _vocabulary(path: Path) -> str:
    pieces = _sentencepiece(path) if path.suffix == ".model" else _tokenizer(path)
    if not pieces:
        raise ModelError(f"{path.name} is a vocabulary of nothing")
    return f"{pieces} pieces"


def _tokenizer(path: Path) -> int:
    if path.suffix in (".txt", ".tiktoken"):
        return sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line)
    from tokenizers import Tokenizer

    data = unpacked(path) if path.suffix == ".gz" else path.read_bytes()
    return int(Tokenizer.from_str(data.decode()).get_vocab_size())


def _sentencepiece(path: Path) -> int:
    from sentencepiece import SentencePieceProcessor

    return int(SentencePieceProcessor(model_file=str(path)).vocab_size())


_OPENERS: dict[Format, Callable[[Path], str]] = {"safetensors": _safetensors, "onnx": _onnx, "coreml": _coreml}
