"""The page of plots: sets side by side in one file that needs no network, so that the gap between them is seen."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup
from PIL import Image as PillowImage

from data.files import write_text
from data.html import templates
from data.identity import made_by
from data.model import Dataset, Image, LinkAnnotation
from data.pixels import load
from data.stats.charts import distribution, heat_map
from data.stats.gaps import gaps, middle, number
from data.stats.measure import SCALES, SetStats

_TEMPLATES = Path(__file__).parent / "templates"
_KINDS = 6
"""The style sheet has so many colours; a seventh set gets the first one's."""
_CROP_HEIGHT, _CROP_WIDTH, _QUALITY = 60, 260, 80
_SHOWN_GAPS = 12
_WIDE = 0.3
"""Gaps from this size on are worth a word in the first sentence."""


def write_page(sets: Sequence[SetStats], datasets: Sequence[Dataset], path: Path, *, crops: int) -> None:
    """Writes the page, whole or not at all.

    Args:
        sets: the counts.
        datasets: the sets themselves, in the same order, for pictures of prefixes.
        path: the HTML file.
        crops: so many prefixes of each set are shown.

    Raises:
        UserError: where a picture cannot be read.
    """
    environment = templates(_TEMPLATES)
    environment.filters |= {"number": number, "words": lambda name: str(name).replace("_", " ")}
    write_text(
        path,
        environment.get_template("stats.html").render(
            style=Markup((_TEMPLATES / "stats.css").read_text(encoding="utf-8")),
            sets=[{"stats": one, "kind": kind} for one, kind in zip(sets, _kinds(sets), strict=True)],
            lead=lead(sets),
            gaps=[{"other": other.name, "rows": gaps(sets[0], other)[:_SHOWN_GAPS]} for other in sets[1:]],
            numbers=_numbers(sets),
            words=_words(sets),
            heats=_heats(sets),
            crops=[{"name": one.name, "uris": prefixes(data, crops)} for one, data in zip(sets, datasets, strict=True)],
            made_by=made_by(),
        ),
    )


def _kinds(sets: Sequence[SetStats]) -> list[str]:
    return [f"set{place % _KINDS}" for place in range(len(sets))]


def lead(sets: Sequence[SetStats]) -> str:
    """The page in a sentence: what there is, and in what the first two sets differ most."""
    counts = [
        f"{number(one.counts['images'])} pictures with {number(one.counts['links'])} links in {one.name}"
        for one in sets
    ]
    said = f"{_listed(counts)}."
    if len(sets) > 1 and (found := gaps(sets[0], sets[1])):
        pair = f"{sets[0].name} and {sets[1].name}"
        wide = [gap.name for gap in found[:3] if gap.size >= _WIDE]
        said += (
            f" {pair} differ most in {_listed(wide)}." if wide else f" {pair} are much alike in all that is measured."
        )
    return said


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _numbers(sets: Sequence[SetStats]) -> list[dict[str, Any]]:
    shown = []
    for key, scale in SCALES.items():
        known = [(kind, one) for kind, one in zip(_kinds(sets), sets, strict=True) if key in one.numbers]
        if known:
            chart = distribution([(kind, one.numbers[key]) for kind, one in known], scale)
            facts = [(kind, one.name, middle(key, one.numbers[key])) for kind, one in known]
            shown.append({"scale": scale, "chart": chart, "facts": facts})
    return shown


def _words(sets: Sequence[SetStats]) -> list[dict[str, Any]]:
    """Attributes with the share of each value in each set that has them; those that most sets have come first."""
    names = dict.fromkeys(name for one in sets for name in one.words)
    shown = [_attribute(name, sets) for name in names]
    return sorted((one for one in shown if one["cells"]), key=lambda one: -one["sets"])


def _attribute(name: str, sets: Sequence[SetStats]) -> dict[str, Any]:
    known = [(kind, one.words[name]) for kind, one in zip(_kinds(sets), sets, strict=True) if name in one.words]
    shares = {kind: _shares(words) for kind, words in known}
    values = {value for _, words in known for value in words}
    ordered = sorted(values, key=lambda value: (-sum(share.get(value, 0.0) for share in shares.values()), value))
    cells = [
        {
            "value": value,
            "bars": [
                {"kind": kind, "share": shares[kind].get(value, 0.0), "count": words.get(value, 0)}
                for kind, words in known
            ],
        }
        for value in ordered
    ]
    return {"name": name, "cells": cells if len(values) > 1 or name == "class" else [], "sets": len(known)}


def _shares(words: Mapping[str, int]) -> dict[str, float]:
    total = max(sum(words.values()), 1)
    return {word: count / total for word, count in words.items()}


def _heats(sets: Sequence[SetStats]) -> list[dict[str, Any]]:
    known = [(kind, one) for kind, one in zip(_kinds(sets), sets, strict=True) if one.counts["links"]]
    return [{"name": one.name, "links": one.counts["links"], "map": heat_map(one, kind)} for kind, one in known]


def prefixes(dataset: Dataset, count: int) -> list[str]:
    """Prefixes with a little of what is around them, evenly spread over the set, as data URIs of JPEG pictures."""
    pairs = [(image, link) for image in dataset.images for link in image.links if not link.ignore]
    count = min(count, len(pairs))
    return [_crop(*pairs[index * len(pairs) // count]) for index in range(count)]


def _crop(image: Image, link: LinkAnnotation) -> str:
    pixels = load(image.path)
    x, y, width, height = link.bbox
    margin = 0.4 * height
    box = (
        max(int(x - margin), 0),
        max(int(y - margin), 0),
        min(int(x + width + 3 * margin) + 1, image.width),
        min(int(y + height + margin) + 1, image.height),
    )
    part = PillowImage.fromarray(pixels).crop(box)
    scale = min(_CROP_HEIGHT / part.height, _CROP_WIDTH / part.width)
    size = (max(round(part.width * scale), 1), max(round(part.height * scale), 1))
    content = io.BytesIO()
    part.resize(size, PillowImage.Resampling.LANCZOS).save(content, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(content.getvalue()).decode()
