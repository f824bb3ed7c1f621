"""What frames a page: running head, its rule, and the page number."""

from __future__ import annotations

from synth.typesetting.canvas import Canvas
from synth.typesetting.voice import Setting, Voice

_SIZE = 0.86  # over body size
_HEAD_AT, _FOOT_AT = 0.38, 0.45  # of the upper and lower margin, from the text block


def furnish(canvas: Canvas, setting: Setting) -> None:
    """Sets head and folio; even pages are left ones, so their outer side is the left."""
    layout, voice = setting.layout, Voice(setting, _SIZE)
    left, right = layout.left, layout.width - layout.right
    head = layout.top - max(_HEAD_AT * layout.top, voice.size)
    folio = None if layout.page_number is None or layout.folio == "none" else str(layout.page_number)
    at_head = folio is not None and layout.folio == "head"
    outer_left = layout.page_number is not None and layout.page_number % 2 == 0
    if folio is not None:
        width = voice.base.width(folio)
        foot = layout.height - layout.bottom + max(_FOOT_AT * layout.bottom, 1.2 * voice.size)
        x = (left + right - width) / 2 if not at_head else left if outer_left else right - width
        canvas.text(voice.base, folio, x, head if at_head else foot)
    if layout.running_head:
        type_ = voice.type("italic")
        width = type_.width(layout.running_head)
        inner = right - width if outer_left else left
        x = inner if layout.head_rule and at_head else (left + right - width) / 2
        canvas.text(type_, layout.running_head, x, head)
    if layout.head_rule and (layout.running_head or at_head):
        canvas.rule(left, right, head + 0.4 * voice.size, 0.4)
