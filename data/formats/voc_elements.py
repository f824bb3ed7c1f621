"""The XML elements of Pascal VOC, to and from the model; which file describes which picture is `voc`'s business.

VOC counts pixels from 1 and includes both ends: `xmin=1, xmax=W` is the whole width. Our continuous box is therefore
x from `xmin - 1` to `xmax`, and both directions use that rule (LabelImg itself counts from 0, so its boxes come out
one pixel larger at the left and at the top). Coordinates that are no whole pixels are written with decimals.

`difficult` is our `ignore`. Elements that VOC lacks are named as CVAT names its own (`attributes`), or plainly:
`group` of the picture; `text`, `polygon`, `link_bbox`, `segment` of an object. Ids and `extra` are not carried.
"""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as Xml  # only builds and types; what is read comes through defusedxml

from conf import UserError
from data.model import Attribute, Box, Image, LinkAnnotation, Point
from data.rejected import Ledger

_LEAST_SIDE_PX = 1.015  # both ends are included and rounded to hundredths, so below this they would meet
_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMBER = re.compile(r"[-+]?\d{1,9}(\.\d*)?")
UNKNOWN = {"Unknown", "Unspecified", ""}


def link_from(node: Xml.Element, where: str, ledger: Ledger, first_pixel: int = 1) -> LinkAnnotation:
    """The link that an `object` element describes; nothing is held against the picture yet.

    Args:
        node: the element.
        where: what messages call it.
        ledger: gets what can be mended; a strict one refuses it.
        first_pixel: number of the first pixel, 1 or 0; see `_box`.

    Raises:
        UserError: starting with `where`, at a fault that leaves no class or no box.
    """
    name = (node.findtext("name") or "").strip()
    if not name:
        raise UserError(f"{where}: name is missing; it must be the name of a class.")
    if node.find("bndbox") is None:
        raise UserError(f"{where}: bndbox is missing.")

    def part(found: Xml.Element, key: str, place: str) -> Box | None:
        box = None
        with ledger.left_out("annotation", where):
            box = _box(found, key, place, ledger, first_pixel)
        return box

    polygon: tuple[Point, ...] = ()
    with ledger.left_out("annotation", where):
        polygon = _polygon(node.find("polygon"), where)
    segments = (part(segment, ".", f"{where} segment[{i}]") for i, segment in enumerate(node.findall("segment")))
    return LinkAnnotation(
        bbox=_box(node, "bndbox", where, ledger, first_pixel),
        category=name,
        polygon=polygon,
        text=node.findtext("text"),
        link_bbox=part(node, "link_bbox", where) if node.find("link_bbox") is not None else None,
        segments=tuple(box for box in segments if box),
        ignore=(node.findtext("difficult") or "0").strip() == "1",
        attributes=_attributes(node),
    )


def _box(node: Xml.Element, name: str, where: str, ledger: Ledger, first_pixel: int) -> Box:
    """A box of pixels that are numbered from 1, both ends included; or of continuous corners, counted from 0."""
    left, top, right, bottom = (number(node, f"{name}/{key}", where) for key in ("xmin", "ymin", "xmax", "ymax"))
    said = f"xmin={left:g}, xmax={right:g}, ymin={top:g}, ymax={bottom:g}"
    if right == left or bottom == top or (ledger.strict and (right < left or bottom < top)):
        raise UserError(f"{where}: {said} enclose nothing; each max must be above its min.")
    if right < left or bottom < top:
        ledger.mend("annotation", where, f"{said} are swapped corners", "they were put in order")
        (left, right), (top, bottom) = sorted((left, right)), sorted((top, bottom))
    return (left - first_pixel, top - first_pixel, right - left + first_pixel, bottom - top + first_pixel)


def counts_from_zero(root: Xml.Element) -> bool:
    """Whether a file gives itself away: in one that counts pixels from 1, no corner has the number 0."""
    corners = (box.findtext(key, "").strip() for box in root.iter("bndbox") for key in ("xmin", "ymin"))
    return any(_NUMBER.fullmatch(text) and float(text) == 0 for text in corners)


def number(node: Xml.Element, path: str, where: str) -> float:
    """The number in the element at `path` below `node`.

    Raises:
        UserError: starting with `where`, where there is none.
    """
    text = (node.findtext(path) or "").strip()
    if not _NUMBER.fullmatch(text):
        raise UserError(f"{where}: {path.removeprefix('./')}={text!r} must be a number.")
    return float(text)


def _polygon(node: Xml.Element | None, where: str) -> tuple[Point, ...]:
    """Corners x1, y1, x2, y2, …, in continuous pixels as in the model."""
    if node is None:
        return ()
    count = len(node) // 2
    return tuple((number(node, f"x{i}", where), number(node, f"y{i}", where)) for i in range(1, count + 1))


def _attributes(node: Xml.Element) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    pose = (node.findtext("pose") or "").strip()
    if pose not in UNKNOWN:
        found["pose"] = pose
    if (node.findtext("truncated") or "0").strip() == "1":
        found["truncated"] = True
    for attribute in node.findall("attributes/attribute"):
        found[attribute.findtext("name", "")] = _scalar(attribute.findtext("value", ""))
    return found


def _scalar(text: str) -> Attribute:
    """A number, true, false or null where the text is one in JSON; else the text."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except ValueError:
        return text
    return value if value is None or isinstance(value, bool | int | float | str) else text


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def element_of(image: Image) -> Xml.Element:
    """The `annotation` element of a picture, with an `object` for each link.

    Raises:
        UserError: where a box or a text cannot be said in VOC.
    """
    root = Xml.Element("annotation")
    _add(root, "folder", image.path.parent.name)
    _add(root, "filename", image.path.name)
    _add(_add(root, "source"), "database", image.source)
    if image.group is not None:
        _add(root, "group", image.group)
    size_of = _add(root, "size")
    for name, value in (("width", image.width), ("height", image.height), ("depth", 3)):
        _add(size_of, name, str(value))
    _add(root, "segmented", "0")
    for link in image.links:
        _add_link(root, link)
    return root


def _add_link(root: Xml.Element, link: LinkAnnotation) -> None:
    node = _add(root, "object")
    attributes = dict(link.attributes)
    _add(node, "name", link.category)
    pose, truncated = attributes.get("pose"), attributes.get("truncated") is True
    posed = isinstance(pose, str) and pose == pose.strip() and pose not in UNKNOWN
    _add(node, "pose", str(pose) if posed else "Unspecified")
    _add(node, "truncated", str(int(truncated)))
    for name in ["pose"] * posed + ["truncated"] * truncated:
        del attributes[name]
    _add(node, "difficult", str(int(link.ignore)))
    _add_box(_add(node, "bndbox"), link.bbox)
    if link.text is not None:
        _add(node, "text", link.text)
    if link.polygon:
        outline = _add(node, "polygon")
        for index, (x, y) in enumerate(link.polygon, start=1):
            _add(outline, f"x{index}", _short(x))
            _add(outline, f"y{index}", _short(y))
    if link.link_bbox is not None:
        _add_box(_add(node, "link_bbox"), link.link_bbox)
    for segment in link.segments:
        _add_box(_add(node, "segment"), segment)
    if attributes:
        listed = _add(node, "attributes")
        for name, value in attributes.items():
            attribute = _add(listed, "attribute")
            _add(attribute, "name", name)
            _add(attribute, "value", value if isinstance(value, str) and _scalar(value) is value else json.dumps(value))


def _add_box(node: Xml.Element, box: Box) -> None:
    x, y, width, height = box
    if min(width, height) < _LEAST_SIDE_PX:
        raise UserError(f"The box {box} is at most one pixel wide or high; VOC cannot say that.")
    for name, value in (("xmin", x + 1), ("ymin", y + 1), ("xmax", x + width), ("ymax", y + height)):
        _add(node, name, _short(value))


def _add(parent: Xml.Element, name: str, text: str | None = None) -> Xml.Element:
    if text is not None and (character := _NOT_IN_XML.search(text)):
        raise UserError(f"{name}={text!r} holds the character {character[0]!r}, which XML cannot hold.")
    node = Xml.SubElement(parent, name)
    node.text = text
    return node


def _short(value: float) -> str:
    """Two decimals, without trailing zeros: whole pixels are written as LabelImg writes them."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
