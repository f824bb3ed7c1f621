"""How a page is set: `synth.typeset` is the door, the craft is here.

`voice` (which font and size) → `material` (words measured, and where a line may end) → `breaking` (the lines) →
`blocks` and `tables` (strips of a column) → `flow` (strips down the columns) → `canvas` (glyph runs, rules, links).
"""
