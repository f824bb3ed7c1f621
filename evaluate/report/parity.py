"""What parity.json says, to read: as tables of Markdown (parity.md), and as a page of its own (index.html)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from evaluate.parity_results import MISSED, OPEN, Bar, Parity, Spread
from evaluate.report.documents import document
from evaluate.report.names import label
from evaluate.report.strips import Estimate, limits_strip
from evaluate.report.words import DASH, counted, listed, percent

_NO_BAR = "No bar is set for such weights: what follows is reported."


@dataclass(frozen=True, slots=True)
class Section:
    """A part of both: a sentence or more, and a table, which may have no rows; a cell's second line is an aside."""

    key: str
    title: str
    text: str
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class BarTile:
    """A bar as the page shows it; `kind` is its CSS class, `strip` draws its interval, where it has one."""

    bar: Bar
    kind: str
    is_: str
    interval: str
    strip: Markup | str


def table(found: Parity) -> str:
    """A page of Markdown."""
    lines = [f"# {_title(found)}", "", verdict(found), "", about(found)]
    for one in (_bars(found), *_sections(found)):
        lines += ["", f"## {one.title}", "", one.text]
        if one.rows:
            lines += ["", _row(one.head), _row(["---"] * len(one.head)), *map(_row, one.rows)]
    return "\n".join([*lines, ""])


def page(found: Parity) -> str:
    """The page as HTML: one file that needs no network."""
    return document(
        "parity.html",
        title=_title(found),
        verdict=verdict(found),
        about=about(found),
        tiles=[_tile(bar) for bar in found.bars],
        sections=list(_sections(found)),
        found=found,
    )


def _row(cells: Sequence[str]) -> str:
    told = (f"{first} ({aside})" if aside else first for first, _, aside in (cell.partition("\n") for cell in cells))
    return f"| {' | '.join(told)} |"


def _title(found: Parity) -> str:
    return f"{found.candidate} beside {found.reference}"


def verdict(found: Parity) -> str:
    """Whether the candidate is still the same detector, in a sentence or two."""
    if not found.bars:
        return _NO_BAR
    missed, unsettled = ([bar.name for bar in found.bars if bar.verdict == each] for each in (MISSED, OPEN))
    said = [f"{listed(missed)} {'misses its bar' if len(missed) == 1 else 'miss their bars'}."] if missed else []
    if unsettled:
        said.append(
            f"{listed(unsettled)} cannot be settled on {counted(found.pages, 'page')}: the interval reaches over the "
            "bar, and more pages would narrow it."
        )
    others = len(found.bars) - len(missed) - len(unsettled)
    if others:
        said.append(f"{'Every bar is' if not said else f'{others} of {len(found.bars)} bars are'} met.")
    return " ".join(said)


def about(found: Parity) -> str:
    """What was compared, on what."""
    size = f", {' × '.join(map(str, reversed(found.page_size)))} px" if found.page_size else ""
    ran = f" {found.browser.version} ran it." if found.browser else ""
    return (
        f"{found.formats[1]}, {found.quantise or 'unknown'} weights{size}, beside {found.formats[0]}; "
        f"{counted(found.pages, 'page')} of {found.dataset}; operating point {found.score_threshold:.3g}; "
        f"{counted(found.cores, 'core')}.{ran}"
    )


def _bars(found: Parity) -> Section:
    rows = [(bar.name, f"{bar.at_most:g}", _value(bar), _ends(bar.interval) or DASH, bar.verdict) for bar in found.bars]
    text = "A bar is met where the whole interval lies within it, missed where all of it lies beyond."
    head = ("bar", "at most", "is", "interval", "verdict")
    return Section("bars", "Bars", text if rows else _NO_BAR, head, rows)


def _tile(bar: Bar) -> BarTile:
    strip: Markup | str = ""
    if bar.interval is not None:
        told = f"{bar.name}: {_value(bar)}, interval {_ends(bar.interval)}, allowed up to {bar.at_most:g} either way"
        strip = limits_strip(Estimate(bar.value, *bar.interval), bar.at_most, told)
    return BarTile(bar, bar.verdict.replace(" ", "-"), _value(bar), _ends(bar.interval), strip)


def _value(bar: Bar) -> str:
    return _signed(bar.value) if bar.interval is not None else f"{bar.value:.2g}"


def _signed(value: float) -> str:
    return f"{value:+.4f}".replace("-", "\N{MINUS SIGN}") if value else "0"


def _ends(interval: tuple[float, float] | None) -> str:
    return f"{_signed(interval[0])} to {_signed(interval[1])}" if interval else ""


def _sections(found: Parity) -> Iterator[Section]:
    if found.raw is not None:
        rows = (("score", *_spread(found.raw.scores)), ("box, px", *_spread(found.raw.boxes)))
        text = (
            f"The same numbers go into both, on {counted(found.raw.tensors, 'page')}; boxes and scores of all anchors."
        )
        yield Section("raw", "All outputs on identical tensors", text, ("difference", *_SPREAD), rows)
    yield _boxes(found)
    yield _measures(found)
    if found.pictures is not None:
        yield _pictures(found)
    if found.speed is not None:
        yield _speed(found)


_SPREAD = ("mean", "99.9th percentile", "largest")


def _spread(spread: Spread) -> tuple[str, ...]:
    return tuple(f"{value:.2g}" for value in (spread.mean, spread.p999, spread.largest))


def _boxes(found: Parity) -> Section:
    text = f"From a score of {found.score_threshold:.3g}; two boxes are the same from an IoU of {found.match_iou:g}."
    matched = found.matched
    numbers = {"SavedModel": matched.reference, "this": matched.candidate, "the same": matched.matched,
               "without their like": matched.unmatched}  # fmt: skip
    rows = [*((name, f"{number:,}") for name, number in numbers.items())]
    rows.append(("largest difference of their scores", f"{matched.score.largest:.2g}"))
    return Section("boxes", "Boxes at the operating point", text, ("", ""), rows)


def _measures(found: Parity) -> Section:
    links, what = found.links, "read right" if found.right == "exact" else "found (nothing was read)"
    text = (
        f"Of {counted(links.links, 'link')} the SavedModel has {links.before} {what}, this one {links.after}: "
        f"{links.broken} broken, {links.mended} mended, p = {links.p:.3g} (McNemar's exact test). Below, shares and AP "
        f"from 0 to 1, and the {percent(found.confidence, 0)} interval of their difference, on the same draws of pages."
    )
    rows = [
        (
            label(one.name),
            *(DASH if value is None else f"{value:.4f}" for value in (one.before, one.after)),
            DASH if one.difference is None else f"{_signed(one.difference)}\n{_ends(one.interval)}".strip(),
        )
        for one in found.differences
        if one.before is not None or one.after is not None
    ]
    return Section("measures", "The whole set", text, ("", "SavedModel", "this", "difference"), rows)


def _pictures(found: Parity) -> Section:
    pictures = found.pictures
    assert pictures is not None
    text = (
        f"Apart from the model: the same {counted(pictures.pictures, 'file')} through each, beside TensorFlow, whose "
        "scaling is in the SavedModel; levels of 0…255 of each colour."
    )
    if pictures.boxes is not None:
        boxes = pictures.boxes
        text += (
            f" On our pixels the model has {counted(boxes.reference, 'box', 'boxes')}, on the browser's "
            f"{boxes.candidate}; {boxes.matched} matched, whose scores differ by {boxes.score.largest:.2g} at most."
        )
    rows = [
        (f"{one.name}: {what}", *_spread(spread))
        for one in pictures.decoders
        for what, spread in (("decoded", one.decoded), ("scaled alone", one.scaled), ("both", one.both))
    ]
    return Section("pictures", "Decoding and scaling of pictures", text, ("", *_SPREAD), rows)


def _speed(found: Parity) -> Section:
    speed, browser = found.speed, found.browser
    assert speed is not None
    rows = [("a page, median", _ms(speed.median_ms)), ("a page, 95th percentile", _ms(speed.p95_ms))]
    if browser is not None:
        rows += [
            ("starting the backend", _ms(browser.start_ms)),
            ("loading the model", _ms(browser.load_ms)),
            ("first answer", _ms(browser.first_ms)),
            ("the model, as transferred, not compressed", f"{browser.model_bytes / 1e6:.2f} MB"),
            ("TensorFlow.js", f"{browser.packages_bytes / 1e6:.2f} MB"),
        ]
    ran = f"{browser.version}, {browser.backend}, {counted(round(browser.threads), 'thread')}; " if browser else ""
    text = f"{ran}{counted(speed.frames, 'answer')} to one page, by the clock; {counted(found.cores, 'core')}."
    return Section("speed", "Speed here", text, ("", ""), rows)


def _ms(value: float) -> str:
    return f"{value:.0f} ms"
