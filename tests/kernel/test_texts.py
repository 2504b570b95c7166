"""Marked texts with values in them."""

from gatewright.kernel.texts import N_, Phrase


def test_phrase_reads_as_english() -> None:
    """A phrase is its English text with the values filled in, wherever a text may stand."""
    phrase = Phrase(N_("at most %(most)s are read"), most=5)
    assert phrase == "at most 5 are read"
    assert f"{phrase}!" == "at most 5 are read!"


def test_phrase_remembers_what_it_was_made_of() -> None:
    """A phrase knows the marked text and the values, which is what a translation needs."""
    phrase = Phrase("at most %(most)s are read", most=5)
    assert (phrase.pattern, dict(phrase.values)) == ("at most %(most)s are read", {"most": 5})


def test_phrase_without_values_keeps_a_percent_sign() -> None:
    """Without values a percent sign is just that."""
    assert Phrase("100 %") == "100 %"
