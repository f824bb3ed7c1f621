"""What surrounds the book in the picture: the surface it lies on, and the hand that holds it.

A surface is seen as a photograph of it would show it, before the picture's own light: a tile of `synth.textures` in
colours of its own, or a window of one of the user's pictures.
"""

from __future__ import annotations

import math
from functools import cached_property, lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from conf.errors import UserError
from conf.schema.ground import GroundConfig, pictures_in
from synth import textures
from synth.chance import Chance
from synth.geometry import Window
from synth.hand import choose_thumb, fingers
from synth.scene import Ground, Rgb

__all__ = ["Surface", "choose_ground", "choose_thumb", "fingers"]

Bytes = npt.NDArray[np.uint8]

_PICTURE_SIDE = 1280
"""A user's picture is kept with no more pixels than a square of this side has: 4.9 MB."""
_PICTURES_KEPT = 8
_SWING = 1.25
"""Exponent of a colour at its pattern's extremes: how much darker, deeper, and lighter, paler a surface gets."""

_COLOURS: dict[str, tuple[Rgb, ...]] = {
    "plain": ((0.82, 0.81, 0.79), (0.62, 0.62, 0.62), (0.3, 0.31, 0.33), (0.1, 0.1, 0.11), (0.72, 0.66, 0.56),
              (0.25, 0.33, 0.42), (0.47, 0.2, 0.17), (0.28, 0.38, 0.3)),
    "wood": ((0.68, 0.51, 0.33), (0.56, 0.38, 0.22), (0.78, 0.63, 0.44), (0.4, 0.27, 0.17), (0.5, 0.3, 0.18),
             (0.72, 0.67, 0.6), (0.24, 0.17, 0.13), (0.47, 0.43, 0.39), (0.62, 0.43, 0.25)),
    "cloth": ((0.82, 0.8, 0.76), (0.72, 0.65, 0.54), (0.2, 0.26, 0.4), (0.6, 0.16, 0.16), (0.35, 0.44, 0.36),
              (0.5, 0.5, 0.5), (0.16, 0.16, 0.17)),
    "blanket": ((0.78, 0.73, 0.64), (0.5, 0.5, 0.51), (0.7, 0.52, 0.2), (0.42, 0.12, 0.16), (0.2, 0.27, 0.38),
                (0.72, 0.53, 0.53), (0.3, 0.38, 0.3)),
    "marble": ((0.84, 0.83, 0.82), (0.76, 0.72, 0.66), (0.16, 0.16, 0.17), (0.3, 0.38, 0.34)),
    "granite": ((0.5, 0.49, 0.48), (0.26, 0.26, 0.27), (0.6, 0.53, 0.46)),
    "leather": ((0.14, 0.13, 0.13), (0.36, 0.22, 0.14), (0.18, 0.25, 0.2), (0.35, 0.12, 0.13), (0.55, 0.4, 0.27)),
    "lid": ((0.96, 0.96, 0.95), (0.93, 0.93, 0.92), (0.96, 0.95, 0.93), (0.05, 0.05, 0.05)),
    "paper": ((1.0, 1.0, 1.0),),
}  # fmt: skip


def choose_ground(config: GroundConfig, chance: Chance) -> Ground:
    """The surface under the book of one page."""
    kind, file, colour, tile = "picture", "", (0.5, 0.5, 0.5), 0
    if config.folder is not None and chance.share(config.folder_share):
        file = chance.one(_pictures(config.folder))
    else:
        kind = chance.pick(config.kind_weights)
        base, bright = chance.one(_COLOURS[kind]), chance.between((0.78, 1.12))
        red, green, blue = (min(c * bright * chance.between((0.95, 1.05)), 1.0) for c in base)
        colour, tile = (red, green, blue), chance.below(textures.TILES[kind])
    return Ground(
        kind=kind,
        colour=colour,
        contrast=chance.between((0.6, 1.25)),
        tile=tile,
        left=chance.between((0, 1)),
        top=chance.between((0, 1)),
        zoom=chance.between(config.zoom),
        turns=chance.below(4),
        mirrored=chance.share(0.5),
        file=file,
    )


class Surface:
    """What the book lies on, as large as the picture: a window of it at a time gets its colours."""

    def __init__(self, chosen: Ground, width: int, height: int, folder: str | None = None) -> None:
        """The surface for a picture of that size, pixels.

        Args:
            chosen: as `choose_ground` gave it.
            width: of the picture.
            height: of the picture.
            folder: `ground.folder`, where the user's pictures lie; needed for a ground of kind `picture` alone.
        """
        self._chosen, self._size, self._folder = chosen, (width, height), folder

    def __call__(self, window: Window) -> Bytes:
        """Rows and columns of the picture: uint8 BGR (height, width, 3).

        Raises:
            UserError: where the recipe's picture is not there, or cannot be read.
        """
        seen = self._seen[window]
        if self._chosen.kind == "picture":
            return seen
        coloured: Bytes = cv2.applyColorMap(seen, self._colours)
        return coloured

    @cached_property
    def _seen(self) -> Bytes:
        chosen = self._chosen
        if chosen.kind == "picture":
            return _view(_picture(self._folder, chosen.file), chosen, *self._size)
        return _view(textures.tile(chosen.kind, chosen.tile), chosen, *self._size)

    @cached_property
    def _colours(self) -> Bytes:
        return _colours(self._chosen.colour, self._chosen.contrast)


def _view(surface: Bytes, chosen: Ground, width: int, height: int) -> Bytes:
    """A window of a surface, turned, and scaled to cover the picture."""
    seen_width, seen_height = (height, width) if chosen.turns % 2 else (width, height)
    rows, columns = surface.shape[:2]
    scale = max(seen_width / columns, seen_height / rows) * max(chosen.zoom, 1.0)
    wide, high = min(max(round(seen_width / scale), 1), columns), min(max(round(seen_height / scale), 1), rows)
    left, top = int(chosen.left * (columns - wide)), int(chosen.top * (rows - high))
    seen = surface[top : top + high, left : left + wide]
    if chosen.mirrored:
        seen = cv2.flip(seen, 1)
    if chosen.turns % 4:
        turn = (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)[chosen.turns % 4 - 1]
        seen = cv2.rotate(seen, turn)
    scaled: Bytes = cv2.resize(seen, (width, height), interpolation=cv2.INTER_LINEAR)
    return scaled


def _colours(colour: Rgb, contrast: float) -> Bytes:
    """What each brightness of a tile looks like, BGR (256, 1, 3): darker is deeper in colour, lighter is paler."""
    swing = np.exp(-_SWING * contrast * (np.arange(256) - 128) / 128)
    table = 255 * np.clip(np.array(colour[::-1]), 0.01, 0.99)[None, :] ** swing[:, None]
    return np.rint(table).astype(np.uint8)[:, None, :]


@lru_cache(maxsize=4)
def _pictures(folder: str) -> tuple[str, ...]:
    return pictures_in(folder)


@lru_cache(maxsize=_PICTURES_KEPT)
def _picture(folder: str | None, file: str) -> Bytes:
    """A user's picture, BGR, no larger than is kept."""
    from PIL import Image

    path = Path(folder or "", file)
    if folder is None or not path.is_file():
        raise UserError(f"The recipe lies on the picture {file}, which is not in ground.folder={folder}.")
    with Image.open(path) as head:
        width, height = head.size
    shrink = math.sqrt(width * height) / _PICTURE_SIDE
    # JPEG can be decoded at a half, a quarter or an eighth: much faster than shrinking it after.
    flag = next((f for least, f in _REDUCED if shrink >= least), cv2.IMREAD_COLOR)
    decoded = cv2.imdecode(np.fromfile(path, np.uint8), flag)
    if decoded is None:
        raise UserError(f"{path} (in ground.folder) cannot be read as a picture; mend it or take it out.")
    shrink = math.sqrt(decoded.shape[0] * decoded.shape[1]) / _PICTURE_SIDE
    if shrink > 1:
        size = [max(int(side / shrink), 1) for side in decoded.shape[1::-1]]
        decoded = cv2.resize(decoded, size, interpolation=cv2.INTER_AREA)
    picture: Bytes = decoded
    picture.flags.writeable = False
    return picture


_REDUCED = (
    (8, cv2.IMREAD_REDUCED_COLOR_8),
    (4, cv2.IMREAD_REDUCED_COLOR_4),
    (2, cv2.IMREAD_REDUCED_COLOR_2),
)
