"""How each web face of the table is started: Orthanc's own, proxies before it, viewers, stand-ins."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

from tests.integration.archives import nginx, ohif, orthanc
from tests.integration.archives.certificates import another_server
from tests.integration.archives.fleet import Fleet
from tests.integration.archives.nginx import ClientCertificate
from tests.integration.archives.process import free_port, server_process
from tests.integration.archives.relay import relay
from tests.integration.archives.running import Running, Site
from tests.peers.scripted import Behaviour, ScriptedServer
from tests.peers.standins import serve

HTTPS_PORT: Final = 8443
"""A port of the default scope that is asked inside TLS first."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a web face is started on: the DICOM archives that run, a folder, an address of its own."""

    archives: Fleet
    folder: Path
    address: str

    @property
    def site(self) -> Site:
        """The data and the certificates of the session."""
        return self.archives.site

    def http_port(self, archive: str) -> int:
        """Where this Orthanc answers HTTP, on every address of loopback."""
        port = self.archives[archive].http_port
        if port is None:
            raise ValueError(f"{archive} has no web face")
        return port


WebStart = Callable[[Ground], AbstractContextManager[Running]]
Settings = Callable[[Ground], Sequence[str]]


def web_face_of(archive: str) -> WebStart:
    """The HTTP port of an Orthanc that runs for its DICOM side."""

    @contextmanager
    def start(ground: Ground) -> Iterator[Running]:
        yield Running(ground.address, ground.http_port(archive))

    return start


def seen_from_elsewhere(archive: str) -> WebStart:
    """The same as a client on another machine meets it."""

    @contextmanager
    def start(ground: Ground) -> Iterator[Running]:
        with ScriptedServer(relay("127.0.0.1", ground.http_port(archive)), ground.address) as server:
            yield Running(server.address, server.port)

    return start


@contextmanager
def remote_only(ground: Ground) -> Iterator[Running]:
    """``RemoteAccessAllowed`` and nothing else: Orthanc then asks for a password of its own accord."""
    with orthanc.remote_only()(ground.site, ground.folder, ground.address) as running:
        assert running.http_port is not None
        yield Running(running.address, running.http_port)


def behind_nginx(
    settings: Settings,
    client: ClientCertificate | None = None,
    port: int | None = None,
) -> WebStart:
    """A server with these settings; inside TLS, with a certificate of its own, unless ``client`` is None."""

    @contextmanager
    def start(ground: Ground) -> Iterator[Running]:
        certificates = ground.site.certificates
        tls = client and nginx.Tls(certificates, another_server(certificates, ground.folder), client)
        with nginx.serving(ground.folder, ground.address, settings(ground), tls, port) as bound:
            yield Running(ground.address, bound)

    return start


def proxy_of(archive: str, *settings: str) -> Settings:
    """Hands everything on to this Orthanc."""
    return lambda ground: (nginx.proxied(ground.http_port(archive), *settings),)


def proxy_with_login(archive: str) -> Settings:
    """Hands on to this Orthanc whoever knows the password."""
    return lambda ground: (nginx.proxied(ground.http_port(archive), nginx.login(ground.folder)),)


def viewer(*sources: ohif.DataSource, archive: str | None = None, wants_login: bool = False) -> Settings:
    """OHIF with these sources, and the DICOMweb of this Orthanc under the same origin."""

    def settings(ground: Ground) -> Sequence[str]:
        shown = ohif.settings(ground.folder, sources or (ohif.DataSource(),))
        if archive is None:
            return shown
        guard = nginx.login(ground.folder) if wants_login else ""
        return (*shown, nginx.proxied(ground.http_port(archive), guard, path="/dicom-web/"))

    return settings


def behind_stunnel(archive: str) -> WebStart:
    """stunnel4 before an Orthanc: whoever speaks in clear is hung up on without a word."""

    @contextmanager
    def start(ground: Ground) -> Iterator[Running]:
        pair = another_server(ground.site.certificates, ground.folder)
        port = free_port()
        file = ground.folder / "stunnel.conf"
        file.write_text(
            f"foreground = yes\npid =\n[web]\naccept = {ground.address}:{port}\n"
            f"connect = 127.0.0.1:{ground.http_port(archive)}\ncert = {pair.certificate}\nkey = {pair.key}\n",
            encoding="utf-8",
        )
        with server_process(["stunnel4", str(file)], ground.folder, [port]):
            yield Running(ground.address, port)

    return start


def stand_in(site: serve.Site) -> WebStart:
    """A stand-in of tests/peers."""

    @contextmanager
    def start(ground: Ground) -> Iterator[Running]:
        with serve.StandIn(site, ground.address) as server:
            yield Running(server.address, server.port)

    return start


def with_dicomweb(site: serve.Site, root: str) -> serve.Site:
    """The same with the DICOMweb that dcm4chee-arc has under each AE: nothing is ever found.

    Written from PS3.18 §10.6.3 and §10.4.3 and dcm4chee-arc-light's QidoRS and WadoRS (204, and 404 with a
    message); not held against a running one.
    """
    message = serve.said({"errorMessage": "No matching Instances found."})

    def answer(request: serve.Request) -> serve.Answer:
        what = request.path.removeprefix(f"{root}/")
        if what in {"studies", "mwlitems"} and "StudyInstanceUID" in request.query:
            return serve.Answer(204)
        if what.startswith("studies/") and what.endswith("/metadata"):
            return serve.Answer(404, message.body, message.media_type)
        return site(request)

    return answer


def scripted(behaviour: Behaviour) -> WebStart:
    """A peer of tests/peers that no HTTP server is needed for."""

    @contextmanager
    def start(ground: Ground) -> Iterator[Running]:
        with ScriptedServer(behaviour, ground.address) as server:
            yield Running(server.address, server.port)

    return start


def mllp(connection: socket.socket, _stopping: Event) -> None:
    """An HL7 v2 interface that acknowledges with a frame whatever comes in one."""
    if connection.recv(4096).startswith(b"\x0b"):
        connection.sendall(b"\x0b\x06\x1c\r")
