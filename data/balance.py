"""As many links of each class (or scheme, or style): pictures that show what is rare are repeated, or pages are made.

A repeated picture keeps its group, so that no split parts it from itself, and its truth. Pages come from the generator
by its own command (`python -m synth`), told to print nothing else: this room does not know the generator otherwise.
"""

from __future__ import annotations

import heapq
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conf import UserError
from conf.schema.data_balance import BalanceConfig
from conf.schema.link import SCHEMES
from data.derive import open_source, write_derived
from data.facts import scheme_of
from data.files import make_folder
from data.merge import Source
from data.model import Dataset, Image, LinkAnnotation
from data.sources import read_dataset
from data.written import refuse_foreign

_LINKS_A_PAGE, _READABLE_A_PAGE = 3, 2
_MOST_ROUNDS = 8
"""After so many rounds of new pages without enough links that can be read, the configuration is at fault."""


@dataclass(frozen=True, slots=True)
class Balanced:
    """What came of it: links of each kind before and after, and how many each should have."""

    before: dict[str, int]
    after: dict[str, int]
    target: int
    added: int


def balance(config: BalanceConfig) -> Balanced:
    """Reads a set, fills up what is rare, and writes the result.

    Raises:
        UserError: where the set cannot be read, says nothing of what shall be balanced, or the generator fails.
    """
    source, out = open_source(config.source, config.out), Path(config.out)
    refuse_foreign(out, "balance")  # before pages are made for it
    before = counted(source.dataset.images, config.by)
    if config.by == "class":
        before = {name: before.get(name, 0) for name in source.dataset.categories}
    if not before:
        raise UserError(f"by={config.by} is nothing that {config.source} says of its links.")
    target = config.target or max(before.values())
    missing = {kind: target - count for kind, count in sorted(before.items()) if count < target}
    make_folder(out.parent)
    with tempfile.TemporaryDirectory(prefix=".balance-", dir=out.parent) as scratch:
        made = list(_made(config, missing, Path(scratch))) if config.fill == "synth" else []
        repeated = [] if made else copies(source.dataset.images, config.by, missing, config.most_copies)
        images = (*source.dataset.images, *repeated, *(image for one in made for image in one.dataset.images))
        done = {"balanced": {"by": config.by, "target": target, "fill": config.fill}}
        write_derived(replace(source.dataset, images=images), [source, *made], out, done, by="balance")
    after = counted(images, config.by)
    return Balanced(
        before, {kind: after.get(kind, 0) for kind in before}, target, len(images) - len(source.dataset.images)
    )


def kind_of(link: LinkAnnotation, by: str) -> str | None:
    """Its class, its scheme, or the value of an attribute; None where nothing is known."""
    if by == "class":
        return link.category
    if by == "scheme":
        return scheme_of(link)
    value = link.attributes.get(by)
    return None if value is None else ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _kinds_on(image: Image, by: str) -> Counter[str]:
    """Links of each kind on a picture, ignored ones not counted."""
    return Counter(kind for link in image.links if not link.ignore and (kind := kind_of(link, by)) is not None)


def counted(images: Sequence[Image], by: str) -> dict[str, int]:
    """Links of each kind on all pictures, ignored ones not counted."""
    total: Counter[str] = Counter()
    for image in images:
        total.update(_kinds_on(image, by))
    return dict(total)


def copies(images: Sequence[Image], by: str, missing: Mapping[str, int], most: int) -> list[Image]:
    """Pictures to repeat so that each kind gets what it misses, the rarest kind first.

    Each link that a picture brings and that nobody asked for weighs as much as having been repeated once more: so
    pages that show what is rare alone are repeated most, and none very often while others would do.

    Args:
        images: the set.
        by: what to count.
        missing: links wanted, by kind.
        most: times a picture may be repeated.
    """
    shown = [_kinds_on(image, by) for image in images]
    left = dict(missing)
    times = [0] * len(images)
    for kind in sorted(missing, key=lambda name: (-missing[name], name)):
        queue = [(times[place] + _cost(kinds, left), place) for place, kinds in enumerate(shown) if kinds[kind]]
        heapq.heapify(queue)
        while queue and left[kind] > 0:
            _, place = heapq.heappop(queue)
            if times[place] < most:
                times[place] += 1
                left.update({one: left[one] - count for one, count in shown[place].items() if one in left})
                heapq.heappush(queue, (times[place] + _cost(shown[place], left), place))
    return [
        _copy(image)
        for turn in range(max(times, default=0))
        for image, n in zip(images, times, strict=True)
        if n > turn
    ]


def _cost(kinds: Mapping[str, int], left: Mapping[str, int]) -> int:
    """Links on a picture that are not wanted."""
    return sum(count for kind, count in kinds.items() if left.get(kind, 0) <= 0)


def _copy(image: Image) -> Image:
    """The picture again, of the same group; its recipe stays with the first."""
    origin = {key: value for key, value in image.extra["origin"].items() if key != "id"}
    return replace(image, extra={**image.extra, "origin": {**origin, "copy": True}})


def _made(config: BalanceConfig, missing: Mapping[str, int], scratch: Path) -> Iterator[Source]:
    """Sets of new pages, one for each kind of which links are missing, with as many pages as are needed."""
    for number, (kind, count) in enumerate(missing.items()):
        yield from _pages_of(config, kind, count, scratch / str(number), config.seed + number * _MOST_ROUNDS)


def _pages_of(config: BalanceConfig, kind: str, missing: int, folder: Path, seed: int) -> Iterator[Source]:
    scheme = _scheme_for(config, kind)
    for turn in range(_MOST_ROUNDS):
        if missing <= 0:
            return
        _render(config, scheme, -(-missing // _READABLE_A_PAGE) + 1, seed + turn, folder / str(turn))
        name = f"synth-{scheme}-{seed + turn}"
        found, count = _needed(read_dataset(folder / str(turn)), missing, kind if config.by == "class" else None, name)
        missing -= count
        yield Source(name, folder / str(turn), found)
    if missing > 0:
        raise UserError(
            f"The generator's pages show too few links that can be read: {missing} {kind} are still missing; "
            "see synth= for what makes them unreadable."
        )


def _scheme_for(config: BalanceConfig, kind: str) -> str:
    if config.by not in ("class", "scheme"):
        raise UserError(f"fill=synth makes up for schemes, or classes that stand for them, not for by={config.by}.")
    scheme = config.schemes.get(kind, kind)
    if scheme not in SCHEMES:
        raise UserError(
            f"The generator prints no links of {kind}; it knows {', '.join(SCHEMES)}. "
            f"Name one for it, as 'schemes={{{kind}: https}}', or give fill=oversample."
        )
    return scheme


def _render(config: BalanceConfig, scheme: str, pages: int, seed: int, folder: Path) -> None:
    keys = [f"count={pages}", f"seed={seed}", f"link.schemes=[{scheme}]", "link.empty_share=0", f"out={folder}"]
    keys += [f"link.per_page=[{_LINKS_A_PAGE},{_LINKS_A_PAGE}]", *shlex.split(config.synth)]
    done = subprocess.run([sys.executable, "-m", "synth", *keys], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise UserError(f"The generator failed: {said[-1] if said else f'it ended with status {done.returncode}'}")


def _needed(pages: Dataset, missing: int, category: str | None, name: str) -> tuple[Dataset, int]:
    """The first pages with links that can be read that together show what is missing, and how many they show."""
    kept: list[Image] = []
    count = 0
    for image in pages.images:
        if count >= missing:
            break
        readable = sum(not link.ignore for link in image.links)
        if not readable:
            continue
        count += readable
        links = tuple(replace(link, id=None, category=category or link.category) for link in image.links)
        origin: dict[str, Any] = {"set": name, "file_name": image.path.name, "id": image.id}
        extra = {**image.extra, "origin": origin}
        kept.append(replace(image, id=None, links=links, group=f"{name}/{image.group}", extra=extra))
    return replace(pages, images=tuple(kept)), count
