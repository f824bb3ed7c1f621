"""`python -m data VERB`: each verb is a Hydra application."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from conf import UserError
from conf.app import launch
from conf.schema.data_augment import AugmentConfig
from conf.schema.data_balance import BalanceConfig
from conf.schema.data_check import CheckConfig
from conf.schema.data_export import ExportDataConfig
from conf.schema.data_import import ImportConfig
from conf.schema.data_merge import MergeConfig
from conf.schema.data_pdf import PdfConfig
from conf.schema.data_show import ShowConfig
from conf.schema.data_stats import StatsConfig
from conf.verbs import Verb, dispatch

_MERGE = """
Brings sources together (sets, Pascal VOC folders, photos), divides them by group into train, val and test, and
writes each as a set with the TFRecord shards that training reads. The same command goes on where it stopped.

  python -m data merge sources=[sets/a,photos/] split=[0.8,0.2,0] out=sets/merged
  python -m data merge sources=[sets/a] 'classes={https:http,ftp:http}' preprocess=original out=sets/grey
  python -m data merge sources=[real,sets/synth] 'weights={real:0.3,synth:0.7}' out=sets/mixed
"""
_IMPORT = """
Turns whatever is there (COCO, Pascal VOC, YOLO, TFRecord, CSV, or photos alone) into a set. Faults that can be mended
for certain are mended; what else is faulty is set aside into rejected.jsonl with the reason. Nothing is lost silently.

  python -m data import source=photos out=sets/photos
  python -m data import source=photos out=sets/photos 'classes={https: http}' unlabelled=empty group=folder
"""
_CHECK = """
Holds a set against the form that every set here has: ids, pictures that are there and can be decoded, sizes, boxes in
the picture, outlines near their boxes, classes, shards and label map, recipes. Prints one line for each fault, and
ends with status 1 where there is any.

  python -m data check source=sets/a
"""
_EXPORT = """
Writes a set in another format: COCO, Pascal VOC (for LabelImg), YOLO, CSV, or TFRecord shards with a label map.

  python -m data export source=sets/a format=voc out=sets/a-voc
  python -m data export source=sets/a format=tfrecord out=sets/a
"""
_SHOW = """
Draws a sheet of pictures with their truth: prefix red, the whole link blue, ignored ones dashed grey. Of several
classes each has its colour and its name.

  python -m data show source=sets/a out=preview.png count=12
"""
_BALANCE = """
Fills up what is rare: repeats pictures that show it, or asks the generator for pages that do, until each class (or
scheme, or style) has as many links as the commonest, or as target says.

  python -m data balance source=sets/a by=scheme out=sets/even
  python -m data balance source=sets/a by=scheme target=500 fill=synth out=sets/even
"""
_AUGMENT = """
Adds changed copies of a set's pictures: turned, bent, darkened, by any transforms of albumentations, boxes and
outlines going along. Transforms that mirror text are refused.

  python -m data augment source=sets/a copies=3 out=sets/more
  python -m data augment source=sets/a 'transforms=[{name: Perspective, scale: [0.02,0.06]}, {name: Blur}]' out=sets/b
"""
_STATS = """
Counts sets and compares them: sizes of print, schemes, kinds, positions, light, and how far the first differs from
the others. A table in the terminal; with out=, a page of plots in one HTML file.

  python -m data stats sources=[real,sets/synth] out=stats.html
"""
_PDF = """
Makes a set of books that lie there as PDF files: each page drawn, and where its printed links stand, from the text
layer and measured by the ink. Scans and what cannot be read are set aside into rejected.jsonl with the reason.

  python -m data pdf source=books out=sets/books
  python -m data pdf source=books/manual.pdf pages=1-40 width_px=2048 link_free_share=0.5 out=sets/manual
"""


def _merge(config: MergeConfig) -> None:
    from data.build import build, notes

    summary = build(config)
    for part, entry in summary["parts"].items():
        print(f"{Path(config.out, part)}: {entry['images']} images of {entry['groups']} groups, {entry['links']} links")
    for note in notes(summary):
        print(note)


def _import(config: ImportConfig) -> None:
    from data.importing import account, import_set

    print("\n".join(account(*import_set(config), config.out)))


def _check(config: CheckConfig) -> None:
    from data.check import check

    count = 0
    for count, fault in enumerate(check(Path(config.source), config.workers), start=1):
        if count <= config.lines:
            print(fault)
    if count > config.lines:
        print(f"and {count - config.lines:,} more; lines={count} prints all.")
    print(f"{config.source}: {f'{count:,} faults' if count else 'no faults'}")
    sys.exit(1 if count else 0)


def _export(config: ExportDataConfig) -> None:
    from data.export import export

    dataset, unsaid, ledger = export(config)
    print(f"{config.out}: {len(dataset.images)} images, {dataset.links - unsaid} links, as {config.format}")
    if unsaid:
        print(f"  not written: {unsaid} of the links, to be ignored: {config.format} has no word for that")
    print("".join(f"{line}\n" for line in ledger.told()), end="")


def _show(config: ShowConfig) -> None:
    from data.files import write_bytes
    from data.preview import chosen, contact_sheet
    from data.sources import read_dataset

    out = Path(config.out)
    if out.suffix.lower() != ".png":
        raise UserError(f"out={out} must end in .png: the sheet is a PNG picture.")
    dataset = read_dataset(config.source)
    if out.resolve() in {image.path.resolve() for image in dataset.images}:
        raise UserError(f"out={out} is a picture of the set itself; name another file.")
    images = chosen(dataset, config.count)
    sheet = contact_sheet(images, tile_px=config.tile_px, columns=config.columns, categories=dataset.categories)
    write_bytes(out, sheet)
    print(f"{config.out}: {len(images)} images")


def _balance(config: BalanceConfig) -> None:
    from data.balance import balance

    done = balance(config)
    print(f"{config.out}: {done.added} pictures added")
    for kind, before in done.before.items():
        after = done.after[kind]
        apart = f", {done.target - after} short of {done.target}" if after < done.target else ""
        if before >= done.target and after > before:
            apart = f", {after - before} that stand on pages with rarer ones"
        print(f"{config.by} {kind}: {before} links before, {after} now{apart}")


def _augment(config: AugmentConfig) -> None:
    from data.augment import augment

    dataset = augment(config)
    print(f"{config.out}: {len(dataset.images)} images, {dataset.links} links")


def _stats(config: StatsConfig) -> None:
    from data.stats.run import stats

    stats(config)
    if config.out is not None:
        print(f"{config.out}: open it in a browser")


def _pdf(config: PdfConfig) -> None:
    from data.pdf.build import REJECTED, build
    from data.pdf.flat import Flat

    made = build(config, Flat(config.width_px, config.format))
    print(f"{config.out}: {made.pictures} pages of {made.books} books, {made.links} links")
    if made.rejected:
        print(f"  set aside or to be ignored: {made.rejected}, all of them in {Path(config.out, REJECTED)}")


_VERBS: Mapping[str, tuple[str, type[Any], Callable[[Any], None], str]] = {
    "merge": ("bring sources together and divide them into train, val and test", MergeConfig, _merge, _MERGE),
    "import": ("turn a folder of pictures with annotations of any format into a set", ImportConfig, _import, _IMPORT),
    "check": ("say what is wrong with a set, and where", CheckConfig, _check, _CHECK),
    "export": ("write a set as COCO, Pascal VOC, YOLO, CSV or TFRecord", ExportDataConfig, _export, _EXPORT),
    "show": ("draw pictures with their truth on one sheet", ShowConfig, _show, _SHOW),
    "balance": (
        "fill up what is rare, by repeating pictures or by new pages of the generator",
        BalanceConfig,
        _balance,
        _BALANCE,
    ),
    "augment": ("add changed copies of pictures, their truth going along", AugmentConfig, _augment, _AUGMENT),
    "stats": ("count sets and compare them, synthetic beside real", StatsConfig, _stats, _STATS),
    "pdf": ("make a set of books that lie there as PDF files", PdfConfig, _pdf, _PDF),
}
"""Each verb's line in the list of verbs, its keys, what it does, and the head of its help."""


def main() -> None:
    verbs = {
        name: Verb(summary, partial(launch, f"data_{name}", schema, task, help=help))
        for name, (summary, schema, task, help) in _VERBS.items()
    }
    dispatch("data", "Keeps datasets of photographed pages and the links on them.", verbs)


if __name__ == "__main__":
    main()
