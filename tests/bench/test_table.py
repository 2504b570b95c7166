"""Printed tables."""

from bench.table import align


def test_columns_are_aligned() -> None:
    """The first column stands left, the others right, without blanks at the end of a line."""
    text = align([("", "ours", ""), ("S3 x", "1,000", "met"), ("S4", "7", "")])
    assert text == "       ours\nS3 x  1,000  met\nS4        7"
