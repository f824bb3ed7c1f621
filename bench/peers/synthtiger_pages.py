"""SynthTIGER's components put together as its multi-line example does: words of many fonts flowing into lines.

The package does not carry its examples, so the template is written anew from the same public components: corpus,
font, colour, flow layout, text layers over a white sheet. Type and spaces are smaller than the example's, so that
300 words find room on the page, and the sheet has the page's size. It gives a picture and its text, no boxes; it does
not bend or photograph the page, and the picture is not encoded here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from serve import Generator, Page, serve

_WORDS = 320
_FONT_PX, _SPACE_PX, _LINE_SPACE_PX = [20, 26], [6, 10], [0, 6]
_BOLD = 0.5


def prepare(job: dict[str, Any]) -> Generator:
    """Sets up the template for the job's words, fonts and size."""
    import numpy as np
    from synthtiger import components, gen, layers

    gen.set_global_random_seed(job["seed"])
    side = job["side_px"]
    corpus = components.BaseCorpus(paths=[_one_word_a_line(job)], weights=[1])
    fonts = components.BaseFont(paths=job["fonts"], weights=[1] * len(job["fonts"]), size=_FONT_PX, bold=_BOLD)
    colours = components.RGB(rgb=[[0, 0], [0, 0], [0, 0]], alpha=[1, 1], grayscale=0)
    layout = components.FlowLayout(
        length=[side, side],
        space=_SPACE_PX,
        line_space=_LINE_SPACE_PX,
        align=["left", "center", "right", "justify"],
        line_align=["middle"],
    )

    def page() -> Page:
        texts = [corpus.data(corpus.sample()) for _ in range(_WORDS)]
        colour = colours.data(colours.sample())
        words = layers.Group([layers.TextLayer(text, color=colour, **fonts.sample()) for text in texts])
        layout.apply(words)
        sheet = layers.RectLayer((side, side), (255, 255, 255, 255))
        sheet.topleft = words.topleft
        picture = (words + sheet).output(bbox=[*sheet.topleft, side, side])
        bottom = float(sheet.bottom)
        return Page(
            np.asarray(picture)[..., :3].astype(np.uint8),
            lambda: sum(bool(layer.bottom <= bottom) for layer in words.layers),
        )

    def warm() -> None:
        for _ in range(3):
            page()

    return Generator(page, warm)


def _one_word_a_line(job: dict[str, Any]) -> str:
    path = Path(job["scratch"]) / "words.txt"
    path.write_text("\n".join(Path(job["text"]).read_text(encoding="utf-8").split()), encoding="utf-8")
    return str(path)


if __name__ == "__main__":
    serve(prepare)
