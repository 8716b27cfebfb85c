"""Gestures: each thing a person does with the mouse, from press to release, is one class."""

from ui.design.gestures.base import Gesture
from ui.design.gestures.press import gesture_for_press

__all__ = ["Gesture", "gesture_for_press"]
