"""Orthanc, in the configurations of reference/real-archives.md §2."""

from __future__ import annotations

import json
import re
import shutil
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from tests.integration.archives.certificates import another_server
from tests.integration.archives.crowd import Crowd
from tests.integration.archives.dataset import Dataset225
from tests.integration.archives.process import free_port, server_process
from tests.integration.archives.running import Running, Site, Start

TITLE: Final = "ORTHANC"
KNOWN: Final = "KNOWNAE"
Settings = Mapping[str, object]

_DEBIAN: Final = Path("/etc/orthanc")
_PLUGINS: Final = ("libModalityWorklists.so", "libOrthancDicomWeb.so")
_PLUGIN_FOLDER: Final = Path("/usr/share/orthanc/plugins")
_LOADING_AT_ONCE: Final = 4
_ALLOW: Final = ("Echo", "Store", "Find", "FindWorklist", "Get", "Move")


def _allow(*services: str) -> dict[str, object]:
    return {f"DicomAlwaysAllow{service}": service in services for service in _ALLOW}


_OPEN: Final[Settings] = {
    "RemoteAccessAllowed": True,
    "AuthenticationEnabled": False,
    "Worklists": {"Enable": True, "Database": "worklist"},
    **_allow(*_ALLOW),
}
_USERS: Final[Settings] = {"AuthenticationEnabled": True, "RegisteredUsers": {"tester": "invented"}}


def opened() -> Start:
    """Everything allowed to everybody."""
    return _variant(_OPEN)


def find_only() -> Start:
    """Everybody may query, nothing else."""
    return _variant({**_OPEN, **_allow("Echo", "Find")})


def remote_only() -> Start:
    """Remote clients allowed, and nothing else said: Orthanc asks them for a password (its own default)."""
    return _variant({"RemoteAccessAllowed": True})


def limited(most_rows: int = 10) -> Start:
    """Open, and answers so many patients, studies or series at most, and twice as many instances."""
    return _variant({**_OPEN, "LimitFindResults": most_rows, "LimitFindInstances": 2 * most_rows})


def ae_only() -> Start:
    """A registered calling title may do everything, from anywhere; a stranger may say hello."""
    return _variant(
        {
            **_USERS,
            "DicomAlwaysAllowStore": False,
            "DicomModalities": {"ws": [KNOWN, "10.1.2.3", 104]},
        }
    )


def locked(host: str = "127.0.0.1") -> Start:
    """Called title checked, calling title and its host checked, nothing allowed to a stranger."""
    return _variant(
        {
            **_USERS,
            **_allow(),
            "DicomCheckCalledAet": True,
            "DicomCheckModalityHost": True,
            "DicomModalities": {"ws": [KNOWN, host, 11112]},
        }
    )


def over_tls(*, client_certificate_required: bool) -> Start:
    """Open, inside TLS."""

    @contextmanager
    def start(site: Site, folder: Path, address: str) -> Iterator[Running]:
        certificates = site.certificates
        own = another_server(certificates, folder)
        tls = {
            "DicomTlsEnabled": True,
            "DicomTlsCertificate": str(own.certificate),
            "DicomTlsPrivateKey": str(own.key),
            "DicomTlsTrustedCertificates": str(certificates.authority.certificate),
            "DicomTlsRemoteCertificateRequired": client_certificate_required,
        }
        with _variant({**_OPEN, **tls})(site, folder, address) as running:
            yield running

    return start


def as_packaged() -> Start:
    """The configuration files of the Debian package; only ports and folders are changed."""

    @contextmanager
    def start(site: Site, folder: Path, address: str) -> Iterator[Running]:
        storage = _seeded(site, folder)
        configuration = folder / "orthanc"
        shutil.copytree(_DEBIAN, configuration)
        ports = (free_port(), free_port())
        _change(
            configuration / "orthanc.json",
            {
                "DicomPort": ports[0],
                "HttpPort": ports[1],
                "StorageDirectory": str(storage),
                "IndexDirectory": str(storage),
            },
        )
        _change(configuration / "webviewer.json", {"CachePath": str(folder / "cache")})
        with server_process(["Orthanc", str(configuration)], folder, ports):
            yield Running(address, *ports)

    return start


def _change(file: Path, settings: Settings) -> None:
    text = file.read_text(encoding="utf-8")
    for key, value in settings.items():
        text, changed = re.subn(
            rf'^(\s*"{key}"\s*:\s*)("[^"]*"|\d+)', rf"\g<1>{json.dumps(value)}", text, flags=re.MULTILINE
        )
        if changed != 1:
            raise ValueError(f"{file} has {changed} lines for {key}: the package has changed")
    file.write_text(text, encoding="utf-8")


def _seeded(site: Site, folder: Path) -> Path:
    return Path(shutil.copytree(site.orthanc_seed, folder / "storage"))


def _variant(settings: Settings) -> Start:
    @contextmanager
    def start(site: Site, folder: Path, address: str) -> Iterator[Running]:
        shutil.copytree(site.dataset.worklist_items[0].parent, folder / "worklist")
        with _serving(settings, folder, _seeded(site, folder)) as (port, http_port, _pid):
            yield Running(address, port, http_port)

    return start


@contextmanager
def _serving(settings: Settings, folder: Path, storage: Path) -> Iterator[tuple[int, int, int]]:
    """Yields the DICOM port, the HTTP port and the process id."""
    ports = (free_port(), free_port())
    configuration = {
        "Name": "TEST",
        "DicomAet": TITLE,
        "DicomPort": ports[0],
        "HttpPort": ports[1],
        "StorageDirectory": str(storage),
        "IndexDirectory": str(storage),
        "SyncStorageArea": False,
        "Plugins": [str(_PLUGIN_FOLDER / plugin) for plugin in _PLUGINS],
        "DicomWeb": {"Enable": True},
        **settings,
    }
    file = folder / "orthanc.json"
    file.write_text(json.dumps(configuration, indent=1), encoding="utf-8")
    with server_process(["Orthanc", str(file)], folder, ports) as pid:
        yield (*ports, pid)


def seed(dataset: Dataset225, folder: Path) -> Path:
    """Load every instance once, by one POST to a first Orthanc; the others start on a copy."""
    folder.mkdir(parents=True)
    storage = folder / "storage"
    with _serving({**_OPEN, "Plugins": []}, folder, storage) as (_, http_port, _pid):
        _load([dataset.zipped], http_port, len(dataset.files))
    return storage


@contextmanager
def crowded(crowd: Crowd, folder: Path, address: str = "127.0.0.1") -> Iterator[Running]:
    """An open Orthanc that holds a crowd: about 1,400 instances a second go in, four zips at a time."""
    folder.mkdir(parents=True)
    with _serving({**_OPEN, "Plugins": [], "Worklists": {}}, folder, folder / "storage") as running:
        port, http_port, pid = running
        _load(crowd.zips(), http_port, len(crowd.files))
        yield Running(address, port, http_port, pid)


def _load(zips: Iterable[bytes], http_port: int, instances: int) -> None:
    with ThreadPoolExecutor(max_workers=_LOADING_AT_ONCE) as pool:
        stored = sum(pool.map(partial(_post, http_port), zips))
    if stored != instances:
        raise ValueError(f"Orthanc stored {stored} of {instances} instances")


def _post(http_port: int, zipped: bytes) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{http_port}/instances", data=zipped, method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # http, by construction
        return len(json.load(answer))
