"""What the picture shows beyond the book's pages: its hard cover, and the ground in the book's shadow."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import reduce

import cv2
import numpy as np
import numpy.typing as npt

from synth.compose import Pixels, cover_sharply, flat
from synth.geometry import CELL, Float32s, PageMap, Window, bands, seen_nodes, upsample, whole
from synth.layers import Coverage
from synth.light import Light
from synth.recipe import Recipe
from synth.scene import Rgb
from synth.shaping import Floats

_NEAR, _OPEN = 0.45, 1.0  # share of the light on the ground beside the book, and away from it
_SOFT = 8  # light and shadow on the ground are soft: a square of so many pixels gets one value
_REACH = 3  # of the shadow, such squares
_AROUND = 24.0  # pixels around the pages that are drawn as paper: more than the distances bend between nodes
_STRIP = 16 * CELL  # rows of a window of the ground
_GAP = 6  # nodes between two windows of the ground; 3 would keep them apart, but windows cost something too
_FARTHEST = 64.0  # pixels; how much farther off the book something lies makes no difference


def lay_ground(
    picture: Pixels, ground: Callable[[Window], Pixels], off: Floats, scale: float, lit: Light, recipe: Recipe
) -> None:
    """Shows the ground where the book does not lie, in place; darker beside the book, in its shadow.

    Args:
        picture: uint8 BGR (height, width, 3).
        ground: gives a window of what the book lies on, in the same shape; not asked where all is paper.
        off: where the pages lie, as `off_the_pages` gives it.
        scale: pixels per point.
        lit: the light on the paper.
        recipe: the hard cover, if there is one; the lamp, away from which the shadow falls; the kind of ground.
    """
    near = off.max(axis=0) >= -1
    if not near.any():
        return
    paper, shade = recipe.paper, _shade(off, lit, recipe)
    for window in _strips(near, picture):
        beyond = _distances(off, window)
        outside = _share(beyond)
        surface = ground(window)
        if paper.board is not None:
            surface = _with_board(surface, beyond - paper.board_pt * scale, paper.board)
        dense = _enlarged(shade, window)
        shaded = cv2.multiply(surface, cv2.merge([dense, dense, dense]), scale=2 / 255)
        cover_sharply(picture[window], shaded, outside)


def off_the_pages(page_map: PageMap, nodes: Floats, stack_pt: float) -> Floats:
    """How far each node is off the pages, sideways and up or down: (2, rows, columns), about pixels, negative there.

    Args:
        page_map: the map of the pixels; past the gutter lies the facing page.
        nodes: its `inverse_nodes()`.
        stack_pt: how far the pages below look out at the outer edge.
    """
    width, height = page_map.page
    gutter = page_map.camera.gutter
    left = -width if gutter == "left" else -stack_pt
    right = 2 * width if gutter == "right" else width + stack_pt
    x, y = nodes[..., 0], nodes[..., 1]
    off = np.stack([np.maximum(left - x, x - right), np.maximum(-y, y - height)]) * page_map.scale
    clipped: Floats = np.clip(off, -_FARTHEST, _FARTHEST)
    return clipped


def window_of_pages(off: Floats, picture: tuple[int, int]) -> Window:
    """The window of a picture (width, height) beyond which `lay_ground` covers all; its corner is on the grid."""
    near = off.max(axis=0) <= _AROUND
    if not near.any():
        return np.s_[0 : picture[1], 0 : picture[0]]
    rows, columns = (np.flatnonzero(near.any(axis=axis)).tolist() for axis in (1, 0))
    return _between(rows[0], rows[-1], picture[1]), _between(columns[0], columns[-1], picture[0])


def _between(first: int, last: int, length: int) -> slice:
    """The pixels of a row or column of a picture that are interpolated from its nodes `first` to `last`."""
    return slice(max(first - 2, 0) * CELL, min((last + 1) * CELL, length))


def _strips(near: npt.NDArray[np.bool_], picture: Pixels) -> Iterator[Window]:
    """Windows, none over another, that have all pixels which are interpolated from marked nodes."""
    for band in bands(whole(picture), _STRIP):
        marked = np.flatnonzero(seen_nodes(near, band).any(axis=0)).tolist()
        # The ground on both sides of a book is two windows.
        ends = [at for at in range(1, len(marked)) if marked[at] - marked[at - 1] > _GAP]
        for first, past in zip([0, *ends], [*ends, len(marked)], strict=True):
            if first < past:
                yield band[0], _between(marked[first], marked[past - 1], picture.shape[1])


def _distances(off: Floats, window: Window) -> Float32s:
    """How far each pixel of a window is off the book's pages, about pixels, float32 (height, width)."""
    rows, columns = window
    size = columns.stop - columns.start, rows.stop - rows.start
    nodes = [seen_nodes(one, window) for one in off]
    # What is nowhere off the pages, as the height is beside them, has no say.
    nodes = [one for one in nodes if one.max() > -1] or nodes[:1]
    # Interpolating the distances, not the share, keeps the paper's edge one pixel wide; each by itself, its corners
    # sharp.
    return reduce(cv2.max, (upsample(one, size) for one in nodes))


def _share(beyond: Float32s) -> Coverage:
    return cv2.addWeighted(beyond, 255.0, beyond, 0.0, 127.5, dtype=cv2.CV_8U)


def _with_board(ground: Pixels, beyond_board: Float32s, colour: Rgb) -> Pixels:
    """The ground with a hard cover lying on it."""
    board = flat(ground, colour[::-1])
    cover_sharply(board, ground, _share(beyond_board))
    return board


def _shade(off: Floats, lit: Light, recipe: Recipe) -> Coverage:
    """The light on the ground, of squares of 8 pixels with one more all around; 128 is full light, so that more finds
    room."""
    light = lit.of_squares(_SOFT)
    rows, columns = light.shape
    each = CELL // _SOFT
    soft = (cv2.resize(one.astype(np.float32), None, fx=each, fy=each)[each:, each:] for one in off)
    outside = np.ascontiguousarray(_share(cv2.max(*soft))[:rows, :columns])
    away = recipe.camera.light_direction
    anchor = round(_REACH + 2 * math.cos(away)), round(_REACH + 2 * math.sin(away))
    near = cv2.blur(outside, (2 * _REACH + 1, 2 * _REACH + 1), anchor=anchor)
    near_light = _OPEN if recipe.ground.kind == "lid" else _NEAR  # on a lid lies no shadow
    left = cv2.addWeighted(near, _OPEN - near_light, near, 0.0, 255 * near_light)
    shade = cv2.convertScaleAbs(cv2.multiply(light, left, dtype=cv2.CV_32F), alpha=0.5)
    return cv2.copyMakeBorder(shade, 1, 1, 1, 1, cv2.BORDER_REPLICATE)


def _enlarged(shade: Coverage, window: Window) -> Coverage:
    """A window of the picture, of what `_shade` gives."""
    rows, columns = (slice(side.start // _SOFT, -(-side.stop // _SOFT) + 2) for side in window)
    dense = cv2.resize(np.ascontiguousarray(shade[rows, columns]), None, fx=_SOFT, fy=_SOFT)
    height, width = (side.stop - side.start for side in window)
    return np.ascontiguousarray(dense[_SOFT : _SOFT + height, _SOFT : _SOFT + width])
