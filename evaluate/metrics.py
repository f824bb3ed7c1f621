"""The schema of metrics.json, field by field: what another program may count on.

A number that has no meaning is null; `reasons` says why, under the number's dotted name (`detection.ap_large`).
A number that could have come out otherwise on other pages of the same kind has its interval in `intervals`, under
the same name. Shares lie between 0 and 1, boxes and heights are in pixels of the original picture.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from conf import UserError

SCHEMA_VERSION = 2
"""Raised whenever a name goes, or means something else; new names do not raise it."""

Number = float | None
Interval = tuple[float, float]


class Rates(msgspec.Struct, forbid_unknown_fields=True):
    """Of links.

    Attributes:
        precision: answers that are right, of all answers.
        recall: links that were answered rightly, of all links whose text is known.
        hmean: harmonic mean of the two.
    """

    precision: Number
    recall: Number
    hmean: Number


class RightEdge(msgspec.Struct, forbid_unknown_fields=True):
    """How far the right edge of a detection is from that of its prefix; the line that is read begins there.

    Attributes:
        links: found links at the operating point.
        median: of the signed error, in x-heights; positive where the detection ends too far right.
        median_off, p95_off: median and 95th percentile of the error without its sign, in x-heights.
        within_half: share of them at most half an x-height off.
    """

    links: int
    median: Number
    median_off: Number
    p95_off: Number
    within_half: Number


class HeightBin(msgspec.Struct, forbid_unknown_fields=True):
    """Detection of prefixes of one height; prefixes and stray detections of other heights are ignored.

    Attributes:
        low_px, high_px: height of the prefix, from (included) and to (not included); null for no upper end.
        links: prefixes of that height that count.
        ap: mean over IoU 0.5 to 0.95, as COCO's.
        ap50: at IoU 0.5.
        ar100: COCO's recall with at most 100 detections a page.
    """

    low_px: float
    high_px: Number
    links: int
    ap: Number
    ap50: Number
    ar100: Number


class DetectionError(msgspec.Struct, forbid_unknown_fields=True):
    """One kind of detection error, over all scores and all pages, those without links included.

    Attributes:
        kind: missed, background, badly_placed, duplicate or wrong_class.
        count: detections with that error; for `missed`, links.
        at_operating_point: how many of them are there at the operating point.
        ap50_cost: how much AP at IoU 0.5 would rise were there no such error.
    """

    kind: str
    count: int
    at_operating_point: int
    ap50_cost: Number


class Detections(msgspec.Struct, forbid_unknown_fields=True):
    """Where the links are.

    Attributes:
        ap, ap50, ap75, ap_small, ap_medium, ap_large: COCO's average precision.
        ar1, ar10, ar100, ar_small, ar_medium, ar_large: COCO's average recall.
        ap30, ap40: average precision at IoU 0.3 and 0.4.
        ap_loose: mean over IoU 0.3, 0.35, 0.4, 0.45, 0.5: is the link found at all, however loose its box?
        precision, recall, f1: at the operating point, matched one to one at IoU 0.5.
        precision_iou30, recall_iou30, f1_iou30: the same at IoU 0.3.
        false_alarms_per_empty_page: detections at the operating point on pages without any link.
        clean_empty_pages: share of such pages without a false alarm.
        empty_pages: number of pages without any link.
        right_edge: where the crop begins.
        by_height: by height of the prefix, ascending.
        errors: what average precision is lost to, the dearest first.
    """

    ap: Number
    ap50: Number
    ap75: Number
    ap_small: Number
    ap_medium: Number
    ap_large: Number
    ar1: Number
    ar10: Number
    ar100: Number
    ar_small: Number
    ar_medium: Number
    ar_large: Number
    ap30: Number
    ap40: Number
    ap_loose: Number
    precision: Number
    recall: Number
    f1: Number
    precision_iou30: Number
    recall_iou30: Number
    f1_iou30: Number
    false_alarms_per_empty_page: Number
    clean_empty_pages: Number
    empty_pages: int | None
    right_edge: RightEdge
    by_height: list[HeightBin]
    errors: list[DetectionError]


class Wrapped(msgspec.Struct, forbid_unknown_fields=True):
    """Links that run over several lines.

    Attributes:
        links: how many of known text.
        whole: share of them that was read right.
        first_line: share of them of which at least the visible first line was read right.
    """

    links: int | None
    whole: Number
    first_line: Number


class Confusion(msgspec.Struct, forbid_unknown_fields=True):
    """Letters that were read as others, over found links; an empty text stands for nothing there."""

    printed: str
    read: str
    count: int


class EndToEnd(msgspec.Struct, forbid_unknown_fields=True):
    """From the page to the link.

    Attributes:
        normalised: the headline: equal after normalisation (see `evaluate/url.py`).
        raw: letter by letter.
        merged: as normalised, with 0, O, o and 1, l, I taken for one another: what is lost to letters that look alike.
        normalised_iou30: the headline where a match needs an IoU of 0.3 only.
        cer: letters to change over letters printed; missed links and answers at false alarms count whole.
        cer_matched: the same over found links.
        wrong_destination_rate: answers that are valid addresses, but not the printed one, of all answers.
        wrong_host_rate: answers that lead to another host than the printed one, of all answers.
        links: printed links of known text.
        answers: detections at the operating point for which a link was read.
        wrapped: links that run over several lines.
        confusions: the commonest letter confusions, the commonest first.
    """

    normalised: Rates
    raw: Rates
    merged: Rates
    normalised_iou30: Rates
    cer: Number
    cer_matched: Number
    wrong_destination_rate: Number
    wrong_host_rate: Number
    links: int | None
    answers: int | None
    wrapped: Wrapped
    confusions: list[Confusion]


class OperatingPoint(msgspec.Struct, forbid_unknown_fields=True):
    """The threshold behind every count and picture.

    Attributes:
        score_threshold: detections below it are not used.
        chosen_by: `given` by the user, or the measure that was best on the validation set: `end_to_end` or `detection`.
        validation: the set that it was chosen on; null where it was given.
        validation_hash: names its content.
        value: the measure's value on the validation set, F1 or hmean.
        budget: most false alarms per page without links that were allowed; null for no budget.
        false_alarms_per_empty_page: on the validation set; null where it has no such page.
        within_budget: false where no threshold at which anything is found keeps the budget; the quietest was taken.
    """

    score_threshold: float
    chosen_by: str = "given"
    validation: str | None = None
    validation_hash: str | None = None
    value: Number = None
    budget: Number = None
    false_alarms_per_empty_page: Number = None
    within_budget: bool = True


class Stage(msgspec.Struct, forbid_unknown_fields=True):
    """One step from print to address: links of known text that are still right after it."""

    name: str
    count: int
    share: Number


class Waterfalls(msgspec.Struct, forbid_unknown_fields=True):
    """From truth to the exact address: printed, found, crop_whole, characters, extracted, exact. Each list has all six.

    Attributes:
        as_run: what the pipeline did.
        oracle_box: with the true boxes in place of the detector's; null where it was not asked for (`oracles=true`).
        oracle_crop: with the true line segments cut out; null likewise.
        oracle_text: with the true text read wherever a link was found; null where nothing was read.
    """

    as_run: list[Stage] | None
    oracle_box: list[Stage] | None
    oracle_crop: list[Stage] | None
    oracle_text: list[Stage] | None


class CalibrationBin(msgspec.Struct, forbid_unknown_fields=True):
    """Detections whose scores lie between `low` and `high`: their mean score, and the share that is right."""

    low: float
    high: float
    count: int
    score: Number
    right: Number


class Calibration(msgspec.Struct, forbid_unknown_fields=True):
    """Does a score of 0.8 mean right in 8 of 10? Right is a detection that COCO matches at IoU 0.5.

    Attributes:
        error: expected calibration error: mean over detections of |mean score - share right| of their bin.
        bins: ten of equal width.
    """

    error: Number
    bins: list[CalibrationBin]


class Cell(msgspec.Struct, forbid_unknown_fields=True):
    """Links that share a value of an attribute, or of two.

    Attributes:
        links: how many.
        found: share of them found; `found_interval` as in `intervals`.
        exact: share read right of those whose text is known; `exact_interval` likewise.
        few: fewer than 30 links: to be shown in grey, since one link more or less moves it by percents.
    """

    links: int
    found: Number
    exact: Number
    found_interval: Interval | None = None
    exact_interval: Interval | None = None
    few: bool = False


class Crossed(msgspec.Struct, forbid_unknown_fields=True):
    """Two attributes at once: `cells[value of rows][value of columns]`; pairs that no link has are left out."""

    rows: str
    columns: str
    cells: dict[str, dict[str, Cell]]


class Certainty(msgspec.Struct, forbid_unknown_fields=True):
    """How the intervals were made: pages (or books) drawn with replacement, percentiles of what comes out.

    Attributes:
        confidence: 0.95 for intervals from the 2.5th to the 97.5th percentile.
        resamples: how often all pages were drawn.
        cluster: `page` or `book`: what is drawn as a whole.
        clusters: how many there are.
        seed: of the draws; the same for all runs, so that two of them are compared on the same draws.
    """

    confidence: float
    resamples: int
    cluster: str
    clusters: int
    seed: int


class DatasetFacts(msgspec.Struct, forbid_unknown_fields=True):
    """The set: its path as given, its size, and a hash that names its content."""

    path: str
    images: int
    links: int | None
    ignored: int | None
    hash: str


class DetectorFacts(msgspec.Struct):
    """The detector: its name, and a fingerprint (a model's hash) that changes whenever its answers may."""

    name: str
    fingerprint: str


class Metrics(msgspec.Struct):
    """metrics.json.

    Attributes:
        schema_version: see `SCHEMA_VERSION`.
        signature: how the numbers were made, in one line; numbers of equal signatures can be compared.
        detection, end_to_end, operating_point, waterfalls, calibration: see there. Null without truth: the last two.
        dataset, detector, cost, config, versions: provenance. `cost` is documented in docs/evaluate.md.
        slices: attribute → value → cell.
        crossed: pairs of attributes.
        certainty: null without truth, or where no intervals were asked for.
        reasons: dotted name of a null → why.
        intervals: dotted name of a number → [low, high].
    """

    schema_version: int
    signature: str
    detection: Detections
    end_to_end: EndToEnd
    operating_point: OperatingPoint
    waterfalls: Waterfalls
    calibration: Calibration | None
    dataset: DatasetFacts
    detector: DetectorFacts
    cost: dict[str, Any]
    slices: dict[str, dict[str, Cell]]
    crossed: list[Crossed]
    certainty: Certainty | None
    reasons: dict[str, str]
    intervals: dict[str, Interval]
    config: dict[str, Any]
    versions: dict[str, str | None]


def checked(plain: dict[str, Any]) -> dict[str, Any]:
    """The same values, if they are what the schema says.

    Raises:
        msgspec.ValidationError: where they are not; that is a fault of the measures.
    """
    built: dict[str, Any] = msgspec.to_builtins(msgspec.convert(plain, Metrics))
    return built


class _Version(msgspec.Struct):
    schema_version: int


def read_metrics(path: Path) -> Metrics:
    """Reads a metrics.json.

    Raises:
        UserError: where it is not there, is none, or is of another version of the schema.
    """
    try:
        content = path.read_bytes()
        if msgspec.json.decode(content, type=_Version).schema_version != SCHEMA_VERSION:
            raise UserError(f"{path} is not of schema version {SCHEMA_VERSION}; run the evaluation again.")
        return msgspec.json.decode(content, type=Metrics)
    except OSError:
        raise UserError(f"{path} cannot be read; is it the folder of a finished evaluation?") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is no metrics.json of this program ({error}); run the evaluation again.") from None


def value_of(metrics: Any, name: str) -> Any:
    """A metric by its dotted name, from the typed form or from plain JSON.

    Raises:
        KeyError: where nothing has that name.
    """
    found: Any = metrics
    for part in name.split("."):
        if isinstance(found, dict):
            found = found[part]
        elif part in getattr(found, "__struct_fields__", ()):
            found = getattr(found, part)
        else:
            raise KeyError(name)
    return found
