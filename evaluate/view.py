"""What a detector gets to see of a picture that is prepared for it, and where that lies in the original.

A square cut out of the middle leaves links outside. Nobody can find those there, so they are no part of the truth
then, and a detection out there is neither right nor wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from conf.schema.preprocess import PreprocessConfig
from data.boxes import clip
from data.model import Box, Image, LinkAnnotation
from data.preprocess import Placement, carried, placement
from evaluate.inputs import Subject
from evaluate.predictions import Detection


def as_seen(subject: Subject, preprocess: PreprocessConfig) -> Subject:
    """The subject without the links whose prefixes are cut off; ones of which too much is cut off are ignored.

    Boxes are still in pixels of the original pictures, and texts are known whole: reading uses the originals.
    """
    if preprocess.crop == "none":
        return subject
    images = tuple(_cut(image, preprocess) for image in subject.dataset.images)
    return replace(subject, dataset=replace(subject.dataset, images=images))


def within_view(detections: Iterable[Detection], image: Image, preprocess: PreprocessConfig) -> list[Detection]:
    """The detections of which the detector could see anything; boxes in pixels of the original picture."""
    if preprocess.crop == "none":
        return list(detections)
    place = placement(image.width, image.height, preprocess)
    return [found for found in detections if clip(place.box(found.bbox), place.width, place.height)]


def original_box(box: Box, place: Placement) -> Box:
    """A box of the prepared picture in pixels of the original."""
    left, top = (box[0] + place.left) / place.scale_x, (box[1] + place.top) / place.scale_y
    return (left, top, box[2] / place.scale_x, box[3] / place.scale_y)


def _cut(image: Image, preprocess: PreprocessConfig) -> Image:
    place = placement(image.width, image.height, preprocess)
    links = (_seen(link, place, preprocess.max_cut) for link in image.links)
    return replace(image, links=tuple(link for link in links if link))


def _seen(link: LinkAnnotation, place: Placement, max_cut: float) -> LinkAnnotation | None:
    new = carried(link, place, max_cut)
    return None if new is None else replace(link, bbox=original_box(new.bbox, place), ignore=new.ignore)
