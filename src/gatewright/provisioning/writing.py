"""Plain values → YAML text that every reader understands alike, in a stable order."""

import re
from typing import Any

import yaml

from gatewright.provisioning.source import INTEGER, NUMBER

_WIDTH = 100
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_DUMPER):  # type: ignore[misc, valid-type]
    """Quotes what YAML 1.1 *or* 1.2 would take for something else than text; never writes aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


for _tag, _pattern in (("int", INTEGER), ("float", NUMBER)):
    _Dumper.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern.pattern})$"), list("-+0123456789.")
    )


def yaml_text(value: Any) -> str:
    """``value`` as block-style YAML, keys in their own order."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=_WIDTH
    )
    return text
