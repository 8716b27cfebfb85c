"""The Analyze tab of the drawer: the network as a table of layers with what each of them costs."""

from ui.analyze.view import AnalyzeView

__all__ = ["AnalyzeView"]
