"""What `compare` and `gate` print, and how they end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from conf import UserError
from conf.schema.evaluate_compare import CompareConfig
from conf.schema.evaluate_gate import GateConfig
from conf.schema.evaluate_parity import ParityConfig

_SHOWN = (
    "detection.ap", "detection.ap50", "detection.precision", "detection.recall", "detection.f1",
    "detection.false_alarms_per_empty_page", "end_to_end.normalised.precision", "end_to_end.normalised.recall",
    "end_to_end.normalised.hmean", "end_to_end.raw.hmean", "end_to_end.cer", "end_to_end.wrong_destination_rate",
    "end_to_end.wrong_host_rate", "end_to_end.wrapped.whole",
)  # fmt: skip
"""On the terminal; the file has all of them."""
PAGE = "index.html"
_COLOURS = {"better": "green", "worse": "red", "unsure": "dim"}


def compare(config: CompareConfig) -> None:
    """Compares two runs, writes comparison.json and its page, and prints what differs.

    Raises:
        UserError: where a folder is no finished evaluation with truth, or the two are of different sets.
    """
    import msgspec

    from data.files import claim_folder, write_json
    from evaluate.comparison import COMPARISON
    from evaluate.comparison import compare as compared
    from evaluate.report.changes import write_comparison
    from evaluate.runs import read_run

    before, after = read_run(Path(config.before)), read_run(Path(config.after))
    found = compared(before, after, resamples=config.resamples, confidence=config.confidence)
    names = f"{before.folder.resolve().name}-{after.folder.resolve().name}"
    out = Path(config.out) if config.out is not None else Path("outputs/compare") / names
    claim_folder(out, (COMPARISON, PAGE))
    write_json(out / COMPARISON, msgspec.to_builtins(found), indent=2)
    write_comparison(found, out / PAGE)
    _show(found, config.lines, out / PAGE)


def _show(found: Any, lines: int, made: Path) -> None:
    console = Console()
    console.print(f"{found.before} → {found.after}, {found.confidence:.0%} intervals", highlight=False, soft_wrap=True)
    by_name = {one.name: one for one in found.differences}
    for one in (by_name[name] for name in _SHOWN if name in by_name):
        if one.difference is not None:
            both = f"[{one.interval[0]:+.3f}, {one.interval[1]:+.3f}]" if one.interval else ""
            line = f"{one.name:38} {one.before:.3f} → {one.after:.3f}  {one.difference:+.3f} {both:16}  {one.verdict}"
            console.print(line, style=_COLOURS[one.verdict], highlight=False, markup=False, soft_wrap=True)
    paired, words = found.paired, "read right" if found.right == "exact" else "found"
    console.print(
        f"{paired.links} links, {words}: {paired.before} before, {paired.after} after; "
        f"{paired.broken} broken, {paired.mended} mended, p = {paired.p:.3g} (McNemar)", highlight=False, soft_wrap=True
    )  # fmt: skip
    for one in found.slices:
        if one.p_holm < 0.05:
            console.print(
                f"  {one.attribute} {one.value}: {one.paired.broken} broken, {one.paired.mended} mended of "
                f"{one.paired.links}, p = {one.p_holm:.3g} (Holm){', few links' if one.few else ''}", highlight=False
            )  # fmt: skip
    for name, changes in (("broken", found.broken), ("mended", found.mended)):
        for change in changes[:lines]:
            console.print(f"{name}: {_told(change)}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"comparison: {made}", highlight=False, soft_wrap=True)


def _told(change: Any) -> str:
    texts = [_answer(change.before), _answer(change.after)]
    return f"{Path(change.after['file']).name} {change.after['truth']['text'] or ''}  {' → '.join(texts)}"


def _answer(line: dict[str, Any]) -> str:
    if line["prediction"] is None:
        return "(not found)"
    return line["prediction"]["text"] or "(not read)"


def gate(config: GateConfig) -> bool:
    """Judges a run and prints each judgement; whether all pass.

    Raises:
        UserError: where nothing is to be judged by, or something cannot be judged.
    """
    from evaluate.gate import against, judged, read_floors
    from evaluate.runs import read_run

    if config.floor is None and config.against is None:
        raise UserError("Nothing to judge by: give a floor file (floor=) or a previous evaluation (against=), or both.")
    floors = read_floors(Path(config.floor)) if config.floor is not None else {}
    run = read_run(Path(config.run))
    judgements = judged(run.metrics, floors, run.folder)
    if config.against is not None:
        judgements += against(
            read_run(Path(config.against)), run, config.measures, config.margin,
            certainly=config.certainly, resamples=config.resamples,
        )  # fmt: skip
    for one in judgements:
        print(f"{'pass' if one.passes else 'FAIL'}  {one.name}: {one.sentence}")
    failed = sum(not one.passes for one in judgements)
    print(f"{config.run}: {f'{failed} of {len(judgements)} fail' if failed else 'passes'}")
    return not failed


def parity(config: ParityConfig) -> bool:
    """Compares a converted model with its SavedModel and prints what was found; whether no bar is missed.

    Raises:
        UserError: where a model or set is missing or broken, or the set has no truth.
    """
    from evaluate.parity import parity as compared
    from evaluate.report.parity import table

    found = compared(config)
    print(table(found))
    return found.passes
