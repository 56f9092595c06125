"""What every page of ours is made with: templates that escape, a style and a script allowed by their hashes.

Autoescape is on, and every printed value passes ``plain_text`` too. The Content-Security-Policy allows what
is hashed in it, and nothing else (hostile-peers rows 33 and 38).
"""

from __future__ import annotations

from base64 import b64encode
from functools import partial
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from dosimeter.model.message import Argument, Message, say
from dosimeter.report import words
from dosimeter.report.language import Language
from dosimeter.report.plain import plain_text, unbroken


def page_environment(language: Language) -> Environment:
    """The templates, and the filters that say a text, a number or a stored sentence in a language."""
    environment = Environment(
        loader=PackageLoader("dosimeter.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=partial(_printed, language),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        t=partial(_translated, language),
        css=partial(_in_style, language),
        figure=language.number,
        detail=partial(_detail, language),
    )
    environment.globals.update(language=language, words=words)
    return environment


def own_file(environment: Environment, name: str) -> Markup:
    """A file of our own that stands in the page as it is: nothing in it is from elsewhere."""
    return Markup(environment.get_template(name).render())  # noqa: S704 - no value of a survey is in it


def content_security_policy(style: str, script: str | None = None) -> str:
    """The policy of a page with this style sheet and, if there is one, this script."""
    scripts = "" if script is None else f"script-src {_hash(script)}; "
    sinks = "" if script is None else "; require-trusted-types-for 'script'; trusted-types 'none'"
    return (
        f"default-src 'none'; style-src {_hash(style)}; {scripts}img-src data:; "
        f"base-uri 'none'; form-action 'none'{sinks}"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _printed(language: Language, value: object) -> object:
    """The last step before escaping; what the template itself wrote is left as it is."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return unbroken(plain_text(language.text(value) if isinstance(value, Message) else value))
    return value


def _translated(language: Language, template: str, **arguments: Argument) -> str:
    """A text of the templates in the reader's language."""
    return language.text(say(template, **arguments))


def _in_style(language: Language, text: str) -> Markup:
    """A text of our own as a string of the style sheet."""
    written = language.text(say(text)).replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\3c ")
    return Markup(f'"{written}"')  # noqa: S704 - a text of ours, quoted for CSS


def _detail(language: Language, text: str) -> str:
    """A sentence that was stored: in the reader's language if we know it, else marked as English."""
    translated = language.text(text)
    if language.code == "en" or isinstance(text, Message) or translated != text:
        return translated
    return Markup('<span lang="en">{}</span>').format(escape(unbroken(plain_text(text))))
