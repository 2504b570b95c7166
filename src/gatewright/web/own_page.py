"""A tenant's own page around our head and our form, taken apart."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OwnPage:
    """The pieces around our head and our form, in this order, and the source expressions of its styles."""

    before: str
    between: str
    after: str
    styles: tuple[str, ...]

    def around(self, page: str) -> str:
        """Our whole page, taken apart and put into this one."""
        head = page.partition("<head>")[2].partition("</head>")[0]
        form = page.partition("<body>")[2].rpartition("</body>")[0]
        return f"{self.before}{head}{self.between}{form}{self.after}"
