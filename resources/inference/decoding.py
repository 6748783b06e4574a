"""Constrained decoding: any model's logits, masked by a JSON schema, sampled by a seed, within a budget.

It knows no runtime: a model is a function from the tokens that are new to it to the logits of the next one.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from resources.inference.schema_bounds import Bounds, bounds
from resources.inference.tokenizers import Tokenizer
from schemas.canonical import content_hash
from schemas.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from llguidance import LLMatcher
    from numpy.typing import NDArray

Step = Callable[[list[int]], "NDArray[np.float32]"]
"""Takes the tokens that come next and gives the logits after the last of them, shape ``(vocabulary,)``."""
Stopped = Literal["whole", "length", "repetition", "time"]
ESCAPES = '"\\'
"""Without the others no text can hold NUL, a line break, or half of a surrogate pair."""
MOST_GRAMMARS = 64
REPEATS, PERIODS, REPEATED_TOKENS = 6, 16, 24
"""So often, of a period up to so many tokens, and at least so many tokens in all: then it is repetition."""
_CLOSING = (b'"', b"}", b"]", b",", b":")


@dataclass(frozen=True)
class Sampling:
    """How a token is chosen: the likeliest at ``temperature`` 0, else by chance among the likeliest ``top_p``."""

    temperature: float = 0.8
    top_p: float = 0.95


@dataclass(frozen=True)
class Budget:
    """At most so many tokens, and so many seconds of ``clock``. A text that runs out of time is not reproducible."""

    tokens: int = 4_096
    seconds: float = 120.0
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Decoded:
    """The tokens that were written, their text and why it stopped."""

    ids: list[int]
    text: str
    stopped: Stopped


@dataclass(frozen=True)
class Grammar:
    """A compiled schema; ``matcher`` is never advanced, each request takes a copy."""

    matcher: LLMatcher
    bounds: Bounds


class Grammars:
    """Schemas compiled for one vocabulary, the least recently used let go. Safe to share between threads."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._kept: OrderedDict[str, Grammar] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, schema: dict[str, Any]) -> Grammar:
        """The grammar of a schema. Raises ModelError for one that cannot be kept to or need never end."""
        key = content_hash(schema)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = compile_schema(schema, self._tokenizer)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > MOST_GRAMMARS:
                self._kept.popitem(last=False)
        return found

    @cached_property
    def closing(self) -> NDArray[np.int8]:
        """For each token how little it leaves open; the lowest closes most."""
        import numpy as np

        ranks = [_closing_rank(piece) for piece in self._tokenizer.token_bytes]
        return np.array(ranks, np.int8)


def compile_schema(schema: dict[str, Any], tokenizer: Tokenizer) -> Grammar:
    """The schema as a grammar without white space. Raises ModelError for what cannot be kept to or need never end."""
    from llguidance import LLMatcher

    found = bounds(schema)
    try:
        grammar = LLMatcher.grammar_from_json_schema(
            json.dumps(schema), overrides={"whitespace_flexible": False, "json_allowed_escapes": ESCAPES}
        )
        problem = LLMatcher.validate_grammar(grammar, tokenizer.grammar_view)
    except ValueError as error:
        problem = str(error)
    if problem:
        raise ModelError(
            f"The schema cannot be kept to while writing: {problem.splitlines()[0]}.",
            remedy="Leave out what the sentence names; it can be checked after the text is written.",
        )
    matcher = LLMatcher(tokenizer.grammar_view, grammar, log_level=0)
    return Grammar(matcher, found)


def decode(
    step: Step,
    tokenizer: Tokenizer,
    grammars: Grammars,
    schema: dict[str, Any],
    prompt: list[int],
    *,
    seed: int,
    sampling: Sampling,
    budget: Budget,
) -> Decoded:
    """One text under ``schema`` after ``prompt``; the same arguments and logits give the same text.

    Near the end of the budget tokens that close what is open go before all others. A budget of at least
    ``bounds(schema).closing`` tokens therefore gives whole JSON, unless time runs out or the model repeats itself.
    Raises ModelError for a schema that cannot be kept to.
    """
    return _Decoding(step, tokenizer, grammars, grammars.of(schema), seed, sampling, budget).run(prompt)


@dataclass
class _Decoding:
    """One text on its way."""

    step: Step
    tokenizer: Tokenizer
    grammars: Grammars
    grammar: Grammar
    seed: int
    sampling: Sampling
    budget: Budget
    ids: list[int] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)

    def run(self, prompt: list[int]) -> Decoded:
        import numpy as np

        matcher = self.grammar.matcher.deep_copy()
        chance = np.random.Generator(np.random.Philox(self.seed))
        until = self.budget.clock() + self.budget.seconds
        waiting = list(prompt)
        while not self._is_whole(matcher):
            stopped = self._cut(until)
            if stopped:
                return self._decoded(stopped)
            forced = matcher.compute_ff_tokens()[: self.budget.tokens - len(self.ids)]
            if not forced:
                allowed = _allowed(matcher, self.tokenizer.size)
                if len(allowed) == 1:
                    forced = [int(allowed[0])]
            if forced:
                taken = forced
            else:
                taken = [self._choose(self.step(waiting), allowed, chance)]
                self.chosen += taken
                waiting = []
            if not matcher.consume_tokens(taken):
                raise ModelError(f"The grammar took no further token: {matcher.get_error().splitlines()[0]}.")
            waiting += taken
            self.ids += taken
        return self._decoded("whole")

    def _is_whole(self, matcher: LLMatcher) -> bool:
        if matcher.is_error():
            raise ModelError(f"The grammar gave up: {matcher.get_error().splitlines()[0]}.")
        return bool(matcher.is_stopped())

    def _cut(self, until: float) -> Stopped | None:
        if len(self.ids) >= self.budget.tokens:
            return "length"
        if repeats(self.chosen):
            return "repetition"
        return "time" if self.budget.clock() > until else None

    def _choose(self, logits: NDArray[np.float32], allowed: NDArray[np.intp], chance: np.random.Generator) -> int:
        import numpy as np

        if self.budget.tokens - len(self.ids) <= self.grammar.bounds.closing:
            rank = self.grammars.closing[allowed]
            allowed = allowed[rank == rank.min()]
        scores = logits[allowed].astype(np.float64)
        if not np.isfinite(scores).all():
            raise ModelError(
                "The model gave scores that are no numbers.", remedy="Take the model from its source again."
            )
        return int(allowed[_sampled(scores, self.sampling, chance)])

    def _decoded(self, stopped: Stopped) -> Decoded:
        text = b"".join(self.tokenizer.token_bytes[token] for token in self.ids if token != self.tokenizer.end)
        return Decoded(self.ids, text.decode("utf-8", errors="replace"), stopped)


def repeats(ids: list[int]) -> bool:
    """Whether the end of the tokens is one short passage over and over."""
    for period in range(1, PERIODS + 1):
        length = max(period * REPEATS, REPEATED_TOKENS)
        tail = ids[-length:]
        if len(tail) == length and tail[period:] == tail[:-period]:
            return True
    return False


def _allowed(matcher: LLMatcher, size: int) -> NDArray[np.intp]:
    import numpy as np

    bits = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), np.uint8), bitorder="little")[:size]
    found: NDArray[np.intp] = np.flatnonzero(bits)
    if not len(found):
        raise ModelError("The grammar permits no further token, and the text is not whole.")
    return found


def _sampled(scores: NDArray[np.float64], sampling: Sampling, chance: np.random.Generator) -> int:
    import numpy as np

    if sampling.temperature <= 0:
        return int(scores.argmax())
    weights = np.exp((scores - scores.max()) / sampling.temperature)
    if sampling.top_p < 1:
        order = np.argsort(-weights, kind="stable")
        kept = int(np.searchsorted(np.cumsum(weights[order]), sampling.top_p * weights.sum())) + 1
        weights[order[kept:]] = 0
    # Drawn in the order of ids and not of scores: scores that nearly tie change places between runtimes.
    shares = np.cumsum(weights)
    place = int(np.searchsorted(shares, chance.random() * shares[-1], side="right"))
    return min(place, int(np.flatnonzero(weights)[-1]))


def _closing_rank(piece: bytes) -> int:
    """Lower closes more: the end of a string, then of lists and objects, then what goes on, then all else."""
    if not piece:
        return 9
    if not piece.strip(b'"}]'):
        return 0 if piece.startswith(b'"') else 1
    opens = any(sign in piece for sign in (b",", b"{", b"["))
    starts = next((rank for rank, sign in enumerate(_CLOSING, start=2) if piece.startswith(sign)), 8)
    return starts if not opens or piece == b"," else 8
