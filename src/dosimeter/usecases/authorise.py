"""Write, check and sign the written authorisation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from dosimeter.model.scope import Authorisation
from dosimeter.scopefile.describe import describe
from dosimeter.scopefile.read import read_scope
from dosimeter.scopefile.sign import sign_scope
from dosimeter.scopefile.template import write_template as write_scope_template


def default_trusted_keys() -> Path:
    """Where trusted public keys are listed if nobody says: in the user's configuration folder."""
    from platformdirs import user_config_dir

    return Path(user_config_dir("dosimeter")) / "trusted-keys"


def authorisation_of(path: Path, trusted_keys: Path | None) -> Authorisation:
    """Read a scope file as it stands now.

    Raises:
        ScopeProblem: it cannot be used; the sentence says why and what to do.
    """
    return read_scope(path, trusted_keys=trusted_keys or default_trusted_keys(), now=datetime.now(UTC))


def write_template(path: Path) -> None:
    """Write a scope file to fill in; raises ScopeProblem rather than overwrite one."""
    write_scope_template(path, datetime.now(UTC))


def check_scope(path: Path, trusted_keys: Path | None) -> tuple[str, ...]:
    """What the scope allows, in sentences; raises ScopeProblem if it cannot be used."""
    return describe(authorisation_of(path, trusted_keys))


def sign_scope_file(path: Path, key: Path, *, new_key: bool) -> tuple[str, ...]:
    """Sign a scope file; says what was written. Raises ScopeProblem if it cannot be signed."""
    signed = sign_scope(path, key, create_key=new_key)
    made = (f"made the private key {key}; keep it where only the authoriser can read it",)
    return (
        *(made if signed.key_created else ()),
        f"signed: {signed.signature_file}",
        f"whoever surveys adds this line to {default_trusted_keys()}, or to the file of --trusted-keys:",
        signed.trusted_key_line,
    )
