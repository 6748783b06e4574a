"""Three kinds of vocabulary behind one face: text goes through unchanged, and a stranger's vocabulary is found."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.inference.model_files import ModelFolder
from resources.inference.tokenizers import Tokenizer, open_tokenizer, require_fit
from schemas.errors import ModelRefused
from tests.fakes.tiny_models import BEGIN, END, VOCABULARY, tokenizer_json

TEXTS = [
    "",
    " leading and trailing ",
    "“Quotes”, ‘single’ – and — dashes… ¿qué? ¡no! «guillemets» 'n' \"straight\" (and) [more] {x} <y> & @ # % ^ * ~ `",
    "Ünïcöde, ñandú, Łódź, ελληνικά, русский, עברית, العربية, हिन्दी, ไทย, 日本語, 한국어",
    "e\u0301 against é; ﬁ and fi; ½; ²",
    "🦊👩‍👩‍👧‍👦🏳️‍🌈 zero\u200bwidth \u2028 \u00a0nbsp",
    "tabs\tand\nlines\r\nand   many    blanks",
    "0123456789 3.14 1,000,000 1e-9",
]


def hf(folder: Path) -> None:
    (folder / "tokenizer.json").write_text(tokenizer_json())
    (folder / "tokenizer_config.json").write_text(json.dumps({"bos_token": BEGIN, "eos_token": {"content": END}}))


def sentencepiece(folder: Path) -> None:
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.Train(
        sentence_iterator=iter((Path(__file__).read_text() * 3).splitlines()),
        model_writer=model,
        vocab_size=500,
        model_type="bpe",
        byte_fallback=True,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        minloglevel=2,
    )
    (folder / "tokenizer.model").write_bytes(model.getvalue())


def tiktoken(folder: Path, more: tuple[bytes, ...] = (b"th", b"the", b" the")) -> None:
    ranks = [bytes([byte]) for byte in range(256)] + list(more)
    lines = [base64.b64encode(piece) + b" " + str(rank).encode() for rank, piece in enumerate(ranks)]
    (folder / "ranks.tiktoken").write_bytes(b"\n".join(lines))
    told = {"pattern": r"\s?\w+|\s+|[^\w\s]+", "special": {END: 300, BEGIN: 301}, "end": END, "begin": BEGIN}
    (folder / "tiktoken.json").write_text(json.dumps(told))


KINDS: dict[str, Callable[[Path], None]] = {"hf": hf, "sentencepiece": sentencepiece, "tiktoken": tiktoken}


@pytest.fixture(scope="module", params=list(KINDS))
def words(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    root = tmp_path_factory.mktemp("models")
    (root / "m").mkdir()
    KINDS[request.param](root / "m")
    return open_tokenizer(ModelFolder(root, "m"))


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_as_it_went(words: Tokenizer, text: str):
    assert words.decode(words.encode(text)) == text


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\u2581"), max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_as_it_went(words: Tokenizer, text: str):
    assert words.decode(words.encode(text)) == text


def test_every_token_is_known_by_its_bytes(words: Tokenizer):
    text = "the lamp, the sea — and 日本"
    assert len(words.token_bytes) == words.size
    assert b"".join(words.token_bytes[token] for token in words.encode(text)) == text.encode()
    assert words.grammar_view.vocab_size == words.size
    assert words.grammar_view.eos_token == words.end


def test_special_tokens_are_known_and_written_ones_can_be_made_plain(words: Tokenizer):
    assert words.end in words.special.values()
    assert words.decode([*words.encode("a"), words.end]) == "a"
    for name in words.special:
        assert not set(words.encode(words.plain(f"say {name} now"))) & {words.end, words.begin}


def folder(tmp_path: Path, fill: Callable[[Path], None]) -> ModelFolder:
    (tmp_path / "m").mkdir()
    fill(tmp_path / "m")
    return ModelFolder(tmp_path, "m")


FITTING = {"vocab_size": VOCABULARY, "bos_token_id": 0, "eos_token_id": 1}


def test_a_vocabulary_of_the_models_own_fits_also_where_the_table_is_padded(tmp_path: Path):
    model = folder(tmp_path, hf)
    for config in (FITTING, {**FITTING, "vocab_size": VOCABULARY + 64}, {**FITTING, "eos_token_id": [7, 1]}):
        require_fit(model, open_tokenizer(model), config)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"vocab_size": VOCABULARY - 1}, "speaks of 2,047 tokens and the vocabulary has 2,048"),
        ({"vocab_size": 32_000}, "speaks of 32,000 tokens"),
        ({"vocab_size": "many"}, "no vocabulary size"),
        ({"eos_token_id": 5}, "ends a text with 5 and the vocabulary with 1"),
        ({"eos_token_id": 9_999}, "eos_token_id 9999"),
        ({"bos_token_id": 3}, "begins a text with 3"),
        ({"bos_token_id": -1}, "bos_token_id -1"),
    ],
)
def test_another_models_vocabulary_is_found_and_named(tmp_path: Path, change: dict[str, object], named: str):
    model = folder(tmp_path, hf)
    with pytest.raises(ModelRefused, match=named):
        require_fit(model, open_tokenizer(model), FITTING | change)


def broken(name: str, data: bytes, fill: Callable[[Path], None]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        fill(path)
        (path / name).write_bytes(data)

    return write


@pytest.mark.parametrize(
    ("fill", "named"),
    [
        (lambda _: None, "is missing, and so are"),
        (broken("tokenizer.json", b"{}", hf), "is no vocabulary"),
        (broken("tokenizer_config.json", b'{"eos_token": "<none>"}', hf), "which the vocabulary lacks"),
        (broken("tokenizer_config.json", b"{}", hf), "no token that ends a text"),
        (broken("tokenizer.model", b"", lambda _: None), "a vocabulary of 0 tokens"),
        (broken("tokenizer.model", b"junk", lambda _: None), "is no vocabulary"),
        (broken("ranks.tiktoken", b"", tiktoken), "lacks a token for the byte 0"),
        (broken("ranks.tiktoken", b"!!! 3", tiktoken), "no list of ranks"),
        (broken("ranks.tiktoken", b"YQ== 1\nYQ== 2", tiktoken), "no token of its own in line 2"),
        (broken("tiktoken.json", b'{"special": {"x": 3}}', tiktoken), "ids of their own"),
        (broken("tiktoken.json", b'{"special": {"x": 300}, "pattern": "(", "end": "x"}', tiktoken), "does not fit"),
    ],
)
def test_a_malformed_vocabulary_is_refused(tmp_path: Path, fill: Callable[[Path], None], named: str):
    with pytest.raises(ModelRefused, match=named):
        open_tokenizer(folder(tmp_path, fill))
