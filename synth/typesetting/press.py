"""What the setting of every block needs: the page's choices, the column's size, and one voice for each kind."""

from __future__ import annotations

from collections.abc import Iterable

from synth.recipe import Block
from synth.typesetting.strips import Strip
from synth.typesetting.voice import Setting, Voice

# Size over body text.
_SCALES = {"quote": 0.95, "aside": 0.93, "entry": 0.92, "caption": 0.86, "table": 0.88, "footnote": 0.82, "code": 0.92}
_SUB_HEADINGS = {1: 1.0, 2: 0.55, 3: 0.15}  # share of the greatest heading's excess over body size


class Press:
    """The page's setting, and columns of `width` by `height` points to be filled."""

    def __init__(self, setting: Setting, width: float, height: float, blocks: Iterable[Block]) -> None:
        """`blocks` are all that may come, for what they have to agree on."""
        self.setting, self.layout = setting, setting.layout
        self.width, self.height = width, height
        self.align = "justified" if setting.layout.justified else "ragged"
        self.body = Voice(setting)
        self._voices: dict[str, Voice] = {"paragraph": self.body, "item": self.body}
        self._entry_labels = {block.label for block in blocks if block.kind == "entry" and block.label}

    @property
    def line(self) -> float:
        """Distance of body text's lines, points."""
        return self.body.leading

    def voice(self, kind: str, level: int = 1) -> Voice:
        """The voice of a kind of block, and of a level of headings."""
        name = f"{kind}{level}" if kind == "heading" else kind
        found = self._voices.get(name)
        if found is None:
            found = self._voices[name] = self._made(kind, level)
        return found

    def _made(self, kind: str, level: int) -> Voice:
        if kind == "heading":
            return self._heading(level)
        if kind == "title":  # of an aside
            family = self.setting.families[self.layout.heading_family]
            return Voice(self.setting, _SCALES["aside"], family, ink=self.layout.aside_ink)
        return Voice(self.setting, _SCALES[kind], code=kind == "code")

    def _heading(self, level: int) -> Voice:
        layout = self.layout
        scale = 1 + (layout.heading_size - 1) * _SUB_HEADINGS[min(level, 3)]
        family = self.setting.families[layout.heading_family]
        return Voice(self.setting, scale, family, layout.heading_style, ink=layout.heading_ink)

    def entry_label_width(self, voice: Voice) -> float:
        """Of the widest key of the bibliography, points."""
        return max(map(voice.base.width, self._entry_labels), default=0.0)


def spaced(strips: list[Strip], before: float, after: float) -> list[Strip]:
    """The strips, with space wanted above the first and below the last."""
    if strips:
        strips[0].before, strips[-1].after = before, after
    return strips
