import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.spec import SplitSpec
from workbench.data.split import part_sizes, split_rows
from workbench.errors import DataError


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(10, 400),
    seed=st.integers(0, 2**32),
    validation=st.floats(0, 0.4),
    test=st.floats(0, 0.4),
    classes=st.integers(1, 6),
    stratify=st.booleans(),
)
def test_parts_divide_the_rows_and_have_the_sizes_asked_for(
    n, seed, validation, test, classes, stratify
):
    spec = SplitSpec(validation, test, seed, stratify)
    labels = np.random.default_rng(seed).integers(0, classes, n)
    split = split_rows(spec, n, labels)
    everything = np.concatenate([split.train, split.validation, split.test])
    assert sorted(everything) == list(range(n))
    sizes = (len(split.train), len(split.validation), len(split.test))
    wanted = part_sizes(spec, n)
    if not stratify:
        assert sizes == wanted
    for label in range(classes):
        members = int((labels == label).sum())
        if not members:
            continue
        for part, fraction in ((split.validation, validation), (split.test, test)):
            got = int((labels[part] == label).sum())
            if stratify:
                assert abs(got - members * fraction) <= 2
        if stratify:
            assert (labels[split.train] == label).any()


def test_stratified_shares_are_exact_where_they_can_be():
    labels = np.repeat([0, 1, 2], [100, 60, 40])
    split = split_rows(SplitSpec(0.1, 0.2, 5), 200, labels)
    assert np.bincount(labels[split.test]).tolist() == [20, 12, 8]
    assert np.bincount(labels[split.validation]).tolist() == [10, 6, 4]


def test_the_same_seed_gives_these_rows_on_every_machine():
    assert split_rows(SplitSpec(0.2, 0.3, 7), 10).test.tolist() == [0, 4, 9]
    assert split_rows(SplitSpec(0.2, 0.3, 8), 10).test.tolist() != [0, 4, 9]
    labels = np.array([0, 1] * 5)
    assert split_rows(SplitSpec(0.2, 0.2, 7), 10, labels).test.tolist() == [4, 9]


def test_dropped_rows_do_not_shuffle_the_others():
    all_rows = np.arange(1000)
    kept = np.delete(all_rows, [3, 500])
    whole = split_rows(SplitSpec(0.0, 0.5, 1), all_rows)
    fewer = split_rows(SplitSpec(0.0, 0.5, 1), kept)
    common = set(whole.test) & set(kept[fewer.test])
    assert len(common) >= 498


@pytest.mark.parametrize(
    ("validation", "test"), [(-0.1, 0.1), (0.5, 0.5), (1.0, 0.0), (float("nan"), 0.1), (0.9, 0.2)]
)
def test_impossible_fractions(validation, test):
    with pytest.raises(DataError) as caught:
        split_rows(SplitSpec(validation, test), 100)
    assert caught.value.place.id.startswith("split")


def test_no_row_left_for_training():
    with pytest.raises(DataError, match="No row is left for training"):
        split_rows(SplitSpec(0.45, 0.45), 1 + 1)


def test_parts_by_name():
    split = split_rows(SplitSpec(0.2, 0.2), 10)
    assert split.part("all").tolist() == list(range(10))
    assert split.part("test") is split.test
    with pytest.raises(DataError, match="no part"):
        split.part("tset")
