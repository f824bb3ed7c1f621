"""Says yes or no to a release: floors in a file, and a margin to a previous run. Made for CI.

A floor file is YAML, one measure a line by its dotted name in metrics.json:

    end_to_end.normalised.hmean: {at_least: 0.60}
    end_to_end.wrong_destination_rate: {at_most: 0.10}
    detection.ap50: {at_least: 0.85, certainly: true}    # even the worse end of its interval
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from conf import UserError
from evaluate.comparison import LOWER_IS_BETTER, Difference, differences, same_set
from evaluate.metrics import Metrics, value_of
from evaluate.runs import FinishedRun

_WANTED = "write a line for each measure, as end_to_end.normalised.hmean: {at_least: 0.6}"


class Floor(msgspec.Struct, frozen=True):
    """What a measure must reach: a least value, a greatest, or both.

    Attributes:
        at_least, at_most: limits, included.
        certainly: the worse end of the interval must keep them too.
    """

    at_least: float | None = None
    at_most: float | None = None
    certainly: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """One measure and whether it passes, with the sentence that says why."""

    name: str
    passes: bool
    sentence: str


def read_floors(path: Path) -> dict[str, Floor]:
    """Reads a floor file: floors by the names of their measures.

    Raises:
        UserError: where it is not there, is no YAML, is empty, or a line says something else.
    """
    try:
        content = msgspec.yaml.decode(path.read_bytes())
    except OSError:
        raise UserError(f"{path} cannot be read; name a floor file.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is no YAML: {' '.join(str(error).split())}; {_WANTED}.") from None
    if not isinstance(content, dict) or not content:
        raise UserError(f"{path} is no floor file; {_WANTED}.")
    return {str(name): _floor(f"{path}: {name}", str(name), line) for name, line in content.items()}


def _floor(where: str, name: str, line: Any) -> Floor:
    """One line of a floor file."""
    if _is_number(line):
        limit = "at_most" if name in LOWER_IS_BETTER else "at_least"
        raise UserError(f"{where} says {line:g}, but not which way; write {name}: {{{limit}: {line:g}}}.")
    if not isinstance(line, dict):
        raise UserError(f"{where} says {line!r}; {_WANTED}.")
    for key, value in line.items():
        if key not in Floor.__struct_fields__:
            raise UserError(f"{where} has {key}; it can have {', '.join(Floor.__struct_fields__)}.")
        if key == "certainly" and not isinstance(value, bool):
            raise UserError(f"{where} has certainly={value!r}; it is true or false.")
        if key != "certainly" and not _is_number(value):
            raise UserError(f"{where} has {key}={value!r}, which is no number.")
    floor = Floor(**line)
    if floor.at_least is None and floor.at_most is None:
        raise UserError(f"{where} asks nothing; {_WANTED}.")
    return floor


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def judged(metrics: Metrics, floors: Mapping[str, Floor], where: Path) -> list[Judgement]:
    """Holds a run against floors.

    Args:
        metrics: of the run.
        floors: what it must reach.
        where: folder of the run, for sentences.

    Raises:
        UserError: where a measure is not known, is undefined there, or has no interval and needs one.
    """
    return [_judged(metrics, name, floor, where) for name, floor in floors.items()]


def _judged(metrics: Metrics, name: str, floor: Floor, where: Path) -> Judgement:
    try:
        value = value_of(metrics, name)
    except KeyError:
        raise UserError(f"{name} is no measure of {where}/metrics.json.") from None
    if value is None:
        reason = metrics.reasons.get(name, "it is null")
        raise UserError(f"{name} is undefined in {where}: {reason}; nothing can be said of its floor.")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError(f"{name} of {where}/metrics.json is no number.")
    low = high = float(value)
    if floor.certainly:
        if name not in metrics.intervals:
            raise UserError(f"{name} has no interval in {where}; leave certainly out, or set resamples.")
        low, high = metrics.intervals[name]
    passes = (floor.at_least is None or low >= floor.at_least) and (floor.at_most is None or high <= floor.at_most)
    limits = [f"at least {floor.at_least:g}"] if floor.at_least is not None else []
    limits += [f"at most {floor.at_most:g}"] if floor.at_most is not None else []
    interval = f" [{low:.4g}, {high:.4g}]" if floor.certainly else ""
    return Judgement(name, passes, f"{value:.4g}{interval}, {' and '.join(limits)} is asked for")


def against(
    before: FinishedRun, after: FinishedRun, names: list[str], margin: float, *, certainly: bool, resamples: int
) -> list[Judgement]:
    """Holds a run against a previous one: no measure may be worse by more than the margin.

    Args:
        before: the previous run, on the same set.
        after: the run that is judged.
        names: measures, dotted.
        margin: in the unit of each measure.
        certainly: fail only where all of the difference's 95 % interval is worse than the margin.
        resamples: for that interval.

    Raises:
        UserError: where the runs cannot be compared, or a measure is unknown or undefined in one of them.
    """
    same_set(before, after)
    found = {one.name: one for one in differences(before, after, resamples=resamples, confidence=0.95)}
    return [_against(found, name, margin, certainly, (before, after)) for name in names]


def _against(
    found: dict[str, Difference], name: str, margin: float, certainly: bool, runs: tuple[FinishedRun, FinishedRun]
) -> Judgement:
    if name not in found:
        raise UserError(f"measures: {name} has no difference; it can be: {', '.join(found)}.")
    one = found[name]
    if one.difference is None:
        run = runs[0] if one.before is None else runs[1]
        raise UserError(f"{name} is undefined in {run.folder}: {run.metrics.reasons.get(name, 'it is null')}.")
    sign = -1 if name in LOWER_IS_BETTER else 1
    gain = max(sign * end for end in one.interval) if certainly and one.interval else sign * one.difference
    interval = f" [{one.interval[0]:+.4g}, {one.interval[1]:+.4g}]" if one.interval else ""
    sentence = f"{one.before:.4g} → {one.after:.4g}, {one.difference:+.4g}{interval}, margin {margin:g}"
    return Judgement(name, gain >= -margin, sentence)
