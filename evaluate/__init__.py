"""Scores any detector and any OCR engine on any set: COCO's numbers, links read end to end, and a report to look at."""
