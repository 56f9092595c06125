"""``python -m dosimeter``."""

from dosimeter.cli.main import main

main()
