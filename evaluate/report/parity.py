"""parity.md: what parity.json says, as tables to read."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.parity_results import Matched, Parity


def table(found: Parity) -> str:
    """A page of Markdown."""
    size = f"{' × '.join(map(str, reversed(found.page_size)))} px, " if found.page_size else ""
    about = (
        f"{size}{found.quantise or 'unknown'} weights; {found.pages} pages of {found.dataset}; operating point "
        f"{found.score_threshold:.3g}."
    )
    lines = [f"# {found.candidate} beside {found.reference}", "", about, "", *_bars(found)]
    return "\n".join([*lines, *_raw(found), *_boxes(found), *_scores(found), *_picture(found), *_speed(found), ""])


def _bars(found: Parity) -> Sequence[str]:
    if not found.bars:
        return ("No bar is set for such weights.",)
    rows = (
        _row(one.name, f"{one.at_most:g}", f"{one.value:.3g}", "pass" if one.passes else "FAIL") for one in found.bars
    )
    return ("| bar | at most | is | |", "| --- | --- | --- | --- |", *rows)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _raw(found: Parity) -> Sequence[str]:
    if found.raw is None:
        return ()
    return (
        "", f"## All outputs on {found.raw.tensors} identical tensors", "",
        "| difference | largest | 99.9th percentile |", "| --- | --- | --- |",
        _row("score", f"{found.raw.scores.largest:.2g}", f"{found.raw.scores.p999:.2g}"),
        _row("box, px", f"{found.raw.boxes.largest:.2g}", f"{found.raw.boxes.p999:.2g}"),
    )  # fmt: skip


def _boxes(found: Parity) -> Sequence[str]:
    return ("", f"## Boxes at the operating point, the same from IoU {found.match_iou:g}", "", _told(found.matched))


def _told(matched: Matched) -> str:
    return (
        f"{matched.reference} and {matched.candidate} boxes, {matched.matched} matched, {matched.unmatched} unmatched; "
        f"scores of the matched differ by {matched.score.largest:.2g} at most."
    )


def _scores(found: Parity) -> Sequence[str]:
    head = (
        "",
        "## The whole set",
        "",
        "| | SavedModel | this | difference | interval |",
        "| --- | --- | --- | --- | --- |",
    )
    rows = []
    for one in found.differences:
        difference = "–" if one.difference is None else f"{one.difference:+.4f}"
        interval = f"{one.interval[0]:+.4f} … {one.interval[1]:+.4f}" if one.interval else "–"
        rows.append(_row(one.name, _number(one.before), _number(one.after), difference, interval))
    return (*head, *rows)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _picture(found: Parity) -> Sequence[str]:
    if found.picture is None:
        return ()
    colours = found.picture.colours
    return (
        "", "## Decoding and scaling by the browser, beside ours", "",
        f"{found.picture.pictures} pictures: colours (0…255) differ by {found.picture.mean_colour:.2g} on average, "
        f"{colours.p999:.3g} at the 99.9th percentile, {colours.largest:.3g} at most. " + _told(found.picture.boxes),
    )  # fmt: skip


def _speed(found: Parity) -> Sequence[str]:
    speed = found.speed
    if speed is None:
        return ()
    said = [f"Median {speed.median_ms:.0f} ms a page, 95th percentile {speed.p95_ms:.0f} ms, of {speed.frames}."]
    if speed.browser is not None:
        about = speed.browser
        said.append(
            f"{about['version']}, {about['backend']}, {about['threads']:.0f} thread(s); the backend started in "
            f"{about['start_ms']:.0f} ms, the model was loaded in {about['load_ms']:.0f} ms, its first answer took "
            f"{about['first_ms']:.0f} ms; {about['model_bytes'] / 1e6:.2f} MB of model and "
            f"{about['packages_bytes'] / 1e6:.2f} MB of TensorFlow.js were transferred, not compressed."
        )
    return ("", "## Speed here", "", " ".join(said))
