"""The algebra of totals: how counts of different kinds are added up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.model.census import AtLeast, Claimed, Count, Estimated, Exact, Unknown
from dosimeter.report.adding import Sum, add_up, sum_of

numbers = st.integers(0, 10**9)
estimates = st.tuples(numbers, numbers, numbers).map(sorted).map(lambda n: Estimated(n[1], n[0], n[2]))
counts: st.SearchStrategy[Count] = st.one_of(
    st.builds(Exact, numbers),
    st.builds(AtLeast, numbers),
    estimates,
    st.builds(Claimed, numbers),
    st.builds(Unknown),
)
many = st.lists(counts, max_size=8)


@given(many, st.data())
def test_the_order_of_adding_changes_nothing(some: list[Count], data: st.DataObject) -> None:
    """Archives may come in any order."""
    assert add_up(data.draw(st.permutations(some))) == add_up(some)


@given(many, many)
def test_sums_of_parts_are_the_sum_of_all(some: list[Count], others: list[Count]) -> None:
    """Adding up in two columns and then both is adding up at once; nothing is the neutral sum."""
    assert add_up(some) + add_up(others) == add_up([*some, *others])
    assert Sum() + add_up(some) == add_up(some)


@given(counts)
def test_one_number_alone_keeps_its_kind(count: Count) -> None:
    """A sum of one archive says what the archive says."""
    assert add_up([count]).count == count


@given(counts, st.integers(1, 5))
def test_alike_archives_add_up_at_once(count: Count, archives: int) -> None:
    """Times is repeated plus."""
    assert sum_of(count, archives) == add_up([count] * archives)


@given(many)
def test_a_sum_is_exact_only_if_every_part_is(some: list[Count]) -> None:
    """No total is better known than the archive behind it that is known worst."""
    if isinstance(add_up(some).count, Exact):
        assert all(isinstance(count, Exact) for count in some)


@given(many)
def test_whatever_was_not_counted_leaves_a_lower_bound(some: list[Count]) -> None:
    """An archive that was not counted, or not to its end, never makes an exact or estimated total."""
    total = add_up(some)
    if any(isinstance(count, AtLeast | Unknown) for count in some):
        assert not isinstance(total.count, Exact | Estimated)
        assert not isinstance(total.counted, Exact | Estimated)


@given(many)
def test_a_claim_makes_the_whole_a_claim_and_stands_apart(some: list[Count]) -> None:
    """What archives say of themselves is never mixed into what was counted."""
    total = add_up(some)
    claims = [count.value for count in some if isinstance(count, Claimed)]
    assert isinstance(total.count, Claimed) == bool(claims)
    assert total.claimed == sum(claims)
    without = [count for count in some if not isinstance(count, Claimed)]
    if without:
        assert total.counted == add_up(without).counted


@given(many, st.data())
def test_the_true_sum_is_within_what_is_said(some: list[Count], data: st.DataObject) -> None:
    """If each archive holds what its count allows, all of them hold what the total allows."""
    truths = [data.draw(true_number(count)) for count in some]
    total = add_up(some)
    true = sum(truth for truth, count in zip(truths, some, strict=True) if not isinstance(count, Claimed))
    match total.counted:
        case Exact(value):
            assert true == value
        case AtLeast(value):
            assert true >= value
        case Estimated(value, low, high):
            assert low <= true <= high
            assert low <= value <= high
        case Unknown() | Claimed():
            assert all(isinstance(count, Unknown | Claimed) for count in some)


def true_number(count: Count) -> st.SearchStrategy[int]:
    """What an archive with this count may hold."""
    match count:
        case Exact(value) | Claimed(value):
            return st.just(value)
        case AtLeast(value):
            return st.integers(value, value + 10**6)
        case Estimated(_, low, high):
            return st.integers(low, high)
        case Unknown():
            return st.integers(0, 10**6)


@given(many)
def test_no_archive_is_forgotten(some: list[Count]) -> None:
    """Known and unknown together are all that were added."""
    total = add_up(some)
    assert total.known + total.unknown == len(some)
    assert total.unknown == sum(isinstance(count, Unknown) for count in some)
