"""``dosimeter scope``: write, check and sign an authorisation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dosimeter.cli.exits import EXIT_USAGE
from dosimeter.cli.survey import TrustedKeys

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The written authorisation: without one nothing is contacted.",
)
ScopeFile = Annotated[Path, typer.Argument(metavar="SCOPE.TOML")]


@app.command("init", help="Write a scope file to fill in. Refuses to overwrite one.")
def init(path: ScopeFile = Path("scope.toml")) -> None:  # noqa: D103 - the help text says it
    from dosimeter.usecases.authorise import write_template

    write_template(path)
    typer.echo(f"wrote {path}: fill it in, then `dosimeter scope check {path}`", err=True)


@app.command("check", help="Say what a scope file allows, or what is wrong with it. Contacts nobody.")
def check(path: ScopeFile, trusted_keys: TrustedKeys = None) -> None:  # noqa: D103 - the help text says it
    from dosimeter.scopefile.problem import ScopeProblem
    from dosimeter.usecases.authorise import check_scope

    try:
        for line in check_scope(path, trusted_keys):
            typer.echo(line)
    except ScopeProblem as problem:
        # Here all of them, so that a person mends the file in one go.
        for one in problem.all:
            typer.echo(f"dosimeter: {one}", err=True)
        raise typer.Exit(EXIT_USAGE) from None


@app.command("sign", help="Sign a scope file (Ed25519): needed where it names public addresses.")
def sign(  # noqa: D103 - the help text says it
    path: ScopeFile,
    key: Annotated[Path, typer.Option("--key", help="The authoriser's private key, PEM.")],
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make the key first; never overwrites one.")
    ] = False,
) -> None:
    from dosimeter.usecases.authorise import sign_scope_file

    for line in sign_scope_file(path, key, new_key=new_key):
        typer.echo(line, err=True)
