# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of Markdown taken apart: their fenced blocks, and the commands in those."""
import re
import shlex


class Block:
    """A fenced block: what stands behind the fence, its text, where it begins, and what the comments before it say."""

    def __init__(self, page, line, info, comments):
        self.page = page
        self.line = line
        self.info = info
        self.typed = comments.get("types", "").replace("\\n", "\n") + "\n"
        self.given = comments.get("given", ":") + "\n"
        self.lines = []

    @property
    def text(self):
        return "".join(line + "\n" for line in self.lines)

    def __str__(self):
        return "{}:{}".format(self.page, self.line)


def blocks(page, text):
    """The blocks of a page, in order. A comment right before a block, "types: …", says what a person types while it runs, and
    "given: …" what is there before, as a command."""
    found, block, comments = [], None, {}
    for number, line in enumerate(text.splitlines(), 1):
        fence = re.match(r"```(.*)$", line)
        if block and fence:
            found.append(block)
            block = None
        elif block:
            block.lines.append(line)
        elif fence:
            block = Block(page, number, fence.group(1).split(), comments)
        elif line:
            comment = re.match(r"<!-- (\w+): (.*) -->$", line)
            comments = dict(comments, **{comment.group(1): comment.group(2)}) if comment else {}
    if block:
        raise ValueError("{} is not closed".format(block))
    return found


def prose(text):
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text):
    """What links into a page may name, as GitHub makes it of the headings."""
    headings = re.findall(r"^#+ (.*)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(script):
    """The simple commands of a script, each a list of words, those in substitutions too. Knows as much of shell as runbooks need."""
    script = re.sub(r"<<-?'?(\w+)'?(.*\n)(.*\n)*?\1\n", r"\2", script)
    script = re.sub(r"(?m)(^|(?<=\s))#.*$", "", script.replace("\\\n", " "))
    yield from _commands(script)


def _commands(script):
    outer, inner = _take_out_substitutions(script)
    words = []
    for token in _tokens(outer):
        if re.match(r"[();<>|&]+$", token) and not re.match(r"[<>]+&?$", token):
            yield from _command(words)
            words = []
        else:
            words.append(token)
    yield from _command(words)
    for each in inner:
        yield from _commands(each)


def _take_out_substitutions(script):
    """The script with a variable for each of its substitutions and a semicolon for each line's end, and the substitutions' scripts."""
    outer, inner, quote, position = [], [], "", 0
    while position < len(script):
        character = script[position]
        if script.startswith("$(", position) and quote != "'":
            end = _end(script, position + 2)
            inner.append(script[position + 2:end])
            outer.append("$substitution")
            position = end + 1
            continue
        quote = _quote_behind(quote, character)
        outer.append(";" if character == "\n" and not quote else character)
        position += 1
    return "".join(outer), inner


def _end(script, position):
    """Where the parenthesis closes that was opened before the position."""
    quote = ""
    while script[position] != ")" or quote:
        if script[position] == "(" and (not quote or quote == '"' and script[position - 1] == "$"):
            position = _end(script, position + 1)
        else:
            quote = _quote_behind(quote, script[position])
        position += 1
    return position


def _quote_behind(quote, character):
    if quote:
        return "" if character == quote else quote
    return character if character in "'\"" else ""


def _tokens(line):
    lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(lexer)


def _command(words):
    rest = list(words)
    while rest and (rest[0] in ("sudo", "if", "then", "else", "do", "while", "until", "!", "{", "time") or
                    re.match(r"\w+\+?=", rest[0])):
        rest.pop(0)
    if "sudo" in rest[1:]:  # for another machine
        yield from _command(rest[rest.index("sudo", 1):])
    if rest and rest[0] not in ("for", "case", "fi", "done", "esac", "}"):
        yield rest
