"""Chooses the parts of a recipe: the only place where chance enters."""
