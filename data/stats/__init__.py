"""What sets are made of, side by side: counted (`measure`), compared (`gaps`), printed (`table`) and drawn (`page`)."""

from data.stats.measure import SetStats, measure

__all__ = ["SetStats", "measure"]
