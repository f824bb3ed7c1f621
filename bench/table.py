"""From rounds of measured pages to ratios, and to the section of RESULTS.md that holds them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from bench.contest import Contestant, Work

HEAD = ["tool", "version", "pages per CPU second", "ours / theirs", "words a page", "start-up, CPU s", "pages"]
SHORT_HEAD = ["tool", "pages per CPU second", "ours / theirs"]
_MARK = "synth_vs_peers"


@dataclass(frozen=True)
class Ratio:
    """How many times as fast ours is: the ratio of the medians, and the least and greatest ratio of one round."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        """As printed in the table."""
        return f"{_short(self.middle)} × ({_short(self.low)}–{_short(self.high)})"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """Compares pages per CPU second; round i of ours ran just before round i of theirs, so drift hits both alike."""
    pairs = [a / b for a, b in zip(ours, theirs, strict=True)]
    return Ratio(median(ours) / median(theirs), min(pairs), max(pairs))


def rows(ours: Work, entries: Sequence[tuple[Contestant, Work | str]]) -> list[list[str]]:
    """The table's cells below `HEAD`; a generator that was not measured has the reason in place of figures."""
    return [_row(contestant, outcome, ours) for contestant, outcome in entries]


def _row(contestant: Contestant, outcome: Work | str, ours: Work) -> list[str]:
    name = f"{contestant.name}, one font" if contestant.one_font else contestant.name
    if isinstance(outcome, str):
        return [name, "–", f"not measured: {outcome}", "–", "–", "–", "–"]
    rates = outcome.rates
    return [
        name,
        outcome.version,
        f"{_short(median(rates))} ({_short(min(rates))}–{_short(max(rates))})",
        "1" if outcome is ours else str(ratio(ours.rates, rates)),
        f"{mean(outcome.words):.0f}",
        f"{outcome.start_up_s:.1f}",
        str(sum(map(len, outcome.rounds))) + _missing(outcome),
    ]


def _missing(work: Work) -> str:
    failed = sum(work.failures.values())
    parts = [f"{failed} failed" if failed else "", f"{work.left_out} too few words" if work.left_out else ""]
    said = ", ".join(part for part in parts if part)
    return f" ({said})" if said else ""


def verdict(ours: Work, entries: Sequence[tuple[Contestant, Work | str]]) -> str:
    """How many times as fast ours is as the fastest of the others, on the same fonts and at their best."""
    same = [work for who, work in entries if isinstance(work, Work) and work is not ours and not who.one_font]
    best = [work for _, work in entries if isinstance(work, Work) and work is not ours]
    if not same:
        return "No other generator could be measured here."
    return (
        f"Ours makes {_fastest(ours, same)} times the pages of the fastest other on the same fonts, "
        f"and {_fastest(ours, best)} times where others may use the one font they draw fastest."
    )


def _fastest(ours: Work, others: Sequence[Work]) -> str:
    return _short(median(ours.rates) / max(median(work.rates) for work in others))


def markdown(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def replace_section(path: Path, text: str, mark: str = _MARK) -> None:
    """Puts text between the marks of a section, leaving the rest of the file; appends the section if it is new."""
    start, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    section = f"{start}\n{text.strip()}\n{end}"
    old = path.read_text(encoding="utf-8") if path.exists() else "# Results\n"
    found = re.search(f"{re.escape(start)}.*?{re.escape(end)}", old, re.S)
    new = old[: found.start()] + section + old[found.end() :] if found else f"{old.rstrip()}\n\n{section}\n"
    path.write_text(new, encoding="utf-8")


def _short(number: float) -> str:
    """Three significant digits at most, none after the point from 10 on."""
    return f"{number:.0f}" if number >= 10 else f"{number:.2f}"
