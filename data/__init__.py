"""Datasets: one model in memory, formats around it, and what is done between them (preprocess, merge, split, show)."""

from data.formats.coco import write as write_dataset
from data.identity import dataset_hash
from data.model import Box, Dataset, Image, LinkAnnotation, Point
from data.pixels import Pixels
from data.pixels import load as load_pixels
from data.sources import detect_format, read_dataset

__all__ = [
    "Box",
    "Dataset",
    "Image",
    "LinkAnnotation",
    "Pixels",
    "Point",
    "dataset_hash",
    "detect_format",
    "load_pixels",
    "read_dataset",
    "write_dataset",
]
