"""import(export(x)) = x, for all that a format can say."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conf.schema.data_export import ExportDataConfig
from conf.schema.data_import import ImportConfig
from data import Dataset, Image, LinkAnnotation, load_pixels, read_dataset, write_dataset
from data.export import export
from data.importing import import_set
from tests.data.pages import HEIGHT, WIDTH, links, save_picture

CLASSES = ("with_mask", "without mask", "Ünsicher")
MANY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Said = Callable[[LinkAnnotation], LinkAnnotation]


def _plain(link: LinkAnnotation) -> LinkAnnotation:
    return LinkAnnotation(link.bbox, link.category)


SAYS: dict[str, Said] = {
    "coco": lambda link: link,
    "voc": lambda link: link,
    "yolo": _plain,
    "csv": lambda link: replace(_plain(link), text=link.text, ignore=link.ignore),
    "tfrecord": lambda link: replace(_plain(link), ignore=link.ignore),
}
"""What of a link each format has words for."""


def _inside(link: LinkAnnotation) -> bool:
    boxes = [link.bbox, *link.segments, *([link.link_bbox] if link.link_bbox else [])]
    return all(x + w <= WIDTH and y + h <= HEIGHT for x, y, w, h in boxes)


@st.composite
def datasets(draw: st.DrawFn) -> list[tuple[LinkAnnotation, ...]]:
    one = links(list(CLASSES)).filter(_inside)
    return [tuple(page) for page in draw(st.lists(st.lists(one, max_size=3), min_size=1, max_size=3))]


@pytest.mark.parametrize("name", SAYS)
@MANY
@given(pages=datasets())
def test_a_set_comes_back(tmp_path: Path, name: str, pages: list[tuple[LinkAnnotation, ...]]) -> None:
    place = Path(tempfile.mkdtemp(dir=tmp_path))
    given_links = [tuple(SAYS[name](link) for link in page if name != "yolo" or not link.ignore) for page in pages]
    images = tuple(
        Image(
            save_picture(place / f"raw/ä {index}.png", seed=index),
            WIDTH,
            HEIGHT,
            page,
            "pdf",
            f"book {index}",
            index + 3,
        )
        for index, page in enumerate(pages)
    )
    write_dataset(Dataset(images, CLASSES), place / "set")
    export(ExportDataConfig(str(place / "set"), name, str(place / "there")))
    _, ledger = import_set(ImportConfig(str(place / "there"), str(place / "back"), unlabelled="empty", workers=1))
    assert (ledger.images, ledger.annotations) == (len(pages), sum(map(len, given_links)))
    assert not ledger.rejected and not ledger.repaired
    again = read_dataset(place / "back")
    assert [tuple(map(_rounded, image.links)) for image in again.images] == [
        tuple(map(_rounded, page)) for page in given_links
    ]
    pairs = zip(again.images, images, strict=True)
    assert all((load_pixels(image.path) == load_pixels(first.path)).all() for image, first in pairs)
    if name in ("coco", "voc", "csv"):
        assert [(image.source, image.group) for image in again.images] == [("pdf", image.group) for image in images]
    if name in ("coco", "tfrecord"):
        assert [image.id for image in again.images] == [image.id for image in images]
    # VOC and CSV name the classes that occur; the others list them all, in their order.
    occurring = tuple(sorted({link.category for page in given_links for link in page})) or ("http",)
    assert again.categories == (occurring if name in ("voc", "csv") else CLASSES)


def _rounded(link: LinkAnnotation) -> LinkAnnotation:
    """Hundredths of pixels, as files carry them; without the id, which formats other than COCO lack."""

    def box(value: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(round(number, 2) for number in value)

    first = None if link.link_bbox is None else box(link.link_bbox)
    segments = tuple(box(segment) for segment in link.segments)
    return replace(link, bbox=box(link.bbox), link_bbox=first, segments=segments, id=None)  # type: ignore[arg-type]


def test_keys_that_nobody_knows_survive_in_coco(tmp_path: Path) -> None:
    link = LinkAnnotation((1.0, 2.0, 30.0, 10.0), extra={"mood": ["good"]})
    image = Image(save_picture(tmp_path / "raw/a.jpg"), WIDTH, HEIGHT, (link,), extra={"coco_url": "x", "license": 4})
    given_set = Dataset((image,), info={"year": 2024}, licenses=({"id": 4, "name": "CC0"},), extra={"mine": [1]})
    write_dataset(given_set, tmp_path / "there")
    import_set(ImportConfig(str(tmp_path / "there"), str(tmp_path / "back")))
    back = read_dataset(tmp_path / "back")
    assert back.images[0].links[0].extra == {"mood": ["good"]}
    assert back.images[0].extra == {
        **{"coco_url": "x", "license": 4},
        "origin": {"set": "there", "file_name": "images/00/000000.jpg"},
    }
    assert (back.info, back.licenses, back.extra) == (given_set.info, given_set.licenses, given_set.extra)
