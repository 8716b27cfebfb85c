"""The Data page in a host of its own, with an open project."""

import pytest

from ui.frame.page_host import PageHost
from ui.frame.page_table import PAGES


@pytest.fixture
def page_of(services, qtbot):
    """Show the Data page with a session and wait until everything is shown."""
    made = []  # pytest-qt keeps weak references only

    def page_of(session):
        host = PageHost(tuple(entry for entry in PAGES if entry.id == "data"), services)
        qtbot.addWidget(host, before_close_func=lambda widget: widget.set_session(None))
        made.append(host)
        host.resize(1280, 720)
        host.show()
        host.set_session(session)
        host.show_page("data")
        page = host.page("data")
        qtbot.waitUntil(lambda: shown(page), timeout=20_000)
        return page

    return page_of


def shown(page):
    """Tell whether the page shows what the project says."""
    return page.session._data.settled and page.is_settled()


@pytest.fixture
def wait(qtbot):
    """Wait until the page shows what the project says."""
    return lambda page: qtbot.waitUntil(lambda: shown(page), timeout=20_000)


@pytest.fixture
def page(page_of, session):
    """The page with the template `breast_cancer`."""
    return page_of(session)


@pytest.fixture
def project_on(services, tmp_path):
    """Open a project on a table, or an empty one."""
    from ui.session import ProjectSession
    from workbench.project.folder import create_project
    from workbench.project.starter import create_from_table

    sessions = []

    def project_on(path=None):
        folder = tmp_path / f"project {len(sessions)}"
        document = create_from_table(path, folder) if path else create_project(folder, "Empty")
        session = ProjectSession(document, services)
        sessions.append(session)
        return session

    yield project_on
    for session in sessions:
        session.close(discard=True)


@pytest.fixture
def write(tmp_path):
    """Write a text file."""

    def write(text, name="table.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding, newline="")
        return path

    return write
