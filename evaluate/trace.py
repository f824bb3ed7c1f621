"""Follows a printed line from its prefix to the right: where its middle runs, and how far it reaches up and down.

A detector gives an upright box around the prefix. The line may slant (a card on a table), bend (a page near its
gutter) and have close neighbours. So its slope is measured from the ink around the prefix, the line is followed to
the right window by window, and its upper and lower limits are put where the ink is thinnest.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from data.model import Box

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_UNIT_PX = 12
"""Working size: lines are followed at a scale where a unit (an x-height to a line height) has this many pixels."""
_MAX_SLOPE_DEG = 20.0
_STEP_DEG = 0.5
_WINDOW, _STEP = 5.0, 2.5


@dataclass(frozen=True, slots=True)
class Path:
    """Middle of a line: rows `y` of the picture at columns `x`, ascending, straight between them and beyond."""

    x: Floats
    y: Floats

    def middle(self, x: Floats) -> Floats:
        """Rows of the middle at some columns."""
        return np.asarray(np.interp(x, self.x, self.y))

    def slope(self, x: Floats) -> Floats:
        """dy/dx at some columns, smoothed over neighbouring nodes."""
        return np.asarray(np.interp(x, self.x, np.gradient(self.y, self.x)))


@dataclass(frozen=True, slots=True)
class Trace:
    """One line: its middle, its limits relative to the middle (`top` is negative), its x-height; in pixels."""

    path: Path
    top: float
    bottom: float
    x_height: float


def trace(grey: Grey, prefix: Box, max_width: float) -> Trace:
    """Follows the line that a prefix stands on.

    Args:
        grey: uint8 (height, width), the whole picture.
        prefix: box of the prefix.
        max_width: how far to follow it, in heights of the prefix.
    """
    unit = _unit(prefix)
    path = _follow(grey, prefix, unit, max_width * unit)
    return Trace(path, *_limits(grey, path, prefix))


def leftwards(grey: Grey, traced: Trace, start: Box, reach: float) -> Path:
    """The path of a traced line, carried on to the left of `start` by `reach` pixels or to the picture's edge."""
    width = grey.shape[1]
    mirrored: Box = (width - start[0] - start[2], start[1], start[2], start[3])
    back = _follow(np.ascontiguousarray(grey[:, ::-1]), mirrored, _unit(start), reach)
    left = back.x > mirrored[0] + mirrored[2]
    # Both begin in the middle of `start`, where they may differ by a fraction of a pixel.
    jump = float(traced.path.middle(np.array([start[0]]))[0] - back.middle(np.array([width - start[0]]))[0])
    right = traced.path.x >= start[0]
    x = np.concatenate([(width - back.x[left])[::-1], traced.path.x[right]])
    return Path(x, np.concatenate([(back.y[left] + jump)[::-1], traced.path.y[right]]))


def strip_along(grey: Grey, path: Path, columns: Floats, rows: Floats, scale: float) -> Grey:
    """The picture along a path: `rows` pixels below its middle, at `scale` pixels a pixel."""
    return sample(grey, *bent_grid(path, columns, rows), scale)


def _unit(box: Box) -> float:
    return max(box[3], box[2] / 4, 2.0)


def _height(prefix: Box, slope: float) -> float:
    """Height of the prefix square to its line: the upright box of a slanting word is taller than the word."""
    return max(prefix[3] - abs(slope) * prefix[2], 0.3 * prefix[3])


def _follow(grey: Grey, prefix: Box, unit: float, reach: float) -> Path:
    x, y, width, height = prefix
    centre = (x + width / 2, y + height / 2)
    slope = _slope(grey, centre, prefix, unit)
    end = max(min(float(grey.shape[1]), x + width + reach), centre[0] + unit)
    straight = Path(np.array([x - unit, end]), centre[1] + slope * (np.array([x - unit, end]) - centre[0]))
    columns = np.arange(centre[0], end, _STEP * unit)
    offsets = _offsets(grey, straight, columns, unit, width)
    nodes = np.concatenate([[x - unit], columns, [end]])  # up to the very end: a link may fill its line
    return Path(nodes, straight.middle(nodes) + np.concatenate([offsets[:1], offsets, offsets[-1:]]))


def _slope(grey: Grey, centre: tuple[float, float], prefix: Box, unit: float) -> float:
    """Slope (dy/dx) at which the rows of ink around the prefix are sharpest."""
    scale = _UNIT_PX / unit
    left, right = max(int(prefix[0] - 6 * unit), 0), int(prefix[0] + prefix[2] + 12 * unit)
    top, bottom = max(int(centre[1] - 5 * unit), 0), int(centre[1] + 5 * unit)
    part = grey[top:bottom, left:right]
    if not part.size:
        return 0.0
    small = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    ink = ink_of(small)
    ys, xs = (places.astype(np.float64) for places in np.nonzero(ink > 0.15))
    if not ys.size:
        return 0.0
    away, weights = xs - (centre[0] - left) * scale, ink[ink > 0.15]
    best = 0.0
    for reach, step in ((_MAX_SLOPE_DEG, _STEP_DEG), (_STEP_DEG, _STEP_DEG / 5)):
        degrees = best + np.arange(-reach, reach + step / 2, step)
        best = float(degrees[np.argmax([_sharpness(angle, ys, away, weights) for angle in degrees])])
    return float(np.tan(np.deg2rad(best)))


def _sharpness(degrees: float, ys: Floats, away: Floats, weights: Floats) -> float:
    """How much the ink differs from row to row, if rows had that slope."""
    tangent = np.tan(np.deg2rad(degrees))
    rows = ys - tangent * away
    profile = np.bincount(np.round(rows - rows.min()).astype(np.int64), weights=weights)
    # A mild preference for level lines decides where there is next to no ink.
    return float(np.square(np.diff(profile)).sum() * (1 - 0.1 * abs(tangent)))


def _offsets(grey: Grey, path: Path, columns: Floats, unit: float, prefix_width: float) -> Floats:
    """How far the line leaves a straight path at some columns, in pixels of the picture, down is positive.

    Each window is aligned with the mean row profile of those before it; windows without ink keep their course.
    """
    scale = _UNIT_PX / unit
    half, room = 2 * _UNIT_PX, _UNIT_PX
    offsets = np.zeros(len(columns))
    first = _strip(grey, path, columns[0], prefix_width, 0.0, scale, half)
    template, drift = ink_rows(first), 0.0
    for index in range(1, len(columns)):
        expected = offsets[index - 1] + drift
        strip = _strip(grey, path, columns[index], _WINDOW * unit, expected, scale, half + room)
        profile = ink_rows(strip)
        shift = _best_shift(profile, template, room)
        offsets[index] = expected if shift is None else expected + shift / scale
        if shift is not None:
            template = 0.7 * template + 0.3 * profile[room + shift : room + shift + len(template)]
            drift = 0.5 * drift + 0.5 * (offsets[index] - offsets[index - 1])
    return offsets


def _strip(grey: Grey, path: Path, column: float, width: float, offset: float, scale: float, half_rows: int) -> Grey:
    """A strip of the line around a column: rows −half…half around its middle, at `scale` pixels a pixel."""
    xs = np.arange(column - width / 2, column + width / 2, 1 / scale)
    rows = np.arange(-half_rows, half_rows + 1) / scale
    return strip_along(grey, path, xs, rows + offset, scale)


def ink_rows(strip: Grey) -> Floats:
    """Mean ink of each row of a strip at working size, underlines left out."""
    return np.asarray(without_rules(ink_of(strip), 3 * _UNIT_PX).mean(axis=1))


def _best_shift(profile: Floats, template: Floats, room: int) -> int | None:
    """Rows by which the profile lies lower than the template; None where nothing stands out."""
    if profile.max(initial=0.0) < 0.02:
        return None
    shifts = np.arange(-room // 3, room // 3 + 1)
    windows = [profile[room + shift : room + shift + len(template)] for shift in shifts]
    scores = np.array([float(np.dot(window - window.mean(), template - template.mean())) for window in windows])
    # Close calls go to the smallest move.
    return int(shifts[np.argmax(scores * (1 - 0.01 * np.abs(shifts)))]) if scores.max() > 0 else None


def bent_grid(path: Path, xs: Floats, rows: Floats) -> tuple[Floats, Floats]:
    """Places (x, y), each of shape (rows, columns), at some distances `rows` square to the line at columns `xs`."""
    slope = path.slope(xs)
    length = np.hypot(1.0, slope)
    grid_x = xs[None, :] - rows[:, None] * (slope / length)[None, :]
    grid_y = path.middle(xs)[None, :] + rows[:, None] / length[None, :]
    return grid_x, grid_y


def sample(grey: Grey, grid_x: Floats, grid_y: Floats, scale: float) -> Grey:
    """The picture at those places (the middle of the first pixel is at 0.5), softened first where it shrinks."""
    left, right = max(int(grid_x.min() - 4), 0), int(grid_x.max() + 5)
    top, bottom = max(int(grid_y.min() - 4), 0), int(grid_y.max() + 5)
    part = grey[top:bottom, left:right] if right > 0 and bottom > 0 else grey[:0]
    if not part.size:
        return np.full(grid_x.shape, 255, np.uint8)
    if scale < 0.8:
        part = cv2.GaussianBlur(part, (0, 0), 0.4 / scale)
    map_x, map_y = (grid_x - left - 0.5).astype(np.float32), (grid_y - top - 0.5).astype(np.float32)
    result: Grey = cv2.remap(part, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return result


def ink_of(grey: Grey) -> Floats:
    """How much each pixel differs from the paper around it, 0 to 1; dark ink on light and light on dark alike."""
    size = 4 * _UNIT_PX + 1
    paper = cv2.blur(grey.astype(np.float32), (size, size), borderType=cv2.BORDER_REPLICATE)
    difference = np.abs(grey.astype(np.float32) - paper)
    strong = float(np.percentile(difference, 98)) if difference.size else 0.0
    return np.clip((difference - 0.35 * strong) / max(0.65 * strong, 12.0), 0, 1).astype(np.float64)


def without_rules(ink: Floats, length: int) -> Floats:
    """Ink without underlines and rules: horizontal strokes of at least `length` pixels, longer than any letter.

    Where a letter crosses the stroke (the tail of a `j`), with ink both above and below it, it is left whole.
    """
    stroke = cv2.dilate(
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)), np.ones((3, 1), np.uint8)
    )
    inside = stroke > 0.1
    if not inside.any():
        return ink
    letters = np.where(inside, 0.0, ink)
    thickness = int(inside.sum(axis=0).max()) + 1
    reach = np.ones((thickness, 1), np.uint8)
    from_above = cv2.dilate(letters, reach, anchor=(0, thickness - 1))
    from_below = cv2.dilate(letters, reach, anchor=(0, 0))
    crossed = inside & (np.minimum(from_above, from_below) > 0.4)
    return np.asarray(np.where(crossed, ink, np.clip(ink - stroke, 0, 1)))


def _limits(grey: Grey, path: Path, prefix: Box) -> tuple[float, float, float]:
    """Upper and lower limit of the line relative to its middle, and its x-height, in pixels of the picture."""
    upright = _height(prefix, float(path.slope(np.array([prefix[0] + prefix[2] / 2]))[0]))
    unit = _unit((prefix[0], prefix[1], prefix[2], upright))
    scale = _UNIT_PX / unit
    half = 3 * _UNIT_PX
    width = prefix[2] + 6 * unit
    strip = _strip(grey, path, prefix[0] + width / 2, width, 0.0, scale, half)
    profile = cv2.GaussianBlur(ink_rows(strip).reshape(-1, 1), (1, 3), 0)[:, 0]
    height = upright * scale
    reach = max(round(height / 2), 3)
    near = profile[half - reach : half + reach + 1]
    busy = half - reach + np.flatnonzero(near >= 0.5 * near.max(initial=0.0))
    first, last = int(busy[0]), int(busy[-1])
    x_height = max(last - first + 1.0, 0.4 * _UNIT_PX)
    # The prefix may be `www.`, which has nothing above or below its small letters, but other letters of the line do.
    upper = _thinnest(profile, first - 1.3 * x_height, min(first - 0.45 * x_height, half - 0.5 * height))
    lower = _thinnest(profile, max(last + 0.35 * x_height, half + 0.5 * height), last + 1.0 * x_height)
    return (upper - half) / scale, (lower - half) / scale, x_height / scale


def _thinnest(profile: Floats, start: float, stop: float) -> int:
    """The row with least ink between two rows, the middle one of several."""
    first = int(np.clip(start, 0, len(profile) - 1))
    last = int(np.clip(stop, first, len(profile) - 1))
    part = profile[first : last + 1]
    rows = np.flatnonzero(part <= part.min() + 0.02 * profile.max(initial=0.0))
    return first + int(rows[len(rows) // 2])
