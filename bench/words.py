"""The text that every generator prints, and how many of its words stand on a page of ours."""

from __future__ import annotations

import random
from collections import defaultdict
from functools import cache

import freetype
import numpy as np
import numpy.typing as npt
from faker.providers.lorem.en_US import Provider as EnglishWords

from conf.schema.synth import SynthConfig
from synth import fonts
from synth.fonts import Font
from synth.recipe import Recipe
from synth.typeset import typeset

_SENTENCE_WORDS = (6, 22)
_LEAST_GAP_EM = 0.12  # the narrowest space that justification leaves is wider, kerning and tracking are narrower


def text(seed: int, words: int = 20_000) -> str:
    """English words in sentences, letters and full stops alone, so that every font and generator can set them."""
    choose = random.Random(seed)
    vocabulary = sorted({word.lower() for word in EnglishWords.word_list if word.isascii() and word.isalpha()})
    sentences: list[str] = []
    while words > 0:
        sentence = choose.choices(vocabulary, k=choose.randint(*_SENTENCE_WORDS))
        sentences.append(f"{' '.join(sentence).capitalize()}.")
        words -= len(sentence)
    return "\n".join(sentences)


def on_page(recipe: Recipe, config: SynthConfig) -> int:
    """Words on the typeset page: groups of glyphs with no wide gap between them on one baseline."""
    lines: dict[float, list[npt.NDArray[np.float64]]] = defaultdict(list)
    for run in typeset(recipe, fonts.library(config.font)).runs:
        widths, inked = _advances(run.font)
        kept = inked[run.glyphs]
        left = run.xs[kept]
        reach = left + (widths[run.glyphs[kept]] + _LEAST_GAP_EM) * run.size
        lines[run.baseline].append(np.stack([left, reach], axis=1))
    return sum(_groups(np.concatenate(parts)) for parts in lines.values())


def _groups(spans: npt.NDArray[np.float64]) -> int:
    """How many groups the intervals (n, 2) form where they overlap."""
    if not len(spans):
        return 0
    ordered = spans[np.argsort(spans[:, 0])]
    covered = np.maximum.accumulate(ordered[:, 1])
    return 1 + int(np.count_nonzero(ordered[1:, 0] > covered[:-1]))


@cache
def _advances(font: Font) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Of each glyph: its advance in em, and whether it leaves ink."""
    face = freetype.Face(str(font.path), font.index)
    widths, inked = np.zeros(face.num_glyphs), np.ones(face.num_glyphs, bool)
    for glyph in range(face.num_glyphs):
        widths[glyph] = face.get_advance(glyph, freetype.FT_LOAD_NO_SCALE) / face.units_per_EM
    blanks = [face.get_char_index(blank) for blank in " \u00a0\u2009"]
    inked[[glyph for glyph in blanks if glyph]] = False
    return widths, inked
