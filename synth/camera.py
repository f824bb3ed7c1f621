"""Photographs a sheet: one geometric warp, then light, lens, sensor and JPEG.

Print is warped and blurred as one grey channel and coloured afterwards, by channel: a third of the work. What has a
colour of its own (layers) is warped in windows of its size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from synth import effects, lens, noise
from synth.beyond import lay_ground, off_the_pages, window_of_pages
from synth.compose import Pixels, cover, flat
from synth.geometry import PageMap, Window, bands, whole
from synth.hand import Patch
from synth.ink import Raster
from synth.layers import Coverage, Layer
from synth.light import Light
from synth.paper import Sheet
from synth.recipe import Recipe
from synth.scene import Camera, Paper
from synth.shaping import Floats
from synth.warp import Warp

_MARGIN_PT = 6.0
# Ink is drawn a little finer than the camera sees it, so that the warp's interpolation costs no sharpness.
_OVERSAMPLING = 1.0


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
    lit = Light(page_map, nodes, camera, paper)
    picture = np.empty((*page_map.picture[::-1], 3), np.uint8)
    window = whole(picture)
    off = None if recipe.ground.kind == "paper" else off_the_pages(page_map, nodes, paper.stack_pt)
    if off is not None:
        window = window_of_pages(off, page_map.picture)
    _print(picture, sheet, Warp(page_map, nodes, sheet.raster, window), lit, recipe)
    if off is not None:
        lay_ground(picture, ground, off, page_map.scale, lit, recipe)
    for finger in fingers:
        _lay_finger(picture, finger, lit)
    if camera.noise > 0:
        noise.add_sensor_noise(picture, camera.noise, paper.texture_offset[::-1])
    picture = effects.apply(picture, camera.effects)
    if camera.grey:
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return picture


def _print(picture: Pixels, sheet: Sheet, warp: Warp, lit: Light, recipe: Recipe) -> None:
    """Fills the warp's window of the picture, in place, with the sheet in its light as the lens shows it."""
    camera, paper = recipe.camera, recipe.paper
    fibres = noise.fibres(picture.shape[:2], paper.texture_offset)[warp.window]
    grey = _reflected(lens.blurred(warp.image(sheet.dark), camera), fibres, paper)
    for (rows, _), part in zip(bands(warp.window), bands(whole(grey)), strict=True):
        cv2.multiply(grey[part], lit.window((rows, warp.window[1])), dst=grey[part], dtype=cv2.CV_8U)
    grey = lens.sharpened(grey, camera)
    seen = picture[warp.window]
    _colour(seen, grey, paper, camera)
    for layer in sheet.layers:
        _lay(seen, layer, warp, camera)


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


def _reflected(dark: Coverage, fibres: Coverage, paper: Paper) -> Coverage:
    """Share of white that paper, with its fibres, and ink reflect: 255 is the lighter of the two."""
    bare, ink = max(paper.colour), max(paper.ink)
    top = max(bare, ink)
    # Where the ink is the lighter, the ramp goes up from the paper's own.
    ramp, paper_white = (ink - bare) / top, 255 * bare / top
    if paper.grain <= 0:
        return cv2.addWeighted(dark, ramp, dark, 0.0, paper_white)
    strength = paper.grain * 255 / noise.SPREAD
    return cv2.addWeighted(dark, ramp, fibres, strength, paper_white - (128 + noise.SPREAD) * strength)


def _colour(picture: Pixels, grey: Coverage, paper: Paper, camera: Camera) -> None:
    """Fills the picture's channels, blue first: paper's and light's colour, exposure, stray light."""
    top = max(*paper.colour, *paper.ink)
    tint = paper.ink if paper.inverted else paper.colour
    hue = [channel / max(tint) for channel in tint]
    gain = (1 - camera.flare) * top * camera.exposure
    channels = [
        cv2.convertScaleAbs(grey, alpha=gain * share * cast, beta=255 * camera.flare)
        for share, cast in zip(hue[::-1], camera.cast[::-1], strict=True)
    ]
    cv2.merge(channels, dst=picture)


def _lay(picture: Pixels, layer: Layer, warp: Warp, camera: Camera) -> None:
    """Lays coloured print or a mark on the picture, in place."""
    seen = warp.layer(layer)
    if seen is None:
        return
    left, top, coverage = seen
    coverage = lens.blurred(coverage, camera)
    target = picture[top : top + coverage.shape[0], left : left + coverage.shape[1]]
    colours = layer.colour[::-1]
    if layer.kind == "filter":
        passed = [cv2.addWeighted(coverage, -(1 - c), coverage, 0.0, 255) for c in colours]
        cv2.multiply(target, cv2.merge(passed), dst=target, scale=1 / 255)
        return
    cover(target, flat(target, [c * camera.exposure * (1 - camera.flare) for c in colours]), coverage)


def _lay_finger(picture: Pixels, finger: Patch, lit: Light) -> None:
    """Lays a finger on the picture, in the light that falls there, in place."""
    left, top, patch, alpha = finger
    window = np.s_[top : top + patch.shape[0], left : left + patch.shape[1]]
    light_there = cv2.merge([lit.window(window)] * 3)
    cover(picture[window], cv2.multiply(patch, light_there, dtype=cv2.CV_8U), alpha)
