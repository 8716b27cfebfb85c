"""The engine side of Keras Workbench: documents, training, explanations. No Qt in here.

Usable as a library and, through `workbench.cli`, as a command line.
"""

__version__ = "0.1.0"
