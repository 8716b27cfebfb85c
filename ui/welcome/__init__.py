"""The welcome page: recent projects, templates, and ways to begin."""

from ui.welcome.page import WelcomePage

__all__ = ["WelcomePage"]
