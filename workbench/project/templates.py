"""Templates: small complete projects that ship under `models/`, one folder each.

A template folder holds `template.json` (title, summary, place in the list), `project.json`, the
table, and `card.md`. Making a project from one copies the table and the card along, so that the
project stands on its own.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from workbench.bundled import template_folder
from workbench.errors import ProjectError, WorkbenchError
from workbench.project.document import ProjectDocument
from workbench.project.documents import Documents, as_project_error
from workbench.project.files import PROJECT_FILE, new_folder
from workbench.project.folder import read_plain, start_in
from workbench.project.migrations import migrate
from workbench.project.storage import write_error

TEMPLATE_FILE = "template.json"
STARTER = "breast_cancer"
"""The template that `make run` starts from."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template as the welcome page and `keras-workbench new` show it.

    Attributes:
        name: Name of its folder; what `--template` takes.
        title: What the welcome page calls it.
        summary: One sentence.
        card: A paragraph or two on the data and the network, Markdown.
        folder: Where it is.
        order: Place in the list, small first.
    """

    name: str
    title: str
    summary: str
    card: str
    folder: Path
    order: int = 0


def list_templates(folder: Path | None = None) -> list[Template]:
    """Return the templates, in the order in which to show them.

    Args:
        folder: Another folder of templates, for tests.
    """
    root = folder or template_folder()
    found = [_read(path) for path in root.iterdir() if (path / TEMPLATE_FILE).is_file()]
    return sorted(found, key=lambda template: (template.order, template.name))


def find_template(name: str) -> Template:
    """Return the template of that name; `-` and `_` are the same.

    Raises:
        ProjectError: There is none; the message lists those there are.
    """
    templates = list_templates()
    wanted = name.strip().lower().replace("-", "_").replace(" ", "_")
    for template in templates:
        if wanted == template.name.replace("-", "_"):
            return template
    raise ProjectError(
        f"There is no template {name!r}.",
        expected="one of " + ", ".join(template.name for template in templates),
    )


def create_from_template(name: str, folder: Path, title: str = "") -> ProjectDocument:
    """Make a project from a template and open it.

    Args:
        name: Name of the template.
        folder: A new or empty folder.
        title: Name of the project; the template's title when empty.

    Raises:
        ProjectError: There is no such template, or the folder is in use or cannot be written.
    """
    template = find_template(name)
    path = template.folder / PROJECT_FILE
    plain = migrate(read_plain(path), str(path))
    try:
        documents = Documents.from_plain(plain)
    except WorkbenchError as error:
        raise as_project_error(error, str(path)) from error
    documents.name = title.strip() or template.title
    target = new_folder(folder)
    try:
        for entry in sorted(template.folder.iterdir()):
            if entry.is_file() and entry.name not in (PROJECT_FILE, TEMPLATE_FILE):
                shutil.copyfile(entry, target / entry.name)
    except OSError as error:
        raise write_error("The project was not made", target, error) from error
    return start_in(target, documents)


def _read(folder: Path) -> Template:
    plain = read_plain(folder / TEMPLATE_FILE)
    card = folder / "card.md"
    return Template(
        name=folder.name,
        title=str(plain["title"]),
        summary=str(plain.get("summary", "")),
        card=card.read_text(encoding="utf-8") if card.is_file() else "",
        folder=folder,
        order=int(plain.get("order", 0)),
    )
