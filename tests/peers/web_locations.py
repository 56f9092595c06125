"""Places a web answer can point to that nobody has allowed: for servers that try to lead us there."""

from __future__ import annotations

from random import Random
from typing import Final

TRAP_ADDRESSES: Final = ("127.41.0.66", "::1", "127.0.0.1", "127.41.0.1")
"""Where a trap listens, all on one port that no scope names."""

_SCHEMES: Final = (
    "http",
    "https",
    "HTTP",
    "ftp",
    "ws",
    "gopher",
    "file",
    "javascript",
    "data",
    "",
    "h\t ttp",
)
_SPELLINGS: Final = (
    "127.41.0.66",
    "[::1]",
    "localhost",
    "127.0.0.1",
    "127.41.0.1",
    "2133393474",
    "0x7f.41.66",
    "0177.051.0.102",
    "[::ffff:127.41.0.66]",
    "[::ffff:7f29:42]",
    "[64:ff9b::7f29:42]",
    "[fe80::1%25lo]",
    "127.41.0.1.",
    "127.41.0.1@127.41.0.66",
    "user:word@127.41.0.66",
    "evil.example",
    "a.example",
    "xn--pacs-\x80",
    "\uff11\uff12\uff17.41.0.66",
    "127.41.0.66\\@127.41.0.1",
    "[v1.x]",
    "",
)
_PATHS: Final = ("/", "", "/a/../b", "?x=1", "#f", "/%0d%0aHost:%20evil", "//evil.example/", "/\xe9", "/\t")


def random_location(random: Random, trap_port: int) -> str:
    """One more way to name a place where nobody may go."""
    scheme, host, path = random.choice(_SCHEMES), random.choice(_SPELLINGS), random.choice(_PATHS)
    port = random.choice((f":{trap_port}", f":{trap_port}", "", ":0", ":99999", ":-1", ":a"))
    separator = random.choice(("://", "://", "://", ":", ":/", "//", ":///"))
    return f"{scheme}{separator}{host}{port}{path}"


def random_answer(random: Random, trap_port: int) -> bytes:
    """An answer that points elsewhere in every way that HTTP and HTML know."""
    status = random.choice((200, 201, 300, 301, 302, 303, 304, 305, 307, 308, 401, 407, 418, 503))
    places = [random_location(random, trap_port).replace("\t", "") for _ in range(4)]
    body = f'<meta http-equiv="refresh" content="0;url={places[0]}"><base href="{places[1]}">'.encode()
    body = b"" if status == 304 else body
    lines = [
        f"HTTP/1.1 {status} Go",
        f"Content-Length: {len(body)}",
        f"Location: {places[0]}",
        f"Content-Location: {places[1]}",
        f"Refresh: 0; url={places[2]}",
        f'Alt-Svc: h2="{places[3]}", h3=":{trap_port}"',
        f"Link: <{places[3]}>; rel=preload",
        f"Set-Cookie: a={random.random()}; Domain=127.41.0.66",
        f"Proxy-Authenticate: Basic realm={random.random()}",
    ]
    if random.random() < 0.05:
        lines.append("Connection: close")
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body
