"""The DCMTK servers: dcmqrscp, wlmscpfs, storescp and dcmrecv (reference/real-archives.md §2)."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.integration.archives.certificates import another_server
from tests.integration.archives.crowd import Crowd
from tests.integration.archives.dataset import Dataset225
from tests.integration.archives.process import free_port, server_process
from tests.integration.archives.running import Running, Site, Start

KNOWN: Final = "KNOWNAE"
CROWD_TITLE: Final = "CROWD"
WORKLIST_TITLE: Final = "WLAE"
EMPTY_WORKLIST_TITLE: Final = "OTHERWL"

_FILES_IN_AN_INDEX: Final = 250
_PRESENTATION_CONTEXTS: Final = "/etc/dcmtk/storescp.cfg"
_DCMQRSCP: Final = """\
NetworkTCPPort = {port}
MaxPDUSize = 16384
MaxAssociations = 16
HostTable BEGIN
known = ({known}, localhost, 104)
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
{title} {storage} {access} (200, 1024mb) {peers}
AETable END
"""


def index(dataset: Dataset225, folder: Path) -> Path:
    """Register every instance where it lies in one ``index.dat``; the servers get copies of it."""
    folder.mkdir(parents=True)
    subprocess.run(["dcmqridx", str(folder), *map(str, dataset.files)], check=True, timeout=60)
    return folder


def dcmqrscp(title: str, *options: str, access: str = "RW", peers: str = "ANY") -> Start:
    """One application entity over the whole data set. ``peers`` is ``ANY`` or ``known``."""

    @contextmanager
    def start(site: Site, folder: Path, address: str) -> Iterator[Running]:
        port = free_port()
        storage = shutil.copytree(site.dcmqrscp_seed, folder / "storage")
        file = folder / "dcmqrscp.cfg"
        file.write_text(
            _DCMQRSCP.format(
                port=port, known=KNOWN, title=title, storage=storage, access=access, peers=peers
            ),
            encoding="ascii",
        )
        with server_process(["dcmqrscp", "-v", *options, "-c", str(file)], folder, [port]):
            yield Running(address, port)

    return start


@contextmanager
def crowded(crowd: Crowd, folder: Path, address: str = "127.0.0.1") -> Iterator[Running]:
    """A read-only dcmqrscp that holds a crowd, as ``CROWD_TITLE``.

    dcmqridx evicts all studies but the last 500 of a folder, a limit compiled into it. The limit stands
    in the table that begins an index; the records behind it are one for each instance, complete in
    themselves, and those of several indices make one.
    """
    paths = crowd.write(folder / "instances")
    one, two = (_indexed(paths[:number], folder / f"of-{number}") for number in (1, 2))
    table = 2 * len(one) - len(two)
    parts = [
        _indexed(paths[first : first + _FILES_IN_AN_INDEX], folder / f"from-{first}")
        for first in range(0, len(paths), _FILES_IN_AN_INDEX)
    ]
    storage = folder / "storage"
    storage.mkdir()
    (storage / "index.dat").write_bytes(one[:table] + b"".join(part[table:] for part in parts))
    port = free_port()
    file = folder / "dcmqrscp.cfg"
    file.write_text(
        _DCMQRSCP.format(port=port, known=KNOWN, title=CROWD_TITLE, storage=storage, access="R", peers="ANY"),
        encoding="ascii",
    )
    with server_process(["dcmqrscp", "-c", str(file)], folder, [port]) as pid:
        yield Running(address, port, pid=pid)


def _indexed(files: Sequence[Path], folder: Path) -> bytes:
    folder.mkdir()
    subprocess.run(["dcmqridx", str(folder), *map(str, files)], check=True, timeout=60)
    return (folder / "index.dat").read_bytes()


def wlmscpfs(title: str) -> Start:
    """A worklist server with two folders: one has the twelve items, the other has none."""

    @contextmanager
    def start(site: Site, folder: Path, address: str) -> Iterator[Running]:
        port = free_port()
        worklist = folder / "worklists" / title
        worklist.mkdir(parents=True)
        (worklist / "lockfile").touch()
        for item in site.dataset.worklist_items if title == WORKLIST_TITLE else ():
            shutil.copy(item, worklist)
        command = ["wlmscpfs", "-v", "-dfp", str(folder / "worklists"), str(port)]
        with server_process(command, folder, [port]):
            yield Running(address, port)

    return start


def storescp(*options: str) -> Start:
    """Takes what it is sent, from anybody; knows no query."""
    return _receiver(lambda _site, _folder: ["storescp", "-v", "-aet", "STORESCP", *options])


def storescp_over_tls(client_certificate: str) -> Start:
    """The same inside TLS; ``client_certificate`` is ``-rc`` (required) or ``-ic`` (ignored)."""

    def command(site: Site, folder: Path) -> list[str]:
        server, authority = another_server(site.certificates, folder), site.certificates.authority
        tls = ["+tls", str(server.key), str(server.certificate), "+cf", str(authority.certificate)]
        return ["storescp", "-v", "-aet", "STORESCP", *tls, client_certificate]

    return _receiver(command)


def dcmrecv() -> Start:
    """DCMTK's newer receiver: as storescp, but refuses an association with no context it likes."""
    command = ["dcmrecv", "-v", "-aet", "RECV", "-xf", _PRESENTATION_CONTEXTS, "Default"]
    return _receiver(lambda _site, _folder: command)


def _receiver(command: Callable[[Site, Path], Sequence[str]]) -> Start:
    @contextmanager
    def start(site: Site, folder: Path, address: str) -> Iterator[Running]:
        port = free_port()
        received = folder / "received"
        received.mkdir(parents=True)
        with server_process([*command(site, folder), "-od", str(received), str(port)], folder, [port]):
            yield Running(address, port)

    return start
