"""A part of a set: the pages that are rendered in one go, and the record that says that they are all there.

The pictures of a part are written first, then its recipes, then its record in `.parts/`; a part with a record is
never rendered again. When all records are there they become `annotations.json` and `recipes.jsonl`, one part at a
time, so that a set of any size is joined in the memory of one part.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import cv2
import msgspec

from conf.schema.synth import SynthConfig
from data import Dataset, Image
from data.files import make_folder, replacing, write_bytes
from data.formats import coco
from data.pictures import image_name
from data.recipes import RECIPES
from synth.pipeline import Sample, render

PART_PAGES = 25
FOLDER = ".parts"
_RECORDS_PER_FOLDER = 1000
_INFO = {"description": "Synthetic photographs of printed links", "version": "1"}


class _Record(msgspec.Struct):
    """COCO's entries for the pages of a part; annotations are numbered within the part."""

    images: list[msgspec.Raw]
    annotations: list[dict[str, Any]]


def parts_of(config: SynthConfig) -> Iterator[range]:
    """The parts of a set, in order, each as the range of its pages."""
    for first in range(0, config.count, PART_PAGES):
        yield range(first, min(first + PART_PAGES, config.count))


def record_of(out: Path, pages: range) -> Path:
    """Where the record of a part lies; it exists once the part is whole."""
    return out / FOLDER / f"{pages.start // (_RECORDS_PER_FOLDER * PART_PAGES):03d}" / f"{pages.start:09d}.json"


def _recipes_of(out: Path, pages: range) -> Path:
    return record_of(out, pages).with_suffix(".jsonl")


def render_part(config: SynthConfig, pages: range) -> range:
    """Renders the pages of a part into the set's folder; gives `pages` back."""
    cv2.setNumThreads(1)  # the workers share the cores among them
    out = Path(config.out)
    paths = [out / image_name(index, ".jpg", config.count) for index in pages]
    _clear_scratch(paths[0].parent, {path.name for path in paths})
    images: list[Image] = []
    recipes: list[bytes] = []
    for index, path in zip(pages, paths, strict=True):
        sample = render(config, index)
        write_bytes(path, sample.jpeg)
        images.append(as_image(sample, path))
        recipes.append(_recipe_line(sample, index + 1))
    content = coco.to_coco(Dataset(tuple(images)), out)
    write_bytes(_recipes_of(out, pages), b"".join(recipes))
    record = {"images": content["images"], "annotations": content["annotations"]}
    write_bytes(record_of(out, pages), msgspec.json.encode(record))
    return pages


def _clear_scratch(folder: Path, names: set[str]) -> None:
    """Removes what a killed run left half-written under the scratch names that `replacing` gives these files."""
    make_folder(folder)
    for scratch in folder.glob(".*.part"):
        if scratch.name[1:].rsplit(".", 2)[0] in names:
            scratch.unlink(missing_ok=True)


def _recipe_line(sample: Sample, image_id: int) -> bytes:
    return b'{"image_id":%d,' % image_id + msgspec.json.encode(sample.recipe)[1:] + b"\n"


def as_image(sample: Sample, path: Path) -> Image:
    """A sample as an image of the dataset model, its picture at `path`."""
    recipe = sample.recipe
    return Image(
        path=path,
        width=recipe.camera.width,
        height=recipe.camera.height,
        links=sample.links,
        source="synth",
        group=f"synth-{recipe.seed}-{recipe.index}",
        id=recipe.index + 1,
    )


def join(config: SynthConfig) -> int:
    """Joins the records; `annotations.json` appears last, and says that the set is whole.

    Returns:
        The number of links.
    """
    out = Path(config.out)
    with replacing(out / RECIPES) as scratch, scratch.open("wb") as whole:
        for pages in parts_of(config):
            with _recipes_of(out, pages).open("rb") as lines:
                shutil.copyfileobj(lines, whole)
    top = coco.to_coco(Dataset((), info=_INFO))
    with replacing(out / coco.ANNOTATIONS) as scratch, scratch.open("wb") as whole:
        for number, (key, value) in enumerate(top.items()):
            whole.write((b",\n" if number else b"{") + msgspec.json.encode(key) + b": ")
            if key == "images":
                _write_list(whole, (image for record in _records(config) for image in record.images))
            elif key == "annotations":
                links = _write_list(whole, _numbered(_records(config)))
            else:
                whole.write(msgspec.json.encode(value))
        whole.write(b"}\n")
    return links


def _records(config: SynthConfig) -> Iterator[_Record]:
    decoder = msgspec.json.Decoder(_Record)
    for pages in parts_of(config):
        yield decoder.decode(record_of(Path(config.out), pages).read_bytes())


def _numbered(records: Iterable[_Record]) -> Iterator[dict[str, Any]]:
    """The annotations of all records with ids that go on from one to the next."""
    annotations = (annotation for record in records for annotation in record.annotations)
    return ({**annotation, "id": number} for number, annotation in enumerate(annotations, start=1))


def _write_list(stream: BinaryIO, entries: Iterable[Any]) -> int:
    """Writes a JSON list, an entry a line; returns their number."""
    encoder, count = msgspec.json.Encoder(), 0
    for count, entry in enumerate(entries, start=1):
        stream.write((b"[\n" if count == 1 else b",\n") + encoder.encode(entry))
    stream.write(b"\n]" if count else b"[]")
    return count
