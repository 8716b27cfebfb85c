"""The program killed at random moments: no edit that was reported is lost, nothing is damaged."""

import random
import subprocess
import sys
import time

import pytest

from workbench.project import open_project

KILLS = 30

# Edits as fast as it can; after each it says which number it has reached. Now and then it saves,
# undoes and redoes.
_EDITOR = """
import pathlib, random, sys
from workbench.graph import AddNode, MoveNodes, Node, SetField, SetParam
from workbench.project import open_project

document = open_project(pathlib.Path(sys.argv[1]))
chance = random.Random(int(sys.argv[2]))
number = document.recipe.seed
if not len(document.graph):
    for at in range(60):
        document.apply(AddNode(Node(f"n{at}", "Dense", f"dense_{at}", {"units": at})))
while True:
    number += 1
    document.apply(SetField("recipe", ("seed",), number))
    print(number, flush=True)
    what = chance.random()
    node = f"n{chance.randrange(60)}"
    if what < 0.03:
        document.save()
    elif what < 0.3:
        document.apply(SetParam(node, "units", number))
        document.undo()
        document.redo()
    elif what < 0.6:
        document.apply(MoveNodes({node: (chance.random(), 1.0)}), merge=str(number // 10))
"""


@pytest.mark.slow
def test_killing_the_program_loses_no_reported_edit(tmp_path):
    from workbench.project import create_project

    folder = tmp_path / "project"
    create_project(folder, "Killed").close()
    chance = random.Random(5)
    reached = saves = 0
    for kill in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", _EDITOR, str(folder), str(kill)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        first = child.stdout.readline()
        assert first, child.stderr.read()
        time.sleep(chance.uniform(0.0, 0.25))  # the random moment
        child.kill()
        reported = [first, *child.stdout.readlines()]
        child.communicate()
        # A line that was cut off by the kill was not reported whole.
        last = int([line for line in reported if line.endswith("\n")][-1])
        assert last > reached

        document = open_project(folder)
        assert document.notes == ()
        assert document.recipe.seed in (last, last + 1)
        assert len(document.graph) == 60
        saves += document.revision > document.recovered
        reached = document.recipe.seed
        document.close()
    assert reached > 10 * KILLS
    assert saves > 0
    left = {p.name for p in folder.iterdir()}
    assert left <= {"project.json", "journal.jsonl"}
