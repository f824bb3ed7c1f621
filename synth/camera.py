"""Photographs a sheet: one geometric warp of its ink, then light, lens blur, sensor and JPEG."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from synth import noise
from synth.geometry import Float32s, PageMap, upsample
from synth.ink import Raster
from synth.paper import Sheet
from synth.recipe import Recipe
from synth.scene import Camera, Rgb
from synth.shaping import Floats

Pixels = npt.NDArray[np.uint8]
_MARGIN_PT = 6.0
_OVERSAMPLING = (
    1.15  # ink is drawn a little finer than the camera sees it, so that the warp's interpolation costs nothing
)


def view(page_map: PageMap, nodes: Floats, body_pt: float) -> Raster:
    """The part of the page that the camera sees, at a scale that gives the body text a whole number of pixels per em.

    Whole sizes let pages of one font share the cache of drawn glyphs.
    """
    low = np.clip(nodes.min(axis=(0, 1)) - _MARGIN_PT, 0, page_map.page)
    high = np.clip(nodes.max(axis=(0, 1)) + _MARGIN_PT, 0, page_map.page)
    if (nodes < -1e4).any():  # part of the view lies past the horizon: its edge is unknown
        low, high = np.zeros(2), np.array(page_map.page)
    scale = np.ceil(page_map.scale * _OVERSAMPLING * body_pt) / body_pt
    width, height = np.maximum(np.ceil((high - low) * scale), 1).astype(int)
    return Raster(float(scale), float(low[0]), float(low[1]), int(width), int(height))


def photograph(sheet: Sheet, page_map: PageMap, nodes: Floats, recipe: Recipe) -> Pixels:
    """The picture before its compression, uint8 RGB (height, width, 3).

    Args:
        sheet: the printed sheet.
        page_map: the map that the truth goes through too.
        nodes: its `inverse_nodes()`.
        recipe: light, surroundings and sensor.
    """
    camera = recipe.camera
    light = upsample(_light(page_map, nodes, camera), page_map.picture)
    shares = _shares(sheet, page_map, nodes, recipe.paper.ground, light)
    gains = [255 * camera.exposure * cast for cast in camera.cast]
    picture = cv2.merge([_mixed(shares, channel, gain) for channel, gain in enumerate(gains)])
    picture = _sensor(_blurred(picture, camera), camera, recipe.paper.texture_offset)
    if camera.grey:
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return picture


def encode(picture: Pixels, quality: int) -> bytes:
    """JPEG bytes of an RGB picture."""
    done, encoded = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise RuntimeError(f"OpenCV could not encode a JPEG picture of {picture.shape}")
    return bytes(encoded)


def _shares(sheet: Sheet, page_map: PageMap, nodes: Floats, ground: Rgb, light: Float32s) -> list[tuple[Rgb, Float32s]]:
    """How much light each colour sends from each pixel: paper, inks, ground; they add up to `light`.

    A colour's share is one array, where its red, green and blue would be three: a third of the memory traffic.
    """
    at = upsample((nodes - [sheet.raster.left, sheet.raster.top]) * sheet.raster.scale - 0.5, page_map.picture)
    # Looked up once as fixed point: every layer is warped by the same table.
    table = cv2.convertMaps(at, None, cv2.CV_16SC2)
    shares = [(sheet.paper, light)]
    for colour, coverage in sheet.layers:
        warped = cv2.remap(coverage, *table, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        if warped.any():
            shares = _covered(shares, colour, cv2.multiply(warped, 1 / 255, dtype=cv2.CV_32F), light)
    outside = _outside(page_map, nodes)
    return shares if outside is None else _covered(shares, ground, outside, light)


def _covered(
    shares: list[tuple[Rgb, Float32s]], colour: Rgb, coverage: Float32s, light: Float32s
) -> list[tuple[Rgb, Float32s]]:
    """What is left of the shares where a further colour covers them, and that colour's own."""
    below = [(c, cv2.subtract(share, cv2.multiply(share, coverage))) for c, share in shares]
    return [*below, (colour, cv2.multiply(light, coverage))]


def _mixed(shares: list[tuple[Rgb, Float32s]], channel: int, gain: float) -> Pixels:
    """One channel of the picture, uint8 (height, width): the shares by their colours' brightness in that channel."""
    (first, mixed), *others = shares
    scale = first[channel] * gain
    for colour, share in others:
        mixed = cv2.addWeighted(mixed, scale, share, colour[channel] * gain, 0)
        scale = 1.0
    return cv2.convertScaleAbs(mixed, alpha=scale)


def _outside(page_map: PageMap, nodes: Floats) -> Float32s | None:
    """Share of each pixel off the book, 0…1; None where the picture shows paper alone. Past the gutter lies paper."""
    width, height = page_map.page
    gutter = page_map.camera.gutter
    left, right = (-width if gutter == "left" else 0.0), (2 * width if gutter == "right" else width)
    x, y = nodes[..., 0], nodes[..., 1]
    beyond = np.max([left - x, x - right, -y, y - height], axis=0) * page_map.scale
    if beyond.max() < -1:
        return None
    # Interpolating the distance, not the share, keeps the paper's edge one pixel wide.
    return np.clip(upsample(np.clip(beyond, -64, 64), page_map.picture) + 0.5, 0, 1)


def _light(page_map: PageMap, nodes: Floats, camera: Camera) -> Floats:
    """Brightness at the nodes: gradient, vignette, shadow, and the paper's own shading in the bend."""
    rows, columns = nodes.shape[:2]
    x, y = np.meshgrid((np.arange(columns) - 0.5) / (columns - 2) - 0.5, (np.arange(rows) - 0.5) / (rows - 2) - 0.5)
    across = np.cos(camera.light_direction) * x + np.sin(camera.light_direction) * y
    light = 1 - camera.light_gradient * np.clip(across + 0.5, 0, 1)
    light *= 1 - camera.vignette * 2 * (x**2 + y**2)
    if camera.shadow is not None:
        direction, edge, softness, depth = camera.shadow
        along = np.cos(direction) * x + np.sin(direction) * y - edge
        light *= 1 - depth * np.clip(along / softness + 0.5, 0, 1)
    slope = page_map.slope(nodes[..., 0])
    # Lambert: paper that leans away from a light above, a little to one side, gets the cosine of its angle to it.
    lean = 0.3 * np.cos(camera.light_direction)
    shaded: Floats = light * np.clip(np.cos(slope + lean) / np.cos(lean), 0.15, 1.2)
    return shaded


def _blurred(picture: Pixels, camera: Camera) -> Pixels:
    if camera.blur >= 0.25:
        picture = cv2.GaussianBlur(picture, (0, 0), camera.blur)
    length = float(np.hypot(*camera.motion))
    return cv2.filter2D(picture, -1, _motion_kernel(camera.motion)) if length >= 0.5 else picture


def _motion_kernel(motion: tuple[float, float]) -> Float32s:
    """Mean over a straight path of (x, y) pixels, centred, each point of the path spread over its four neighbours."""
    reach = int(np.ceil(max(abs(motion[0]), abs(motion[1])) / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for t in np.linspace(-0.5, 0.5, 8 * reach + 1):
        x, y = motion[0] * t + reach, motion[1] * t + reach
        column, row = int(x), int(y)
        right, down = x - column, y - row
        kernel[row, column] += (1 - right) * (1 - down)
        kernel[row, column + 1] += right * (1 - down)
        kernel[row + 1, column] += (1 - right) * down
        kernel[row + 1, column + 1] += right * down
    return kernel / kernel.sum()


def _sensor(picture: Pixels, camera: Camera, offset: tuple[int, int]) -> Pixels:
    if camera.noise <= 0:
        return picture
    tile = noise.crop("sensor", picture.shape, offset[::-1])
    strength = camera.noise * 255 / noise.SPREAD
    return cv2.addWeighted(picture, 1.0, tile, strength, -128 * strength)
