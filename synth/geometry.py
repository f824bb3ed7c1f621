"""The one geometric map from page to picture: curl, then perspective, then lens.

Pixels and truth both go through a `PageMap`, so that they cannot drift apart. Points are turned by sums, not by matrix
products: those wake the threads of a BLAS, and round as the processor at hand likes. The page is a developable surface:
flat, but for a circular arc where it bends down into the gutter; lines along the gutter stay straight.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from synth.recipe import Layout
from synth.scene import Camera
from synth.shaping import Floats

Float32s = npt.NDArray[np.float32]
T = TypeVar("T", bound=np.generic)
Window = tuple[slice, slice]
"""Rows and columns of a picture."""
_NOWHERE = -1e5
CELL = 16
"""Pixels between the nodes at which the inverse is solved; between them it is interpolated linearly."""
_BAND = 8 * CELL
"""Rows: nodes begin with each, if the window does with one."""
FINE_PER_NODE = 4
FINE_CELL = CELL // FINE_PER_NODE
"""Pixels between the nodes for what bends more sharply than the paper does: the shade in the gutter."""


@dataclass(frozen=True, slots=True)
class PageMap:
    """Maps page points (points of 1/72 inch, y down) to picture points (pixels, y down, first pixel covers 0…1).

    Attributes:
        page: width and height of the page, points.
        picture: width and height of the picture, pixels.
        camera: curl, angles, distance and lens.
        scale: pixels per point where the camera aims.
        target: where the aimed-at point falls on the image plane, points.
        centre: where it stands in the picture, pixels.
    """

    page: tuple[float, float]
    picture: tuple[int, int]
    camera: Camera
    scale: float
    target: tuple[float, float]
    centre: tuple[float, float]

    def points(self, xy: Floats) -> Floats:
        """Page points to picture points; float64 arrays of shape (n, 2)."""
        plane_x, plane_y = project(xy, self.page, self.camera)
        x, y = plane_x - self.target[0], plane_y - self.target[1]
        radius2 = (x**2 + y**2) / (self._half_diagonal / self.scale) ** 2
        # Past 1.5 half-diagonals nothing is seen. Up to there 1 + k r² must not turn back on itself, so k > -4/27:
        # the schema's limit of -0.1 keeps clear of that.
        bend = 1 + self.camera.lens * np.minimum(radius2, 2.25)
        return np.stack([x * bend * self.scale + self.centre[0], y * bend * self.scale + self.centre[1]], axis=1)

    @property
    def _half_diagonal(self) -> float:
        return math.hypot(*self.picture) / 2

    def slope(self, s: Floats) -> Floats:
        """Inclination of the paper, radians, at page x `s` (points); positive towards the gutter."""
        return _slope(_from_gutter(s, self.page[0], self.camera.gutter), self.page[0], self.camera)

    def inverse_nodes(self) -> Floats:
        """Page point under each node of a grid over the picture: float64 of shape (rows, columns, 2).

        Node (i, j) stands at picture point ((j - 0.5) * 16, (i - 0.5) * 16), so that linear upsampling by 16,
        with one cell cut off all around, gives the page point under each pixel's centre.
        """
        columns, rows = (math.ceil(side / CELL) + 2 for side in self.picture)
        x, y = np.meshgrid((np.arange(columns) - 0.5) * CELL, (np.arange(rows) - 0.5) * CELL)
        return self.inverse(np.stack([x.ravel(), y.ravel()], axis=1)).reshape(rows, columns, 2)

    def inverse(self, picture: Floats) -> Floats:
        """Picture points to page points, float64 (n, 2); the nearest paper counts where one page hides another.

        Closed form but for the lens: the ray through each point meets the flat part of the page, or the cylinder
        of its bend, or those of the facing page. Points past the horizon get a place far off the page.
        """
        x, y = ((picture[:, axis] - self.centre[axis]) / self._half_diagonal for axis in (0, 1))
        radius = np.maximum(np.hypot(x, y), 1e-9)
        straight, size = _unbent(radius, self.camera.lens) / radius, self._half_diagonal / self.scale
        x, y = x * straight * size + self.target[0], y * straight * size + self.target[1]
        return _lifted(x, y, self.page, self.camera)


def _unbent(radius: Floats, k: float) -> Floats:
    """The r whose r (1 + k min(r², 2.25)) is `radius`, by Newton's method: the lens undone."""
    inner = radius
    for _ in range(5):
        inner = inner - (inner * (1 + k * inner**2) - radius) / (1 + 3 * k * inner**2)
    return np.where(radius <= 1.5 * (1 + 2.25 * k), inner, radius / (1 + 2.25 * k))


def _lifted(x: Floats, y: Floats, page: tuple[float, float], camera: Camera) -> Floats:
    """Points of the image plane to page points: where the ray through each first meets paper."""
    width, height = page
    focal = camera.distance * height
    turn = _rotation(camera)
    start = focal * turn[2]
    ray_x, ray_y, ray_z = (x * turn[0, axis] + y * turn[1, axis] - start[axis] for axis in range(3))
    side = -1.0 if camera.gutter == "right" else 1.0
    # In the plane across the gutter: `along` from the page's edge at the gutter, and `up` from the desk.
    along, up = width / 2 + side * start[0], start[2]
    by_along, by_up = side * ray_x, ray_z
    with np.errstate(divide="ignore", invalid="ignore"):
        nearest, s = _hit_flat(along, up, by_along, by_up, page, camera)
        if camera.gutter != "none" and camera.curl > 0:
            nearest, s = _hit_bend(along, up, by_along, by_up, width, camera, nearest, s)
    met = np.isfinite(nearest)
    page_x = np.where(met, width - s if camera.gutter == "right" else s, _NOWHERE)
    page_y = np.where(met, start[1] + nearest * ray_y + height / 2, _NOWHERE)
    return np.stack([page_x, page_y]).T  # each of the two in one piece, as most of what follows takes them


def _hit_flat(
    along: float, up: float, by_along: Floats, by_up: Floats, page: tuple[float, float], camera: Camera
) -> tuple[Floats, Floats]:
    """(ray parameter, arc length from the gutter) where rays meet the desk-level part of either page."""
    reach = np.where(by_up < 0, -up / by_up, np.inf)
    at = along + reach * by_along
    if camera.gutter == "none" or camera.curl <= 0:
        return reach, at
    bend, fold = camera.curl_width * page[0], _fold(page[0], camera)
    ours, facing = at >= bend, at <= 2 * fold - bend
    return np.where(ours | facing, reach, np.inf), np.where(ours, at, at - 2 * fold)


def _hit_bend(
    along: float,
    up: float,
    by_along: Floats,
    by_up: Floats,
    width: float,
    camera: Camera,
    nearest: Floats,
    s: Floats,
) -> tuple[Floats, Floats]:
    """The same for the two cylinders beside the gutter; keeps what was met before where that is nearer."""
    steepest, bend = math.radians(camera.curl), camera.curl_width * width
    radius, fold = bend / steepest, _fold(width, camera)
    a = by_along**2 + by_up**2
    for sign in (1.0, -1.0):
        # The facing page is the mirror image of this one in the fold.
        from_axis = sign * (along - fold) + fold - bend
        b = sign * from_axis * by_along + (up + radius) * by_up
        root = np.sqrt(b**2 - a * (from_axis**2 + (up + radius) ** 2 - radius**2))
        reach = (-b - root) / a
        angle = np.arctan2(-(from_axis + reach * sign * by_along), up + reach * by_up + radius)
        met = (angle >= 0) & (angle <= steepest) & (reach > 0) & (reach < nearest)
        nearest = np.where(met, reach, nearest)
        s = np.where(met, sign * bend * (1 - angle / steepest), s)
    return nearest, s


def _fold(width: float, camera: Camera) -> float:
    """Where the gutter lies on the desk: a bent page reaches less far than its own width."""
    steepest, bend = math.radians(camera.curl), camera.curl_width * width
    return bend - bend / steepest * math.sin(steepest)


def upsample(nodes: Floats | Float32s, picture: tuple[int, int], cell: int = CELL) -> Float32s:
    """Values at the nodes of `PageMap.inverse_nodes` to values at each pixel's centre; float32 (height, width, …).

    Args:
        nodes: (rows, columns, …), those of `inverse_nodes` or of `refined`.
        picture: width and height, pixels.
        cell: pixels from node to node.
    """
    rows, columns = nodes.shape[:2]
    dense = cv2.resize(nodes.astype(np.float32), (columns * cell, rows * cell), interpolation=cv2.INTER_LINEAR)
    width, height = picture
    return dense[CELL : CELL + height, CELL : CELL + width]


def whole(picture: npt.NDArray[Any]) -> Window:
    """All rows and columns of a picture."""
    return np.s_[0 : picture.shape[0], 0 : picture.shape[1]]


def bands(window: Window, height: int = _BAND) -> Iterator[Window]:
    """A window in bands, so low that what is worked out for one stays in the processor's cache."""
    rows, columns = window
    for top in range(rows.start, rows.stop, height):
        yield slice(top, min(top + height, rows.stop)), columns


def seen_nodes(nodes: npt.NDArray[T], window: Window) -> npt.NDArray[T]:
    """The nodes from which `upsample` gives a window whose corner lies on the grid of cells."""
    rows, columns = (slice(side.start // CELL, math.ceil(side.stop / CELL) + 2) for side in window)
    return nodes[rows, columns]


def refined(nodes: Floats) -> Float32s:
    """Values at nodes `FINE_CELL` pixels apart instead of 16, by linear interpolation, for `upsample(…, FINE_CELL)`."""
    fine = cv2.resize(
        nodes.astype(np.float32), None, fx=FINE_PER_NODE, fy=FINE_PER_NODE, interpolation=cv2.INTER_LINEAR
    )
    return fine


def fine_places(rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> Floats:
    """Picture points (x, y), float64 (n, 2), at which those of the `refined` nodes stand."""
    return (np.stack([columns, rows], axis=1) + 0.5) * FINE_CELL - CELL


def project(xy: Floats, page: tuple[float, float], camera: Camera) -> tuple[Floats, Floats]:
    """Curls page points (n, 2), turns them before the camera, and projects them on the image plane: x and y, points."""
    width, height = page
    s = _from_gutter(xy[:, 0], width, camera.gutter)
    along, depth = _bend(s, width, camera)
    x = (width - along if camera.gutter == "right" else along) - width / 2
    y = xy[:, 1] - height / 2
    turned = [x * to[0] + y * to[1] + depth * to[2] for to in _rotation(camera)]
    focal = camera.distance * height
    # A point behind the camera cannot be seen; the bound keeps it far away instead of mirrored into view.
    shrunk = focal / np.maximum(focal - turned[2], 0.05 * focal)
    return turned[0] * shrunk, turned[1] * shrunk


def _from_gutter(x: Floats, width: float, gutter: str) -> Floats:
    return width - x if gutter == "right" else x


def _slope(s: Floats, width: float, camera: Camera) -> Floats:
    if camera.gutter == "none":
        return np.zeros_like(s)
    bend = camera.curl_width * width
    return math.radians(camera.curl) * np.clip(1 - np.abs(s) / bend, 0.0, 1.0) * np.where(s < 0, -1.0, 1.0)


def _bend(s: Floats, width: float, camera: Camera) -> tuple[Floats, Floats]:
    """(distance along the desk, height above it) of the paper at arc length `s` from the gutter.

    Up to `curl_width` of the page the paper is a circular arc with the slope `curl` at the gutter; behind the gutter
    (s < 0) lies the facing page, its mirror image.
    """
    if camera.gutter == "none" or camera.curl <= 0:
        return s, np.zeros_like(s)
    steepest, bend = math.radians(camera.curl), camera.curl_width * width
    radius, fold = bend / steepest, _fold(width, camera)
    away = np.abs(s)
    angle = steepest * np.clip(1 - away / bend, 0.0, 1.0)
    along = np.where(away < bend, bend - radius * np.sin(angle), away)
    return np.where(s < 0, 2 * fold - along, along), -radius * (1 - np.cos(angle))


def _rotation(camera: Camera) -> Floats:
    """Turns the page about its y axis (yaw), its x axis (pitch), then in the picture's plane (tilt)."""
    yaw, pitch, tilt = (math.radians(a) for a in (camera.yaw, camera.pitch, camera.tilt))
    about_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]])
    in_plane = np.array([[math.cos(tilt), -math.sin(tilt), 0], [math.sin(tilt), math.cos(tilt), 0], [0, 0, 1]])
    turned: Floats = in_plane @ about_x @ about_y
    return turned


def aim(camera: Camera, layout: Layout, body_x_height: float, target: tuple[float, float] | None) -> PageMap:
    """The map of a camera that looks at a page point (None: at the page's middle).

    Args:
        camera: its pose.
        layout: gives the page's size.
        body_x_height: x-height of the body text, points; with `camera.x_height_px` it sets the scale.
        target: page point that stands at the picture's centre plus `camera.aim_offset`.
    """
    page, picture = (layout.width, layout.height), (camera.width, camera.height)
    offset_x, offset_y = camera.aim_offset
    centre = (picture[0] * (0.5 + offset_x), picture[1] * (0.5 + offset_y))
    if camera.x_height_px is None:
        outline = np.stack(project(_edge(page), page, camera), axis=1)
        low, high = outline.min(axis=0), outline.max(axis=0)
        scale = float(min(np.array(picture) / (high - low))) * 0.97
        middle = (low + high) / 2
        return PageMap(page, picture, camera, scale, (float(middle[0]), float(middle[1])), centre)
    at = np.array([target if target is not None else (page[0] / 2, page[1] / 2)])
    around = np.stack(project(np.concatenate([at, at + np.array([0.0, 1.0])]), page, camera), axis=1)
    scale = camera.x_height_px / body_x_height / float(np.linalg.norm(around[1] - around[0]))
    return PageMap(page, picture, camera, scale, (float(around[0, 0]), float(around[0, 1])), centre)


def _edge(page: tuple[float, float]) -> Floats:
    """Points along the four edges of the page."""
    t = np.linspace(0, 1, 17)
    sides = [(t, 0 * t), (t, 0 * t + 1), (0 * t, t), (0 * t + 1, t)]
    edge: Floats = np.concatenate([np.stack(side, axis=1) for side in sides]) * np.array(page)
    return edge
