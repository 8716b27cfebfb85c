"""What a layer costs: multiply-adds, what it sees of the input, what training keeps of it.

Everything here follows from a layer's settings and the shapes around it; no Keras is needed.
Where a formula is not certain the answer is None, shown as "—", never a guess.
"""

from workbench.graph.costs.kept import kept_bytes
from workbench.graph.costs.macs import multiply_adds
from workbench.graph.costs.reach import Reach, reach_after, reach_of_input
from workbench.graph.costs.step import Step

__all__ = ["Reach", "Step", "kept_bytes", "multiply_adds", "reach_after", "reach_of_input"]
