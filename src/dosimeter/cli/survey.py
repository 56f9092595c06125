"""``dosimeter survey``: run, resume, stop and list surveys."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dosimeter.cli.exits import EXIT_ENDED_EARLY, EXIT_INTERRUPTED
from dosimeter.cli.language import chosen_language
from dosimeter.cli.options import (
    Detail,
    EditionWord,
    FailOn,
    FormatWord,
    GeoDb,
    Lang,
    Output,
    Owners,
    ReportEdition,
    ReportFormat,
    Store,
)
from dosimeter.model.message import say

if TYPE_CHECKING:
    from dosimeter.report.render import Presentation
    from dosimeter.usecases.run_survey import Outcome


app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Survey archives inside an authorised scope: dosimeter survey --scope scope.toml [TARGET]... "
    "All options: dosimeter survey run --help.",
)

WORDS: Final = frozenset({"run", "resume", "stop", "list", "--help"})
"""What may follow ``dosimeter survey`` and is no target."""

Audit = Annotated[
    Path | None,
    typer.Option(
        "--audit",
        envvar="DOSIMETER_AUDIT",
        metavar="FILE",
        help="The append-only log of every question. Default: audit.jsonl beside the store.",
    ),
]
TrustedKeys = Annotated[
    Path | None,
    typer.Option(
        "--trusted-keys",
        envvar="DOSIMETER_TRUSTED_KEYS",
        metavar="FILE",
        help="Public keys whose signature on a scope is believed. Default: trusted-keys in your "
        "configuration folder.",
    ),
]
Called = Annotated[
    list[str] | None,
    typer.Option("--called-aet", "-aec", help="Of the called titles the scope lists, use this one."),
]
Calling = Annotated[
    list[str] | None,
    typer.Option("--calling-aet", "-aet", help="Of the calling titles the scope lists, use this one."),
]
Log = Annotated[
    str,
    typer.Option(
        "--log-level", envvar="DOSIMETER_LOG_LEVEL", help="debug, info, warning or error; to stderr."
    ),
]


@app.command("run", help="Survey the targets, or all that the scope names, and print the report.")
def run(  # noqa: D103 - the help text says it
    targets: Annotated[
        list[str] | None, typer.Argument(help="HOST, HOST:PORT, address or CIDR, inside the scope.")
    ] = None,
    scope: Annotated[
        Path | None, typer.Option("--scope", envvar="DOSIMETER_SCOPE", help="The authorisation: scope.toml.")
    ] = None,
    lists: Annotated[
        list[str] | None,
        typer.Option(
            "--list",
            "-l",
            "-iL",
            metavar="FILE",
            help="An inventory: a plain list, CSV, nmap XML, or what Shodan, Censys, masscan, ZMap, IVRE or "
            "OpenKAT export (docs/inventories.md); gzip or not; - is stdin.",
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", help="Address, CIDR or name to leave alone; wins always.")
    ] = None,
    touch: Annotated[
        str | None,
        typer.Option(
            "--touch",
            help="negotiate, prove, count or sample; no more than the scope allows, which is the default. "
            "This version asks no further than count.",
        ),
    ] = None,
    called: Called = None,
    calling: Calling = None,
    store: Store = None,
    audit: Audit = None,
    trusted_keys: TrustedKeys = None,
    geo_dbs: GeoDb = None,
    owners: Owners = None,
    report_format: ReportFormat = FormatWord.TABLE,
    output: Output = None,
    lang: Lang = None,
    edition: ReportEdition = EditionWord.OWNER,
    detail: Detail = False,
    fail_on: FailOn = None,
    log_level: Log = "warning",
) -> None:
    from dosimeter.usecases.run_survey import SurveyRequest, start

    if scope is None:
        raise typer.BadParameter(
            "a survey needs a written authorisation; `dosimeter scope init` writes one to fill in",
            param_hint="--scope",
        )
    request = SurveyRequest(
        scope=scope,
        targets=tuple(targets or ()),
        lists=tuple(lists or ()),
        exclude=tuple(exclude or ()),
        touch=touch,
        called_ae_titles=tuple(called or ()),
        calling_ae_titles=tuple(calling or ()),
        store_url=store,
        audit=audit,
        trusted_keys=trusted_keys,
        geo_dbs=tuple(geo_dbs or ()),
        owners=owners,
    )
    from dosimeter.cli.report import presented
    from dosimeter.cli.watch import watched
    from dosimeter.usecases.make_report import check_report

    presentation = presented(lang, edition, detail=detail)
    check_report(report_format.value, output, presentation.edition)
    with watched(log_level, presentation.language) as watch:
        outcome = start(request, watch)
    _report(outcome, store, report_format, output, presentation, fail_on)


@app.command(
    "resume",
    help="Go on with a survey that was stopped or killed; nothing is asked twice. Targets, exclusions and "
    "touch are as they were; titles chosen with -aec and -aet are chosen again.",
)
def resume(  # noqa: D103 - the help text says it
    survey: Annotated[str, typer.Argument(help="The survey's id, its beginning, or last.")],
    scope: Annotated[
        Path | None, typer.Option("--scope", help="Where the scope file is now, if it was moved.")
    ] = None,
    called: Called = None,
    calling: Calling = None,
    store: Store = None,
    audit: Audit = None,
    trusted_keys: TrustedKeys = None,
    geo_dbs: GeoDb = None,
    owners: Owners = None,
    report_format: ReportFormat = FormatWord.TABLE,
    output: Output = None,
    lang: Lang = None,
    edition: ReportEdition = EditionWord.OWNER,
    detail: Detail = False,
    fail_on: FailOn = None,
    log_level: Log = "warning",
) -> None:
    from dosimeter.cli.report import presented
    from dosimeter.cli.watch import watched
    from dosimeter.usecases.make_report import check_report
    from dosimeter.usecases.run_survey import ResumeRequest
    from dosimeter.usecases.run_survey import resume as go_on

    request = ResumeRequest(
        survey,
        scope=scope,
        called_ae_titles=tuple(called or ()),
        calling_ae_titles=tuple(calling or ()),
        store_url=store,
        audit=audit,
        trusted_keys=trusted_keys,
        geo_dbs=tuple(geo_dbs or ()),
        owners=owners,
    )
    presentation = presented(lang, edition, detail=detail)
    check_report(report_format.value, output, presentation.edition)
    with watched(log_level, presentation.language) as watch:
        outcome = go_on(request, watch)
    _report(outcome, store, report_format, output, presentation, fail_on)


@app.command("stop", help="Ask the process that runs a survey to stop; it can be resumed.")
def stop(  # noqa: D103 - the help text says it
    survey: Annotated[str, typer.Argument(help="The survey's id, its beginning, or last.")],
    store: Store = None,
) -> None:
    from dosimeter.usecases.surveys import request_stop

    typer.echo(chosen_language(None).text(request_stop(store, survey)), err=True)


@app.command("list", help="List the surveys of the store, newest first. One that died can be resumed.")
def list_surveys(store: Store = None) -> None:  # noqa: D103 - the help text says it
    from dosimeter.usecases.surveys import list_lines

    for line in list_lines(store):
        typer.echo(line)


def _report(
    outcome: Outcome,
    store: str | None,
    report_format: FormatWord,
    output: str | None,
    presentation: Presentation,
    fail_on: FailOn,
) -> None:
    from dosimeter.cli.report import exit_code
    from dosimeter.usecases.make_report import make_report

    ended = say("survey {survey}: {says}", survey=outcome.survey_id, says=outcome.says)
    sys.stderr.write(f"{presentation.language.text(ended)}\n")
    worst = make_report(store, outcome.survey_id, report_format.value, output, presentation)
    code = exit_code(worst, fail_on)
    if outcome.interrupted:
        code = EXIT_INTERRUPTED
    elif not outcome.completed:
        code = EXIT_ENDED_EARLY
    raise typer.Exit(code)
