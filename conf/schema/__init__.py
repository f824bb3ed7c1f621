"""Typed dataclasses behind the Hydra tree, one module per room."""
