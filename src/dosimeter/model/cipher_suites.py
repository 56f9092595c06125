"""The cipher suites that a TLS peer can be asked for, as data.

Names and code points are those of the IANA registry "TLS Cipher Suites" (RFC 8447 §8), and of
draft-ietf-tls-56-bit-ciphersuites for the six with 56-bit keys, which were never registered and were
served all the same. Left out is what no DICOM or web server of DCMTK, OpenSSL, JSSE or Schannel accepts
from a stranger: pre-shared keys, SRP, Kerberos, GOST, SSL 2.0. What a suite consists of is read from its
name: there is no second column that could contradict it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SSL_3: Final = "SSLv3"
TLS_1_0: Final = "TLSv1"
TLS_1_1: Final = "TLSv1.1"
TLS_1_2: Final = "TLSv1.2"
TLS_1_3: Final = "TLSv1.3"
PROTOCOLS: Final = (SSL_3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3)
"""The versions of TLS by the names that OpenSSL gives them, the oldest first."""


class KeyExchange(StrEnum):
    """How the secret is agreed on. ``ANY``: TLS 1.3, always ephemeral, agreed on beside the suite."""

    RSA = "RSA"
    DH = "DH"
    ECDH = "ECDH"
    DHE = "DHE"
    ECDHE = "ECDHE"
    ANY = "any"


class Authentication(StrEnum):
    """What the server signs with. ``ANY``: TLS 1.3."""

    RSA = "RSA"
    DSS = "DSS"
    ECDSA = "ECDSA"
    NOBODY = "anon"
    ANY = "any"


class Tier(IntEnum):
    """What a suite tells about a server that accepts it, the most telling first."""

    BROKEN = 0
    """Encrypts nothing, names nobody, or can be broken by whoever cares to (RFC 9325 §4.1)."""
    NO_FORWARD_SECRECY = 1
    """Who has the server's key some day reads what was recorded before (RFC 9325 §4.1)."""
    BLOCK_CHAINING = 2
    """Ephemeral keys, CBC (RFC 9325 §4.2.1 would have AEAD)."""
    SOUND = 3


_BROKEN_CIPHERS: Final = ("NULL", "RC4", "RC2", "DES", "3DES", "IDEA")
_TLS_1_2_MACS: Final = ("SHA256", "SHA384", "CCM", "8")
"""Last parts of names: an AEAD, or a hash that came with TLS 1.2 (RFC 5246 §1.2)."""


@dataclass(frozen=True, slots=True)
class CipherSuite:
    """One suite: its code point, its name in the registry, and in OpenSSL 3 where it has another there."""

    code: int
    name: str
    openssl: str | None = None

    @property
    def key_exchange(self) -> KeyExchange:
        """How the secret is agreed on; anonymous suites agree as DHE and ECDHE do."""
        if not self._is_older:
            return KeyExchange.ANY
        first = self.name.split("_")[1]
        if self.authentication is Authentication.NOBODY:
            first += "E"
        return KeyExchange(first)

    @property
    def authentication(self) -> Authentication:
        """What the server signs with."""
        if not self._is_older:
            return Authentication.ANY
        words = self.name.partition("_WITH_")[0].split("_")
        return Authentication(words[1] if words[1] == "RSA" else words[2])

    @property
    def encryption(self) -> str:
        """The cipher with its mode, as in the name: ``AES_128_GCM``, ``3DES_EDE_CBC``, ``NULL``."""
        bulk = self.name.partition("_WITH_")[2] if self._is_older else self.name.removeprefix("TLS_")
        if bulk.startswith("SHA"):
            return "NULL"  # RFC 9150: TLS 1.3 with integrity alone.
        return bulk if bulk.endswith(("CCM", "CCM_8")) else bulk.rpartition("_")[0]

    @property
    def is_aead(self) -> bool:
        """Whether the cipher authenticates what it encrypts (RFC 5116)."""
        return any(mode in self.encryption for mode in ("GCM", "CCM", "POLY1305"))

    @property
    def is_export(self) -> bool:
        """Whether the key was cut short for export."""
        return "_EXPORT" in self.name

    @property
    def is_ephemeral(self) -> bool:
        """Whether each connection has a key of its own: forward secrecy."""
        return self.key_exchange in {KeyExchange.DHE, KeyExchange.ECDHE, KeyExchange.ANY}

    @property
    def tier(self) -> Tier:
        """What it tells about a server that accepts it."""
        cipher = self.encryption.split("_")[0]
        is_broken = self.is_export or self.authentication is Authentication.NOBODY
        if is_broken or cipher.removesuffix("40") in _BROKEN_CIPHERS:
            return Tier.BROKEN
        if not self.is_ephemeral:
            return Tier.NO_FORWARD_SECRECY
        return Tier.SOUND if self.is_aead else Tier.BLOCK_CHAINING

    def is_valid_in(self, protocol: str) -> bool:
        """Whether the suite exists in a version of TLS (RFC 5246 appendix A.5, RFC 8446 §4.1.2)."""
        if protocol == TLS_1_3 or not self._is_older:
            return protocol == TLS_1_3 and not self._is_older
        if protocol == TLS_1_2:
            return True
        if self.name.rpartition("_")[2] in _TLS_1_2_MACS:
            return False
        return protocol != SSL_3 or self.key_exchange not in {KeyExchange.ECDH, KeyExchange.ECDHE}

    @property
    def _is_older(self) -> bool:
        return "_WITH_" in self.name


SUITES: Final = (
    CipherSuite(0x0001, "TLS_RSA_WITH_NULL_MD5", "NULL-MD5"),
    CipherSuite(0x0002, "TLS_RSA_WITH_NULL_SHA", "NULL-SHA"),
    CipherSuite(0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5"),
    CipherSuite(0x0004, "TLS_RSA_WITH_RC4_128_MD5"),
    CipherSuite(0x0005, "TLS_RSA_WITH_RC4_128_SHA"),
    CipherSuite(0x0006, "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5"),
    CipherSuite(0x0007, "TLS_RSA_WITH_IDEA_CBC_SHA"),
    CipherSuite(0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA"),
    CipherSuite(0x0009, "TLS_RSA_WITH_DES_CBC_SHA"),
    CipherSuite(0x000A, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    CipherSuite(0x000B, "TLS_DH_DSS_EXPORT_WITH_DES40_CBC_SHA"),
    CipherSuite(0x000C, "TLS_DH_DSS_WITH_DES_CBC_SHA"),
    CipherSuite(0x000D, "TLS_DH_DSS_WITH_3DES_EDE_CBC_SHA"),
    CipherSuite(0x000E, "TLS_DH_RSA_EXPORT_WITH_DES40_CBC_SHA"),
    CipherSuite(0x000F, "TLS_DH_RSA_WITH_DES_CBC_SHA"),
    CipherSuite(0x0010, "TLS_DH_RSA_WITH_3DES_EDE_CBC_SHA"),
    CipherSuite(0x0011, "TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA"),
    CipherSuite(0x0012, "TLS_DHE_DSS_WITH_DES_CBC_SHA"),
    CipherSuite(0x0013, "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA"),
    CipherSuite(0x0014, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"),
    CipherSuite(0x0015, "TLS_DHE_RSA_WITH_DES_CBC_SHA"),
    CipherSuite(0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA"),
    CipherSuite(0x0017, "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5"),
    CipherSuite(0x0018, "TLS_DH_anon_WITH_RC4_128_MD5"),
    CipherSuite(0x0019, "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA"),
    CipherSuite(0x001A, "TLS_DH_anon_WITH_DES_CBC_SHA"),
    CipherSuite(0x001B, "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA"),
    CipherSuite(0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA"),
    CipherSuite(0x0030, "TLS_DH_DSS_WITH_AES_128_CBC_SHA"),
    CipherSuite(0x0031, "TLS_DH_RSA_WITH_AES_128_CBC_SHA"),
    CipherSuite(0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA", "DHE-DSS-AES128-SHA"),
    CipherSuite(0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "DHE-RSA-AES128-SHA"),
    CipherSuite(0x0034, "TLS_DH_anon_WITH_AES_128_CBC_SHA", "ADH-AES128-SHA"),
    CipherSuite(0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA"),
    CipherSuite(0x0036, "TLS_DH_DSS_WITH_AES_256_CBC_SHA"),
    CipherSuite(0x0037, "TLS_DH_RSA_WITH_AES_256_CBC_SHA"),
    CipherSuite(0x0038, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA", "DHE-DSS-AES256-SHA"),
    CipherSuite(0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", "DHE-RSA-AES256-SHA"),
    CipherSuite(0x003A, "TLS_DH_anon_WITH_AES_256_CBC_SHA", "ADH-AES256-SHA"),
    CipherSuite(0x003B, "TLS_RSA_WITH_NULL_SHA256", "NULL-SHA256"),
    CipherSuite(0x003C, "TLS_RSA_WITH_AES_128_CBC_SHA256", "AES128-SHA256"),
    CipherSuite(0x003D, "TLS_RSA_WITH_AES_256_CBC_SHA256", "AES256-SHA256"),
    CipherSuite(0x003E, "TLS_DH_DSS_WITH_AES_128_CBC_SHA256"),
    CipherSuite(0x003F, "TLS_DH_RSA_WITH_AES_128_CBC_SHA256"),
    CipherSuite(0x0040, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256", "DHE-DSS-AES128-SHA256"),
    CipherSuite(0x0041, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA", "CAMELLIA128-SHA"),
    CipherSuite(0x0042, "TLS_DH_DSS_WITH_CAMELLIA_128_CBC_SHA"),
    CipherSuite(0x0043, "TLS_DH_RSA_WITH_CAMELLIA_128_CBC_SHA"),
    CipherSuite(0x0044, "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA", "DHE-DSS-CAMELLIA128-SHA"),
    CipherSuite(0x0045, "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA", "DHE-RSA-CAMELLIA128-SHA"),
    CipherSuite(0x0046, "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA", "ADH-CAMELLIA128-SHA"),
    CipherSuite(0x0060, "TLS_RSA_EXPORT1024_WITH_RC4_56_MD5"),
    CipherSuite(0x0061, "TLS_RSA_EXPORT1024_WITH_RC2_CBC_56_MD5"),
    CipherSuite(0x0062, "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA"),
    CipherSuite(0x0063, "TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA"),
    CipherSuite(0x0064, "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA"),
    CipherSuite(0x0065, "TLS_DHE_DSS_EXPORT1024_WITH_RC4_56_SHA"),
    CipherSuite(0x0066, "TLS_DHE_DSS_WITH_RC4_128_SHA"),
    CipherSuite(0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", "DHE-RSA-AES128-SHA256"),
    CipherSuite(0x0068, "TLS_DH_DSS_WITH_AES_256_CBC_SHA256"),
    CipherSuite(0x0069, "TLS_DH_RSA_WITH_AES_256_CBC_SHA256"),
    CipherSuite(0x006A, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA256", "DHE-DSS-AES256-SHA256"),
    CipherSuite(0x006B, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", "DHE-RSA-AES256-SHA256"),
    CipherSuite(0x006C, "TLS_DH_anon_WITH_AES_128_CBC_SHA256", "ADH-AES128-SHA256"),
    CipherSuite(0x006D, "TLS_DH_anon_WITH_AES_256_CBC_SHA256", "ADH-AES256-SHA256"),
    CipherSuite(0x0084, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA", "CAMELLIA256-SHA"),
    CipherSuite(0x0085, "TLS_DH_DSS_WITH_CAMELLIA_256_CBC_SHA"),
    CipherSuite(0x0086, "TLS_DH_RSA_WITH_CAMELLIA_256_CBC_SHA"),
    CipherSuite(0x0087, "TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA", "DHE-DSS-CAMELLIA256-SHA"),
    CipherSuite(0x0088, "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA", "DHE-RSA-CAMELLIA256-SHA"),
    CipherSuite(0x0089, "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA", "ADH-CAMELLIA256-SHA"),
    CipherSuite(0x0096, "TLS_RSA_WITH_SEED_CBC_SHA"),
    CipherSuite(0x0097, "TLS_DH_DSS_WITH_SEED_CBC_SHA"),
    CipherSuite(0x0098, "TLS_DH_RSA_WITH_SEED_CBC_SHA"),
    CipherSuite(0x0099, "TLS_DHE_DSS_WITH_SEED_CBC_SHA"),
    CipherSuite(0x009A, "TLS_DHE_RSA_WITH_SEED_CBC_SHA"),
    CipherSuite(0x009B, "TLS_DH_anon_WITH_SEED_CBC_SHA"),
    CipherSuite(0x009C, "TLS_RSA_WITH_AES_128_GCM_SHA256", "AES128-GCM-SHA256"),
    CipherSuite(0x009D, "TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384"),
    CipherSuite(0x009E, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "DHE-RSA-AES128-GCM-SHA256"),
    CipherSuite(0x009F, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "DHE-RSA-AES256-GCM-SHA384"),
    CipherSuite(0x00A0, "TLS_DH_RSA_WITH_AES_128_GCM_SHA256"),
    CipherSuite(0x00A1, "TLS_DH_RSA_WITH_AES_256_GCM_SHA384"),
    CipherSuite(0x00A2, "TLS_DHE_DSS_WITH_AES_128_GCM_SHA256", "DHE-DSS-AES128-GCM-SHA256"),
    CipherSuite(0x00A3, "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384", "DHE-DSS-AES256-GCM-SHA384"),
    CipherSuite(0x00A4, "TLS_DH_DSS_WITH_AES_128_GCM_SHA256"),
    CipherSuite(0x00A5, "TLS_DH_DSS_WITH_AES_256_GCM_SHA384"),
    CipherSuite(0x00A6, "TLS_DH_anon_WITH_AES_128_GCM_SHA256", "ADH-AES128-GCM-SHA256"),
    CipherSuite(0x00A7, "TLS_DH_anon_WITH_AES_256_GCM_SHA384", "ADH-AES256-GCM-SHA384"),
    CipherSuite(0x00BA, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256", "CAMELLIA128-SHA256"),
    CipherSuite(0x00BB, "TLS_DH_DSS_WITH_CAMELLIA_128_CBC_SHA256"),
    CipherSuite(0x00BC, "TLS_DH_RSA_WITH_CAMELLIA_128_CBC_SHA256"),
    CipherSuite(0x00BD, "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256", "DHE-DSS-CAMELLIA128-SHA256"),
    CipherSuite(0x00BE, "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256", "DHE-RSA-CAMELLIA128-SHA256"),
    CipherSuite(0x00BF, "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA256", "ADH-CAMELLIA128-SHA256"),
    CipherSuite(0x00C0, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256", "CAMELLIA256-SHA256"),
    CipherSuite(0x00C1, "TLS_DH_DSS_WITH_CAMELLIA_256_CBC_SHA256"),
    CipherSuite(0x00C2, "TLS_DH_RSA_WITH_CAMELLIA_256_CBC_SHA256"),
    CipherSuite(0x00C3, "TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256", "DHE-DSS-CAMELLIA256-SHA256"),
    CipherSuite(0x00C4, "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256", "DHE-RSA-CAMELLIA256-SHA256"),
    CipherSuite(0x00C5, "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA256", "ADH-CAMELLIA256-SHA256"),
    CipherSuite(0x1301, "TLS_AES_128_GCM_SHA256"),
    CipherSuite(0x1302, "TLS_AES_256_GCM_SHA384"),
    CipherSuite(0x1303, "TLS_CHACHA20_POLY1305_SHA256"),
    CipherSuite(0x1304, "TLS_AES_128_CCM_SHA256"),
    CipherSuite(0x1305, "TLS_AES_128_CCM_8_SHA256"),
    CipherSuite(0xC001, "TLS_ECDH_ECDSA_WITH_NULL_SHA"),
    CipherSuite(0xC002, "TLS_ECDH_ECDSA_WITH_RC4_128_SHA"),
    CipherSuite(0xC003, "TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA"),
    CipherSuite(0xC004, "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA"),
    CipherSuite(0xC005, "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA"),
    CipherSuite(0xC006, "TLS_ECDHE_ECDSA_WITH_NULL_SHA", "ECDHE-ECDSA-NULL-SHA"),
    CipherSuite(0xC007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA"),
    CipherSuite(0xC008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"),
    CipherSuite(0xC009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"),
    CipherSuite(0xC00A, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"),
    CipherSuite(0xC00B, "TLS_ECDH_RSA_WITH_NULL_SHA"),
    CipherSuite(0xC00C, "TLS_ECDH_RSA_WITH_RC4_128_SHA"),
    CipherSuite(0xC00D, "TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA"),
    CipherSuite(0xC00E, "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA"),
    CipherSuite(0xC00F, "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA"),
    CipherSuite(0xC010, "TLS_ECDHE_RSA_WITH_NULL_SHA", "ECDHE-RSA-NULL-SHA"),
    CipherSuite(0xC011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA"),
    CipherSuite(0xC012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"),
    CipherSuite(0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"),
    CipherSuite(0xC014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"),
    CipherSuite(0xC015, "TLS_ECDH_anon_WITH_NULL_SHA", "AECDH-NULL-SHA"),
    CipherSuite(0xC016, "TLS_ECDH_anon_WITH_RC4_128_SHA"),
    CipherSuite(0xC017, "TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA"),
    CipherSuite(0xC018, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA", "AECDH-AES128-SHA"),
    CipherSuite(0xC019, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA", "AECDH-AES256-SHA"),
    CipherSuite(0xC023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "ECDHE-ECDSA-AES128-SHA256"),
    CipherSuite(0xC024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "ECDHE-ECDSA-AES256-SHA384"),
    CipherSuite(0xC025, "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256"),
    CipherSuite(0xC026, "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384"),
    CipherSuite(0xC027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "ECDHE-RSA-AES128-SHA256"),
    CipherSuite(0xC028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "ECDHE-RSA-AES256-SHA384"),
    CipherSuite(0xC029, "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256"),
    CipherSuite(0xC02A, "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA384"),
    CipherSuite(0xC02B, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"),
    CipherSuite(0xC02C, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"),
    CipherSuite(0xC02D, "TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256"),
    CipherSuite(0xC02E, "TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384"),
    CipherSuite(0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"),
    CipherSuite(0xC030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"),
    CipherSuite(0xC031, "TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256"),
    CipherSuite(0xC032, "TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384"),
    CipherSuite(0xC050, "TLS_RSA_WITH_ARIA_128_GCM_SHA256", "ARIA128-GCM-SHA256"),
    CipherSuite(0xC051, "TLS_RSA_WITH_ARIA_256_GCM_SHA384", "ARIA256-GCM-SHA384"),
    CipherSuite(0xC052, "TLS_DHE_RSA_WITH_ARIA_128_GCM_SHA256", "DHE-RSA-ARIA128-GCM-SHA256"),
    CipherSuite(0xC053, "TLS_DHE_RSA_WITH_ARIA_256_GCM_SHA384", "DHE-RSA-ARIA256-GCM-SHA384"),
    CipherSuite(0xC056, "TLS_DHE_DSS_WITH_ARIA_128_GCM_SHA256", "DHE-DSS-ARIA128-GCM-SHA256"),
    CipherSuite(0xC057, "TLS_DHE_DSS_WITH_ARIA_256_GCM_SHA384", "DHE-DSS-ARIA256-GCM-SHA384"),
    CipherSuite(0xC05C, "TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256", "ECDHE-ECDSA-ARIA128-GCM-SHA256"),
    CipherSuite(0xC05D, "TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384", "ECDHE-ECDSA-ARIA256-GCM-SHA384"),
    CipherSuite(0xC060, "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256", "ECDHE-ARIA128-GCM-SHA256"),
    CipherSuite(0xC061, "TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384", "ECDHE-ARIA256-GCM-SHA384"),
    CipherSuite(0xC072, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256", "ECDHE-ECDSA-CAMELLIA128-SHA256"),
    CipherSuite(0xC073, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384", "ECDHE-ECDSA-CAMELLIA256-SHA384"),
    CipherSuite(0xC076, "TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256", "ECDHE-RSA-CAMELLIA128-SHA256"),
    CipherSuite(0xC077, "TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384", "ECDHE-RSA-CAMELLIA256-SHA384"),
    CipherSuite(0xC07A, "TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256"),
    CipherSuite(0xC07B, "TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384"),
    CipherSuite(0xC07C, "TLS_DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256"),
    CipherSuite(0xC07D, "TLS_DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384"),
    CipherSuite(0xC080, "TLS_DHE_DSS_WITH_CAMELLIA_128_GCM_SHA256"),
    CipherSuite(0xC081, "TLS_DHE_DSS_WITH_CAMELLIA_256_GCM_SHA384"),
    CipherSuite(0xC086, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256"),
    CipherSuite(0xC087, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384"),
    CipherSuite(0xC08A, "TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256"),
    CipherSuite(0xC08B, "TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384"),
    CipherSuite(0xC09C, "TLS_RSA_WITH_AES_128_CCM", "AES128-CCM"),
    CipherSuite(0xC09D, "TLS_RSA_WITH_AES_256_CCM", "AES256-CCM"),
    CipherSuite(0xC09E, "TLS_DHE_RSA_WITH_AES_128_CCM", "DHE-RSA-AES128-CCM"),
    CipherSuite(0xC09F, "TLS_DHE_RSA_WITH_AES_256_CCM", "DHE-RSA-AES256-CCM"),
    CipherSuite(0xC0A0, "TLS_RSA_WITH_AES_128_CCM_8", "AES128-CCM8"),
    CipherSuite(0xC0A1, "TLS_RSA_WITH_AES_256_CCM_8", "AES256-CCM8"),
    CipherSuite(0xC0A2, "TLS_DHE_RSA_WITH_AES_128_CCM_8", "DHE-RSA-AES128-CCM8"),
    CipherSuite(0xC0A3, "TLS_DHE_RSA_WITH_AES_256_CCM_8", "DHE-RSA-AES256-CCM8"),
    CipherSuite(0xC0AC, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", "ECDHE-ECDSA-AES128-CCM"),
    CipherSuite(0xC0AD, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM", "ECDHE-ECDSA-AES256-CCM"),
    CipherSuite(0xC0AE, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", "ECDHE-ECDSA-AES128-CCM8"),
    CipherSuite(0xC0AF, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8", "ECDHE-ECDSA-AES256-CCM8"),
    CipherSuite(0xC0B4, "TLS_SHA256_SHA256"),
    CipherSuite(0xC0B5, "TLS_SHA384_SHA384"),
    CipherSuite(0xCCA8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"),
    CipherSuite(0xCCA9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"),
    CipherSuite(0xCCAA, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "DHE-RSA-CHACHA20-POLY1305"),
)


@cache
def by_code() -> Mapping[int, CipherSuite]:
    """The table by code point."""
    return MappingProxyType({suite.code: suite for suite in SUITES})


@cache
def by_name() -> Mapping[str, CipherSuite]:
    """The table by name, that of the registry and that of OpenSSL."""
    names = {suite.name: suite for suite in SUITES}
    names.update((suite.openssl, suite) for suite in SUITES if suite.openssl is not None)
    return MappingProxyType(names)
