"""Real TLS servers for tests of posture, configured in a line: openssl s_server, stunnel4, nginx."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.integration.archives.certificates import KeyPair
from tests.integration.archives.process import free_port, server_process

FOUR: Final = (
    "ECDHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256"
)
"""What B.10 and B.11 ask of every implementation, in OpenSSL's names."""


@contextmanager
def s_server(folder: Path, pair: KeyPair, *options: str) -> Iterator[int]:
    """An ``openssl s_server`` that answers whatever connects; yields its port on every loopback address."""
    port = free_port()
    command = [
        "openssl",
        "s_server",
        "-accept",
        str(port),
        "-cert",
        str(pair.certificate),
        "-key",
        str(pair.key),
    ]
    with server_process([*command, "-quiet", "-www", *options], folder, [port]):
        yield port


@contextmanager
def stunnel(folder: Path, pair: KeyPair, behind: int, *settings: str) -> Iterator[int]:
    """A stunnel4 before a port of 127.0.0.1; yields its own. ``settings`` are lines of its service."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "stunnel.conf"
    lines = (
        "foreground = yes",
        "debug = 3",
        "pid =",
        "[dicom-tls]",
        f"accept = {port}",
        f"connect = 127.0.0.1:{behind}",
        f"cert = {pair.certificate}",
        f"key = {pair.key}",
        *settings,
    )
    file.write_text("\n".join(lines) + "\n", encoding="ascii")
    with server_process(["stunnel4", str(file)], folder, [port]):
        yield port


@contextmanager
def nginx(folder: Path, pair: KeyPair, *settings: str) -> Iterator[int]:
    """An nginx that answers HTTPS with one word; ``settings`` are directives of its server."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "nginx.conf"
    extra = " ".join(f"{setting};" for setting in settings)
    file.write_text(
        f"""daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 128; }}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
server {{ listen {port} ssl; ssl_certificate {pair.certificate}; ssl_certificate_key {pair.key};
{extra} return 200 "here"; }} }}
""",
        encoding="ascii",
    )
    with server_process(["nginx", "-c", str(file), "-p", str(folder)], folder, [port]):
        yield port
