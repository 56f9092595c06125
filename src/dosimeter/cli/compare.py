"""``dosimeter compare``: what became of the archives of one survey in another."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from dosimeter.cli.exits import EXIT_FINDINGS
from dosimeter.cli.language import chosen_language
from dosimeter.cli.options import FailOn, Lang, Output, Store, word_of

HELP = (
    "Compare two surveys: what is new, closed, worse, better, unchanged or unknown, judged by the rules of "
    "today; nobody is contacted."
)


class _Word(StrEnum):
    TABLE = "table"
    HTML = "html"
    JSON = "json"
    CSV = "csv"


def run(
    old: Annotated[str, typer.Argument(help="The older survey's id, or its beginning.")],
    new: Annotated[str, typer.Argument(help="The newer survey's id, its beginning, or last.")] = "last",
    form: Annotated[
        _Word,
        typer.Option(
            "--format",
            "-f",
            parser=word_of(_Word),
            metavar=f"<{'|'.join(_Word)}>",
            help="How it is written.",
        ),
    ] = _Word.TABLE,
    output: Output = None,
    lang: Lang = None,
    store: Store = None,
    old_store: Annotated[
        str | None,
        typer.Option(
            "--old-store", metavar="URL", help="Where the older survey is kept, if not in the same store."
        ),
    ] = None,
    fail_on: FailOn = None,
) -> None:
    """Judge the stored facts of both by the rules of this version and write the comparison."""
    from dosimeter.usecases.compare_surveys import ComparisonFormat, compare_surveys

    worst = compare_surveys(
        (old, old_store or store),
        (new, store),
        ComparisonFormat(form.value),
        output,
        chosen_language(lang),
    )
    raise typer.Exit(EXIT_FINDINGS if fail_on is not None and worst >= fail_on.severity else 0)
