"""`python -m synth`: renders a set of pages, or one page alone."""

from __future__ import annotations

import logging
import webbrowser
from pathlib import Path

from conf.app import launch
from conf.schema.synth import SynthConfig

log = logging.getLogger("synth")

HELP = """
Renders photographs of book pages with printed links, and writes where each link is (COCO, see docs/synth.md).

  python -m synth count=500 seed=7 page=paperback camera=phone out=sets/a     a set; the same command resumes it
  python -m synth link.schemes=[https,ftp] camera.x_height_px=[8,30]          other links, closer up
  python -m synth index=123 seed=7 show=true                                  page 123 of that set, alone
"""


def run(config: SynthConfig) -> None:
    """Renders what the configuration asks for."""
    from data import read_dataset
    from synth.generate import generate

    if config.index is not None:
        _one_page(config, config.index)
        return
    out = generate(config)
    dataset = read_dataset(out)
    pages, links = len(dataset.images), dataset.links
    log.info("%s: %d pages, %d links. `python -m data show source=%s` draws them.", out, pages, links, out)


def _one_page(config: SynthConfig, index: int) -> None:
    """Renders one page with its truth: as a picture, as the same picture with boxes, as JSON."""
    from data.files import claim_folder, write_bytes, write_json
    from data.preview import contact_sheet
    from synth.generate import OURS, as_image, describe
    from synth.pipeline import render

    claim_folder(Path(config.out), OURS)
    folder = Path(config.out) / "pages"
    sample = render(config, index)
    picture, boxes, truth = (folder / f"{index:06d}{end}" for end in (".jpg", ".boxes.png", ".json"))
    write_bytes(picture, sample.jpeg)
    write_bytes(boxes, contact_sheet([as_image(sample, picture)], tile_px=config.camera.width_px))
    write_json(truth, describe(sample), indent=1)
    log.info("%s: %d links; drawn in %s, written in %s.", picture, len(sample.links), boxes.name, truth.name)
    if config.show:
        webbrowser.open(boxes.resolve().as_uri())


def main() -> None:
    """Entry point of `python -m synth` and `inklink-synth`."""
    launch("synth", SynthConfig, run, help=HELP)


if __name__ == "__main__":
    main()
