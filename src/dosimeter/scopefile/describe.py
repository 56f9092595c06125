"""An authorisation in sentences, for the person who is about to rely on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from dosimeter.model.scope import Authorisation, Hours, Touch
from dosimeter.model.target import Service
from dosimeter.net.address import Reach, network_reach
from dosimeter.net.ranges import AddressRanges

_SHOWN: Final = 5
"""Entries of a list that are written out; the rest is counted."""

_MEBIBYTE: Final = 1 << 20

_TOUCH: Final = {
    Touch.NEGOTIATE: "greet archives and ask nothing about patients",
    Touch.PROVE: "ask for studies that cannot exist, which moves no patient data",
    Touch.COUNT: "count what is there, whose identifiers cross the network unread and are not kept",
    Touch.SAMPLE: "see which personal attributes are filled in",
}

_PURPOSE: Final = {
    Service.DICOM: "",
    Service.DICOM_TLS: "DICOM inside TLS",
    Service.WEB: "web",
    Service.WEB_TLS: "web, inside TLS",
    Service.HL7: "HL7 v2",
}


def describe(authorisation: Authorisation) -> tuple[str, ...]:
    """Who allows what, where, until when, how gently, signed by whom: a sentence each."""
    return (
        _who(authorisation),
        f"The legal basis is: {authorisation.legal_basis}.",
        _when(authorisation),
        _where(authorisation),
        _left_out(authorisation),
        _ports(authorisation),
        _touch(authorisation),
        _titles(authorisation),
        _pace(authorisation),
        *_count(authorisation),
        *_owners(authorisation),
        _signature(authorisation),
        f"Call {authorisation.contact} if something looks wrong.",
        f"The SHA-256 of the scope file is {authorisation.sha256}.",
    )


def count_addresses(authorisation: Authorisation) -> int:
    """How many addresses may be contacted, excluded networks taken out (excluded names are not resolved)."""
    excluded = AddressRanges.of(authorisation.exclude_networks)
    allowed = AddressRanges.of(authorisation.networks)
    return AddressRanges(gap for span in allowed for gap in excluded.gaps(span)).addresses


def _who(authorisation: Authorisation) -> str:
    author = f"{authorisation.authorised_by} ({authorisation.role})"
    return f"{author} authorises this survey: {authorisation.reference}."


def _when(authorisation: Authorisation) -> str:
    begins, ends = _moment(authorisation.valid_from), _moment(authorisation.valid_until)
    return f"It holds from {begins} until {ends}, {_hours(authorisation.pace.hours)}."


def _where(authorisation: Authorisation) -> str:
    total = count_addresses(authorisation)
    networks = _listed([str(network) for network in authorisation.networks])
    public = sum(network_reach(one) is Reach.PUBLIC for one in authorisation.networks)
    reach = (
        f"{public} of the networks {_noun(public, 'is', 'are')} public" if public else "no network is public"
    )
    sentence = f"It covers {_counted(total, 'address', 'addresses')} in {networks}; {reach}."
    if authorisation.names:
        sentence += f" It lists the names {_listed(authorisation.names)}."
    return sentence


def _left_out(authorisation: Authorisation) -> str:
    excluded = [*map(str, authorisation.exclude_networks), *authorisation.exclude_names]
    return f"Never contacted: {_listed(excluded)}." if excluded else "Nothing is excluded."


def _ports(authorisation: Authorisation) -> str:
    def one(port: int) -> str:
        purpose = _PURPOSE[authorisation.service_of(port)]
        return f"{port} ({purpose})" if purpose else str(port)

    return f"The ports are {', '.join(map(one, authorisation.ports))}."


def _touch(authorisation: Authorisation) -> str:
    touch = authorisation.touch
    sentence = f'The highest touch is "{touch.word}": {_TOUCH[touch]}.'
    if authorisation.second_person is not None:
        sentence += f" The second person is {authorisation.second_person}."
    return sentence


def _titles(authorisation: Authorisation) -> str:
    called, calling = authorisation.called_ae_titles, authorisation.calling_ae_titles
    if not called and not calling:
        return "No AE title may be used: archives are asked as a stranger asks."
    parts = [
        f"{word} {_listed(titles)}" for word, titles in (("called", called), ("calling", calling)) if titles
    ]
    return f"AE titles that may be used: {'; '.join(parts)}."


def _pace(authorisation: Authorisation) -> str:
    pace = authorisation.pace
    rate = (
        f"{pace.new_hosts_per_second:g} new {_noun(pace.new_hosts_per_second, 'host', 'hosts')} a second"
        if pace.new_hosts_per_second
        else "no rate limit"
    )
    return (
        f"The pace is {rate}, {_counted(pace.hosts_in_flight, 'host', 'hosts')} at a time, and "
        f"{pace.seconds_between_associations:g} s between two associations of one host."
    )


def _count(authorisation: Authorisation) -> tuple[str, ...]:
    """Said where something may be counted; elsewhere the budget is of no use."""
    if authorisation.touch < Touch.COUNT:
        return ()
    budget = authorisation.count
    costs = (
        f"To count one archive may take {_counted(budget.rows, 'row', 'rows')}, "
        f"{budget.received_bytes / _MEBIBYTE:,.3g} MiB, {budget.seconds:,g} s and "
        f"{_counted(budget.associations, 'association', 'associations')}; "
        f"no answer is meant to be longer than {_counted(budget.rows_per_answer, 'row', 'rows')}."
    )
    patience = (
        f"An archive that takes more than {budget.patience_seconds:g} s to begin an answer, "
        "and more than three times its first echo, is asked no more."
    )
    return costs, patience


def _owners(authorisation: Authorisation) -> tuple[str, ...]:
    """Said where it names any; the gate does not read them."""
    owners = authorisation.owners
    if not owners:
        return ()
    whose = _listed(list(dict.fromkeys(one.organisation for one in owners)))
    return (f"For the report, it says whose {_counted(len(owners), 'network is', 'networks are')}: {whose}.",)


def _signature(authorisation: Authorisation) -> str:
    if authorisation.signed_by is None:
        return "It is not signed by a trusted key, so no public address may be contacted."
    return f"It is signed by {authorisation.signed_by}."


def _hours(hours: Hours) -> str:
    return "at any hour" if hours.start == hours.end else f"between {hours} local time"


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _listed(entries: Sequence[str]) -> str:
    shown = ", ".join(entries[:_SHOWN])
    rest = len(entries) - _SHOWN
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {_noun(number, one, many)}"


def _noun(number: float, one: str, many: str) -> str:
    return one if number == 1 else many
