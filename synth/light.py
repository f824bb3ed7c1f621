"""The light on the sheet: a lamp to one side, the paper's own shading in its bend, shadows, shine, flicker."""

from __future__ import annotations

import cv2
import numpy as np

from synth.geometry import CELL, FINE_CELL, FINE_PER_NODE, Float32s, PageMap, Window, fine_places, refined
from synth.scene import Camera, Paper, Shadow
from synth.shaping import Floats

_SHARPEST = 1 / 256  # of the picture's width: softness of the hardest shadow, if nodes are near enough for it
_PLACES = 4096  # across both pages: a place is a quarter of a pixel or less
_GUTTER_SHADE = 0.55  # share of light that reaches the bottom of the gutter


class Light:
    """How bright each pixel of the picture is, 1 being full light; worked out at `refined` nodes, and enlarged where it
    is asked for.

    Attributes:
        picture: its width and height, pixels.
    """

    def __init__(self, page_map: PageMap, nodes: Floats, camera: Camera, paper: Paper) -> None:
        """The light of a picture.

        Args:
            page_map: gives the paper's inclination.
            nodes: its `inverse_nodes()`; all that changes slowly is computed there and interpolated.
            camera: lamp, shadow, lens.
            paper: how glossy it is, where the pages below lie.
        """
        self.picture = page_map.picture
        fine = refined(_soft(nodes, camera, paper))
        if camera.gutter != "none" and camera.curl > 0:
            fine *= _shading(page_map, _across(page_map, nodes), refined(nodes[..., 1]), camera)
            # In the fold light meets shade within a hair: it would show as steps.
            fine = cv2.GaussianBlur(fine, (3, 3), 0.8)
        if camera.shadow is not None and camera.shadow.depth > 0:
            fine *= _shadow(camera.shadow, fine.shape, page_map.picture)
        self._fine = fine

    def window(self, window: Window) -> Float32s:
        """The light in a window of the picture, float32 (height, width)."""
        nodes, inner = zip(*(_enlarging(side) for side in window), strict=True)
        return cv2.resize(self._fine[nodes], None, fx=FINE_CELL, fy=FINE_CELL, interpolation=cv2.INTER_LINEAR)[inner]

    def of_squares(self, side: int) -> Float32s:
        """The light in the middle of each square of the picture, `side` pixels wide: 2, 4 … times a fine cell."""
        step = side // FINE_CELL
        columns, rows = (slice(FINE_PER_NODE, FINE_PER_NODE + step * -(-length // side)) for length in self.picture)
        return cv2.resize(self._fine[rows, columns], None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)


def _enlarging(side: slice) -> tuple[slice, slice]:
    """(the fine nodes from which a side of a window is interpolated, where it begins and ends in what they give)."""
    first = CELL + side.start % FINE_CELL
    nodes = slice(side.start // FINE_CELL, -(-side.stop // FINE_CELL) + 2 * FINE_PER_NODE)
    return nodes, slice(first, first + side.stop - side.start)


def _soft(nodes: Floats, camera: Camera, paper: Paper) -> Floats:
    """What changes slowly: gradient, vignette, banding, shine."""
    rows, columns = nodes.shape[:2]
    x, y = ((np.arange(count) - 0.5) / (count - 2) - 0.5 for count in (columns, rows))
    x, y = x[None, :], y[:, None]
    across = np.cos(camera.light_direction) * x + np.sin(camera.light_direction) * y
    light = 1 - camera.light_gradient * np.clip(across + 0.5, 0, 1)
    light *= 1 - camera.vignette * 2 * (x**2 + y**2)
    strength, waves, phase = camera.banding
    if strength > 0:
        light *= 1 + strength * np.sin(2 * np.pi * (waves * y + phase))
    if paper.gloss > 0:
        shine_x, shine_y = camera.shine
        light += paper.gloss * np.exp(-((x - shine_x) ** 2 + (y - shine_y) ** 2) / 0.03)
    lit: Floats = light
    return lit


def _across(page_map: PageMap, nodes: Floats) -> Float32s:
    """Page x at the fine nodes; solved anew where it jumps, at the fold, behind which a page is partly hidden."""
    x = nodes[..., 0]
    fine = refined(x)
    behind = x < (0.0 if page_map.camera.gutter == "left" else page_map.page[0])
    corners = behind[:-1, :-1], behind[1:, :-1], behind[:-1, 1:], behind[1:, 1:]
    cells = np.logical_or.reduce(corners) & ~np.logical_and.reduce(corners)
    if not cells.any():
        return fine
    rows, columns = np.nonzero(cells.repeat(FINE_PER_NODE, axis=0).repeat(FINE_PER_NODE, axis=1))
    rows, columns = rows + FINE_PER_NODE // 2, columns + FINE_PER_NODE // 2
    fine[rows, columns] = page_map.inverse(fine_places(rows, columns))[:, 0]
    return fine


def _shading(page_map: PageMap, s: Float32s, y: Float32s, camera: Camera) -> Float32s:
    """Lambert: paper that leans away from a light above, a little to one side, gets the cosine of its angle to it.

    Down in the gutter the facing page also hides part of the room. Both depend on the place across the page alone:
    they are worked out for a row of places, and looked up.

    Args:
        page_map: gives the paper's slope.
        s: page x of each node, points.
        y: page y, points; beside the book nothing is shaded.
        camera: gutter, curl, lamp.
    """
    width, height = page_map.page
    places = np.linspace(-width, 2 * width, _PLACES)
    slope = page_map.slope(places)
    lean = 0.3 * np.cos(camera.light_direction)
    shaded = np.clip(np.cos(slope + lean) / np.cos(lean), 0.15, 1.2)
    depth = np.abs(slope) / np.radians(max(camera.curl, 1.0))
    hidden = (1 - _GUTTER_SHADE) * np.clip(camera.curl / 45, 0, 1)
    row = (shaded * (1 - hidden * np.clip(depth, 0, 1) ** 6)).astype(np.float32)
    at = np.clip((s + np.float32(width)) * np.float32((_PLACES - 1) / (3 * width)), 0, _PLACES - 1)
    looked_up = row[at.astype(np.int16)]
    looked_up[(y < 0) | (y > height)] = 1
    return looked_up


def _shadow(shadow: Shadow, nodes: tuple[int, ...], picture: tuple[int, int]) -> Float32s:
    """Share of the light that passes at the fine nodes, float32 of their shape."""
    width, height = picture
    place_y, place_x = (((np.arange(count, dtype=np.float32) + 0.5) * FINE_CELL - CELL) / width for count in nodes)
    x, y = (place_x - 0.5)[None, :], (place_y - 0.5 * height / width)[:, None]
    softness = max(shadow.softness, _SHARPEST, FINE_CELL / width)
    inside = _beyond(x, y, shadow.direction, shadow.edge, softness)
    if shadow.turn:
        inside = np.minimum(inside, _beyond(x, y, shadow.direction + shadow.turn, shadow.edge, softness))
    # Smoothstep: half-shadows begin and end gently.
    passed: Float32s = 1 - np.float32(shadow.depth) * (inside * inside * (3 - 2 * inside))
    return passed


def _beyond(x: Float32s, y: Float32s, direction: float, edge: float, softness: float) -> Float32s:
    along = np.float32(np.cos(direction)) * x + np.float32(np.sin(direction)) * y - np.float32(edge)
    beyond: Float32s = np.clip(along / np.float32(softness) + np.float32(0.5), 0, 1)
    return beyond
