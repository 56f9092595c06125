"""Other archives and viewers over HTTP. Each key is quoted from the product's own documentation.

dcm4chee-arc-light wiki, "Run secured archive services"; Dicoogle documentation, users and web;
Conquest's webserver/ and dicom.ini; Horos' WebPortalConnection and DefaultsOsiriX.m; OHIF documentation,
authorization.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from dosimeter.exposure.remedy.need import Book, Need
from dosimeter.model.message import say
from dosimeter.model.verdict import Remedy

_GUARDED: Final = say("The re-test must show guarded.")
_CLOSE_TODAY: Final = say("Today: take the web port off every network that does not need it.")

_DCM4CHEE_LOGIN: Final = Remedy(
    say("dcm4chee: run the secured archive"),
    (
        _CLOSE_TODAY,
        (
            say(
                "Run the image `dcm4che/dcm4chee-arc-psql` with the tag that ends in `-secure` beside "
                "`dcm4che/keycloak`, and name its address in `AUTH_SERVER_URL` "
                "(wiki: Run secured archive services on a single host)."
            )
        ),
        (
            say(
                "On WildFly without containers deploy `dcm4chee-arc-ear-*-psql-secure.ear` and "
                "`dcm4chee-arc-ui2-*-secure.war`: the ones that are not secured ask for no login."
            )
        ),
        say("Give only the roles that are needed (`auth`, `user`, `admin`) in the realm `dcm4che`."),
        say("The re-test must show guarded, with single_sign_on among the protections."),
    ),
)

DCM4CHEE: Final[Book] = MappingProxyType(
    {
        Need.WEB_OPEN: _DCM4CHEE_LOGIN,
        Need.WEB_COUNTER: _DCM4CHEE_LOGIN,
        Need.WEB_STORE: _DCM4CHEE_LOGIN,
    }
)

_DICOOGLE_LOGIN: Final = Remedy(
    say("Dicoogle: keep its services behind a login"),
    (
        _CLOSE_TODAY,
        (
            say(
                "Its web interface asks for a login, its services do not: put a reverse proxy that asks for "
                "one before `/search`, `/searchDIM`, `/dump`, `/export`, `/management` and `/ext`."
            )
        ),
        say("Bind Dicoogle to loopback: in `confs/server.xml`, element `web-server`, attribute `hostname`."),
        say("Change the password of the built-in user `dicoogle` (Management, Users)."),
        _GUARDED,
    ),
)

DICOOGLE: Final[Book] = MappingProxyType(
    {Need.WEB_OPEN: _DICOOGLE_LOGIN, Need.WEB_COUNTER: _DICOOGLE_LOGIN, Need.WEB_STORE: _DICOOGLE_LOGIN}
)

_CONQUEST_LOGIN: Final = Remedy(
    say("Conquest: keep its pages behind a login"),
    (
        _CLOSE_TODAY,
        (
            say(
                "Its pages ask for no login: in the web server, protect `/cgi-bin/` and `/api/dicom/` "
                "(Apache: `AuthType Basic`, `AuthUserFile`, `Require valid-user`; nginx: `auth_basic` and "
                "`auth_basic_user_file`)."
            )
        ),
        (
            say(
                "In the `dicom.ini` of the CGI folder set `readOnly = 1` in the section `[webdefaults]`, so "
                "that no page changes or deletes studies."
            )
        ),
        _GUARDED,
    ),
)

CONQUEST: Final[Book] = MappingProxyType(
    {Need.WEB_OPEN: _CONQUEST_LOGIN, Need.WEB_COUNTER: _CONQUEST_LOGIN, Need.WEB_STORE: _CONQUEST_LOGIN}
)

HOROS: Final[Book] = MappingProxyType(
    {
        Need.WEB_OPEN: Remedy(
            say("Horos/OsiriX: a password before the web portal"),
            (
                (
                    say(
                        "Preferences, Web Server: switch on that a user name and a password are required "
                        "(key `passwordWebServer`), and give each user an account of their own."
                    )
                ),
                say("If nobody uses the portal, switch it off (key `httpWebServer`)."),
                say("Its WADO is open whatever is set there: switch it off as well (key `wadoServer`)."),
                say("Allow port 3333 in the firewall from the imaging network alone."),
                say("The re-test must show guarded, or unreachable."),
            ),
        ),
        Need.WEB_CLEAR_TEXT: Remedy(
            say("Horos/OsiriX: HTTPS for the web portal"),
            (
                say("Preferences, Web Server: switch on encryption (key `encryptedWebServer`)."),
                say("The re-test must list tls among the protections."),
            ),
        ),
    }
)

_OHIF_LOGIN: Final = Remedy(
    say("OHIF: a login before the viewer and its data"),
    (
        _CLOSE_TODAY,
        (
            say(
                "A viewer's login alone guards nothing: the data source that `app-config.js` names "
                "(`qidoRoot`, `wadoRoot`) must ask for the token itself. Guard it in the archive or in the "
                "proxy before it."
            )
        ),
        (
            say(
                "Then name your OpenID Connect provider in `app-config.js`: `oidc: [{ authority, client_id, "
                "redirect_uri, response_type: 'code', scope: 'openid' }]`."
            )
        ),
        (
            say(
                "The recipes with nginx and Keycloak in OHIF's documentation (platform/app/.recipes) put "
                "`oauth2-proxy` before both."
            )
        ),
        say("The re-test must show guarded, with single_sign_on among the protections."),
    ),
)

OHIF: Final[Book] = MappingProxyType({Need.WEB_OPEN: _OHIF_LOGIN, Need.WEB_COUNTER: _OHIF_LOGIN})
