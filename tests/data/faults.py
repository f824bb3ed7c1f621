"""A folder of photos with LabelImg files in which everything is wrong that users' folders have wrong, once each."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from data.model import Box
from tests.data.pages import HEIGHT, ROTATED, WIDTH, save_picture

Corners = tuple[float, float, float, float]
GOOD: Corners = (21, 11, 40, 18)
GOOD_BOX: Box = (20.0, 10.0, 20.0, 8.0)


@dataclass(frozen=True)
class Fault:
    """One fault: what makes it, which sentence tells of it, and what is left of the annotation.

    Attributes:
        make: puts picture and XML into a folder of its own.
        sentence: pattern of the note; "" where nothing is wrong after all.
        picture: size of the picture that comes through; None where it is set aside.
        boxes: that come through with it.
        annotations: how many the source has.
    """

    make: Callable[[Path], object]
    sentence: str
    picture: tuple[int, int] | None = (WIDTH, HEIGHT)
    boxes: tuple[Box, ...] = ()
    annotations: int = 1


def voc(
    folder: Path, name: str, *boxes: Corners, size: tuple[int, int] | None = (WIDTH, HEIGHT), xml: str = ""
) -> None:
    """An XML file as LabelImg writes it."""
    objects = "".join(
        f"<object><name>http</name><bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox>"
        "</object>"
        for x0, y0, x1, y1 in boxes
    )
    said = "" if size is None else f"<size><width>{size[0]}</width><height>{size[1]}</height><depth>3</depth></size>"
    folder.mkdir(parents=True, exist_ok=True)
    text = f"<annotation><filename>{name}</filename>{said}{objects}</annotation>"
    (folder / (xml or f"{Path(name).stem}.xml")).write_text(text, encoding="utf-8")


def labelled(*boxes: Corners, name: str = "a.jpg", **said: object) -> Callable[[Path], object]:
    """A sound picture with these boxes."""

    def make(folder: Path) -> None:
        save_picture(folder / name)
        voc(folder, name, *boxes, **said)  # type: ignore[arg-type]

    return make


def bomb(path: Path, side: int) -> None:
    """A PNG of a hundred bytes that claims `side` × `side` pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)


def _bomb(side: int) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        bomb(folder / "a.png", side)
        voc(folder, "a.png", GOOD)

    return make


def _turned(*boxes: Corners, size: tuple[int, int]) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        save_picture(folder / "a.jpg", orientation=ROTATED)
        voc(folder, "a.jpg", *boxes, size=size)

    return make


def _broken_picture(folder: Path) -> None:
    path = save_picture(folder / "a.jpg")
    path.write_bytes(path.read_bytes()[:600])
    voc(folder, "a.jpg", GOOD)


def _text_file(text: str) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        save_picture(folder / "a.jpg")
        (folder / "a.xml").write_text(text)

    return make


def _traversal(folder: Path) -> None:
    save_picture(folder.parents[1] / "outside" / "secret.jpg")
    voc(folder, "../../outside/secret.jpg", GOOD)


_LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<annotation><filename>&b;</filename></annotation>"
)

FAULTS: dict[str, Fault] = {
    "a name with spaces": Fault(labelled(GOOD, name="my photo 1.jpg"), "", boxes=(GOOD_BOX,)),
    "a unicode name": Fault(labelled(GOOD, name="Übung-日本.jpg"), "", boxes=(GOOD_BOX,)),
    "an upper-case extension": Fault(labelled(GOOD, name="DSC01.JPG"), "", boxes=(GOOD_BOX,)),
    "a path of another computer": Fault(_traversal, "filename names secret.jpg, which does not exist in its", None),
    "an XML bomb": Fault(_text_file(_LAUGHS), "declares XML entities, which no annotation needs", None, annotations=0),
    "broken XML": Fault(_text_file("<annotation>"), "line 1 column 12 is not XML", None, annotations=0),
    "a decompression bomb": Fault(_bomb(15_000), "has 15000 × 15000 pixels; at most 200,000,000 are allowed", None),
    "a greater bomb": Fault(_bomb(60_000), "has too many pixels; at most 200,000,000 are allowed", None),
    "a truncated picture": Fault(_broken_picture, "cannot be read whole", None),
    "a picture that is gone": Fault(
        lambda folder: voc(folder, "b.jpg", GOOD), r"names b\d*.jpg, which does not exist", None
    ),
    "a box that reaches out": Fault(
        labelled((71, 11, 84, 18)),
        r"object\[0\]: bndbox reaches out of the picture of 80 × 60 pixels",
        boxes=((70.0, 10.0, 10.0, 8.0),),
    ),
    "a box mostly outside": Fault(
        labelled((71, 11, 110, 18)), r"bndbox=.* has only 25% of its area inside the picture of 80 × 60 pixels"
    ),
    "a box outside": Fault(labelled((101, 11, 120, 18)), "bndbox lies wholly outside the picture of 80 × 60 pixels"),
    "swapped corners": Fault(
        labelled((40, 18, 21, 11)), r"xmin=40, xmax=21, ymin=18, ymax=11 are swapped corners", boxes=(GOOD_BOX,)
    ),
    "zero area": Fault(labelled((40, 11, 40, 18)), "xmin=40, xmax=40, .* enclose nothing"),
    "a box without numbers": Fault(labelled(("x", 1, 2, 3)), "bndbox/xmin='x' must be a number"),  # type: ignore[arg-type]
    "pixels counted from 0": Fault(
        labelled((0, 10, 20, 18), (20, 10, 40, 18)),
        "a corner has the number 0",
        boxes=((0.0, 10.0, 20.0, 8.0), (20.0, 10.0, 20.0, 8.0)),
        annotations=2,
    ),
    "one bad box beside a good one": Fault(
        labelled(GOOD, (40, 11, 40, 18)), "enclose nothing", boxes=(GOOD_BOX,), annotations=2
    ),
    "no size": Fault(labelled(GOOD, size=None), "", boxes=(GOOD_BOX,)),
    "a size of 0": Fault(labelled(GOOD, size=(0, 0)), "", boxes=(GOOD_BOX,)),
    "a size that the boxes disprove": Fault(
        labelled((61, 11, 80, 18), size=(60, 80)),
        "size says 60 × 80 pixels, but .* has 80 × 60 when upright",
        boxes=((60.0, 10.0, 20.0, 8.0),),
    ),
    "a picture made smaller since": Fault(
        labelled((121, 81, 160, 100), size=(160, 120)),
        "size says 160 × 120 pixels, but .* has 80 × 60 when upright",
        boxes=((60.0, 40.0, 20.0, 10.0),),
    ),
    "a size that nobody can decide": Fault(
        labelled(GOOD, size=(160, 120)), "size says 160 × 120 pixels, .*; its boxes fit both", None
    ),
    "a wrong size without boxes": Fault(labelled(size=(7, 7)), "size says 7 × 7 pixels", annotations=0),
    "a picture that EXIF turns, labelled upright": Fault(
        _turned((11, 21, 30, 28), size=(HEIGHT, WIDTH)), "", (HEIGHT, WIDTH), ((10.0, 20.0, 20.0, 8.0),)
    ),
    "a picture that EXIF turns, labelled as stored": Fault(
        _turned(GOOD, size=(WIDTH, HEIGHT)),
        "size says 80 × 60 pixels, but .* has 60 × 80 when upright",
        (HEIGHT, WIDTH),
        ((42.0, 20.0, 8.0, 20.0),),
    ),
}


def folder_of(name: str) -> str:
    """The folder of a fault within the whole."""
    return name.replace(" ", "_")


def build(folder: Path) -> None:
    """All faults, each in a folder of its own."""
    for number, (name, fault) in enumerate(FAULTS.items()):
        place = folder / folder_of(name)
        place.mkdir(parents=True)
        fault.make(place)
        # Names of their own, so that no file finds the picture of another folder.
        for path in [*place.glob("a.*"), *place.glob("b.*")]:
            text = path.read_bytes() if path.suffix == ".xml" else b""
            renamed = path.with_name(f"{path.stem}{number}{path.suffix}")
            path.rename(renamed)
            for stem in (b"a", b"b"):
                for suffix in (b".jpg", b".png"):
                    text = text.replace(b"<filename>" + stem + suffix, b"<filename>%s%d%s" % (stem, number, suffix))
            if path.suffix == ".xml":
                renamed.write_bytes(text)
