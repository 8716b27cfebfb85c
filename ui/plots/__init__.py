"""Live plots: growing curves drawn without losing an extreme."""
