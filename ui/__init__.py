"""The Qt application: pages, canvas, plots. Never imports Keras, a backend or SHAP."""
