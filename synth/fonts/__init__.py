"""The fonts there are: found, read, classed by their look, grouped into families, split for training and test.

`files` finds font files, `reading` judges each face, `look` classes a family by its letters, `families` builds the
library; `faces` opens a font for HarfBuzz and FreeType, `outlines` gives the shapes of its glyphs.
"""

from synth.fonts.faces import Font
from synth.fonts.families import Family, held_back, library
from synth.fonts.reading import NEEDED

__all__ = ["NEEDED", "Family", "Font", "held_back", "library"]
