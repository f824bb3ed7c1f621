"""Renders photographs of book pages with printed links, and knows exactly where each link is."""

from synth.render import Sample, develop, render

__all__ = ["Sample", "develop", "render"]
