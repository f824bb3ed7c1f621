"""The light on the sheet: a lamp to one side, the paper's own shading in its bend, shadows, shine, flicker."""

from __future__ import annotations

import cv2
import numpy as np

from synth.geometry import Float32s, PageMap, upsample
from synth.scene import Camera, Paper, Shadow
from synth.shaping import Floats

_SHADOW_SIDE = 256  # pixels: shadows are drawn so large, then enlarged
_GUTTER_SHADE = 0.55  # share of light that reaches the bottom of the gutter


def field(page_map: PageMap, nodes: Floats, camera: Camera, paper: Paper) -> Float32s:
    """Brightness of each pixel of the picture, 1 being full light: float32 (height, width).

    Args:
        page_map: gives the paper's inclination.
        nodes: its `inverse_nodes()`; all that changes slowly is computed there and interpolated.
        camera: lamp, shadow, lens.
        paper: how glossy it is, where the pages below lie.
    """
    lit = upsample(_soft(page_map, nodes, camera, paper), page_map.picture)
    if camera.shadow is not None and camera.shadow.depth > 0:
        cv2.multiply(lit, _shadow(camera.shadow, page_map.picture), dst=lit)
    return lit


def _soft(page_map: PageMap, nodes: Floats, camera: Camera, paper: Paper) -> Floats:
    """What changes slowly: gradient, vignette, banding, shading by inclination, the gutter's depth, shine."""
    rows, columns = nodes.shape[:2]
    x, y = np.meshgrid((np.arange(columns) - 0.5) / (columns - 2) - 0.5, (np.arange(rows) - 0.5) / (rows - 2) - 0.5)
    across = np.cos(camera.light_direction) * x + np.sin(camera.light_direction) * y
    light = 1 - camera.light_gradient * np.clip(across + 0.5, 0, 1)
    light *= 1 - camera.vignette * 2 * (x**2 + y**2)
    strength, waves, phase = camera.banding
    if strength > 0:
        light *= 1 + strength * np.sin(2 * np.pi * (waves * y + phase))
    on_book = (nodes[..., 1] > 0) & (nodes[..., 1] < page_map.page[1])
    light *= np.where(on_book, _shading(page_map, nodes[..., 0], camera), 1.0)
    if paper.gloss > 0:
        shine_x, shine_y = camera.shine
        light += paper.gloss * np.exp(-((x - shine_x) ** 2 + (y - shine_y) ** 2) / 0.03)
    return light


def _shading(page_map: PageMap, s: Floats, camera: Camera) -> Floats:
    """Lambert: paper that leans away from a light above, a little to one side, gets the cosine of its angle to it.

    Down in the gutter the facing page also hides part of the room.
    """
    slope = page_map.slope(s)
    lean = 0.3 * np.cos(camera.light_direction)
    shaded = np.clip(np.cos(slope + lean) / np.cos(lean), 0.15, 1.2)
    if camera.gutter == "none":
        return shaded
    depth = np.abs(slope) / np.radians(max(camera.curl, 1.0))
    hidden = (1 - _GUTTER_SHADE) * np.clip(camera.curl / 45, 0, 1)
    darkened: Floats = shaded * (1 - hidden * np.clip(depth, 0, 1) ** 6)
    return darkened


def _shadow(shadow: Shadow, picture: tuple[int, int]) -> Float32s:
    """Share of the light that passes, float32 (height, width)."""
    width, height = picture
    small = (_SHADOW_SIDE, max(round(_SHADOW_SIDE * height / width), 1))
    x = (np.arange(small[0], dtype=np.float32) / small[0] - 0.5)[None, :]
    y = (np.arange(small[1], dtype=np.float32) / small[1] - 0.5)[:, None] * np.float32(height / width)
    inside = _beyond(x, y, shadow.direction, shadow)
    if shadow.turn:
        inside = np.minimum(inside, _beyond(x, y, shadow.direction + shadow.turn, shadow))
    # Smoothstep: half-shadows begin and end gently.
    passed = 1 - np.float32(shadow.depth) * (inside * inside * (3 - 2 * inside))
    return cv2.resize(passed, picture, interpolation=cv2.INTER_LINEAR)


def _beyond(x: Float32s, y: Float32s, direction: float, shadow: Shadow) -> Float32s:
    along = np.float32(np.cos(direction)) * x + np.float32(np.sin(direction)) * y - np.float32(shadow.edge)
    beyond: Float32s = np.clip(along / np.float32(max(shadow.softness, 1 / _SHADOW_SIDE)) + np.float32(0.5), 0, 1)
    return beyond
