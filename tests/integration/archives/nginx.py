"""nginx from Debian's package, with a configuration of ours, on one loopback address."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from tests.integration.archives.certificates import Certificates, KeyPair
from tests.integration.archives.process import START_SECONDS, NotStarted, free_port, server_process

REALM: Final = "PACS"
USER: Final = "tester"
_PASSWORD: Final = "invented"  # noqa: S105 - of a server that the tests start

BEARER: Final = base64.b64encode(f"{USER}:{_PASSWORD}".encode()).decode("ascii")
"""What the tests' own client shows; the product never does."""

_FRAME: Final = """\
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn; worker_processes 1;
{user}
events {{ worker_connections 512; }}
http {{
  include /etc/nginx/mime.types; default_type application/octet-stream; access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen {address}:{port}{ssl}; server_name _;
    {settings}
  }}
}}
"""


class ClientCertificate(StrEnum):
    """What the server wants of a client, in nginx's words."""

    NOT_ASKED = "off"
    OPTIONAL = "optional"
    REQUIRED = "on"


@dataclass(frozen=True, slots=True)
class Tls:
    """HTTPS with this certificate; clients are trusted whom the session's authority has signed."""

    certificates: Certificates
    server: KeyPair
    client: ClientCertificate = ClientCertificate.NOT_ASKED

    @property
    def settings(self) -> tuple[str, ...]:
        """Debian's nginx offers no TLS 1.3 unless it is told to."""
        lines = (
            f"ssl_certificate {self.server.certificate};",
            f"ssl_certificate_key {self.server.key};",
            "ssl_protocols TLSv1.2 TLSv1.3;",
        )
        if self.client is ClientCertificate.NOT_ASKED:
            return lines
        authority = self.certificates.authority.certificate
        return (*lines, f"ssl_verify_client {self.client.value};", f"ssl_client_certificate {authority};")


def login(folder: Path) -> str:
    """The settings that ask for a password, and the file of the one there is."""
    folder.mkdir(parents=True, exist_ok=True)
    digest = base64.b64encode(hashlib.sha1(_PASSWORD.encode(), usedforsecurity=False).digest())
    file = folder / "htpasswd"
    file.write_text(f"{USER}:{{SHA}}{digest.decode('ascii')}\n", encoding="ascii")
    return f'auth_basic "{REALM}"; auth_basic_user_file {file};'


def proxied(port: int, *settings: str, path: str = "/") -> str:
    """A location that hands on to a server of this machine."""
    more = " ".join(settings)
    return (
        f"location {path} {{ {more} proxy_pass http://127.0.0.1:{port}; proxy_set_header Host $http_host; }}"
    )


@contextmanager
def serving(
    folder: Path, address: str, settings: Sequence[str], tls: Tls | None = None, port: int | None = None
) -> Iterator[int]:
    """Run one server of these settings until the block ends; yields its port, a free one if None."""
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    file = folder / "nginx.conf"
    everything = (*(tls.settings if tls else ()), *settings)
    file.write_text(
        _FRAME.format(
            folder=folder,
            user="user root;" if os.geteuid() == 0 else "",  # The tests' folders are their user's alone.
            address=address,
            port=port,
            ssl=" ssl" if tls else "",
            settings="\n    ".join(everything),
        ),
        encoding="utf-8",
    )
    command = ["nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(file)]
    with server_process(command, folder, [port]):
        _wait_for(address, port)
        yield port


def _wait_for(address: str, port: int) -> None:
    """Until it takes a connection at its own address: a port of ours may be in use at another.

    Raises:
        NotStarted: it did not, in time.
    """
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with socket.create_connection((address, port), timeout=START_SECONDS):
                return
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise NotStarted(f"nginx does not listen at {address}:{port}") from None
            time.sleep(0.01)
