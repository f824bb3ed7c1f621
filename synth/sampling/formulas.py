"""Displayed formulas: sums, fractions, powers and indices as mathematics prints them. They need not be true."""

from __future__ import annotations

from collections.abc import Callable

from synth.chance import Chance
from synth.recipe import Block, Span, Term

SIGNS = "αβγδελμπρσφω∑∫∂≤≥≈≠−"
"""What formulas use besides letters and digits, as far as the type has it."""
_LETTERS = tuple("abcfghkmnpqrstuvwxxxyz")
_CAPITALS = tuple("ABCDEFGHKLMNPQRSTVX")
_INDICES = ("i", "j", "k", "n", "0", "1", "2", "n+1", "i−1", "max", "ij", "t")
_POWERS = ("2", "2", "2", "3", "n", "−1", "k", "T", "1/2", "*")
_FUNCTIONS = ("sin", "cos", "log", "exp", "ln", "max", "tan", "det")
_RELATIONS = (" = ", " = ", " = ", " = ", " = ", " ≈ ", " ≤ ", " ≥ ", " < ", " > ", " ≠ ")
_GREEK = ("α", "β", "γ", "δ", "ε", "λ", "μ", "π", "ρ", "σ", "φ", "ω")
_LARGE = ("∑", "∫")


def formula(signs: str, chance: Chance) -> Block:
    """A formula on a line of its own.

    Args:
        signs: those of `SIGNS` that the type has.
        chance: where choices come from.
    """
    maker = _Formula(signs, chance)
    terms = [*maker.left(), maker.relation()]
    for number in range(chance.whole((1, 4))):
        if number:
            terms.append(Term((Span(maker.sign((" + ", " + ", " − "))),)))
        terms += maker.summand()
    if chance.share(0.3):
        terms.append(Term((Span(chance.one((".", ",", ","))),)))
    label = f"({chance.whole((1, 12))}.{chance.whole((1, 60))})" if chance.share(0.5) else ""
    numbered = label if chance.share(0.6) or not label else f"({chance.whole((1, 90))})"
    return Block("equation", label=numbered, formula=tuple(terms))


class _Formula:
    """Makes the parts of one formula."""

    def __init__(self, signs: str, chance: Chance) -> None:
        self._signs, self._chance = signs, chance
        self._kinds: tuple[Callable[[], list[Term]], ...] = (
            self._product, self._product, self._product, self._fraction, self._fraction, self._function, self._bracket,
        )  # fmt: skip
        self._greek = [letter for letter in _GREEK if letter in signs]
        self._large = [sign for sign in _LARGE if sign in signs]

    def sign(self, wanted: tuple[str, ...]) -> str:
        """One of some signs, of which the type has one at least."""
        return self._chance.one([sign for sign in wanted if sign.strip() in self._signs or sign.strip().isascii()])

    def relation(self) -> Term:
        """An equals sign, or what else may stand between two sides."""
        return Term((Span(self.sign(_RELATIONS)),))

    def left(self) -> list[Term]:
        """What the formula is about: a variable, a function of one."""
        chance = self._chance
        if chance.share(0.4):
            return [self._variable()]
        name, inner = chance.one((*_LETTERS, *_CAPITALS)), chance.one(_LETTERS)
        return [Term((Span(name, "italic"), Span("("), Span(inner, "italic"), Span(")")))]

    def summand(self) -> list[Term]:
        """What stands between two plus signs."""
        chance = self._chance
        summed = self._large and chance.share(0.2)
        made = self._sum() if summed else []
        return made + chance.one(self._kinds)()

    def _sum(self) -> list[Term]:
        sign, index = self._chance.one(self._large), self._chance.one(("i", "k", "n", "j"))
        lower, upper = (f"{index}=1", self._chance.one(("n", "N", "m"))) if sign == "∑" else ("0", "1")
        return [Term((Span(sign, "large"),), raised=upper, lowered=lower), Term((Span(" "),))]

    def _variable(self) -> Term:
        chance = self._chance
        greek = self._greek and chance.share(0.2)
        letter = chance.one(self._greek) if greek else chance.one((*_LETTERS, *_LETTERS, *_CAPITALS))
        lowered = self._ascii(chance.one(_INDICES)) if chance.share(0.35) else ""
        raised = self._ascii(chance.one(_POWERS)) if chance.share(0.25) else ""
        return Term((Span(letter, "italic"),), raised, lowered)

    def _product(self) -> list[Term]:
        chance = self._chance
        number = [Term((Span(str(chance.whole((2, 12)))),))] if chance.share(0.3) else []
        return [*number, *(self._variable() for _ in range(chance.whole((1, 2))))]

    def _function(self) -> list[Term]:
        return [Term((Span(self._chance.one(_FUNCTIONS)), Span(" "))), *self._product()]

    def _bracket(self) -> list[Term]:
        opened = Term((Span("("),))
        closed = Term((Span(")"),), raised=self._ascii(self._chance.one(("", "", *_POWERS))))
        between = Term((Span(self.sign((" + ", " − "))),))
        return [opened, *self._product(), between, *self._product(), closed]

    def _fraction(self) -> list[Term]:
        return [Term(self._flat(), under=self._flat())]

    def _flat(self) -> tuple[Span, ...]:
        """What stands above or below a fraction's line."""
        chance, kind = self._chance, self._chance.below(4)
        one, two = (Span(chance.one((*_LETTERS, *self._greek)), "italic") for _ in range(2))
        if kind == 0:
            return (Span(str(chance.whole((1, 9)))),)
        if kind == 1:
            return (one, Span(self.sign((" + ", " − "))), two)
        if kind == 2:
            return (Span("∂" if "∂" in self._signs else "d"), one)
        return (Span(chance.one(("2", "4", ""))), one, Span("2", "superscript"))

    def _ascii(self, text: str) -> str:
        return text if "−" in self._signs else text.replace("−", "-")
