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
    words = []
    for token in _tokens(_separated(script)):
        if re.match(r"[();<>|&]+$", token) and not re.match(r"[<>]+&?$", token):
            yield from _command(words)
            words = []
        else:
            words.append(token)
    yield from _command(words)


def _separated(script):
    """The script in one line, with a semicolon for each line's end; comments and here-documents are gone."""
    script = re.sub(r"<<-?'?(\w+)'?(.*\n)(.*\n)*?\1\n", r"\2", script)
    script = re.sub(r"(?m)(^|(?<=\s))#.*$", "", script.replace("\\\n", " "))
    line, quote = [], ""
    for character in script:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "\n":
            character = ";"
        line.append(character)
    return "".join(line)


def _tokens(line):
    lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(lexer)


def _command(words):
    for word in words:
        if "$(" in word:
            yield from commands(word[word.index("$(") + 2:])
    rest = list(words)
    while rest and (rest[0] in ("sudo", "if", "then", "else", "do", "while", "until", "!", "{", "$", "time") or
                    re.match(r"\w+\+?=", rest[0])):
        rest.pop(0)
    if "sudo" in rest[1:]:  # for another machine
        yield from _command(rest[rest.index("sudo", 1):])
    if rest and rest[0] not in ("for", "case", "fi", "done", "esac", "}"):
        yield [word for word in rest if word != "$"]
