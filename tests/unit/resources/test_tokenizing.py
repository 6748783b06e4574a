"""Counting tokens by the packaged vocabulary."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from resources.tokenizing import PACKAGED, PACKAGED_SHA256, VocabularyCounter, packaged_counter
from schemas.errors import IntegrityError


def test_the_packaged_vocabulary_counts_as_its_model_does():
    counts = {
        "The lamp room. Mara Quill holds the brass key.": 13,
        "naïve café 漢字 😀 ﬁ": 13,
        "  two  spaces ": 5,
        "a\nb": 3,
        "": 0,
    }
    assert {text: packaged_counter().count(text) for text in counts} == counts


def test_marks_of_special_tokens_in_a_text_are_plain_text():
    assert packaged_counter().count("</s>") == 3


def test_a_vocabulary_that_is_not_the_one_named_is_refused(tmp_path: Path):
    (tmp_path / "cut.json.gz").write_bytes(PACKAGED.read_bytes()[:-9])
    (tmp_path / "plain.json").write_text("{}")
    for path in (tmp_path / "cut.json.gz", tmp_path / "plain.json", tmp_path / "none.json"):
        with pytest.raises(IntegrityError, match="cannot be used"):
            VocabularyCounter("damaged", path, PACKAGED_SHA256).count("a")


def test_nothing_is_read_before_the_first_count_and_nothing_is_asked_of_a_network():
    program = (
        "import sys, socket; from resources.tokenizing import packaged_counter; counter = packaged_counter();"
        "assert 'tokenizers' not in sys.modules; socket.socket = None; print(counter.name, counter.count('a lamp'))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == f"mistral-7b-v0.1 {PACKAGED_SHA256[:12]} 2\n"
