"""A private network namespace in which one network leads nowhere.

The SYNs for DROPPING_NETWORK go to a tun device that nobody reads: the kernel loses them without
a word, as a filtering firewall does. No packet leaves the namespace; it has no other way out.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Final

from fleet import DROPPING_NETWORK, PORTS, BenchError

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_DEVICE: Final = "void0"
_SECONDS_OF_SILENCE: Final = 0.3


def enter_lossy_namespace() -> None:
    """Move this process, for good, into a new namespace where DROPPING_NETWORK is silent.

    Raises:
        BenchError: the kernel or the container refuses; nothing may be measured then.
    """
    if shutil.which("ip") is None:
        raise BenchError("dropped packets need the ip command: install iproute2")
    _unshare()
    _ip("link", "set", "lo", "up")
    _ip("tuntap", "add", "dev", _DEVICE, "mode", "tun")
    _ip("link", "set", _DEVICE, "up")
    try:
        Path(f"/proc/sys/net/ipv4/conf/{_DEVICE}/route_localnet").write_text("1")
    except OSError as error:
        raise BenchError(f"dropped packets: route_localnet was refused ({error.strerror})") from None
    _ip("route", "add", "table", "local", "unicast", DROPPING_NETWORK, "dev", _DEVICE)
    _check_silence()


def _unshare() -> None:
    user, group = os.getuid(), os.getgid()
    flags = _CLONE_NEWNET if user == 0 else _CLONE_NEWNET | _CLONE_NEWUSER
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags):
        reason = os.strerror(ctypes.get_errno())
        raise BenchError(f"dropped packets need a network namespace, and the kernel refused one ({reason})")
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")


def _ip(*words: str) -> None:
    done = subprocess.run(("ip", *words), capture_output=True, text=True, timeout=10, check=False)
    if done.returncode:
        raise BenchError(f"dropped packets: ip {' '.join(words)} was refused ({done.stderr.strip()})")


def _check_silence() -> None:
    address = DROPPING_NETWORK.replace(".0.0/16", ".1.0")
    with socket.socket() as connection:
        connection.settimeout(_SECONDS_OF_SILENCE)
        try:
            connection.connect((address, PORTS[0]))
        except TimeoutError:
            return
        except OSError as error:
            raise BenchError(
                f"dropped packets: {address} answers ({error.strerror}); it should not"
            ) from None
    raise BenchError(f"dropped packets: {address} accepted a connection")
