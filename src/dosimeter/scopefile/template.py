"""The scope file a person begins with. Unedited, it is refused: its placeholders are named one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from dosimeter.model.scope import CountBudget
from dosimeter.scopefile.problem import ScopeProblem

_FIRST_VALIDITY: Final = timedelta(days=30)

_TEMPLATE: Final = """\
# The written authorisation of a survey. dosimeter contacts nothing without one, and nothing
# outside it. Replace every text that begins with REPLACE, then run: dosimeter scope check

[authorisation]
# The person who may decide about these archives: their owner, or an authority the law names.
authorised_by = "REPLACE: first and last name"
role = "REPLACE: for example head of information security, Example Hospital"
# Where the decision is written down, so that anybody can find it again.
reference = "REPLACE: for example ticket SEC-1234, or the date and subject of a letter"
# On what ground: the owner's own order, a contract, a statute.
legal_basis = "REPLACE: for example the hospital's own order of 3 March"
# Whom the staff of an archive call if something looks wrong. Keep somebody there during the survey.
contact = "REPLACE: for example +33 1 23 45 67 89, security@hospital.example"
# Dates and times carry their zone. At most 366 days apart.
valid_from = {valid_from}
valid_until = {valid_until}
# How far a question may go:
#   negotiate  greet the archive, ask nothing about patients
#   prove      ask for a study that cannot exist: proves exposure and moves no patient data
#   count      count what is there, within [count]; identifiers cross the network, unread and not kept
#   sample     see which personal attributes are filled in; needs a second person
touch = "prove"
# second_person = "first and last name, for touch = sample only"

[scope]
# The networks that may be contacted. Public ones need a signature: dosimeter scope sign
networks = ["REPLACE: for example 10.20.0.0/16"]
# Host names that may be contacted. Their addresses must be in the networks above.
names = []
# Never contacted, whatever else this file or the command line says: addresses, networks or names.
exclude = []
# The ports that may be contacted, and no other.
ports = [80, 104, 443, 2575, 2762, 3000, 4242, 8042, 8043, 8080, 8443, 11112]
# Of these ports, the ones that speak DICOM inside TLS, HTTP or HTTPS, and HL7 v2; the others are asked in
# DICOM. A port that is in the wrong list may harm: some archives die of a byte that is not DICOM.
tls_ports = [2762]
web_ports = [80, 443, 3000, 8042, 8043, 8080, 8443]
hl7_ports = [2575]
# AE titles the owner lets us use. They are never guessed.
called_ae_titles = []
calling_ae_titles = []

[pace]
# Gentle enough for an old archive in clinical use. Raise these with care.
new_hosts_per_second = 1
hosts_in_flight = 32
seconds_between_associations = 2
# Local time of the machine that runs the survey, for example "20:00-06:00".
hours = "00:00-24:00"

[count]
# What counting one archive may cost it. Used only where touch is count or sample.
# When any of these is used up, counting stops there and says what it knows: "at least", or an estimate.
# Rows an archive may be made to send in all, and in one answer. It holds up to that many in its memory.
rows = {count.rows}
rows_per_answer = {count.rows_per_answer}
# Bytes received in all.
received_bytes = {count.received_bytes}
# Seconds spent with one archive in all.
seconds = {count.seconds:g}
# Associations opened to one archive, one after the other.
associations = {count.associations}
# An archive that takes longer to begin an answer is asked no more, if it is also longer than three
# times its first echo.
patience_seconds = {count.patience_seconds:g}

# Whose networks these are, for the report alone: it allows nothing. One table for each network; the most
# particular one that holds an address counts. Or a CSV file with the same columns: --owners FILE
# [[owners]]
# network = "10.20.30.0/24"
# organisation = "Example Hospital"
# sector = "hospital"
# contact = "security@hospital.example"
# country = "FR"
# asn = 64500
# operator = "Example Network"
"""


def scope_template(now: datetime) -> str:
    """The text of a new scope file, valid for thirty days from this day on."""
    begins = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = begins + _FIRST_VALIDITY
    return _TEMPLATE.format(valid_from=_toml(begins), valid_until=_toml(ends), count=CountBudget())


def write_template(path: Path, now: datetime) -> None:
    """Write a new scope file; never over an old one.

    Raises:
        ScopeProblem: the file exists, or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(scope_template(now))
    except FileExistsError:
        raise ScopeProblem(path, None, "exists already and was left alone; name another file") from None
    except OSError as refused:
        says = f"cannot be written ({refused.strerror}); name a file in a folder you may write to"
        raise ScopeProblem(path, None, says) from None


def _toml(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
