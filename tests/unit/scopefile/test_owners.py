from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from dosimeter.model.owned import OwnedNetwork
from dosimeter.model.scope import Authorisation
from dosimeter.scopefile.describe import describe
from dosimeter.scopefile.problem import ScopeProblem
from dosimeter.scopefile.read import parse_scope
from tests.unit.scopefile.test_read import GOOD

WHOLE = """
[[owners]]
network = "10.20.30.0/24"
organisation = "CHU de Besançon"
sector = "hospital"
contact = "rssi@chu.example"
country = "fr"
asn = 64500
operator = "Example Network"

[[owners]]
network = "10.20.40.7"
organisation = "Clinic"
asn = "AS64501"
"""


def read(text: str) -> Authorisation:
    """The authorisation of a good scope with this after it."""
    return parse_scope(Path("scope.toml"), (GOOD + text).encode())


def refusal(text: str) -> tuple[str | None, str]:
    """The key and the sentence with which it is refused."""
    with pytest.raises(ScopeProblem) as caught:
        read(text)
    return caught.value.key, caught.value.says


def test_owners_are_read_with_all_that_is_said_of_them() -> None:
    """A number of a network with or without AS, an address alone; without such tables there are none."""
    assert read(WHOLE).owners == (
        OwnedNetwork(
            ip_network("10.20.30.0/24"),
            *("CHU de Besançon", "hospital", "rssi@chu.example", "FR", 64500, "Example Network"),
        ),
        OwnedNetwork(ip_network("10.20.40.7/32"), "Clinic", asn=64501),
    )
    assert read("").owners == ()


def test_owners_allow_nothing() -> None:
    """They say whose a network is, whether or not it may be contacted."""
    before, after = read(""), read('[[owners]]\nnetwork = "8.8.8.0/24"\norganisation = "Elsewhere"\n')
    assert (before.networks, before.names, before.ports) == (after.networks, after.names, after.ports)


def test_a_scope_with_owners_says_so() -> None:
    """In the sentences that somebody reads before signing, and only there where it has any."""
    sentence = "For the report, it says whose 2 networks are: CHU de Besançon, Clinic."
    assert sentence in describe(read(WHOLE))
    assert not any(each.startswith("For the report") for each in describe(read("")))


@pytest.mark.parametrize(
    ("table", "key", "says"),
    [
        ('organisation = "A"', "owners[0].network", "this key is missing"),
        ('network = "10.0.0.0/8"', "owners[0].organisation", "this key is missing"),
        ('network = "10.0.0.0/8"\norganisation = " "', "owners[0].organisation", "is empty"),
        ('network = "10.0.0.1/8"\norganisation = "A"', "owners[0].network", "10.0.0.1/8 "),
        ('network = "10.0.0.0/8"\norganisation = 7', "owners[0].organisation", "must be text"),
        ('network = "10.0.0.0/8"\norganisation = "A"\nasn = true', "owners[0].asn", "must be text"),
        ('network = "10.0.0.0/8"\norganisation = "A"\nasn = 0', "owners[0].asn", "is not the number"),
        ('network = "10.0.0.0/8"\norganisation = "A"\ncountry = "FRA"', "owners[0].country", "is not a code"),
        (
            'network = "10.0.0.0/8"\norganisation = "A"\nphone = "1"',
            "owners[0].phone",
            "there is no such key",
        ),
        (
            'network = "10.0.0.0/8"\norganisaton = "A"',
            "owners[0].organisaton",
            "there is no such key; did you mean organisation?",
        ),
        (
            'network = "10.0.0.0/8"\norganisation = "A"\n[[owners]]\norganisation="B"\nnetwork="10.0.0.0/8"',
            "owners[1].network",
            "10.0.0.0/8 has an owner already",
        ),
    ],
)
def test_what_says_nothing_clear_is_refused_by_its_key(table: str, key: str, says: str) -> None:
    """The table is named by its place, counted from nought as the other lists are."""
    found, sentence = refusal(f"[[owners]]\n{table}\n")
    assert found == key
    assert sentence.startswith(says)


def test_a_misspelt_key_of_the_scope_is_not_sent_to_the_owners() -> None:
    """``network`` in [scope] is ``networks`` misspelt."""
    text = GOOD.replace("networks =", "network =")
    with pytest.raises(ScopeProblem, match="did you mean networks"):
        parse_scope(Path("scope.toml"), text.encode())


def test_one_table_instead_of_several_is_told() -> None:
    """``[owners]`` for ``[[owners]]`` is a list with one pair of brackets too few."""
    assert refusal('[owners]\nnetwork = "10.0.0.0/8"\norganisation = "A"\n')[0] == "owners"
