"""Prediction: raw rows in, probabilities or values in the person's units out."""
