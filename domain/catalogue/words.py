"""How a text is kept: by code, in every language side by side, so that a missing translation cannot hide.

A text is one or several pairs ``(zh-Hans, English)``; of several the fullest one whose placeholders are all filled is
said. A placeholder is ``{name}`` or ``{name:form}``; the forms are those of ``domain.catalogue.text``.
"""

from __future__ import annotations

Words = tuple[tuple[str, str], ...]
LANGUAGES = ("zh-Hans", "en")
"""Which half of a pair is which language."""
