"""Words to tokens and back with one face over Hugging Face's tokenizers, SentencePiece and tiktoken's rank files.

Everything is read from the model's folder. ``require_fit`` finds a vocabulary that is not the model's own.
"""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llguidance import LLTokenizer

    from resources.inference.model_files import ModelFolder

MOST_VOCABULARY = 1_000_000
UNUSED_ROWS = 1_024
"""Rows that a model may have beyond its vocabulary: tables are padded to round sizes."""
HF, SENTENCEPIECE, RANKS, WORDS = "tokenizer.json", "tokenizer.model", "ranks.tiktoken", "tokenizer_config.json"
_TIKTOKEN = "tiktoken.json"


class Tokenizer(ABC):
    """One vocabulary. ``size`` counts its tokens; ``special`` are the ids that stand for no text; ``end`` is the one
    that ends an answer and ``begin`` the one that a text begins with, where there is one.
    """

    size: int
    begin: int | None
    end: int
    special: dict[str, int]

    @abstractmethod
    def encode(self, text: str) -> list[int]:
        """The tokens of ``text``; a special token written out in it counts as that token, and none is added."""

    @abstractmethod
    def decode(self, ids: Sequence[int]) -> str:
        """The text of tokens, special ones left out; bytes that are no text become U+FFFD."""

    @cached_property
    @abstractmethod
    def grammar_view(self) -> LLTokenizer:
        """The vocabulary as llguidance takes it."""

    @cached_property
    def token_bytes(self) -> list[bytes]:
        """The bytes of every token by id; a special one has those of its name."""
        return [self.grammar_view.decode_bytes([token]) for token in range(self.size)]

    def plain(self, text: str) -> str:
        """``text`` with a blank inside whatever reads as a special token: data is no instruction to the model."""
        for name in sorted(self.special, key=len, reverse=True):
            if len(name) > 1:
                text = text.replace(name, f"{name[0]} {name[1:]}")
        return text


class HfTokenizer(Tokenizer):
    """A ``tokenizer.json``."""

    def __init__(self, folder: ModelFolder) -> None:
        from tokenizers import Tokenizer as Words

        data = folder.read(HF)
        folder.parsed(HF, data)
        try:
            self._words = Words.from_str(data.decode())
            self._words.no_padding()
            self._words.no_truncation()
        except Exception as error:  # the library raises bare Exceptions for malformed vocabularies
            raise folder.refused(HF, f"is no vocabulary ({_first_line(error)})") from error
        self.size = _sound_size(folder, HF, self._words.get_vocab_size(with_added_tokens=True))
        added = self._words.get_added_tokens_decoder()
        self.special = {token.content: number for number, token in added.items() if token.special}
        self.begin, self.end = _named_ends(folder, HF, self._words.token_to_id)

    def encode(self, text: str) -> list[int]:
        return list(self._words.encode(text, add_special_tokens=False).ids)

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._words.decode(list(ids), skip_special_tokens=True))

    @cached_property
    def grammar_view(self) -> LLTokenizer:
        from llguidance import LLTokenizer

        return LLTokenizer(self._words.to_str(), n_vocab=self.size, eos_token=self.end)


class _Wrapped(Tokenizer):
    """A vocabulary that llguidance is told token by token."""

    _bytes: list[bytes]

    @cached_property
    def grammar_view(self) -> LLTokenizer:
        from llguidance import LLTokenizer, TokenizerWrapper

        return LLTokenizer(TokenizerWrapper(_Told(self)), n_vocab=self.size, eos_token=self.end)

    @cached_property
    def token_bytes(self) -> list[bytes]:
        return self._bytes


class _Told:
    """The face that llguidance's wrapper asks for."""

    def __init__(self, words: _Wrapped) -> None:
        self.eos_token_id, self.bos_token_id = words.end, words.begin
        self.tokens, self.special_token_ids = words.token_bytes, sorted(words.special.values())
        self._encode = words.encode

    def __call__(self, text: str) -> list[int]:
        return self._encode(text)


class SentencePieceTokenizer(_Wrapped):
    """A SentencePiece ``tokenizer.model``."""

    def __init__(self, folder: ModelFolder) -> None:
        from sentencepiece import SentencePieceProcessor

        data = folder.read(SENTENCEPIECE)
        self._pieces = SentencePieceProcessor()
        try:
            # Empty bytes load without a word, and give a vocabulary of nothing.
            loaded = bool(data) and self._pieces.LoadFromSerializedProto(data)
        except (RuntimeError, TypeError) as error:
            raise folder.refused(SENTENCEPIECE, f"is no vocabulary ({_first_line(error)})") from error
        self.size = _sound_size(folder, SENTENCEPIECE, self._pieces.vocab_size() if loaded else 0)
        self.special = {self._pieces.IdToPiece(i): i for i in range(self.size) if self._is_special(i)}
        begin, self.end = self._pieces.bos_id(), self._pieces.eos_id()
        self.begin = begin if begin >= 0 else None
        if self.end < 0:
            raise folder.refused(SENTENCEPIECE, "has no token that ends a text")
        self._bytes = [self._piece_bytes(i) for i in range(self.size)]

    def encode(self, text: str) -> list[int]:
        return list(self._pieces.EncodeAsIds(text))

    def decode(self, ids: Sequence[int]) -> str:
        marks = set(self.special.values())
        return str(self._pieces.DecodeIds([token for token in ids if token not in marks]))

    def _is_special(self, token: int) -> bool:
        return bool(self._pieces.IsControl(token) or self._pieces.IsUnknown(token))

    def _piece_bytes(self, token: int) -> bytes:
        piece = str(self._pieces.IdToPiece(token))
        return bytes([int(piece[3:5], 16)]) if self._pieces.IsByte(token) else piece.replace("▁", " ").encode()


class TiktokenTokenizer(_Wrapped):
    """tiktoken's ``ranks.tiktoken`` with a ``tiktoken.json``: ``pattern``, ``special`` (name to id), ``end``."""

    def __init__(self, folder: ModelFolder) -> None:
        import tiktoken

        told = folder.json(_TIKTOKEN)
        ranks = _ranks(folder)
        self.special = _special(folder, told, ranks)
        try:
            self._encoding = tiktoken.Encoding(
                folder.name, pat_str=str(told["pattern"]), mergeable_ranks=ranks, special_tokens=self.special
            )
            self.end = self.special[told["end"]]
        except (KeyError, ValueError, TypeError) as error:
            raise folder.refused(_TIKTOKEN, f"does not fit its ranks ({_first_line(error)})") from error
        begin = told.get("begin")
        self.begin = self.special.get(begin) if isinstance(begin, str) else None
        self.size = _sound_size(folder, RANKS, self._encoding.n_vocab)
        by_id = {number: piece for piece, number in ranks.items()}
        by_id |= {number: name.encode() for name, number in self.special.items()}
        self._bytes = [by_id.get(token, b"") for token in range(self.size)]

    def encode(self, text: str) -> list[int]:
        return list(self._encoding.encode(text, allowed_special="all"))

    def decode(self, ids: Sequence[int]) -> str:
        marks = set(self.special.values())
        return self._encoding.decode([token for token in ids if token not in marks])


def open_tokenizer(folder: ModelFolder) -> Tokenizer:
    """The vocabulary of a model, whichever form it has. Raises ModelRefused where there is none or it is malformed."""
    if folder.has(HF):
        return HfTokenizer(folder)
    if folder.has(SENTENCEPIECE):
        return SentencePieceTokenizer(folder)
    if folder.has(RANKS):
        return TiktokenTokenizer(folder)
    raise folder.refused(HF, f"is missing, and so are {SENTENCEPIECE} and {RANKS}")


def require_fit(folder: ModelFolder, tokenizer: Tokenizer, config: dict[str, Any]) -> None:
    """Raises ModelRefused where the vocabulary is not that of the model with this ``config``: its size, its marks of
    beginning and end.
    """
    rows = config.get("vocab_size")
    if type(rows) is not int or not 0 < rows <= MOST_VOCABULARY:
        raise folder.refused("config.json", "states no vocabulary size")
    if not rows - UNUSED_ROWS <= tokenizer.size <= rows:
        raise folder.refused("config.json", f"speaks of {rows:,} tokens and the vocabulary has {tokenizer.size:,}")
    for name in ("bos_token_id", "eos_token_id"):
        for token in _ids(config.get(name)):
            if type(token) is not int or not 0 <= token < rows:
                raise folder.refused("config.json", f"has {name} {token!r}, which is no token of the model")
    ends = _ids(config.get("eos_token_id"))
    if folder.has("generation_config.json"):
        ends += _ids(folder.json("generation_config.json").get("eos_token_id"))
    if ends and tokenizer.end not in ends:
        raise folder.refused(
            "config.json", f"ends a text with {ends[0]} and the vocabulary with {tokenizer.end}: they are not one model"
        )
    begins = _ids(config.get("bos_token_id"))
    if begins and tokenizer.begin is not None and tokenizer.begin not in begins:
        raise folder.refused("config.json", f"begins a text with {begins[0]} and the vocabulary with {tokenizer.begin}")


def _ids(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def _sound_size(folder: ModelFolder, name: str, size: int) -> int:
    if not 0 < size <= MOST_VOCABULARY:
        raise folder.refused(name, f"holds a vocabulary of {size:,} tokens")
    return size


def _named_ends(folder: ModelFolder, name: str, lookup: Any) -> tuple[int | None, int]:
    """The marks of beginning and end that tokenizer_config.json names, or config.json by number."""
    named = folder.json(WORDS) if folder.has(WORDS) else {}
    config = folder.json("config.json") if folder.has("config.json") else {}
    found: list[int | None] = []
    for key in ("bos_token", "eos_token"):
        token = named.get(key)
        token = token.get("content") if isinstance(token, dict) else token
        if isinstance(token, str):
            number = lookup(token)
            if number is None:
                raise folder.refused(WORDS, f"names {token!r} as {key}, which the vocabulary lacks")
        else:
            number = next(iter(_ids(config.get(f"{key}_id"))), None)
        found.append(number)
    if found[1] is None:
        raise folder.refused(name, "comes with no token that ends a text")
    return found[0], found[1]


def _ranks(folder: ModelFolder) -> dict[bytes, int]:
    ranks: dict[bytes, int] = {}
    for number, line in enumerate(folder.read(RANKS).splitlines(), start=1):
        try:
            piece, rank = line.split()
            token, place = base64.b64decode(piece, validate=True), int(rank)
        except ValueError as error:
            raise folder.refused(RANKS, f"is no list of ranks (line {number})") from error
        if not token or token in ranks or not 0 <= place < MOST_VOCABULARY:
            raise folder.refused(RANKS, f"states no token of its own in line {number}")
        ranks[token] = place
    if len(set(ranks.values())) != len(ranks):
        raise folder.refused(RANKS, "gives one rank to two tokens")
    lacking = [byte for byte in range(256) if bytes([byte]) not in ranks]
    if lacking:
        raise folder.refused(RANKS, f"lacks a token for the byte {lacking[0]}")
    return ranks


def _special(folder: ModelFolder, told: dict[str, Any], ranks: dict[bytes, int]) -> dict[str, int]:
    special = told.get("special")
    taken = set(ranks.values())
    if not isinstance(special, dict) or any(type(n) is not int or n in taken or n < 0 for n in special.values()):
        raise folder.refused(_TIKTOKEN, "names no special tokens with ids of their own")
    return special


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
