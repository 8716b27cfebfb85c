"""Pages are made when they are shown: most tests of the frame need one or two of the five."""

import pytest


@pytest.fixture(autouse=True)
def pages_on_demand(request, monkeypatch):
    if request.node.get_closest_marker("backend") is None:
        monkeypatch.setattr("ui.frame.page_host.PageHost.eager", False)
