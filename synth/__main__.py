"""`python -m synth`: renders a set of pages, or one page alone."""

from __future__ import annotations

import logging
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from conf.schema.photograph import PhotographConfig
from conf.schema.synth import SynthConfig
from conf.verbs import Verb, dispatch

if TYPE_CHECKING:
    from synth.pipeline import Sample

log = logging.getLogger("synth")

HELP = """
Renders photographs of book pages with printed links, and writes where each link is: a set of
pictures with annotations.json (COCO) and recipes.jsonl (every choice made for each page).
docs/synth.md says more, with pictures.

  python -m synth count=500 seed=7 out=sets/a
      a set; stopped at any moment, the same command goes on, to the same bytes
  python -m synth count=500 page=paperback camera=scan link=dense
      other books, other cameras, more links
  python -m synth link.schemes=[https,ftp] camera.x_height_px=[8,30]
      other links, larger print
  python -m synth index=122 seed=7 show=true
      one page alone, its truth drawn in
  python -m synth recipe=sets/a index=122
      a page of a set again, from its stored recipe
  python -m synth count=1000000 engine=ray engine.address=auto
      a million pages on a Ray cluster

Most is said by the groups below (page=, camera=, …) and by these ten keys:

  out=sets/a                     folder of the set
  count=500                      pages
  seed=7                         another seed, other pages
  workers=2                      processes; as many as there are cores where not given
  index=122                      this page alone
  link.per_page=[1,3]            how many links a page has
  link.schemes=[https,http,www]  and which
  camera.width_px=1024           size of the pictures; camera.height_px too
  camera.x_height_px=[8,30]      how large the print is in them
  font.folder=my_fonts           your own fonts

From Python, without files:

  import synth
  from conf.app import composed
  from conf.schema.synth import SynthConfig

  config = composed("synth", SynthConfig, ["camera=phone", "link.per_page=[1,3]"])
  for sample in synth.stream(config, count=100):
      train(sample.image, sample.links)
"""

PHOTOGRAPH = """
Photographs pages of real books that lie there as PDF files: their print, on synthetic paper, by the camera of synth.
`python -m data pdf` makes a set of the same pages as they are.

  python -m synth photograph source=books out=sets/book_photos
  python -m synth photograph source=books camera=scan camera.x_height_px=[8,14] out=sets/book_scans
"""


def run(config: SynthConfig) -> None:
    """Renders what the configuration asks for."""
    from synth.generate import generate

    if config.recipe is not None:
        from synth.replay import replay

        _write_page(config, replay(config))
        return
    if config.index is not None:
        from synth.pipeline import render

        _write_page(config, render(config, config.index))
        return
    made = generate(config)
    links = "whole since an earlier run" if made.links is None else f"{made.links} links"
    log.info(
        "%s: %d pages, %s. `python -m data show %s` draws them.",
        *(made.folder, made.pages, links, shlex.quote(f"source={made.folder}")),
    )


def _write_page(config: SynthConfig, sample: Sample) -> None:
    """Writes one page with its truth: as a picture, as the same picture with boxes, as JSON."""
    from data.files import claim_folder, write_bytes, write_json
    from data.preview import contact_sheet
    from synth.generate import OURS, describe
    from synth.parts import as_image

    claim_folder(Path(config.out), OURS)
    folder, index = Path(config.out) / "pages", sample.recipe.index
    picture, boxes, truth = (folder / f"{index:06d}{end}" for end in (".jpg", ".boxes.png", ".json"))
    write_bytes(picture, sample.jpeg)
    write_bytes(boxes, contact_sheet([as_image(sample, picture)], tile_px=sample.recipe.camera.width))
    write_json(truth, describe(sample), indent=1)
    log.info("%s: %d links; drawn in %s, written in %s.", picture, len(sample.links), boxes.name, truth.name)
    if config.show:
        import webbrowser

        webbrowser.open(boxes.resolve().as_uri())


def photograph(config: PhotographConfig) -> None:
    """Photographs pages of real books."""
    from data.pdf.build import REJECTED, build
    from synth.photograph import Photographed

    made = build(config, Photographed.by(config))
    log.info("%s: %d pictures of pages of %d books, %d links.", config.out, made.pictures, made.books, made.links)
    if made.rejected:
        log.info("Set aside or to be ignored: %d, all of them in %s.", made.rejected, Path(config.out, REJECTED))


def main() -> None:
    """Entry point of `python -m synth` and `inklink-synth`."""
    # Nothing here multiplies large matrices, but NumPy's BLAS starts a thread for each core, which first spins for a
    # tenth of a second: a tenth of the whole start, of each worker's too, which inherit this.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Worker processes import this module too, and need no Hydra: they get their configuration ready-made.
    from conf.app import launch

    verbs = {
        "photograph": Verb(
            "take pictures of real pages of books, from PDF files",
            lambda: launch("synth_photograph", PhotographConfig, photograph, help=PHOTOGRAPH),
        ),
    }
    dispatch(
        "synth",
        "Renders photographs of book pages with printed links.",
        verbs,
        otherwise=lambda: launch("synth", SynthConfig, run, help=HELP),
    )


if __name__ == "__main__":
    main()
