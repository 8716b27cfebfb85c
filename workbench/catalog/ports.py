"""Makes the ports of a layer from the arguments of its call. Without Keras: names in, ports out.

Arguments that take a tensor become ports; arguments that take a value are parameters
(`param_facts.CALL_FACTS`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from workbench.catalog.layer_facts import IMAGE_LAYERS
from workbench.catalog.schema import PortSpec

_INPUT = PortSpec("input", "Input")
_OUTPUT = PortSpec("output", "Output")
_PAIRS = frozenset({"Subtract", "Dot"})
_MERGES = frozenset({"Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply"})
_LSTM_STATES = frozenset({"LSTM", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})
_ONE_STATE = frozenset({"GRU", "SimpleRNN"})
_LSTM_INSIDE = "layer=LSTM|ConvLSTM1D|ConvLSTM2D|ConvLSTM3D"
_NOT_PORTS = frozenset({"training", "use_causal_mask", "return_attention_scores", "reverse"})

_HELP = {
    "mask": "True for the steps that count.",
    "query": "What looks.",
    "value": "What is looked at and summed.",
    "key": "What queries are compared with; the value when not connected.",
    "query_mask": "True for the queries that count.",
    "value_mask": "True for the values that count.",
    "key_mask": "True for the keys that count.",
    "attention_mask": "True where a query may look at a value.",
    "count_weights": "Weight of each code in count mode.",
}


def input_ports(key: str, arguments: Sequence[str]) -> tuple[PortSpec, ...]:
    """Return the input ports of a layer.

    Args:
        key: Name of the layer class.
        arguments: Names of the arguments of its call, without self.
    """
    if key == "InputLayer":
        return ()
    if key in _PAIRS or key == "HashedCrossing":
        return (PortSpec("inputs", "Inputs", variadic=True, minimum=2, maximum=2),)
    if key in _MERGES:
        fewest = 1 if key == "Concatenate" else 2
        return (PortSpec("inputs", "Inputs", variadic=True, minimum=fewest),)
    if key in ("Attention", "AdditiveAttention"):
        return (
            _named("query", argument="inputs", rank=3),
            _named("value", argument="inputs", rank=3),
            _named("key", required=False, argument="inputs", rank=3),
            _named("query_mask", required=False, argument="mask"),
            _named("value_mask", required=False, argument="mask"),
        )
    if "query" in arguments:
        return tuple(
            _named(
                name,
                required=name in ("query", "value"),
                rank=3 if name in ("query", "value", "key") else 0,
            )
            for name in arguments
            if name not in _NOT_PORTS
        )
    further = [name for name in arguments[1:] if name not in _NOT_PORTS]
    return (
        replace(_INPUT, rank=_rank(key)),
        *(port for name in further for port in _further(key, name)),
    )


def _rank(key: str) -> int:
    if key in ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "TimeDistributed"):
        return 3
    if key in IMAGE_LAYERS:
        return 4
    if key.startswith("ConvLSTM"):
        return int(key[-2]) + 3
    dimensions = re.search(r"([123])D(Transpose)?$", key)
    return int(dimensions[1]) + 2 if dimensions else 2 if key == "Dense" else 0


def _further(key: str, name: str) -> tuple[PortSpec, ...]:
    if name == "initial_state":
        return _initial_states(key)
    return (_named(name, required=False),)


def _named(name: str, *, required: bool = True, argument: str = "", rank: int = 0) -> PortSpec:
    return PortSpec(
        name,
        name.replace("_", " ").capitalize(),
        required=required,
        help=_HELP.get(name, ""),
        argument=argument or name,
        rank=rank,
    )


def _initial_states(key: str) -> tuple[PortSpec, ...]:
    def state(port: str, title: str) -> PortSpec:
        return PortSpec(port, title, required=False, argument="initial_state",
                        help="State before the first step; zeros when not connected.")  # fmt: skip

    if key in _LSTM_STATES:
        return (
            state("initial_state_h", "Initial hidden state"),
            state("initial_state_c", "Initial cell state"),
        )
    if key in _ONE_STATE:
        return (state("initial_state", "Initial state"),)
    return (
        PortSpec("initial_state", "Initial states", required=False, variadic=True,
                 argument="initial_state", help="States before the first step, in order."),
    )  # fmt: skip


def output_ports(key: str, arguments: Sequence[str]) -> tuple[PortSpec, ...]:
    """Return the output ports of a layer.

    Args:
        key: Name of the layer class.
        arguments: Names of the arguments of its call, without self.
    """
    if key == "Bidirectional":
        return (*_two_directions(), *_bidirectional_states())
    if "return_attention_scores" in arguments:
        scores = PortSpec("attention_scores", "Attention scores", when="return_attention_scores")
        return (_OUTPUT, scores)
    if key in _LSTM_STATES:
        return (_OUTPUT, _state("state_h", "Hidden state"), _state("state_c", "Cell state"))
    if key in _ONE_STATE:
        return (_OUTPUT, _state("state", "State"))
    if key == "RNN":
        lstm = "return_state,cell=LSTMCell"
        return (_OUTPUT, _state("state", "State"), _state("state_c", "Cell state", lstm))
    return (_OUTPUT,)


def _state(port: str, title: str, when: str = "return_state") -> PortSpec:
    return PortSpec(port, title, when=when, help="State after the last step.")


def _two_directions() -> tuple[PortSpec, ...]:
    joined = "merge_mode=concat|sum|mul|ave"
    return (
        PortSpec("output", "Output", when=joined),
        PortSpec("forward", "Forward output", when="merge_mode=null"),
        PortSpec("backward", "Backward output", when="merge_mode=null"),
    )


def _bidirectional_states() -> tuple[PortSpec, ...]:
    any_layer = "layer.return_state"
    lstm_only = f"layer.return_state,{_LSTM_INSIDE}"
    return (
        _state("forward_h", "Forward state", any_layer),
        _state("forward_c", "Forward cell state", lstm_only),
        _state("backward_h", "Backward state", any_layer),
        _state("backward_c", "Backward cell state", lstm_only),
    )
