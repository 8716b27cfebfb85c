"""Opening a project tells how far it is, and can be given up without a trace."""

import pytest

from workbench.errors import JobCancelled
from workbench.graph import AddNode, Node
from workbench.project import create_project, open_project


@pytest.fixture
def folder(tmp_path):
    document = create_project(tmp_path / "p", "p")
    for number in range(3):
        document.apply(AddNode(Node(f"n{number}", "Dense", f"n{number}")))
    document.save()
    for number in range(3, 250):
        document.apply(AddNode(Node(f"n{number}", "Dense", f"n{number}")))
    document.close()
    return tmp_path / "p"


def test_the_share_grows_and_the_layers_are_known(folder):
    told = []
    document = open_project(folder, watch=lambda share, layers=0: told.append((share, layers)))
    document.close()
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] < 1
    assert max(layers for _, layers in told) == 3


@pytest.mark.parametrize("after", range(5))
def test_given_up_at_any_time_it_is_as_before(folder, after):
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".lock"}
    told = []

    def give_up(share, layers=0):
        told.append((share, layers))
        if len(told) > after:
            raise JobCancelled("Not wanted.")

    with pytest.raises(JobCancelled):
        open_project(folder, watch=give_up)
    assert files == {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".lock"
    }
    document = open_project(folder)
    assert not document.read_only
    assert document.recovered == 247
    document.close()
