"""Thousands of random changes with undo and redo, another walk in every run.

`KERAS_WORKBENCH_CHANGES=1000000 make test-changes` walks a million; `KERAS_WORKBENCH_SEED=…`
repeats the walk that a failure names.
"""

import importlib.util
import os
import secrets
from pathlib import Path

_spec = importlib.util.spec_from_file_location(
    "random_walk", Path(__file__).with_name("random_walk.py")
)
random_walk = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(random_walk)

CHANGES = int(os.environ.get("KERAS_WORKBENCH_CHANGES", "40000"))
A_WALK = 20_000
"""Changes after which a walk begins anew."""


def test_many_random_changes_lead_back_and_there_again():
    given = os.environ.get("KERAS_WORKBENCH_SEED")
    made = 0
    while made < CHANGES:
        seed = int(given) if given else secrets.randbits(32)
        walk = random_walk.Walk(seed)
        try:
            while walk.made < min(A_WALK, CHANGES - made):
                walk.leg()
                walk.refused_leaves_all()
        except Exception as error:
            error.add_note(f"KERAS_WORKBENCH_SEED={seed} repeats it; {walk.made} changes made")
            raise
        made += walk.made
        assert walk.refused > 0
    print(f"{made} changes")
