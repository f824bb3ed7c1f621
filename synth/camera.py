"""Photographs a sheet: one geometric warp, then light, lens, sensor and JPEG.

Print is warped and blurred as one grey channel and coloured afterwards, by channel: a third of the work. What has a
colour of its own (layers) is warped in windows of its size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from synth import effects, lens, light, noise
from synth.geometry import Float32s, PageMap, Window, seen_nodes, upsample, window_of
from synth.hand import Patch
from synth.ink import Raster
from synth.layers import Coverage, Layer
from synth.paper import Sheet
from synth.recipe import Recipe
from synth.scene import Camera, Paper, Rgb
from synth.shaping import Floats

Pixels = npt.NDArray[np.uint8]
_MARGIN_PT = 6.0
# Ink is drawn a little finer than the camera sees it, so that the warp's interpolation costs no sharpness.
_OVERSAMPLING = 1.0
_NEAR, _OPEN = 0.45, 1.0  # share of the light on the ground beside the book, and away from it
_WINDOW_MARGIN = 6  # pixels around a layer's window, so that its blur has room


def view(page_map: PageMap, nodes: Floats, body_pt: float, stack_pt: float = 0.0) -> Raster:
    """The part of the sheet that the camera sees, at a scale that gives its body text one of a few sizes in pixels.

    Behind the gutter the facing page is part of the sheet; at
    the outer edge so are the edges of the pages below.
    """
    width, height = page_map.page
    gutter = page_map.camera.gutter
    edges = (
        (-width if gutter == "left" else -stack_pt, 0.0),
        (2 * width if gutter == "right" else width + stack_pt, height),
    )
    xs, ys = nodes[..., 0], nodes[..., 1]
    low = np.clip(np.array([xs.min(), ys.min()]) - _MARGIN_PT, *edges)
    high = np.clip(np.array([xs.max(), ys.max()]) + _MARGIN_PT, *edges)
    if min(xs.min(), ys.min()) < -1e4:  # part of the view lies past the horizon: its edge is unknown
        low, high = np.array(edges[0]), np.array(edges[1])
    scale = _shared_size(page_map.scale * _OVERSAMPLING * body_pt) / body_pt
    size = np.maximum(np.ceil((high - low) * scale), 1).astype(int)
    return Raster(float(scale), float(low[0]), float(low[1]), int(size[0]), int(size[1]))


def _shared_size(pixels: float) -> int:
    """The next of a few sizes per em, at most a sixth larger, so that pages share drawn glyphs."""
    step = 1 if pixels <= 12 else 2 if pixels <= 36 else 4 if pixels <= 72 else 8
    return int(np.ceil(pixels / step)) * step


def photograph(
    sheet: Sheet,
    page_map: PageMap,
    nodes: Floats,
    recipe: Recipe,
    ground: Callable[[Window], Pixels],
    fingers: Sequence[Patch],
) -> Pixels:
    """The picture before its compression, uint8 BGR (height, width, 3).

    Args:
        sheet: the printed sheet.
        page_map: the map that the truth goes through too.
        nodes: its `inverse_nodes()`.
        recipe: paper, light and sensor.
        ground: gives a window of what the book lies on, uint8 BGR (height, width, 3); not asked where the sheet fills
            the picture.
        fingers: what reaches into the picture at its edge.
    """
    camera, paper = recipe.camera, recipe.paper
    lit = light.field(page_map, nodes, camera, paper)
    picture = _printed(sheet, Warp(page_map, nodes, sheet.raster), lit, recipe)
    beyond = None if recipe.ground.kind == "paper" else _beyond(page_map, nodes, paper.stack_pt)
    if beyond is not None:
        _lay_on_ground(picture, ground, *beyond, page_map.scale, lit, recipe)
    for finger in fingers:
        _lay_finger(picture, finger, lit)
    if camera.noise > 0:
        noise.add_sensor_noise(picture, camera.noise, paper.texture_offset[::-1])
    picture = effects.apply(picture, camera.effects)
    if camera.grey:
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return picture


def _printed(sheet: Sheet, warp: Warp, lit: Float32s, recipe: Recipe) -> Pixels:
    """The sheet in its light as the lens shows it, uint8 BGR (height, width, 3)."""
    camera, paper = recipe.camera, recipe.paper
    grey = _reflected(lens.blurred(warp.image(sheet.dark), camera), paper)
    grey = cv2.multiply(grey, lit, dtype=cv2.CV_8U)
    grey = lens.sharpened(grey, camera)
    picture = _coloured(grey, paper, camera)
    for layer in sheet.layers:
        _lay(picture, layer, warp, camera)
    return picture


def hidden(fingers: Sequence[Patch], picture: tuple[int, int]) -> Coverage | None:
    """Where fingers hide the page, uint8 (height, width), 255 where they do wholly; None where nothing does."""
    if not fingers:
        return None
    covered = np.zeros(picture[::-1], np.uint8)
    for left, top, patch, alpha in fingers:
        if not patch.any():
            continue  # a shadow
        target = covered[top : top + alpha.shape[0], left : left + alpha.shape[1]]
        np.maximum(target, alpha, out=target)
    return covered


def encode(picture: Pixels, quality: int) -> bytes:
    """JPEG bytes of a BGR picture."""
    done, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise RuntimeError(f"OpenCV could not encode a JPEG picture of {picture.shape}")
    return bytes(encoded)


class Warp:
    """Carries what is drawn on the raster into the picture: the map of the truth, as OpenCV's look-up table."""

    def __init__(self, page_map: PageMap, nodes: Floats, raster: Raster) -> None:
        """The table for rasters of that window; `nodes` are the map's own."""
        self._map, self._raster = page_map, raster
        # Two planes, not pairs: OpenCV enlarges and looks up planes a fifth faster.
        self._x, self._y = (
            upsample((nodes[..., axis] - corner) * raster.scale - 0.5, page_map.picture)
            for axis, corner in enumerate((raster.left, raster.top))
        )

    def image(self, raster_image: Coverage) -> Coverage:
        """The raster in the picture, uint8 (height, width); 0 outside."""
        return cv2.remap(raster_image, self._x, self._y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)

    def window(self, layer: Layer) -> tuple[int, int, Coverage] | None:
        """(left, top, coverage) of a layer in the picture; None where it is not seen."""
        bounds = self._bounds(layer)
        if bounds is None:
            return None
        left, top, right, bottom = bounds
        x = cv2.subtract(self._x[top:bottom, left:right], layer.left)
        y = cv2.subtract(self._y[top:bottom, left:right], layer.top)
        seen = cv2.remap(layer.coverage, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return left, top, seen

    def _bounds(self, layer: Layer) -> tuple[int, int, int, int] | None:
        rows, columns = layer.coverage.shape
        t = np.linspace(0, 1, 5)
        x, y = np.concatenate([t, t, t * 0, t * 0 + 1]), np.concatenate([t * 0, t * 0 + 1, t, t])
        corners = np.stack([layer.left + x * columns, layer.top + y * rows], axis=1) / self._raster.scale
        seen = self._map.points(corners + np.array([self._raster.left, self._raster.top]))
        low = np.maximum(np.floor(seen.min(axis=0)) - _WINDOW_MARGIN, 0)
        high = np.minimum(np.ceil(seen.max(axis=0)) + _WINDOW_MARGIN, self._map.picture)
        if not (low < high).all():
            return None
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _reflected(dark: Coverage, paper: Paper) -> Coverage:
    """Share of white that paper and ink reflect: 255 is the lighter of the two."""
    bare, ink = max(paper.colour), max(paper.ink)
    top = max(bare, ink)
    # uint8 saturates: where the ink is the lighter, the ramp goes up from the paper's own.
    grey = cv2.addWeighted(dark, (ink - bare) / top, dark, 0.0, 255 * bare / top)
    if paper.grain <= 0:
        return grey
    fibres = noise.fibres(grey.shape, paper.texture_offset)
    strength = paper.grain * 255 / noise.SPREAD
    return cv2.addWeighted(grey, 1.0, fibres, strength, -(128 + noise.SPREAD) * strength)


def _coloured(grey: Coverage, paper: Paper, camera: Camera) -> Pixels:
    """The picture's channels, blue first: paper's and light's colour, exposure, stray light."""
    top = max(*paper.colour, *paper.ink)
    tint = paper.ink if paper.inverted else paper.colour
    hue = [channel / max(tint) for channel in tint]
    gain = (1 - camera.flare) * top * camera.exposure
    channels = [
        cv2.convertScaleAbs(grey, alpha=gain * share * cast, beta=255 * camera.flare)
        for share, cast in zip(hue[::-1], camera.cast[::-1], strict=True)
    ]
    return cv2.merge(channels)


def _lay(picture: Pixels, layer: Layer, warp: Warp, camera: Camera) -> None:
    """Lays coloured print or a mark on the picture, in place."""
    window = warp.window(layer)
    if window is None:
        return
    left, top, coverage = window
    coverage = lens.blurred(coverage, camera)
    target = picture[top : top + coverage.shape[0], left : left + coverage.shape[1]]
    colours = layer.colour[::-1]
    if layer.kind == "filter":
        passed = [cv2.addWeighted(coverage, -(1 - c), coverage, 0.0, 255) for c in colours]
        cv2.multiply(target, cv2.merge(passed), dst=target, scale=1 / 255)
        return
    _cover(target, _flat(target, [c * camera.exposure * (1 - camera.flare) for c in colours]), coverage)


def _flat(like: Pixels, colour: Sequence[float]) -> Pixels:
    """One colour, blue first, 0…1, in the shape of another picture."""
    filled = np.empty_like(like)
    height, width = like.shape[:2]
    # np.full_like takes fifteen times as long.
    cv2.rectangle(filled, (0, 0), (width, height), [min(round(255 * c), 255) for c in colour], cv2.FILLED)
    return filled


def _cover(target: Pixels, patch: Pixels, alpha: Coverage) -> None:
    """Replaces `target` by `patch` in share `alpha`, in place."""
    share = cv2.merge([alpha, alpha, alpha])
    below = cv2.multiply(target, cv2.bitwise_not(share), scale=1 / 255)
    cv2.add(below, cv2.multiply(patch, share, scale=1 / 255), dst=target)


def _cover_sharply(target: Pixels, patch: Pixels, alpha: Coverage) -> None:
    """As `_cover`, where nearly all is covered fully or not at all: only what lies between is mixed."""
    # Without 0 and 255, which 1 … 254 are after going one down, modulo 256.
    rows, columns = np.divmod(np.flatnonzero(alpha - np.uint8(1) < 254), alpha.shape[1])
    share = alpha[rows, columns, None].astype(np.float32) / 255
    mixed = target[rows, columns] * (1 - share) + patch[rows, columns] * share
    cv2.copyTo(patch, alpha, target)
    target[rows, columns] = np.rint(mixed)


def _beyond(page_map: PageMap, nodes: Floats, stack_pt: float) -> tuple[Window, Float32s] | None:
    """How far each pixel of a window is off the book's pages, about pixels, float32 (height, width); negative on them.

    Outside the window all is paper; None where the picture shows paper alone. Past the gutter lies the facing page.
    """
    width, height = page_map.page
    gutter = page_map.camera.gutter
    left = -width if gutter == "left" else -stack_pt
    right = 2 * width if gutter == "right" else width + stack_pt
    x, y = nodes[..., 0], nodes[..., 1]
    sideways = np.maximum(left - x, x - right) * page_map.scale
    up_or_down = np.maximum(-y, y - height) * page_map.scale
    near = np.maximum(sideways, up_or_down) >= -1
    if not near.any():
        return None
    window = window_of(near, page_map.picture)
    size = window[1].stop - window[1].start, window[0].stop - window[0].start
    # Interpolating the distances, not the share, keeps the paper's edge one pixel wide; each by itself, its corners
    # sharp.
    distances = (seen_nodes(np.clip(off, -64, 64), window) for off in (sideways, up_or_down))
    return window, cv2.max(*(upsample(off, size) for off in distances))


def _share_beyond(beyond: Float32s) -> Coverage:
    return cv2.addWeighted(beyond, 255.0, beyond, 0.0, 127.5, dtype=cv2.CV_8U)


def _with_board(ground: Pixels, beyond_board: Float32s, colour: Rgb) -> Pixels:
    """The ground with a hard cover lying on it."""
    board = _flat(ground, colour[::-1])
    _cover_sharply(board, ground, _share_beyond(beyond_board))
    return board


def _lay_on_ground(
    picture: Pixels,
    ground: Callable[[Window], Pixels],
    window: Window,
    beyond: Float32s,
    scale: float,
    lit: Float32s,
    recipe: Recipe,
) -> None:
    """Shows the ground where the book does not lie, in place; darker beside the book, in its shadow.

    Args:
        picture: uint8 BGR (height, width, 3).
        ground: gives a window of what to show.
        window: outside of it lies the book.
        beyond: how far each of its pixels is off the book's pages, as `_beyond` gives it.
        scale: pixels per point.
        lit: the light on the paper, float32 (height, width).
        recipe: the hard cover, if there is one; the lamp, away from which the shadow falls; the kind of ground.
    """
    paper, outside = recipe.paper, _share_beyond(beyond)
    left, top, width, height = cv2.boundingRect(outside)
    if not width:
        return
    inner = np.s_[top : top + height, left : left + width]
    share, (rows, columns) = outside[inner], window
    top, left = rows.start + top, columns.start + left
    window = np.s_[top : top + height, left : left + width]
    surface = ground(window)
    if paper.board is not None:
        surface = _with_board(surface, beyond[inner] - paper.board_pt * scale, paper.board)
    # Light and shadow on the ground are soft: every eighth pixel says enough.
    reach = 3
    away = recipe.camera.light_direction
    anchor = round(reach + 2 * math.cos(away)), round(reach + 2 * math.sin(away))
    near = cv2.blur(np.ascontiguousarray(share[::8, ::8]), (2 * reach + 1, 2 * reach + 1), anchor=anchor)
    near_light = _OPEN if recipe.ground.kind == "lid" else _NEAR  # on a lid lies no shadow
    shade = cv2.addWeighted(near, _OPEN - near_light, near, 0.0, 255 * near_light)
    light = cv2.multiply(np.ascontiguousarray(lit[window][::8, ::8]), shade, dtype=cv2.CV_32F)
    # Half of full brightness as 128, so that light above 1 finds room.
    dense = cv2.resize(cv2.convertScaleAbs(light, alpha=0.5), (width, height))
    shaded = cv2.multiply(surface, cv2.merge([dense, dense, dense]), scale=2 / 255)
    _cover_sharply(picture[window], shaded, share)


def _lay_finger(picture: Pixels, finger: Patch, lit: Float32s) -> None:
    """Lays a finger on the picture, in the light that falls there, in place."""
    left, top, patch, alpha = finger
    window = np.s_[top : top + patch.shape[0], left : left + patch.shape[1]]
    light_there = cv2.merge([lit[window]] * 3)
    _cover(picture[window], cv2.multiply(patch, light_there, dtype=cv2.CV_8U), alpha)
