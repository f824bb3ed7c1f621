"""The fonts there are: found, read, classed by their look, grouped into families, split for training and test.

`files` finds font files, `reading` judges each face, `look` classes a family by its letters, `families` builds the
library, `memory` keeps it on disk; `faces` opens a font for HarfBuzz and FreeType, `outlines` gives the shapes of its
glyphs.
"""

from synth.fonts.faces import Font
from synth.fonts.families import Family, held_back, library, of_kind
from synth.fonts.reading import NEEDED

__all__ = ["NEEDED", "Family", "Font", "held_back", "library", "of_kind"]
