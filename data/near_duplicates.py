"""Finds pictures that show nearly the same: saved anew, scaled, lighter, turned a little. No split may part them.

A picture's code is its perceptual hash: which of the 256 lowest frequencies of its brightness are above their median
(`imagehash.phash`). Two codes that differ in few bits are near. Measured on 116 pages of manuals, 33 photos and 90
rendered pages: saved anew as JPEG, scaled, or turned by one degree, a page's code changes by 2 to 50 bits, mostly
under 32; codes of two different pages differ by 68 at least, by 126 in the middle.

Codes are compared only where they agree in one of 21 stretches of 12 bits, so the work grows with the number of
pictures and not with its square. Two codes that differ in 20 bits or fewer must agree in one of the stretches, two
that differ in 32 almost surely do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageOps
from tqdm import tqdm

from conf import UserError
from data.crew import in_order
from data.model import Dataset, Image
from data.split import group_of

Codes = npt.NDArray[np.uint64]
"""Shape (pictures, 4): 256 bits each."""

NEAR_BITS = 32
"""Codes that differ in no more bits show nearly the same picture."""
_SIDE = 16
_STRETCHES, _STRETCH_BITS = 21, 12
_DECODED_PX = 256
_FEWEST_BITS = 64
_PAIRS_AT_ONCE = 1 << 20


def code(path: Path) -> bytes:
    """The perceptual hash of a picture, 32 bytes.

    Raises:
        UserError: where it is no picture, or a broken one.
    """
    import imagehash

    try:
        with PillowImage.open(path) as image:
            # A JPEG is decoded at the size that is needed, several times faster.
            image.draft("L", (_DECODED_PX, _DECODED_PX))
            upright = ImageOps.exif_transpose(image).convert("L")
    except (OSError, SyntaxError, ValueError, PillowImage.DecompressionBombError) as error:
        raise UserError(f"{path} cannot be read whole: {error}.") from None
    bits = imagehash.phash(upright, hash_size=_SIDE).hash
    return np.packbits(np.asarray(bits, bool)).tobytes()


def codes(paths: Sequence[Path]) -> Codes:
    """The codes of many pictures, by as many processes as there are cores where there are many."""
    bar = tqdm(in_order(code, paths), total=len(paths), desc="near duplicates", unit="", disable=None)
    return np.frombuffer(b"".join(bar), np.uint64).reshape(len(paths), -1)


def near_pairs(found: Codes, most_bits: int) -> npt.NDArray[np.int64]:
    """Pairs of pictures whose codes differ in at most so many bits.

    Of pictures with equal codes only the first takes part in pairs with others; each further one is paired with it.

    Returns:
        int64 (pairs, 2), the lower number first, in ascending order.
    """
    unique, first, group = np.unique(found, axis=0, return_index=True, return_inverse=True)
    leaders = first[group.reshape(-1)]
    same = np.flatnonzero(leaders != np.arange(len(found)))
    pairs = [np.stack([leaders[same], same], axis=1)]
    pairs += [np.sort(first[part], axis=1) for part in _near(unique, most_bits)]
    return np.unique(np.concatenate(pairs).astype(np.int64), axis=0)


def _near(unique: Codes, most_bits: int) -> Iterator[npt.NDArray[np.int64]]:
    bits = np.unpackbits(unique.view(np.uint8), axis=1)
    # Neighbouring frequencies go together, so each stretch takes its bits from all over the code.
    order = np.random.default_rng(0).permutation(bits.shape[1])
    powers = 1 << np.arange(_STRETCH_BITS)
    for stretch in range(_STRETCHES):
        part = bits[:, order[stretch * _STRETCH_BITS : (stretch + 1) * _STRETCH_BITS]]
        for left, right in _same(part @ powers):
            differing = unique[left] ^ unique[right]
            near = _ones(differing) <= most_bits
            yield np.stack([left[near], right[near]], axis=1)


def _same(keys: npt.NDArray[np.int64]) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """All pairs of places with equal keys, some at a time."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    ends = np.searchsorted(ordered, ordered, side="right")
    followers = ends - np.arange(len(keys)) - 1
    done = np.cumsum(followers)
    start = 0
    while start < len(keys):
        before = done[start - 1] if start else 0
        stop = max(int(np.searchsorted(done, before + _PAIRS_AT_ONCE, side="right")), start + 1)
        counts = followers[start:stop]
        left = np.repeat(np.arange(start, stop), counts)
        step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + 1
        yield order[left], order[left + step]
        start = stop


def _ones(values: Codes) -> npt.NDArray[np.int64]:
    """Bits that are set in each row."""
    return _ONES[values.view(np.uint8)].sum(axis=1, dtype=np.int64)


_ONES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1, dtype=np.uint8)


def near_groups(dataset: Dataset, most_bits: int) -> list[tuple[Image, Image]]:
    """Pairs of near pictures that belong to different groups."""
    found_codes = codes([image.path for image in dataset.images])
    # Half of the bits are set where there is anything to see; empty pages are no sign that two books are one.
    shown = np.flatnonzero(_ones(found_codes) >= _FEWEST_BITS)
    images = [dataset.images[place] for place in shown]
    pairs = near_pairs(found_codes[shown], most_bits)
    found = [(images[left], images[right]) for left, right in pairs.tolist()]
    return [(left, right) for left, right in found if group_of(left) != group_of(right)]


def united(dataset: Dataset, pairs: Sequence[tuple[Image, Image]]) -> tuple[Dataset, int]:
    """Puts groups that share a near picture together under the name of the first of them.

    Returns:
        The set, and how many groups went into another one. `extra.origin.group` keeps a picture's former group.
    """
    leader: dict[str, str] = {}

    def lead(group: str) -> str:
        while group in leader:
            group = leader[group]
        return group

    rank = {group: place for place, group in enumerate(dict.fromkeys(map(group_of, dataset.images)))}
    for left, right in pairs:
        one, other = sorted((lead(group_of(left)), lead(group_of(right))), key=rank.__getitem__)
        if one != other:
            leader[other] = one
    return replace(dataset, images=tuple(_regrouped(image, lead(group_of(image))) for image in dataset.images)), len(
        leader
    )


def _regrouped(image: Image, group: str) -> Image:
    if group == group_of(image):
        return image
    origin = {**image.extra.get("origin", {}), "group": group_of(image)}
    return replace(image, group=group, extra={**image.extra, "origin": origin})
