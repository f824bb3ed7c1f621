"""What is true of the links in a picture: where each lies, how well it can be read, how it is printed.

`places` carries the print through the camera's map, `cover` finds what hides it, `legibility` measures what is left
of it in the pixels, `links` puts the three together.
"""

from synth.truth.links import annotate, unreadable
from synth.truth.places import run_outline
from synth.truth.view import View

__all__ = ["View", "annotate", "run_outline", "unreadable"]
