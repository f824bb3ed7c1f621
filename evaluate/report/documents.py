"""Templates to pages: the filters, the style sheet and the script that all pages of this room share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evaluate.report import words
from evaluate.report.strips import loss_bar

_TEMPLATES = Path(__file__).parents[1] / "templates"


def document(template: str, **facts: Any) -> str:
    """A page as HTML, its style sheet and script inside; a name that the template misspells is an error."""
    return _environment().get_template(template).render(**facts)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "percent": words.percent,
        "number": words.number,
        "counted": words.counted,
        "words": _in_words,
    }
    made.globals |= {
        "style": Markup((_TEMPLATES / "style.css").read_text(encoding="utf-8")),
        "script": Markup((_TEMPLATES / "sort.js").read_text(encoding="utf-8")),
        "loss_bar": loss_bar,
    }
    return made


def _in_words(name: str) -> str:
    """A key as people say it: `x_height_px` is `x height, px`."""
    unit = ", px" if name.endswith("_px") else ""
    return name.removesuffix("_px").replace("_", " ") + unit
