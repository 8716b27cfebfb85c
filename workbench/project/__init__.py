"""A project: a folder with the three documents, their journal and the runs."""

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
