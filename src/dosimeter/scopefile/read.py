"""Reads scope.toml into the authorisation every connection is checked against."""

from __future__ import annotations

import tomllib
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from dosimeter.model.scope import Authorisation
from dosimeter.net.address import Reach, network_reach
from dosimeter.scopefile.owners import read_owners
from dosimeter.scopefile.places import read_exclusions, read_names, read_networks
from dosimeter.scopefile.problem import Problems, ScopeProblem
from dosimeter.scopefile.rules import (
    PLACEHOLDER,
    check_ae_titles,
    check_current,
    check_dates,
    check_ports,
    check_texts,
    read_count,
    read_pace,
    read_touch,
)
from dosimeter.scopefile.schema import ScopeFile, read_shape
from dosimeter.scopefile.signature import signer_of

LARGEST_FILE: Final = 1 << 20
"""Bytes: a scope of ten thousand networks has a fifth of that."""


def read_scope(path: Path, *, trusted_keys: Path | None, now: datetime) -> Authorisation:
    """The authorisation a scope file gives at this moment, its signature verified if it has one.

    The file is read once: the bytes that are hashed and verified are the bytes that are parsed.

    Raises:
        ScopeProblem: the file cannot be used; the sentence says why and what to do.
    """
    content = read_bytes(path)
    signature = signer_of(path, content, trusted_keys)
    authorisation = parse_scope(path, content, signed_by=signature.name)
    problems = Problems(path)
    check_current(authorisation.valid_from, authorisation.valid_until, now, problems)
    public = [one for one in authorisation.networks if network_reach(one) is Reach.PUBLIC]
    if public and authorisation.signed_by is None:
        problems.add("scope.networks", f"{public[0]} is public, and {signature.says}")
    problems.settle()
    return authorisation


def read_bytes(path: Path) -> bytes:
    """The bytes of a scope file.

    Raises:
        ScopeProblem: missing, unreadable, not a file, or larger than 1 MiB.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        says = "there is no such file; write one with dosimeter scope init, or name another with --scope"
        raise ScopeProblem(path, None, says) from None
    except IsADirectoryError:
        raise ScopeProblem(path, None, "is a folder; name the scope file in it") from None
    except OSError as refused:
        says = f"cannot be read ({refused.strerror}); check its permissions"
        raise ScopeProblem(path, None, says) from None
    if len(content) > LARGEST_FILE:
        raise ScopeProblem(path, None, "is larger than 1 MiB; a scope file is a page of text")
    return content


def parse_scope(path: Path, content: bytes, *, signed_by: str | None = None) -> Authorisation:
    """The authorisation these bytes give, neither its dates nor its signature held against now.

    Raises:
        ScopeProblem: not TOML, or a key is unknown, missing or says what it may not.
    """
    file = read_shape(_parse_toml(path, content), path)
    problems = Problems(path)
    given = file.scope.model_fields_set
    check_texts(file.authorisation, problems)
    check_dates(file.authorisation, problems)
    touch = read_touch(file.authorisation, problems)
    networks = read_networks(_filled(file.scope.networks, problems), "scope.networks", problems)
    names = read_names(file.scope.names, "scope.names", problems)
    exclusions = read_exclusions(file.scope.exclude, "scope.exclude", problems)
    _check_networks(file, problems)
    check_ports(file.scope, given, problems)
    check_ae_titles(file.scope, problems)
    pace = read_pace(file.pace, networks, problems)
    count = read_count(file.count, problems)
    owners = read_owners(file.owners, problems)
    problems.settle()
    table = file.authorisation
    return Authorisation(
        authorised_by=table.authorised_by.strip(),
        role=table.role.strip(),
        reference=table.reference.strip(),
        legal_basis=table.legal_basis.strip(),
        contact=table.contact.strip(),
        valid_from=table.valid_from,
        valid_until=table.valid_until,
        touch=touch,
        networks=networks,
        sha256=sha256(content).hexdigest(),
        names=names,
        exclude_networks=exclusions.networks,
        exclude_names=exclusions.names,
        ports=_once(file.scope.ports),
        tls_ports=_once(file.scope.tls_ports),
        web_ports=_once(file.scope.web_ports),
        hl7_ports=_once(file.scope.hl7_ports),
        called_ae_titles=tuple(dict.fromkeys(file.scope.called_ae_titles)),
        calling_ae_titles=tuple(dict.fromkeys(file.scope.calling_ae_titles)),
        pace=pace,
        count=count,
        signed_by=signed_by,
        second_person=table.second_person,
        owners=owners,
    )


def _parse_toml(path: Path, content: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as refused:
        line = content.count(b"\n", 0, refused.start) + 1
        says = f"is not UTF-8 text (line {line}); save it as UTF-8"
        raise ScopeProblem(path, None, says) from None
    except tomllib.TOMLDecodeError as refused:
        says = f"is not valid TOML: {ascii(str(refused))[1:-1]}; correct that line"
        raise ScopeProblem(path, None, says) from None
    except RecursionError:
        raise ScopeProblem(path, None, "is not valid TOML: lists nested too deeply; flatten them") from None


def _filled(networks: list[str], problems: Problems) -> list[str]:
    unfilled = [entry for entry in networks if entry.strip().upper().startswith(PLACEHOLDER)]
    if unfilled:
        problems.add("scope.networks", "still holds the text of the template; write your own networks")
    return [entry for entry in networks if entry not in unfilled]


def _check_networks(file: ScopeFile, problems: Problems) -> None:
    """A name alone authorises nothing: whoever edits the DNS would choose what is contacted."""
    if file.scope.networks:
        return
    if file.scope.names:
        says = (
            "is empty; add the networks the names resolve into, because a name may come to mean any address"
        )
    else:
        says = 'is empty, so nothing may be contacted; name the networks, as in ["10.20.0.0/16"]'
    problems.add("scope.networks", says)


def _once(ports: list[int]) -> tuple[int, ...]:
    return tuple(sorted(set(ports)))
