"""Changed copies of a set's pictures: what albumentations does to the pixels it does to the truth on them.

Every outline and box goes through the transform as points, so a turned prefix keeps its turned outline, and its box is
the outline's. What a change pushes out of the picture is cut, ignored or dropped as by a crop (`data.preprocess`).
Text is never mirrored: such transforms are refused before anything is done, and whatever slips through is refused
where it happens.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from conf import UserError
from conf.schema.data_augment import AugmentConfig, signed_area
from conf.schema.effects import transform
from data.boxes import bounds
from data.crew import in_order
from data.derive import open_source, write_derived
from data.model import Box, Dataset, Image, LinkAnnotation
from data.pictures import as_it_is
from data.pixels import Encoded, Pixels, as_jpeg, load
from data.preprocess import cut_to

Points = npt.NDArray[np.float64]
Done = tuple[Encoded, tuple[LinkAnnotation, ...]]

_UNMOVED_PX = 1e-3


def augment(config: AugmentConfig) -> Dataset:
    """Reads a set and writes it with changed copies of its pictures.

    Returns:
        The set as it was written.

    Raises:
        UserError: where the set cannot be read, a transform cannot be used on a picture of it, or `out` is not free.
    """
    source = open_source(config.source, config.out)
    planned = [
        (_copy(image, turn), turn and _seed(config.seed, place, turn))
        for turn in range(0 if config.keep else 1, config.copies + 1)
        for place, image in enumerate(source.dataset.images)
    ]
    whole = replace(source.dataset, images=tuple(image for image, _ in planned))
    done = {"augmented": {"transforms": config.transforms, "copies": config.copies, "seed": config.seed}}
    change = partial(_one, transforms=json.dumps(config.transforms), max_cut=config.max_cut)
    results = in_order(change, planned, config.workers)
    return write_derived(whole, [source], Path(config.out), done, lambda _: next(results), by="augment")


def _copy(image: Image, turn: int) -> Image:
    """The picture, or its changed copy number `turn`: of the same group, without the recipe."""
    if turn == 0:
        return image
    origin = {key: value for key, value in image.extra["origin"].items() if key != "id"}
    return replace(image, extra={**image.extra, "origin": {**origin, "copy": turn}})


def _seed(seed: int, place: int, turn: int) -> int:
    """At least 1; one for each copy of each picture."""
    return 1 + int(np.random.SeedSequence(seed, spawn_key=(place, turn)).generate_state(1)[0])


def _one(plan: tuple[Image, int], transforms: str, max_cut: float) -> Done:
    """A picture as it goes into the set; seed 0 leaves it as it is."""
    image, seed = plan
    if seed == 0:
        return as_it_is(image)
    pixels, links = changed(load(image.path), image.links, json.loads(transforms), seed, max_cut, str(image.path))
    return Encoded(as_jpeg(pixels), ".jpg", pixels.shape[1], pixels.shape[0]), links


def changed(
    pixels: Pixels,
    links: Sequence[LinkAnnotation],
    transforms: Sequence[Mapping[str, Any]],
    seed: int,
    max_cut: float,
    where: str = "the picture",
) -> tuple[Pixels, tuple[LinkAnnotation, ...]]:
    """A picture and the truth on it, after transforms.

    Args:
        pixels: uint8 (height, width, 3).
        links: in its pixels.
        transforms: entries with a name, arguments and the share `p`.
        seed: what happens depends on this alone.
        max_cut: share of a prefix that may leave the picture before it is ignored.
        where: what messages call the picture.

    Raises:
        UserError: where a transform cannot be used on it, or mirrors it.
    """
    outlines = [outline for link in links for outline in _outlines(link)]
    series = _series(json.dumps(list(transforms)))
    series.set_random_seed(seed)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            done = series(image=pixels, keypoints=np.concatenate([np.zeros((0, 2)), *outlines]))
    except Exception as error:  # others' code, a user's arguments: a crop larger than the picture has its own error
        raise UserError(f"{where} cannot be changed so: {' '.join(str(error).split()).rstrip('.')}.") from None
    made, moved = np.ascontiguousarray(done["image"]), np.asarray(done["keypoints"], np.float64).reshape(-1, 2)
    if len(moved) != sum(map(len, outlines)):
        raise UserError(f"{where}: a transform loses the truth, so it cannot be used here.")
    rows = iter(np.split(moved, np.cumsum([len(outline) for outline in outlines])[:-1]))
    same_size = made.shape == pixels.shape
    kept = []
    for link in links:
        before, after = _outlines(link), [next(rows) for _ in _outlines(link)]
        if signed_area(after[0]) * signed_area(before[0]) < 0:
            raise UserError(f"{where}: a transform mirrors the picture, and with it the text.")
        unmoved = same_size and all(np.abs(a - b).max() < _UNMOVED_PX for a, b in zip(after, before, strict=True))
        one = link if unmoved else _moved(link, before[0], after, made.shape[1], made.shape[0], max_cut)
        kept += [one] if one else []
    return made, tuple(kept)


@lru_cache(maxsize=8)
def _series(transforms: str) -> Any:
    """The transforms one after the other, points going along."""
    made = []
    for entry in json.loads(transforms):
        arguments = {name: value for name, value in entry.items() if name not in ("name", "p")}
        one = transform(entry["name"], arguments, "transforms", moving=True)
        one.p = entry.get("p", 0.5)
        made.append(one)
    import albumentations

    points = albumentations.KeypointParams(format="xy", remove_invisible=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where no transform moves a pixel, it says that points are of no use
        return albumentations.Compose(made, keypoint_params=points)


def _outlines(link: LinkAnnotation) -> list[Points]:
    """Prefix, first line, lines: all that has a place, as corners."""
    prefix = np.array(link.polygon or _corners(link.bbox), np.float64)
    boxes = [*filter(None, [link.link_bbox]), *link.segments]
    return [prefix, *(np.array(_corners(box), np.float64) for box in boxes)]


def _corners(box: Box) -> list[tuple[float, float]]:
    x, y, width, height = box
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def _moved(
    link: LinkAnnotation, before: Points, after: Sequence[Points], width: int, height: int, max_cut: float
) -> LinkAnnotation | None:
    """The link with its outlines where they went, cut to the picture."""
    boxes = [_bounds(outline) for outline in after]
    lines = boxes[1:]
    upright = bool(np.abs(after[0] - np.array(_corners(boxes[0]))).max() < _UNMOVED_PX) if len(after[0]) == 4 else False
    placed = replace(
        link,
        bbox=boxes[0],
        # A box that was turned is no box any more: its corners are kept as an outline.
        polygon=() if upright and not link.polygon else tuple((float(x), float(y)) for x, y in after[0]),
        link_bbox=lines[0] if link.link_bbox else None,
        segments=tuple(lines[1:] if link.link_bbox else lines),
    )
    scale = float(np.sqrt(abs(signed_area(after[0]) / signed_area(before))))
    return cut_to(placed, width, height, max_cut, scale)


def _bounds(outline: Points) -> Box:
    return bounds([(float(x), float(y)) for x, y in outline])
