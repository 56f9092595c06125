"""What a language makes of messages, numbers, dates, shares and countries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from dosimeter.model.message import Message, commas, listed, many, say, semicolons, sentences
from dosimeter.report.language import ENGLISH, LANGUAGES, Language, MissingTranslation, language_of

FRENCH = language_of("fr")
NARROW = "\N{NARROW NO-BREAK SPACE}"
NO_BREAK = "\N{NO-BREAK SPACE}"
CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"


def lasting(catalogue: dict[str | tuple[str, str], tuple[str, ...]], *, is_strict: bool = False) -> Language:
    """French with these few messages alone."""
    return Language("fr", catalogue, is_strict=is_strict)


def test_english_is_the_message_itself() -> None:
    """What a message is as a string is what it says in English."""
    message = many("{number} archive of {all}", "{number} archives of {all}", 1_204, all=23_000)

    assert ENGLISH.text(message) == str(message) == "1,204 archives of 23,000"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (0, "0 archive"),
        (1, "1 archive"),
        (2, "2 archives"),
        (1_000_000, f"1{NARROW}000{NARROW}000 archives"),
    ],
)
def test_none_is_singular_in_french_and_plural_in_english(number: int, says: str) -> None:
    """French counts none as one: « 0 archive », where English has "0 archives"."""
    message = many("{number} archive", "{number} archives", number)

    assert FRENCH.text(message) == says
    assert str(message) == f"{number:,} archive{'' if number == 1 else 's'}"


def test_numbers_are_grouped_as_each_language_does() -> None:
    """With commas, or with spaces at which no line ends."""
    assert ENGLISH.number(4_924_141) == "4,924,141"
    assert FRENCH.number(4_924_141) == f"4{NARROW}924{NARROW}141"
    assert FRENCH.number(999) == "999"


def test_a_number_with_a_part_has_a_decimal_comma_in_french() -> None:
    """A float is written with one decimal, and rounded alike in both."""
    message = say("{megabytes} MB", megabytes=1_234.56)
    french = lasting({"{megabytes} MB": ("{megabytes} Mo",)})

    assert str(message) == "1,234.6 MB"
    assert french.text(message) == f"1{NARROW}234,6 Mo"


@pytest.mark.parametrize(("part", "english", "french"), [(0.2565, "25.7%", "25,7"), (1.0, "100.0%", "100,0")])
def test_shares_have_one_decimal(part: float, english: str, french: str) -> None:
    """Of 590 of 2,300 archives it is 25.7 per cent, in French with a space before the sign."""
    assert ENGLISH.share(part) == english
    assert FRENCH.share(part) == f"{french}{NO_BREAK}%"


@pytest.mark.parametrize(
    ("day", "english", "french"),
    [
        (date(2026, 11, 24), "24 November 2026", "24 novembre 2026"),
        (date(2026, 8, 1), "1 August 2026", "1er août 2026"),
        (date(2026, 2, 11), "11 February 2026", "11 février 2026"),
    ],
)
def test_days_are_written_out(day: date, english: str, french: str) -> None:
    """The first of a month is « 1er » in French."""
    assert (ENGLISH.day(day), FRENCH.day(day)) == (english, french)


def test_moments_are_told_in_utc() -> None:
    """Whatever the zone a moment was noted in."""
    moment = datetime(2026, 11, 25, 0, 4, tzinfo=timezone(timedelta(hours=4)))

    assert ENGLISH.moment(moment) == "24 November 2026, 20:04 UTC"
    assert FRENCH.moment(moment) == "24 novembre 2026 à 20:04 UTC"


def test_a_day_in_a_message_is_written_out_in_french() -> None:
    """English has the form of ISO 8601 there, as it always had."""
    message = say("as of {day}", day=date(2026, 11, 24))

    assert str(message) == "as of 2026-11-24"
    assert lasting({"as of {day}": ("au {day}",)}).text(message) == "au 24 novembre 2026"


def test_a_moment_in_a_message_is_written_out_in_french() -> None:
    """A moment is a day too, and is not told as one."""
    message = say("at {moment}", moment=datetime(2026, 11, 24, 20, 4, tzinfo=UTC))

    assert lasting({"at {moment}": ("le {moment}",)}).text(message) == "le 24 novembre 2026 à 20:04 UTC"


@pytest.mark.parametrize(
    ("code", "english", "french"),
    [("FR", "France", "France"), ("TR", "Türkiye", "Turquie"), ("US", "United States", "États-Unis")],
)
def test_countries_have_the_names_of_the_language(code: str, english: str, french: str) -> None:
    """By the two letters of ISO 3166-1."""
    assert (ENGLISH.country(code), FRENCH.country(code)) == (english, french)


def test_a_country_that_has_no_name_keeps_its_code() -> None:
    """Registries have codes of their own."""
    assert (ENGLISH.country("QQ"), FRENCH.country("QQ")) == ("QQ", "QQ")


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Attention : lisez !", f"Attention{NO_BREAK}: lisez{NARROW}!"),
        ("Ouverte ; vraiment ?", f"Ouverte{NARROW}; vraiment{NARROW}?"),
        ("le mot « liées » et 25 %", f"le mot «{NO_BREAK}liées{NO_BREAK}» et 25{NO_BREAK}%"),
        ("l'archive qu'un inconnu", f"l{CURLY}archive qu{CURLY}un inconnu"),
        ("d'{who}", f"d{CURLY}{{who}}"),
        ("tapez `echo 'a : b'` ; voilà", f"tapez `echo 'a : b'`{NARROW}; voilà"),
    ],
)
def test_catalogues_are_typeset(written: str, printed: str) -> None:
    """Spaces that break no line before signs, curly apostrophes, and nothing changed in what is typed."""
    from dosimeter.report.language import _typeset

    assert _typeset(written) == printed


def test_a_message_in_a_message_is_translated_too() -> None:
    """Whatever depth it is at."""
    french = lasting(
        {
            "{asked}: {rest}": ("{asked} : {rest}",),
            "nothing": ("rien",),
            ("{number} question", "{number} questions"): ("{number} question", "{number} questions"),
        }
    )
    message = say(
        "{asked}: {rest}", asked=many("{number} question", "{number} questions", 3), rest=say("nothing")
    )

    assert french.text(message) == "3 questions : rien"


def test_lists_are_joined_as_french_joins_them() -> None:
    """With « et », and a space before a semicolon."""
    items = ["TLS", "AET", "VPN"]

    assert FRENCH.text(listed(items)) == "TLS, AET et VPN"
    assert FRENCH.text(commas(items)) == "TLS, AET, VPN"
    assert FRENCH.text(semicolons(items)) == f"TLS{NARROW}; AET{NARROW}; VPN"
    assert FRENCH.text(sentences(["A.", "B."])) == "A. B."
    assert FRENCH.text(listed([])) == ""


def test_a_sentence_begins_with_a_capital_in_either_language() -> None:
    """The first letter is made a capital one after the words are known."""
    message = say("{^remark}.", remark=say("images"))

    assert str(message) == "Images."
    assert FRENCH.text(message) == "Images."
    assert FRENCH.text(say("{^label}", label=say("studies"))) == "Examens"


def test_plain_text_is_looked_up_and_stays_if_it_is_unknown() -> None:
    """A store keeps sentences as they are; what is none of them is a name or a value."""
    assert FRENCH.text("not DICOM") == "non DICOM"
    assert FRENCH.text("dcm4chee-arc") == "dcm4chee-arc"
    assert FRENCH.text("the {thing} in braces") == "the {thing} in braces"


@pytest.mark.parametrize("name", ["refused", "high", "archive", "unknown", "FHIR"])
def test_a_name_that_is_a_word_of_ours_stays_a_name(name: str) -> None:
    """A server, an owner or a sector may be called whatever it likes."""
    assert FRENCH.text(name) == name
    assert FRENCH.text(say("{only}", only=name)) == name


def test_text_that_was_stored_with_its_fields_filled_is_known_again() -> None:
    """The store keeps no template: the sentence is found by its words, singular or plural."""
    assert FRENCH.text("this is Orthanc") == f"il s{CURLY}agit du produit Orthanc"
    assert FRENCH.text("contacted 3 times, each survey ended meanwhile").startswith("contacté 3 fois")


def test_a_field_is_filled_once() -> None:
    """What a server said is not a template, even if it looks like one."""
    message = say("{name} {version}", name="{version}", version="3")

    assert str(message) == FRENCH.text(message) == "{version} 3"


def test_a_message_without_a_translation_stays_english() -> None:
    """A report is written even so, whole, with its plural; a person reads on."""
    message = many("{number} odd thing", "{number} odd things", 2)

    assert FRENCH.text(message) == "2 odd things"
    assert not FRENCH.knows(message)


def test_a_strict_language_has_no_gaps() -> None:
    """The tests ask so, and learn which sentence is missing."""
    strict = lasting({}, is_strict=True)

    with pytest.raises(MissingTranslation) as raised:
        strict.text(say("A sentence that nobody translated."))

    assert raised.value.msgid == "A sentence that nobody translated."
    assert strict.text(say("")) == ""
    assert strict.text("plain text") == "plain text"


def test_what_is_said_whole_in_a_language_is_known_to_it() -> None:
    """What is not must be marked as English on a page."""
    assert FRENCH.knows(commas([say("not DICOM"), "127.0.0.1"]))
    assert not FRENCH.knows(commas([say("not DICOM"), say("A sentence that nobody translated.")]))
    assert not FRENCH.knows("A sentence that nobody translated.")
    assert ENGLISH.knows("A sentence that nobody translated.")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_of_the_option_is_there(code: str) -> None:
    """What ``--lang`` offers can be had."""
    assert language_of(code).code == code


def test_no_other_language_is_made_up() -> None:
    """A caller has to check the word first."""
    with pytest.raises(KeyError):
        language_of("de")


def test_a_message_that_was_copied_can_still_be_said_in_french() -> None:
    """Reports that go to another process keep their words."""
    import copy
    import pickle

    message = say("{only}", only=say("not DICOM"))

    for each in (copy.deepcopy(message), pickle.loads(pickle.dumps(message))):  # noqa: S301 - our own
        assert isinstance(each, Message)
        assert FRENCH.text(each) == "non DICOM"
