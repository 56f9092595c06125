from __future__ import annotations

from dosimeter.probes._declare import discover
from tests.survey.terminal import Terminal


def test_every_question_is_listed_with_what_it_asks_its_touch_and_its_reference(terminal: Terminal) -> None:
    """Whoever is asked for consent can read what they consent to."""
    said = terminal.run("probes")
    assert said.code == 0
    assert said.err == ""
    blocks = {}
    for line in said.out.splitlines():
        if not line.startswith(" "):
            name = line
            blocks[name] = ""
        else:
            blocks[name] += line + "\n"
    assert list(blocks) == [probe.name for probe in discover()]
    for probe in discover():
        said_of_it = " ".join(blocks[probe.name].split())
        assert probe.asks in said_of_it
        assert f"touch {probe.touch.word}" in said_of_it
        assert f"reference {probe.reference}" in said_of_it
