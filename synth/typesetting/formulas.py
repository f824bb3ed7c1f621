"""How a displayed formula is set: on a line of its own, its number at the right, fractions around its axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synth.recipe import Block, Span, Term
from synth.typesetting.canvas import Canvas
from synth.typesetting.press import Press, spaced
from synth.typesetting.strips import Strip
from synth.typesetting.voice import Voice

_AROUND = 0.6  # lines above and below
_AXIS = 0.26  # em, height of a fraction's line over the baseline
_OVER, _UNDER = 0.7, 0.72  # em, from the baseline up to that of the numerator, and down to that of the denominator
_OVERHANG, _BESIDE = 0.12, 0.1  # em: of a fraction's line beyond what stands on it, and white at its ends
_LINE = 0.045  # em, thickness
_HIGH, _FLAT = 2.5, 1.4  # em, of a formula with a fraction or a large sign, and of one without


def equation(press: Press, block: Block) -> list[Strip]:
    """A formula, centred; nothing where it is wider than its column."""
    voice, terms = press.body, block.formula
    number = voice.base.width(block.label) + voice.size if block.label else 0.0
    width = _width(terms, voice)
    if width > press.width - number:
        return []
    left = min((press.width - width) / 2, press.width - number - width)
    tall = any(term.under or any(span.style == "large" for span in term.spans) for term in terms)
    height = (_HIGH if tall else _FLAT) * voice.size
    strip = Strip(height, _Drawn(terms, voice, left, height, block.label, press.width))
    return spaced([strip], _AROUND * press.line, _AROUND * press.line)


def _width(terms: Sequence[Term], voice: Voice) -> float:
    return sum(_term_width(term, voice) for term in terms)


def _term_width(term: Term, voice: Voice) -> float:
    if term.under:
        wide = max(_row_width(term.spans, voice), _row_width(term.under, voice))
        return wide + 2 * (_OVERHANG + _BESIDE) * voice.size
    raised, lowered = (voice.type(style) for style in ("superscript", "subscript"))
    return _row_width(term.spans, voice) + max(raised.width(term.raised), lowered.width(term.lowered))


def _row_width(spans: Sequence[Span], voice: Voice) -> float:
    return sum(voice.type(span.style).width(span.text) for span in spans)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Draws a formula, `indent` points from its column's edge."""

    terms: tuple[Term, ...]
    voice: Voice
    indent: float
    height: float
    label: str
    width: float

    def __call__(self, canvas: Canvas, left: float, top: float) -> None:
        """Draws it, given the left edge of its column and its own upper edge."""
        voice, x = self.voice, left + self.indent
        baseline = top + self.height / 2 + _AXIS * voice.size
        for term in self.terms:
            if term.under:
                self._fraction(canvas, term, x, baseline)
            else:
                right = _row(canvas, term.spans, voice, x, baseline)
                for style, text in (("superscript", term.raised), ("subscript", term.lowered)):
                    _row(canvas, (Span(text, style),) if text else (), voice, right, baseline)
            x += _term_width(term, voice)
        if self.label:
            canvas.text(voice.base, self.label, left + self.width - voice.base.width(self.label), baseline)

    def _fraction(self, canvas: Canvas, term: Term, x: float, baseline: float) -> None:
        em, width = self.voice.size, _term_width(term, self.voice)
        for spans, y in ((term.spans, baseline - _OVER * em), (term.under, baseline + _UNDER * em)):
            _row(canvas, spans, self.voice, x + (width - _row_width(spans, self.voice)) / 2, y)
        canvas.rule(x + _BESIDE * em, x + width - _BESIDE * em, baseline - _AXIS * em, _LINE * em)


def _row(canvas: Canvas, spans: Sequence[Span], voice: Voice, x: float, baseline: float) -> float:
    """Sets spans from x on; returns where they end."""
    for span in spans:
        type_ = voice.type(span.style)
        if span.text.strip():
            canvas.text(type_, span.text, x, baseline)
        x += type_.width(span.text)
    return x
