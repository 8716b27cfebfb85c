"""Training: the job `train` on `keras.Model.fit`, and loading what it left. Imports Keras."""
