"""A prompt as the model was taught to read it: by the chat template in its folder, else in plain paragraphs.

A template is a stranger's program: it runs in a sandbox, sees nothing but the prompt, and has no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from narrative_assets.writing.language import Prompt
from resources.inference.tokenizers import WORDS, Tokenizer

if TYPE_CHECKING:
    from resources.inference.model_files import ModelFolder

TEMPLATE = "chat_template.jinja"
MOST_TEMPLATE = 64 * 1024
MOST_TEXT = 2_000_000


def chat_template(folder: ModelFolder) -> str:
    """The model's chat template; empty where it has none. Raises ModelRefused for one that is too long."""
    if folder.has(TEMPLATE):
        return folder.read(TEMPLATE, MOST_TEMPLATE).decode("utf-8", errors="replace")
    template = folder.json(WORDS).get("chat_template", "") if folder.has(WORDS) else ""
    if not isinstance(template, str) or len(template) > MOST_TEMPLATE:
        raise folder.refused(WORDS, "holds no single chat template of a sound length")
    return template


def prompt_tokens(folder: ModelFolder, template: str, tokenizer: Tokenizer, prompt: Prompt) -> list[int]:
    """The prompt in tokens. Whatever in it reads as a special token is made plain first.

    Raises ModelRefused for a template that cannot be followed.
    """
    role, task = tokenizer.plain(prompt.role), tokenizer.plain(prompt.task)
    if not template:
        begin = [] if tokenizer.begin is None else [tokenizer.begin]
        return begin + tokenizer.encode(f"{role}\n\n{task}\n\n")
    messages = [{"role": "system", "content": role}, {"role": "user", "content": task}]
    return tokenizer.encode(_rendered(folder, template, tokenizer, messages))


def _rendered(folder: ModelFolder, template: str, tokenizer: Tokenizer, messages: list[dict[str, str]]) -> str:
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    names = {number: name for name, number in tokenizer.special.items()}
    settings: dict[str, Any] = {
        "messages": messages,
        "add_generation_prompt": True,
        "bos_token": names.get(tokenizer.begin, "") if tokenizer.begin is not None else "",
        "eos_token": names.get(tokenizer.end, ""),
    }
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.globals["raise_exception"] = _raise
    try:
        text = "".join(_bounded(environment.from_string(template).generate(settings)))
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
        raise folder.refused(TEMPLATE, f"cannot be followed ({error})") from error
    return text


def _bounded(pieces: Any) -> Any:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > MOST_TEXT:
            raise ValueError(f"more than {MOST_TEXT:,} characters came of it")
        yield piece


def _raise(message: str) -> None:
    raise ValueError(message)
