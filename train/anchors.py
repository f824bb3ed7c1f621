"""Anchors that fit the prefixes of a training set, found by k-means and written as a model of one's own.

Clusters are found as in YOLO9000 (https://arxiv.org/abs/1612.08242, section 2): k-means over heights and widths with
the distance 1 - IoU. Model Garden's anchors are not free shapes, though: on each level, `anchor_scales` sizes an octave
from `anchor_size` strides on, times `anchor_aspect_ratios`. So the clusters give the aspect ratios to start from, and
a search over that form goes on to where the most prefixes are covered. No TensorFlow here.

How well anchors fit is measured as training matches them: a prefix lies anywhere on the grid of anchors, and its best
anchor is the one of highest IoU among all levels, places and shapes. Sizes are [n, 2], (height, width) in pixels of
the network's input.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from conf import UserError
from conf.app import as_yaml
from conf.schema.anchors import AnchorsConfig
from conf.schema.export import ViewConfig
from conf.schema.train import CropConfig, ModelConfig
from data.files import write_text
from data.formats.tfrecord import deserialize, records
from train.dataset import TrainingData, find

Sizes = npt.NDArray[np.float64]

COVERED_IOU = 0.5
"""From this IoU on training takes an anchor for a positive example."""
_HEADER = "# Anchors fitted by `python -m train anchors`"
_ROUNDS = 100  # the mean is not where 1 - IoU is least, so k-means could go round in circles
_JITTERS = 5  # scales at which each prefix is seen
_MEASURED = 6000  # prefixes that a candidate is measured on, at most
_COARSEST_STRIDE = 128


@dataclass(frozen=True)
class Prefixes:
    """Prefixes as the network sees them.

    Attributes:
        sizes: [n, 2], height and width.
        weights: [n], how often training sees each, adding up to 1.
    """

    sizes: Sizes
    weights: Sizes

    def sample(self, most: int) -> Prefixes:
        """At most so many, evenly from all sizes."""
        if len(self.sizes) <= most:
            return self
        by_area = np.argsort(self.sizes.prod(axis=1), kind="stable")
        chosen = by_area[np.linspace(0, len(by_area) - 1, most).round().astype(int)]
        return Prefixes(self.sizes[chosen], self.weights[chosen] / self.weights[chosen].sum())


@dataclass(frozen=True)
class Fit:
    """How well anchors fit: the share of prefixes with an anchor of IoU 0.5 or more, and the mean of the best IoU."""

    covered: float
    mean_iou: float

    @property
    def quality(self) -> tuple[float, float]:
        """What is better is greater: coverage to a thousandth, then the mean."""
        return round(self.covered, 3), self.mean_iou


def fit_anchors(config: AnchorsConfig) -> str:
    """Fits anchors, writes them where `config.out` says, and returns the report for the terminal.

    Raises:
        UserError: where the dataset has no prefixes, or `out` is a file that this command did not write.
    """
    out = None if config.out is None else Path(config.out)
    if out is not None and out.exists() and not (out.is_file() and out.read_text("utf-8").startswith(_HEADER)):
        raise UserError(f"out={out} exists and was not written by this command; name another file.")
    seen = read_prefixes(find(Path(config.dataset)), config.crop, config.export)
    centres, shares = clusters(seen, config.clusters)
    fitted = fit(seen, centres, shares, config)
    lines = [
        f"{len(seen.sizes) // _JITTERS:,} prefixes of {config.dataset}, each at {_JITTERS} scales of the crop.",
        "k-means, height × width in px: "
        + ", ".join(f"{h:.0f} × {w:.0f} ({share:.0%})" for (h, w), share in zip(centres, shares, strict=True)),
        f"{'anchors':<12}{'a place':>8}{f'covered at IoU {COVERED_IOU}':>20}{'mean best IoU':>15}",
        _row("present", config.model, seen),
        _row("fitted", fitted, seen),
        f"model.anchor_size={fitted.anchor_size:g} model.anchor_scales={fitted.anchor_scales} "
        f"'model.anchor_aspect_ratios=[{','.join(f'{ratio:g}' for ratio in fitted.anchor_aspect_ratios)}]'",
    ]
    if out is not None:
        write_text(out, f"{_HEADER} dataset={config.dataset}\n{as_yaml(fitted)}")
        lines.append(f"{out}: in conf/model/ it is model={out.stem}")
    return "\n".join(lines)


def _row(name: str, model: ModelConfig, seen: Prefixes) -> str:
    found = measure(seen, model)
    a_place = model.anchor_scales * len(model.anchor_aspect_ratios)
    return f"{name:<12}{a_place:>8}{found.covered:>20.1%}{found.mean_iou:>15.3f}"


def read_prefixes(data: TrainingData, crop: CropConfig, view: ViewConfig) -> Prefixes:
    """All prefixes of the training shards that are not to be ignored, as crops show them.

    Raises:
        UserError: where there are none, or a shard is damaged.
    """
    boxes, weights = [np.zeros((0, 3))], [np.zeros(0)]
    for source, shards in (data.train_by_source or {"": list(data.train)}).items():
        pages = [page for shard in shards for page in _pages(shard)]
        found = np.concatenate([*boxes[:1], *pages])
        boxes.append(found)
        weights.append(np.full(len(found), data.weights.get(source, len(pages)) / max(len(pages), 1)))
    heights, widths, page_widths = np.concatenate(boxes).T
    if not len(heights):
        raise UserError("The training set has no prefix that anchors could be fitted to.")
    scale = np.minimum(view.width_px / page_widths, view.max_upscale)
    # The middles of equal shares of the jitter, which is even in its logarithm.
    shares = (np.arange(_JITTERS) + 0.5) / _JITTERS
    jitter = crop.scale_min * (crop.scale_max / crop.scale_min) ** shares
    sizes = np.stack([heights, widths], axis=1) * scale[:, None]
    seen = np.concatenate(weights).repeat(_JITTERS)
    return Prefixes((sizes[:, None] * jitter[None, :, None]).reshape(-1, 2), seen / seen.sum())


def _pages(shard: str) -> Iterator[Sizes]:
    """Of each page [n, 3]: height and width of its prefixes and its own width, in pixels."""
    for record in tqdm(records(Path(shard)), desc=Path(shard).name, unit=" pages", leave=False, disable=None):
        page = deserialize(record)
        height, width = page["image/height"][0], page["image/width"][0]
        top, bottom, left, right = (
            np.array(page.get(f"image/object/bbox/{end}", []), np.float64) for end in ("ymin", "ymax", "xmin", "xmax")
        )
        counted = (
            ~np.array(page.get("image/object/is_crowd") or np.zeros(len(top)), bool) & (bottom > top) & (right > left)
        )
        sizes = np.stack([(bottom - top) * height, (right - left) * width, np.full(len(top), width)], axis=1)
        yield sizes[counted]


def overlap(sizes: Sizes, others: Sizes) -> Sizes:
    """IoU [n, m] of boxes with a common centre."""
    shared = np.minimum(sizes[:, None], others[None]).prod(axis=2)
    return np.asarray(shared / (sizes.prod(axis=1)[:, None] + others.prod(axis=1)[None] - shared))


def clusters(seen: Prefixes, count: int) -> tuple[Sizes, Sizes]:
    """K-means with the distance 1 - IoU, from quantiles of the area on, until nothing moves.

    Returns:
        centres [k, 2] by rising area, and the share of the prefixes in each; empty clusters are left out.
    """
    by_area = seen.sizes[np.argsort(seen.sizes.prod(axis=1), kind="stable")]
    centres = by_area[((np.arange(count) + 0.5) / count * len(by_area)).astype(int)]
    members = np.full(len(seen.sizes), -1)
    for _ in range(_ROUNDS):
        nearest = overlap(seen.sizes, centres).argmax(axis=1)
        if (nearest == members).all():
            break
        present, members = np.unique(nearest, return_inverse=True)
        centres = np.stack(
            [
                np.average(seen.sizes[members == k], axis=0, weights=seen.weights[members == k])
                for k in range(len(present))
            ]
        )
    shares = np.bincount(members, seen.weights, len(centres))
    order = centres.prod(axis=1).argsort(kind="stable")
    return centres[order], shares[order]


def measure(seen: Prefixes, model: ModelConfig) -> Fit:
    """How well a model's anchors fit, each prefix at a place of its own on the grid."""
    best = np.zeros(len(seen.sizes))
    places = _places(len(seen.sizes))
    for level in range(model.min_level, model.max_level + 1):
        stride = 2**level
        off = np.abs(places % stride - stride / 2)  # from the nearest anchor's centre
        for shape in _shapes(model, stride):
            sides = np.minimum(np.minimum(seen.sizes, shape), np.maximum((seen.sizes + shape) / 2 - off, 0))
            shared = sides.prod(axis=1)
            best = np.maximum(best, shared / (seen.sizes.prod(axis=1) + shape.prod() - shared))
    covered = float(seen.weights[best >= COVERED_IOU].sum())
    return Fit(covered, float(np.average(best, weights=seen.weights)))


def _shapes(model: ModelConfig, stride: int) -> Iterator[Sizes]:
    """(height, width) of the anchors of a level, as `train.decode.anchors` lays them out."""
    for i in range(model.anchor_scales):
        side = model.anchor_size * stride * 2 ** (i / model.anchor_scales)
        for ratio in model.anchor_aspect_ratios:
            yield np.array([side * ratio**-0.5, side * ratio**0.5])


def _places(count: int) -> Sizes:
    """Centres (y, x) that fill the cells of the grid evenly: the two-dimensional golden-ratio sequence."""
    root = 1.32471795724474602596  # of x³ = x + 1
    steps = np.arange(count)[:, None] / np.array([root, root**2])
    return np.asarray(steps % 1 * _COARSEST_STRIDE)


def fit(seen: Prefixes, centres: Sizes, shares: Sizes, config: AnchorsConfig) -> ModelConfig:
    """The model with the anchors that cover the most: sizes and ratios from the clusters on, in ever smaller steps."""
    few = seen.sample(_MEASURED)
    ratios = _ratios(centres, shares, config.ratios or len(config.model.anchor_aspect_ratios))
    start = replace(config.model, anchor_scales=config.scales or config.model.anchor_scales)
    candidates = [_with(start, [float(size), *ratios]) for size in np.geomspace(0.5, 16, 41)]
    starts = [max(candidates, key=lambda model: measure(few, model).quality)]
    if len(config.model.anchor_aspect_ratios) == len(ratios):
        starts.append(start)
    return max((_climbed(few, model) for model in starts), key=lambda model: measure(few, model).quality)


def _climbed(seen: Prefixes, model: ModelConfig) -> ModelConfig:
    """The best model that single steps of its size or of a ratio lead to."""
    best, quality = model, measure(seen, model).quality
    for step in (2**0.5, 2**0.25, 2**0.125, 2**0.0625):
        while True:
            found, better = max(
                ((measure(seen, each).quality, each) for each in _neighbours(best, step)), key=lambda pair: pair[0]
            )
            if found <= quality:
                break
            best, quality = better, found
    return best


def _with(model: ModelConfig, values: list[float]) -> ModelConfig:
    size, *ratios = (round(value, 2) for value in values)
    return replace(
        model,
        anchor_size=min(max(size, 0.5), 16.0),
        anchor_aspect_ratios=sorted(min(max(ratio, 0.05), 20.0) for ratio in ratios),
    )


def _neighbours(model: ModelConfig, step: float) -> Iterator[ModelConfig]:
    """The anchors with the size or one of the ratios a step smaller or larger."""
    values = [model.anchor_size, *model.anchor_aspect_ratios]
    for index in range(len(values)):
        for factor in (step, 1 / step):
            yield _with(model, [value * factor if at == index else value for at, value in enumerate(values)])


def _ratios(centres: Sizes, shares: Sizes, count: int) -> list[float]:
    """Width / height of so many equal shares of the clusters, narrow ones first."""
    ratios = centres[:, 1] / centres[:, 0]
    order = ratios.argsort(kind="stable")
    middles = shares[order].cumsum() - shares[order] / 2
    wanted = (np.arange(count) + 0.5) / count
    return [float(value) for value in np.interp(wanted, middles, ratios[order])]
