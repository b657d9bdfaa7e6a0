"""Small breaks of a C source: where each could be made, and what the text is then.

A break is (start, end, text, kind): source[start:end] becomes text. Nothing here understands C
beyond its tokens; a break that does not compile is not counted.
"""

import re

TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/|^[ \t]*\#(?:\\\n|[^\n])*)
      |(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
      |(?P<word>[A-Za-z_]\w*)
      |(?P<number>0[xX][0-9a-fA-F]+[uUlL]*|\d[\w.]*)
      |(?P<sign><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)

OTHER_SIGN = {
    "<": ["<="], "<=": ["<"], ">": [">="], ">=": [">"], "==": ["!="], "!=": ["=="],
    "&&": ["||"], "||": ["&&"], "+=": ["-="], "-=": ["+="], "|=": ["&="], "&=": ["|="],
    "<<": [">>"], ">>": ["<<"], "|": ["&"],
}
AFTER_OPERAND = {"+": "-", "-": "+", "&": "|", "%": "/"}
# Calls that are asked "equal or not": their arguments can stand either way.
EITHER_WAY = {"memcmp", "strcmp", "strcasecmp"}
KEYWORDS = set("return if else while for do switch case default break continue goto sizeof static "
               "const struct enum union void int char bool unsigned long short typedef "
               "extern".split())


class Token:
    def __init__(self, match):
        self.kind, self.text = match.lastgroup, match.group()
        self.start, self.end = match.span()


def tokens_of(source):
    return [Token(m) for m in TOKEN.finditer(source) if m.lastgroup != "skip"]


def partners(tokens):
    """Index of each opening bracket -> index of the one that closes it."""
    pairs, open_ones = {}, []
    for i, token in enumerate(tokens):
        if token.text in "([{" and token.kind == "sign":
            open_ones.append(i)
        elif token.text in ")]}" and token.kind == "sign" and open_ones:
            pairs[open_ones.pop()] = i
    return pairs


def is_operand_end(token):
    value = token.kind in ("word", "number") and token.text not in KEYWORDS
    return value or token.text in (")", "]")


def in_functions(tokens, pairs):
    """The indexes inside the bodies of functions: `) {` on the outermost level up to its `}`."""
    inside, i = set(), 0
    while i < len(tokens):
        if tokens[i].text == "{" and i in pairs:
            if tokens[i - 1].text == ")":
                inside.update(range(i, pairs[i] + 1))
            i = pairs[i]
        i += 1
    return inside


def arguments(tokens, pairs, opening):
    """(first, last) token index of each argument of the call whose bracket is at `opening`."""
    found, first, i = [], opening + 1, opening + 1
    while i <= pairs[opening]:
        if i == pairs[opening] or tokens[i].text == ",":
            if first < i:
                found.append((first, i - 1))
            first = i + 1
        i = pairs.get(i, i) + 1
    return found


def number_after(text):
    digits = re.match(r"0[xX][0-9a-fA-F]+|\d+$|\d+(?=[uUlL]+$)", text)
    if not digits:
        return []
    word, rest = digits.group(), text[digits.end():]
    octal = len(word) > 1 and word.isdigit() and word[0] == "0"
    value = int(word, 8 if octal else 0)
    if octal:
        return ["0" + format(value + 1, "o") + rest]
    return [str(value + 1) + rest] + (["0" + rest] if value == 1 else [])


def token_breaks(tokens, i):
    token, before = tokens[i], tokens[i - 1]
    if token.kind == "number":
        return [(text, "constant") for text in number_after(token.text)]
    if token.text in ("true", "false"):
        return [("false" if token.text == "true" else "true", "constant")]
    if token.kind != "sign":
        return []
    if token.text in OTHER_SIGN:
        return [(text, "operator") for text in OTHER_SIGN[token.text]]
    if token.text in AFTER_OPERAND and is_operand_end(before):
        return [(AFTER_OPERAND[token.text], "operator")]
    if token.text == "!":
        return [("", "negation removed")]
    return []


def statement_breaks(source, tokens, pairs, i):
    """A call or an assignment that is a statement, `break`, `continue`, `return`, `if`, `while`."""
    token = tokens[i]
    if token.text in ("if", "while") and tokens[i + 1].text == "(":
        first, last = tokens[i + 1].start, tokens[pairs[i + 1]].end
        yield first, last, "(!" + source[first:last] + ")", "condition negated"
        return
    begins = tokens[i - 1].text in (";", "{", "}", ")", "else", ":")
    if not begins:
        return
    end = i
    while end < len(tokens) and tokens[end].text not in (";", "{", "}"):
        end = pairs.get(end, end) + 1
    if end >= len(tokens) or tokens[end].text != ";":
        return
    first, last = token.start, tokens[end].start
    if token.text == "return":
        if end == i + 1:
            return
        value = source[tokens[i + 1].start:last]
        yield tokens[i + 1].start, last, "1" if value in ("0", "RBAC_OK") else "0", "return code"
        return
    if token.text in ("break", "continue"):
        yield first, last, "", "statement removed"
        return
    if token.kind != "word" and token.text != "*" or token.text in KEYWORDS:
        return
    if token.kind == "word" and tokens[i + 1].kind == "word":
        return  # a declaration
    is_call = tokens[i + 1].text == "(" and pairs[i + 1] == end - 1
    is_assignment = any(t.text.endswith("=") and t.text not in ("==", "!=", "<=", ">=")
                        or t.text in ("++", "--") for t in tokens[i:end])
    if is_call or is_assignment:
        yield first, last, "", "call removed" if is_call else "assignment removed"


def argument_breaks(source, tokens, pairs, i):
    """Two neighbouring arguments of a call change places."""
    if tokens[i].kind != "word" or tokens[i + 1].text != "(":
        return
    if tokens[i].text in KEYWORDS or tokens[i].text in EITHER_WAY:
        return
    words = [(tokens[a].start, tokens[b].end) for a, b in arguments(tokens, pairs, i + 1)]
    for (a, b), (c, d) in zip(words, words[1:]):
        if source[a:b] != source[c:d]:
            yield a, d, source[c:d] + source[b:c] + source[a:b], "arguments swapped"


def breaks_of(source):
    """Every break of this source, in order."""
    tokens = tokens_of(source)
    pairs = partners(tokens)
    inside = in_functions(tokens, pairs)
    found = []
    for i, token in enumerate(tokens[:-1]):
        if i not in inside:
            continue
        found += [(token.start, token.end, text, kind) for text, kind in token_breaks(tokens, i)]
        found += statement_breaks(source, tokens, pairs, i)
        found += argument_breaks(source, tokens, pairs, i)
    return found


def limits_of(source):
    """The numbers of this source's `enum { NAME = NUMBER }` outside functions, one up, one down."""
    tokens = tokens_of(source)
    pairs = partners(tokens)
    inside = in_functions(tokens, pairs)
    found, closing = [], -1
    for i, token in enumerate(tokens[:-1]):
        if token.text == "enum" and i not in inside:
            opening = i + (1 if tokens[i + 1].text == "{" else 2)
            closing = pairs.get(opening, -1)
        if i > closing or token.kind != "number" or tokens[i - 1].text != "=":
            continue
        number = re.fullmatch(r"(\d+)[uU]?", token.text)
        if number and int(number[1]) > 1:
            found += [(token.start, token.end, str(int(number[1]) + by), "limit") for by in (1, -1)]
    return found
