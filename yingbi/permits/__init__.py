"""Permits: asked for, judged, recorded, published."""
