"""The web portal of Horos.

Written from WebPortalConnection of the horos repository: the paths that are never protected, 401 with the
login page and no challenge for the others where a login is wanted, the default title; and from the pages of
NASL gb_horos_detect. Not held against a running one: it runs on macOS alone.
"""

from __future__ import annotations

from tests.peers.standins.serve import LOGIN_FORM, NOT_FOUND, Answer, Request, Site, page


def site(title: str = "Horos Web Portal", *, wants_login: bool = False) -> Site:
    """A portal; with ``wants_login`` it shows its main page to nobody else."""

    def answer(request: Request) -> Answer:
        if request.path in {"/", "/index"}:
            return page(title, LOGIN_FORM if wants_login else '<a href="/main">Web Portal</a>')
        if request.path == "/main":
            if wants_login:
                return page(title, LOGIN_FORM, status=401)
            return page(title, '<a href="/studyList?browse=all">All studies</a>')
        return NOT_FOUND

    return answer
