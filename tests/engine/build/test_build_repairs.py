"""Repairs of shapes: after each the problem is gone, Keras computes everything, undo undoes it."""

from __future__ import annotations

import itertools

import pytest

from workbench.data.spec import DataSignature, InputSignature

CLASSES = DataSignature((InputSignature("features", (13,)),), "multiclass", 3, tuple("abc"), 9999)


def two(net, first, second, key="Add", shape=(12, 12, 3)):
    """Two branches from one input into a layer that joins."""
    entry = net.add("InputLayer", {"shape": list(shape)})
    ends = []
    for layers in (first, second):
        at = entry
        for layer, params in layers:
            at = net.after(at, layer, params)
        ends.append(at)
    join = net.after(ends[0], key)
    net.connect(ends[1], join, "inputs", 1)
    return join


def errors(net, signature=None):
    return [p for p in net.infer(signature).problems if p.severity == "error"]


def every_repair_repairs(net, at_least=1, signature=None):
    (problem,) = errors(net, signature)
    assert len(problem.fixes) >= at_least, problem.message
    before = net.graph.copy()
    for fix in problem.fixes:
        undo = net.graph.apply(fix.change)
        inference = net.infer(signature)
        assert [p.message for p in inference.problems if p.severity == "error"] == [], fix.label
        assert inference.nodes.keys() == net.graph.nodes.keys()
        net.graph.apply(undo)
        assert net.graph == before
    return [fix.label for fix in problem.fixes]


def conv(filters, size, axes=2, **more):
    return (f"Conv{axes}D", {"filters": filters, "kernel_size": size, **more})


@pytest.mark.parametrize("key", ["Add", "Average", "Maximum", "Multiply", "Concatenate"])
def test_images_of_different_size_are_padded_or_cut(net, key):
    two(net, [conv(4, 3)], [conv(4, 4)], key)
    assert every_repair_repairs(net, 2)[:2] == ["Pad to 10 × 10", "Crop to 9 × 9"]


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_in_one_two_and_three_dimensions(net, axes):
    shape = (9, 8, 7, 3)[-axes - 1 :]
    two(net, [conv(4, 2, axes)], [conv(4, 5, axes)], shape=shape)
    labels = every_repair_repairs(net, 2)
    assert labels[0].startswith("Pad to ") and labels[1].startswith("Crop to ")


def test_sizes_that_cross_are_padded_on_both_sides(net):
    two(net, [conv(4, (1, 4))], [conv(4, (4, 1))])
    (problem,) = errors(net)
    assert [f.label for f in problem.fixes] == ["Pad to 12 × 12", "Crop to 9 × 9"]
    every_repair_repairs(net, 2)


def test_channels_differ(net):
    two(net, [conv(4, 3)], [conv(6, 3)])
    labels = every_repair_repairs(net, 2)
    assert labels[0] == "Insert Conv2D with 4 filters after conv2d_2"


def test_size_and_channels_differ(net):
    two(net, [conv(4, 3)], [conv(6, 5)])
    assert every_repair_repairs(net, 2) == [
        "Pad to 10 × 10 and bring channels to 4", "Crop to 8 × 8 and bring channels to 4"
    ]  # fmt: skip


def test_concatenate_keeps_channels(net):
    two(net, [conv(4, 3)], [conv(6, 5)], "Concatenate")
    labels = every_repair_repairs(net, 2)
    assert labels == ["Pad to 10 × 10", "Crop to 8 × 8"]


def test_unknown_lengths_are_left_alone(net):
    two(net, [conv(4, 3)], [conv(4, 4), ("MaxPooling2D", None)], shape=(None, None, 3))
    assert errors(net) == []


@pytest.mark.parametrize("key", ["LSTM", "GRU", "Conv1D", "Bidirectional", "TimeDistributed"])
def test_the_steps_of_a_recurrent_layer_are_passed_on(net, key):
    params = {"filters": 4, "kernel_size": 2} if key == "Conv1D" else None
    if key == "TimeDistributed":
        params = {"layer": {"layer": "Dense", "params": {"units": 3}}}
    net.chain(("LSTM", {"units": 8}), (key, params), shape=(6, 4))
    labels = every_repair_repairs(net)
    assert labels[0] == "Turn return_sequences of lstm on"


def test_the_last_step_is_enough_for_a_target(net):
    net.chain(("LSTM", {"units": 8, "return_sequences": True}),
              ("Dense", {"units": 3, "activation": "softmax"}), shape=(6, 4))  # fmt: skip
    labels = every_repair_repairs(net, 3, CLASSES_OF_STEPS)
    assert labels[0] == "Turn return_sequences of lstm off"


def both(**more):
    return ("Bidirectional", {"layer": {"layer": "GRU", "params": {"units": 4, **more}}})


@pytest.mark.parametrize("layer", [both(), both(return_sequences=False)])
def test_the_steps_of_a_recurrent_layer_in_a_wrapper_are_passed_on(net, layer):
    """Only the parameter in the wrapper changes; what else was set there stays."""
    *_, first, _ = net.chain(layer, ("LSTM", {"units": 3}), shape=(6, 4))
    labels = every_repair_repairs(net)
    assert labels[0] == "Turn return_sequences of bidirectional on"
    (problem,) = errors(net)
    net.graph.apply(problem.fixes[0].change)
    inner = net.graph.node(first).params["layer"]
    assert inner == {"layer": "GRU", "params": {"units": 4, "return_sequences": True}}


def test_the_last_step_of_both_directions_is_enough(net):
    way = {"layer": "LSTM", "params": {"units": 4, "return_sequences": True}}
    back = {"layer": "LSTM", "params": {"units": 4, "return_sequences": True,
                                        "go_backwards": True}}  # fmt: skip
    net.chain(("Bidirectional", {"layer": way, "backward_layer": back}),
              ("Dense", {"units": 3, "activation": "softmax"}), shape=(6, 4))  # fmt: skip
    labels = every_repair_repairs(net, 3, CLASSES_OF_STEPS)
    assert labels[0] == "Turn return_sequences of bidirectional off"


CLASSES_OF_STEPS = DataSignature(
    (InputSignature("features", (6, 4)),), "multiclass", 3, tuple("abc"), 9999
)


def test_a_repair_that_breaks_another_layer_is_not_offered(net):
    """Reshape and cut would repair the sum, but what follows needs 10 × 10."""
    join = two(net, [conv(4, 3)], [conv(4, 4)])
    net.after(join, "Reshape", {"target_shape": [400]})
    (problem,) = errors(net)
    assert [fix.label for fix in problem.fixes] == ["Pad to 10 × 10"]
    every_repair_repairs(net)


def test_a_second_error_behind_does_not_hide_the_repairs(net):
    """The layer behind is wrong whatever is done before: both repairs stay."""
    join = two(net, [conv(4, 3)], [conv(4, 4)])
    net.after(join, "Reshape", {"target_shape": [7]})
    (problem,) = errors(net)
    assert [fix.label for fix in problem.fixes] == ["Pad to 10 × 10", "Crop to 9 × 9"]


def test_a_repair_that_would_break_what_works_is_not_offered(net):
    """All steps instead of the last would spoil the other layer that the LSTM leads into."""
    entry = net.add("InputLayer", {"shape": [6, 4]})
    first = net.after(entry, "LSTM", {"units": 8})
    net.after(first, "Reshape", {"target_shape": [2, 4]})
    net.after(first, "LSTM", {"units": 3})
    (problem,) = errors(net)
    assert all("return_sequences" not in fix.label for fix in problem.fixes)
    every_repair_repairs(net)


def test_repairs_of_random_pairs_repair(new_net):
    """Whatever two branches give: a repair that is offered works."""
    branches = [
        [conv(4, 3)], [conv(6, 2, strides=2)], [("Flatten", None)], [("GlobalMaxPooling2D", None)],
        [conv(3, 1), ("Flatten", None), ("Dense", {"units": 7})],
    ]  # fmt: skip
    offered = 0
    for first, second in itertools.permutations(branches, 2):
        for key in ("Add", "Concatenate"):
            net = new_net()
            two(net, first, second, key)
            for problem in errors(net):
                for fix in problem.fixes:
                    undo = net.graph.apply(fix.change)
                    assert errors(net) == [], (first, second, key, fix.label)
                    net.graph.apply(undo)
                    offered += 1
    assert offered > 20
