"""Text that fills a page: sentences of an English word list, or of a file that the user gives."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from faker.providers.lorem.en_US import Provider as EnglishWords

from conf import UserError

# The commonest function words with their share in running English; content words fill the rest.
_FUNCTION_WORDS = {
    "the": 0.07, "of": 0.035, "and": 0.03, "to": 0.027, "a": 0.023, "in": 0.021, "is": 0.012, "that": 0.012,
    "for": 0.01, "it": 0.009, "as": 0.008, "was": 0.008, "with": 0.008, "on": 0.007, "by": 0.006, "be": 0.006,
    "at": 0.005, "this": 0.005, "are": 0.005, "from": 0.005, "or": 0.004, "an": 0.004, "which": 0.004, "not": 0.004,
}  # fmt: skip
_COMMA, _QUOTE, _NUMBER, _BRACKET = 0.08, 0.012, 0.015, 0.012


@cache
def word_list() -> tuple[str, ...]:
    """Content words, lower case."""
    return tuple(dict.fromkeys(word.lower() for word in EnglishWords.word_list if word.isalpha()))


@cache
def _vocabulary() -> tuple[npt.NDArray[np.str_], npt.NDArray[np.float64]]:
    content = [word for word in word_list() if word not in _FUNCTION_WORDS]
    rank = np.arange(1, len(content) + 1)
    share = (1 - sum(_FUNCTION_WORDS.values())) * (1 / (rank + 20)) / np.sum(1 / (rank + 20))
    return np.array([*_FUNCTION_WORDS, *content]), np.cumsum([*_FUNCTION_WORDS.values(), *share])


def sentence(rng: np.random.Generator, text_file: str | None = None) -> list[str]:
    """Words of one sentence with their punctuation, the first capitalised.

    Args:
        rng: source of chance.
        text_file: a user's text to take a sentence from; None makes one up.
    """
    if text_file is not None:
        sentences = _file_sentences(Path(text_file))
        return sentences[int(rng.integers(len(sentences)))].split()
    vocabulary, cumulative = _vocabulary()
    length = int(np.clip(rng.gamma(4.0, 4.5), 4, 45))
    draws, marks = rng.random(length), rng.random(length)
    words = [str(vocabulary[i]) for i in np.minimum(np.searchsorted(cumulative, draws), len(vocabulary) - 1)]
    words = [_decorate(word, mark) for word, mark in zip(words, marks, strict=True)]
    words[0] = words[0][:1].upper() + words[0][1:]
    words[-1] = words[-1].rstrip(",") + ("?" if marks[0] > 0.95 else ".")
    return words


def check(text_file: str | None) -> None:
    """Refuses a text that cannot be used.

    Raises:
        UserError: where the file is missing, no UTF-8 text, or has no sentence without a link.
    """
    if text_file is not None:
        _file_sentences(Path(text_file))


def _decorate(word: str, mark: float) -> str:
    """Punctuates a word by a number of 0…1 that chance gave it."""
    edges = np.cumsum([_COMMA, _QUOTE, _NUMBER, _BRACKET])
    if mark < edges[0]:
        return word + ","
    if mark < edges[1]:
        return f"“{word}”"
    if mark < edges[2]:
        return str(int((mark - edges[1]) / _NUMBER * 2000))
    return f"({word})" if mark < edges[3] else word


@cache
def _file_sentences(path: Path) -> tuple[str, ...]:
    try:
        text = " ".join(path.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"page.text_file={path} cannot be read as UTF-8 text: {error}.") from None
    # A link in the text would be printed without being in the truth.
    sentences = [s for s in re.split(r"(?<=[.!?]) ", text) if s and not re.search(r"://|www\.", s, re.I)]
    if not sentences:
        raise UserError(f"page.text_file={path} holds no sentence without a link.")
    return tuple(sentences)
