"""Explains predictions: how much each of the person's own columns moved the output.

Keras-free and safe to import anywhere: `results`, `choices`, `players`, `game`, `background` and
the explainers themselves. Only `head`, `compiled`, `subject` and the two jobs touch Keras.
"""
