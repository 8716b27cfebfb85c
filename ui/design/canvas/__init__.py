"""The drawing surface: where things are, what is in view, and how it is painted.

The canvas is one widget that paints the graph itself from a spatial index, instead of a
QGraphicsScene with an item per node: 10,000 items cost more than a frame before the first of them
is painted (`tests/benchmarks/design_frames.py` measures what this costs instead).
"""
