"""A project: a folder with the three documents, their journal and the runs.

The names below are imported when they are first asked for. The window asks for them from two
threads at once; were they imported here, each thread could wait for a module that the other has
begun, and Python would then hand out a half-made one.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.project.document import ProjectDocument
    from workbench.project.folder import create_project, is_project, open_project
    from workbench.project.templates import Template, create_from_template, list_templates

__all__ = [
    "ProjectDocument",
    "Template",
    "create_from_template",
    "create_project",
    "is_project",
    "list_templates",
    "open_project",
]

_HOMES = {
    "ProjectDocument": "document",
    "Template": "templates",
    "create_from_template": "templates",
    "create_project": "folder",
    "is_project": "folder",
    "list_templates": "templates",
    "open_project": "folder",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
