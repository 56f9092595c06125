"""By what the web face of a product is recognised: a table of texts, each with where it stands.

A strong sign is enough alone; of the others two are needed that stand in different places. What is too
common to name a product is left out: ``Server: Mongoose``, ``Microsoft-IIS``, a servlet's ``JSESSIONID``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class SignPlace(StrEnum):
    """Where in an answer a text stands. Letters' case never matters."""

    TITLE = "title"
    """The start of the title of an HTML page."""
    REALM = "realm"
    """Within the realm of WWW-Authenticate (RFC 9110 §11.5)."""
    SERVER = "server"
    """Within the field Server."""
    COOKIE = "cookie"
    """The start of a Set-Cookie: its name."""
    BODY = "body"
    """Within the part of the body that is searched."""
    DATA = "data"
    """Within it, where the body is no HTML page: JSON, a script, metrics. A page can speak of all these."""
    FAVICON_MD5 = "favicon_md5"
    """The MD5 of the whole body of an icon, in hexadecimal."""
    LOCATION = "location"
    """Within the path of a Location."""
    HEADER = "header"
    """Within the value of a field that names software: X-Powered-By, Via, X-Generator."""


@dataclass(frozen=True, slots=True)
class WebSign:
    """One sign. ``name`` is what facts keep, ``product`` a key of ``web_products``."""

    name: str
    product: str
    where: SignPlace
    text: str
    source: str
    strong: bool = False


WEB_SIGNS: Final = (
    WebSign(
        "orthanc_realm",
        "orthanc",
        SignPlace.REALM,
        "Orthanc Secure Area",
        "Orthanc HttpServer.cpp; measured on 1.10.1",
        strong=True,
    ),
    WebSign(
        "orthanc_explorer",
        "orthanc",
        SignPlace.TITLE,
        "Orthanc Explorer",
        "OrthancExplorer/explorer.html; Explorer 2 begins alike",
        strong=True,
    ),
    WebSign(
        "orthanc_explorer_2",
        "orthanc",
        SignPlace.BODY,
        "orthanc-explorer-2",
        "orthanc-explorer-2 repository, WebApplication",
        strong=True,
    ),
    WebSign(
        "orthanc_dicomweb_client",
        "orthanc",
        SignPlace.TITLE,
        "Orthanc - DICOMweb client",
        "measured on orthanc-dicomweb 1.7",
        strong=True,
    ),
    WebSign(
        "orthanc_web_viewer",
        "orthanc",
        SignPlace.TITLE,
        "Orthanc Web Viewer",
        "measured on orthanc-webviewer 2.8",
        strong=True,
    ),
    WebSign(
        "orthanc_stone_viewer",
        "orthanc",
        SignPlace.TITLE,
        "Stone Web viewer",
        "orthanc-stone repository, StoneWebViewer/WebApplication",
        strong=True,
    ),
    WebSign(
        "orthanc_osimis_viewer",
        "orthanc",
        SignPlace.TITLE,
        "Osimis Web Viewer",
        "osimis-webviewer-plugin repository",
        strong=True,
    ),
    WebSign(
        "orthanc_system",
        "orthanc",
        SignPlace.DATA,
        '"IsHttpServerSecure"',
        "Orthanc REST API, /system; measured",
        strong=True,
    ),
    WebSign("orthanc_aet", "orthanc", SignPlace.DATA, '"DicomAet"', "Orthanc REST API, /system; measured"),
    WebSign(
        "orthanc_error",
        "orthanc",
        SignPlace.DATA,
        '"OrthancError"',
        "Orthanc REST API, every error; measured",
        strong=True,
    ),
    WebSign(
        "orthanc_statistics",
        "orthanc",
        SignPlace.DATA,
        '"TotalUncompressedSizeMB"',
        "Orthanc REST API, /statistics; measured",
    ),
    WebSign(
        "orthanc_metrics",
        "orthanc",
        SignPlace.DATA,
        "orthanc_count_studies",
        "Orthanc REST API, /tools/metrics-prometheus; measured",
        strong=True,
    ),
    WebSign(
        "orthanc_favicon",
        "orthanc",
        SignPlace.FAVICON_MD5,
        "6e028d7cc65a1430c68a581f8064e8e2",
        "computed from OrthancMirror, and measured",
        strong=True,
    ),
    WebSign(
        "orthanc_location",
        "orthanc",
        SignPlace.LOCATION,
        "app/explorer.html",
        "measured: / leads there",
        strong=True,
    ),
    WebSign(
        "dcm4chee_ui",
        "dcm4chee",
        SignPlace.TITLE,
        "dcm4chee-arc-ui",
        "dcm4chee-arc-light, dcm4chee-arc-ui2/src/index.html",
        strong=True,
    ),
    WebSign(
        "dcm4chee_location",
        "dcm4chee",
        SignPlace.LOCATION,
        "/dcm4chee-arc/",
        "dcm4chee-arc-light wiki",
        strong=True,
    ),
    WebSign(
        "dcm4chee_keycloak",
        "dcm4chee",
        SignPlace.LOCATION,
        "/realms/dcm4che/",
        "dcm4chee-arc-light wiki, secured by Keycloak: realm dcm4che",
        strong=True,
    ),
    WebSign(
        "dcm4chee_realm",
        "dcm4chee",
        SignPlace.REALM,
        "dcm4che",
        "dcm4chee-arc-light wiki, secured by Keycloak: realm dcm4che",
    ),
    WebSign(
        "dcm4chee_aets",
        "dcm4chee",
        SignPlace.DATA,
        '"dicomAETitle"',
        "dcm4chee-arc-light, /aets",
        strong=True,
    ),
    WebSign(
        "dcm4chee_favicon",
        "dcm4chee",
        SignPlace.FAVICON_MD5,
        "b4c422f0297de3fea740da2cbbee3749",
        "computed from the dcm4chee-arc-light repository",
        strong=True,
    ),
    WebSign(
        "dicoogle_title",
        "dicoogle",
        SignPlace.TITLE,
        "Dicoogle",
        "dicoogle repository, webapp index.html",
        strong=True,
    ),
    WebSign(
        "dicoogle_results",
        "dicoogle",
        SignPlace.DATA,
        '"numResults"',
        "dicoogle repository, SearchServlet.java",
    ),
    WebSign(
        "conquest_title",
        "conquest",
        SignPlace.TITLE,
        "Conquest DICOM server - version",
        "Conquest cgi.cpp and cgi-bin/newweb/start.lua",
        strong=True,
    ),
    WebSign(
        "conquest_sample_app",
        "conquest",
        SignPlace.TITLE,
        "Conquest Dicom Sample App",
        "Conquest repository, sample application",
        strong=True,
    ),
    WebSign(
        "conquest_dicomweb",
        "conquest",
        SignPlace.BODY,
        "Conquest DICOM api; partially supports",
        "Conquest webserver/htdocs/api/dicom/index.php",
        strong=True,
    ),
    WebSign(
        "conquest_project",
        "conquest",
        SignPlace.BODY,
        "by Conquest Project",
        "Conquest cgi-bin/newweb/start.lua",
    ),
    WebSign("conquest_cgi", "conquest", SignPlace.BODY, "in the Conquest project", "Conquest cgi.cpp"),
    WebSign(
        "horos_title",
        "horos",
        SignPlace.TITLE,
        "Horos Web Portal",
        "horos WebPortalConnection; NASL gb_horos_detect",
        strong=True,
    ),
    WebSign(
        "osirix_title",
        "horos",
        SignPlace.TITLE,
        "OsiriX Web Portal",
        "OsiriX WebPortalConnection",
        strong=True,
    ),
    WebSign(
        "osirix_realm",
        "horos",
        SignPlace.REALM,
        "OsiriX Web Portal",
        "OsiriX WebPortalConnection, older releases",
        strong=True,
    ),
    WebSign(
        "oviyam_title", "oviyam", SignPlace.TITLE, "Oviyam", "Oviyam repositories, every page", strong=True
    ),
    WebSign("oviyam_heading", "oviyam", SignPlace.BODY, "DICOM Web Workstation", "Oviyam 2 login.jsp"),
    WebSign(
        "oviyam_location", "oviyam", SignPlace.LOCATION, "/oviyam", "Oviyam 2, context path", strong=True
    ),
    WebSign(
        "weasis_manifest",
        "weasis",
        SignPlace.DATA,
        "http://www.weasis.org/xsd",
        "weasis-pacs-connector, namespace of the manifest",
        strong=True,
    ),
    WebSign(
        "weasis_bad_id",
        "weasis",
        SignPlace.BODY,
        "Missing or bad 'id' parameter in request",
        "weasis-pacs-connector RequestManifest.java",
        strong=True,
    ),
    WebSign(
        "weasis_location",
        "weasis",
        SignPlace.LOCATION,
        "/weasis-pacs-connector/",
        "weasis-pacs-connector README",
        strong=True,
    ),
    WebSign(
        "ohif_application",
        "ohif",
        SignPlace.BODY,
        'name="application-name" content="OHIF Viewer"',
        "OHIF index.html; measured on 3.12.10",
        strong=True,
    ),
    WebSign("ohif_title", "ohif", SignPlace.TITLE, "OHIF Viewer", "OHIF index.html", strong=True),
    WebSign(
        "ohif_configuration",
        "ohif",
        SignPlace.DATA,
        "@ohif/extension-",
        "OHIF documentation, app-config.js",
        strong=True,
    ),
    WebSign(
        "ohif_legacy_configuration",
        "ohif",
        SignPlace.DATA,
        "wadoUriRoot",
        "OHIF documentation, app-config.js",
    ),
    WebSign("meddream_title", "meddream", SignPlace.TITLE, "MedDream", "Softneta MedDream", strong=True),
    WebSign("meddream_cookie", "meddream", SignPlace.COOKIE, "MEDDREAMSESSID", "nuclei; NASL", strong=True),
    WebSign(
        "meddream_script", "meddream", SignPlace.BODY, "md.main.min.", "nuclei, meddream panel", strong=True
    ),
    WebSign("meddream_splash", "meddream", SignPlace.BODY, "loginSplash", "NASL, /pacs/login.php"),
    WebSign(
        "pacsone_title",
        "pacsone",
        SignPlace.TITLE,
        "PacsOne Server",
        "NASL, /pacsone/login.php",
        strong=True,
    ),
    WebSign(
        "pacsone_realm",
        "pacsone",
        SignPlace.REALM,
        "PacsOne Server",
        "PacsOne php sources, qidors.php and wadors.php",
        strong=True,
    ),
    WebSign("pacsone_body", "pacsone", SignPlace.BODY, "PacsOne Server", "NASL, /pacsone/login.php"),
    WebSign(
        "synapse_title", "synapse", SignPlace.TITLE, "Synapse Sign-On", "DICOMHawk fujifilm.yaml", strong=True
    ),
    WebSign(
        "vue_pacs_title",
        "vue_pacs",
        SignPlace.TITLE,
        "Vue PACS",
        "nuclei, /portal/WebLogin.aspx",
        strong=True,
    ),
    WebSign(
        "vue_motion_title",
        "vue_pacs",
        SignPlace.TITLE,
        "Vue Motion",
        "nuclei, Carestream Vue Motion",
        strong=True,
    ),
    WebSign(
        "vue_pacs_favicon",
        "vue_pacs",
        SignPlace.FAVICON_MD5,
        "1c4b2c10acccc48852d12eddadaf7944",
        "nuclei, /portal/favicon.ico",
        strong=True,
    ),
    WebSign(
        "visage_title", "visage", SignPlace.TITLE, "Visage 7", "sdnewhop/dicom docs/census.md", strong=True
    ),
    WebSign(
        "sante_page",
        "sante",
        SignPlace.BODY,
        "Sante PACS Server",
        "metasploit sante_pacs module: its page says so",
        strong=True,
    ),
    WebSign(
        "dicomcloud_title",
        "dicomcloud",
        SignPlace.TITLE,
        "DICOMcloud",
        "sdnewhop/dicom docs/census.md",
        strong=True,
    ),
    WebSign(
        "fhir_capability",
        "fhir",
        SignPlace.DATA,
        '"CapabilityStatement"',
        "HL7 FHIR R4 §5.2: resourceType of /metadata",
        strong=True,
    ),
    WebSign("fhir_hapi", "fhir", SignPlace.HEADER, "HAPI FHIR", "HAPI FHIR, X-Powered-By", strong=True),
)
"""Facts of reference/prior-art.md §4.3 and FACTS4, each with where it was read."""

_BY_NAME: Final[Mapping[str, WebSign]] = MappingProxyType({sign.name: sign for sign in WEB_SIGNS})


def signs_named(names: tuple[str, ...]) -> list[WebSign]:
    """The signs of these names, in their order; a name that the table no longer has is passed over."""
    return [_BY_NAME[name] for name in names if name in _BY_NAME]
