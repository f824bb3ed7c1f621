"""The report: one HTML page that shows what an evaluation found, and one that shows what changed between two."""

from evaluate.report.page import render, write_report

__all__ = ["render", "write_report"]
