"""summary.md: the verdict and the headline table of an evaluation, for a pull request, a mail or a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from data.files import write_text
from evaluate.metrics import Metrics
from evaluate.report.costs import sizes, times
from evaluate.report.groups import groups
from evaluate.report.names import LABELS, label, value_text
from evaluate.report.numbers import Numbers
from evaluate.report.verdict import HEADLINE, steps, verdict
from evaluate.results import Results

_MOST_SLICES = 6


def write_summary(results: Results, path: Path) -> None:
    """Writes the summary, whole or not at all."""
    write_text(path, summary(results))


def summary(results: Results) -> str:
    """The summary as Markdown."""
    metrics = msgspec.convert(results.metrics, Metrics)
    was_read = results.config.ocr.engine != "none"
    parts = [
        f"# {metrics.detector.name} on {results.subject.path.name}",
        "\n".join(f"{'**' if not row else '- '}{said}{'**' if not row else ''}" + ("\n" if not row else "")
                  for row, said in enumerate(verdict(results, metrics))),
    ]  # fmt: skip
    if results.subject.has_truth:
        parts += [_headlines(Numbers(metrics), was_read), _losses(metrics), _slices(metrics, was_read)]
    parts += [_cost(metrics), _provenance(metrics)]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column is words, the others are numbers."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _headlines(numbers: Numbers, was_read: bool) -> str:
    rows = []
    for name in LABELS:
        if name.startswith("end_to_end") and not was_read:
            continue
        value = numbers.value(name)
        interval = numbers.number_interval(name) if "alarms" in name else numbers.interval(name)
        rows.append((label(name), value_text(name, value), interval if value is not None else numbers.reason(name)))
    return table(("measure", "value", f"{numbers.confidence} interval".strip()), rows)


def _losses(metrics: Metrics) -> str:
    falls = steps(metrics.waterfalls.as_run)
    rows = [(step.words.name, str(step.count), f"{step.lost} {step.words.loss}" if step.lost else "") for step in falls]
    return "## Where links are lost\n\n" + table(("step", "left", "lost"), rows) if falls else ""


def _slices(metrics: Metrics, was_read: bool) -> str:
    """The attributes that matter most, among values with links enough."""
    overall = Numbers(metrics).value(HEADLINE if was_read else "detection.recall")
    chosen = [one for one in groups(metrics.slices, overall, was_read=was_read) if one.spread > 0][:_MOST_SLICES]
    rows = [
        (f"{group.attribute.replace('_', ' ')}: {row.value}", str(row.links), row.found, row.exact if was_read else "")
        for group in chosen
        for row in group.rows
        if not row.few
    ]
    return "## What matters most\n\n" + table(("links with", "links", "found", "read right"), rows) if rows else ""


def _cost(metrics: Metrics) -> str:
    measured = [one for one in times(metrics.cost, metrics.reasons) if one.pages]
    facts = [f"{one.name} {one.value}" for one in sizes(metrics.cost, metrics.reasons) if not one.reason]
    rows = [(one.stage, one.median, one.p95, one.cpu_median) for one in measured]
    shown = table(("time a page", "median", "95 of 100 under", "processor, median"), rows) if rows else ""
    return "## Cost\n\n" + "\n\n".join(part for part in (shown, ", ".join(facts)) if part) if rows or facts else ""


def _provenance(metrics: Metrics) -> str:
    facts = (
        f"pictures {metrics.dataset.path}, hash {metrics.dataset.hash}",
        f"detector {metrics.detector.name}, hash {metrics.detector.fingerprint}",
        f"score threshold {metrics.operating_point.score_threshold:.3g} ({metrics.operating_point.chosen_by})",
        f"signature `{metrics.signature}`",
    )
    return "## Provenance\n\n" + "\n".join(f"- {fact}" for fact in facts)
