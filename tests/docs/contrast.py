#!/usr/bin/env python3
"""Checks the page of `rbacctl matrix --html`: each pair of colors that its style sheet brings
together, light, dark and printed, has the contrast that WCAG 2.1 asks for (1.4.3: 4.5 to 1 for
text; 1.4.11: 3 to 1 for the outline of what has the focus); each heading of a table says whether it
is one of a row or of a column; what scrolls can be reached by the keyboard.

usage: contrast.py
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "rbacctl/cmd/matrix_html.c"

# Text, and what is behind it. The row under the pointer has the color of the head.
TEXT = [("ink", "page"), ("soft", "page"), ("link", "page"), ("ink", "head"), ("soft", "head"),
        ("link", "head"), ("yes", "yes-back"), ("yes", "head")]
FOCUS = [("link", "page"), ("link", "head")]


def luminance(color):
    """Relative luminance of #rgb or #rrggbb, as WCAG 2.1 defines it."""
    digits = color.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * c for c in digits)
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def literals(text):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text)).replace('\\"', '"')


def main():
    source = SOURCE.read_text()
    style = literals(re.search(r"style\[\] =(.*?);\n\n", source, re.S).group(1))
    page = literals(source)
    schemes = re.findall(r":root \{([^}]*)\}", style)
    wrong, lowest = [], 99.0
    if len(schemes) != 3:
        wrong.append(f"{len(schemes)} sets of colors, expected 3: light, dark, print")
    for name, scheme in zip(("light", "dark", "print"), schemes):
        colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", scheme))
        for pairs, least in ((TEXT, 4.5), (FOCUS, 3.0)):
            for front, back in pairs:
                got = contrast(colors[front], colors[back])
                lowest = min(lowest, got)
                if got < least:
                    wrong.append(f"{name}: {front} on {back} is {got:.2f} to 1, below {least}")
    used = set(re.findall(r"(?<!-)color: var\(--([\w-]+)\)", style))
    if used - {front for front, _ in TEXT}:
        wrong.append(f"colors of text that no pair has: {used - {f for f, _ in TEXT}}")
    for heading in re.findall(r"<th\b[^>]*>", page):
        if 'scope="' not in heading:
            wrong.append(f"no scope: {heading}")
    if not re.search(r'<div class="table[^>]*tabindex="0"[^>]*role="region"[^>]*aria-label=', page):
        wrong.append("what scrolls is not in the order of the Tab key, or has no name")
    print("\n".join(f"{SOURCE.relative_to(ROOT)}: {w}" for w in wrong) if wrong else
          f"matrix --html: the lowest contrast is {lowest:.2f} to 1")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
