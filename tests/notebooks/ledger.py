"""The claims of the lessons: every sentence that holds a number, a comparative or a cause, and what clears it.

A sentence is *shown* if each of its numbers stands in a cell or an output above it, or in the cells right
below it; numbers of an equation that is true as arithmetic are shown as well. All others need an entry in `claims/`.
"""

import ast
import functools
import html
import itertools
import math
import re
import tomllib
from pathlib import Path

import nbformat

from tests.notebooks.__main__ import FOLDER, ROOT, chosen
from tests.notebooks.rules import shown

COMPARATIVE = re.compile(
    r"\b(?:more|less|fewer|most|least|better|best|worse|worst|larger|largest|smaller|smallest|greater|greatest|higher"
    r"|highest|lower|lowest|faster|fastest|slower|slowest|longer|longest|shorter|shortest|farther|farthest|sooner|earlier"
    r"|easier|easiest|harder|hardest|steeper|flatter|wider|rougher|simpler|simplest|cheaper|stronger|strongest|weaker"
    r"|sharper|deeper|closer|nearer|surer|surest|twice|doubles?|halves|half|thirds?|quarter|tenths?|hundredth"
    r"|thousandth|hundred|thousand|million)\b(?! than one\b)",
    re.IGNORECASE,
)
CAUSE = re.compile(r"\b(?:because|therefore|hence|since|that is why|the reason)\b|, so (?!that\b)|^so\b", re.IGNORECASE)
NO_CLAIM = re.compile(
    r"\b(?:more (?:depth|data)\b|whether [^.]* asks|more in|smallest case|double brackets|no half|at least|at most"
    r"|at best|half the (?:square|squared error)|softmax (?:once|twice)|used (?:more than once|twice)"
    r"|(?:first|second|other) half|or less|once more|one more|no more|no longer|so far|more or less)\b",
    re.IGNORECASE,
)
WORDS = ["three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen"]
WORDS += ["fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]
NUMBER = re.compile(r"(?<![\w.,/-])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.,]*\d)%?")
REFERENCES = (
    r"\\tag\{[^}]*\}",
    r"\(?(?:[Ee]quations?|[Ee]xercises?|[Nn]otebooks?|[Qq]uestions?|[Ss]ections?|[Pp]atients?|[Aa]ssignments?)\s+[A-Z]?\d+(?:\.\w?\d+)?"
    r"(?:(?:,| and| to|-)\s*\d+(?:\.\d+)?)*",
    r"\(\d+\.\d+\)(?: to \(\d+\.\d+\)| and \(\d+\.\d+\))?",
    r"\b\d+(?:-\d+){2,}\b",  # the name of a network, 64-32-10
    r"^\s*(?:#+\s+\d+|\d+\.|-)\s",
    r"\b\d\d\.[rp]?\d+\b",
    r"\*More\*",  # a button
    r"float\d\d|NumPy \d\S*|Python \d\S*|UTF-8|LaTeX",
)
TELLS = re.compile(
    r"^(?:[-*_#\s]|And |But )*(?:Predict|Check|Write|Type|Take|Try|Run|Choose|Compute|Count|Look|Press|Turn|Decide|Find"
    r"|Work (?:it )?out|Divide|Do|Stop|Draw|Compare|Click|Guess|Note|Answer|Say|Return|Read|Start|Step"
    r"|Go|Give|Let|Set|Put|Copy|Keep|Add|Hand in|Make|Now|Use|Train|Change|Follow|Show|Push|Double|Suppose)\b",
    re.IGNORECASE,
)
NO_SENTENCE = re.compile(r"\| \*\*Time\*\* \||\| \d+ to \d+ \|$|^### Exercise|^\| \d\d\.\d+ \|")  # times, titles


# Sentences


def sentences(text):
    """The sentences of a Markdown text: a table's rows and formulas on lines of their own count as one each."""
    text = re.sub(r"```.*?```|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"\b([A-Z])\. (?=[A-Z])", r"\1 ", text)
    text = re.sub(r"<summary>[^<]*\?\s*</summary>", "", text)
    text = re.sub(r"</?(?:details|summary|br|a|kbd)[^>]*>", "\n\n", text)
    text = re.sub(r"\$\$.*?\$\$", lambda found: " ".join(found[0].split()), text, flags=re.DOTALL)
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.)\s)|\n(?=#)|(?<=\|)\n", text):
        block = " ".join(block.split())
        if block.startswith(("Before: [", "--- Before: [")):
            continue
        if block.startswith("|"):
            parts = [block] if set(block) - set("|-: ") else []
        else:
            block = re.sub(r"^(#+ \d+)\.", r"\1", block)
            block = re.sub(r"\b(e\.g|i\.e|et al|vs|ch|ca)\.", r"\1", block)
            parts = re.split(
                r"(?<=[.!?:;])(?:(?<=\D[.!?:;])|(?<=\d[.!?:;]))[*_)\"]*\s+(?=[*_(\"`$\[]*[A-Z$`0-9\[])", block
            )
        yield from (part for part in parts if part)


def plain(sentence):
    """A sentence without references, inline code, links and the letters of formulas: what is left may claim."""
    text = re.sub(r"\]\([^)]*\)", "", sentence)
    text = re.sub(r"`[^`]*`", " ", text)
    text = re.sub(r"(?<=\d)[\\{}]*,[\\{}]*(?=\d{3}\b)", ",", text)
    for reference in REFERENCES:
        text = re.sub(reference, " ", text)
    text = re.sub(r"[A-Za-z}]_(?:\{[^}]*\}|\w+)", " ", text)
    text = re.sub(rf"\b(?:{'|'.join(WORDS)})\b", lambda word: f" {3 + WORDS.index(word[0].lower())} ", text, flags=re.I)
    return NO_CLAIM.sub(" ", text.replace("−", "-"))


def numbers(sentence):
    return [found.rstrip("%").replace("−", "-") for found in NUMBER.findall(plain(sentence))]


def ranks(sentence):
    return COMPARATIVE.findall(plain(sentence))


def causes(sentence):
    return CAUSE.findall(re.sub(r"^[*_#\s]*|<[^>]*>", "", plain(sentence)))


def claims(sentence):
    """Whether a sentence says something that could be false: questions and instructions do not."""
    if sentence.rstrip("*_) ").endswith("?") or TELLS.match(sentence) or NO_SENTENCE.search(sentence):
        return False
    return bool(numbers(sentence) or ranks(sentence) or causes(sentence))


# What is shown


def seen(cell):
    """The numbers that stand in a cell's code, formulas and outputs."""
    texts = [cell.source] if cell.cell_type == "code" else re.findall(r"```.*?```|\$[^$]+\$", cell.source, re.DOTALL)
    texts += [words(text) if kind == "text/html" else text for kind, text in shown(cell)]
    return {
        value(found) for text in texts for found in re.findall(r"\d+(?:_\d{3}|,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?", text)
    }


def words(page):
    alts = re.findall(r'alt="([^"]*)"', page)
    text = re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    return html.unescape(" ".join([*alts, text]))


def value(text):
    return float(text.replace(",", "").replace("_", "").lstrip("-"))


def stands(number, values):
    """Whether a number is one of the values, rounded to its own digits (a percentage: a hundredth of it, too)."""
    mantissa, _, power = number.replace(",", "").partition("e")
    half = 0.5001 * 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
    wanted = value(number)
    return any(abs(one - wanted) <= half * (wanted > 20 or half < 0.1) + 1e-12 for one in values) or any(
        abs(100 * one - wanted) <= half for one in values if one < 1
    )


# Arithmetic


def arithmetic(sentence):
    """The numbers of all equations in a sentence that hold; a false one is an error."""
    found = set()
    for left, right, text in equations(sentence):
        digits = min(len(number.partition(".")[2]) for number in re.findall(r"[\d.]+", right))
        assert abs(evaluated(left) - evaluated(right)) <= 0.6 * 10.0**-digits, f"{left} is not {right}, in: {sentence}"
        found |= {value(number) for number in re.findall(r"\d+(?:\.\d+)?", text)}
    return found


def equations(sentence):
    """(left side, right side, both) of each equation between two terms of numbers."""
    text = re.sub(r"(?<=\d)[\\{}]*,[\\{}]*(?=\d{3}\b)", "", sentence)
    text = re.sub(r"\\tag\{[^}]*\}|[$`]|\*\*?(?=[A-Za-z$])|(?<=[A-Za-z$.])\*\*?|\\[,;! ]", "", text)
    text = re.sub(r"_(?:\{[^}]*\}|\w)", "", text)
    for old, new in WRITTEN.items():
        text = text.replace(old, new)
    text = re.sub(r"\\sqrt\{([^{}]*)\}|\\sqrt ?(\d)", r"sqrt(\1\2)", text)
    text = re.sub(r"\\(?:ln|log)\b\s*(\d[\d.]*)", r"log(\1)", text)
    text = re.sub(r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}|\\t?frac(\d)(\d)", r"((\1\3)/(\2\4))", text)
    text = re.sub(r"\be\^\{?(-?\d+)\}?", r"exp(\1)", text)
    text = re.sub(r"\^\{?(-?\d+)\}?", r"**(\1)", text).replace(r"\sigma(", "sigmoid(")
    text = re.sub(r"(?<!sqrt)(?<!log)(?<!exp)(?<!sigmoid)(?<=[a-zA-Z])\([^()]*\)", "|", text)
    for run in re.split(r"[^-+*/().\d\s=a-z]+|(?<![a-z])(?!(?:sqrt|log|exp|sigmoid)\()[a-z]+", text):
        sides = [side.strip(" .") for side in run.split("=")]
        for left, right in itertools.pairwise(sides):
            known = evaluated(left) is not None and evaluated(right) is not None
            if known and re.search(r"[-+*/(]", left.lstrip("-") + right.lstrip("-")):
                yield left, right, f"{left} = {right}"


WRITTEN = {
    "\\cdot": "*",
    "·": "*",
    "×": "*",
    "\\times": "*",
    "−": "-",
    "\\approx": "=",
    "≈": "=",
    "\\big": "",
    "\\left": "",
    "\\right": "",
}


FUNCTIONS = {"sqrt": math.sqrt, "log": math.log, "exp": math.exp, "sigmoid": lambda z: 1 / (1 + math.exp(-z))}


def evaluated(term):
    """The value of a term of numbers, or None."""
    try:
        return float(eval(compile(ast.parse(term, mode="eval"), "", "eval"), dict(FUNCTIONS)))
    except (SyntaxError, TypeError, NameError, ZeroDivisionError):
        return None


# The sources


@functools.cache
def cells_of(chapter):
    [path] = chosen([chapter])
    return nbformat.read(path, as_version=4).cells


@functools.cache
def long_numbers_before(chapter):
    """The numbers of three digits or more that stand in earlier notebooks."""
    if chapter == "00":
        return frozenset()
    before = max(path.name[:2] for path in chosen([]) if path.name[:2] < chapter)
    here = {
        one for cell in cells_of(before) for one in seen(cell) if len(f"{one:.8g}".replace(".", "").lstrip("0")) >= 3
    }
    return long_numbers_before(before) | here


@functools.cache
def of_notebook(chapter):
    """(sentence, (near, far)) for each sentence: numbers of the cells about it, and of all above and just below."""
    cells = cells_of(chapter)
    above, found = {0.0, 1.0} | long_numbers_before(chapter), []
    for place, cell in enumerate(cells):
        above = above | seen(cell)
        if cell.cell_type == "markdown":
            coming = [one for one in cells[place + 1 : place + 5] if one.cell_type == "code"][:2]
            before = [one for one in cells[:place] if one.cell_type == "code"][-3:]
            near = {0.0, 1.0, 2.0}.union(seen(cell), *map(seen, coming + before))
            found += [(sentence, (near, above | near)) for sentence in sentences(cell.source)]
    return tuple(found)


def is_shown(sentence, values):
    """Whether all numbers of a sentence stand there, short ones near it; a rank or a cause needs one of three signs."""
    if values == ANY:
        return True
    near, far = values if isinstance(values, tuple) else (values, values)
    wanted, true = numbers(sentence), arithmetic(sentence)
    said = not (ranks(sentence) or causes(sentence)) or bool(true) or any(len(number) > 2 for number in wanted)
    return bool(wanted) and said and all(stands(one, (far if digits(one) > 2 else near) | true) for one in wanted)


def digits(number):
    return len(re.sub(r"[-,.]|e.*", "", number).lstrip("0"))


SAID = ("reply", "because", "hints")  # a task asks, and `says` names a mistake: tests/exercises prove who gets it


def of_texts(first, last):
    """(sentence, numbers) of each reply and hint: what a notebook shows, and what its tasks give, is shown."""
    for path in (TEXTS / f"{number:02d}.toml" for number in range(first, last + 1)):
        cells, strings = cells_of(path.stem), list(strings_of(tomllib.loads(path.read_text(encoding="utf-8"))))
        given = {value(number) for key, text in strings if key in ("task", "question") for number in numbers(text)}
        values = given.union({0.0, 1.0}, long_numbers_before(path.stem), *map(seen, cells))
        yield from ((sentence, values) for key, text in strings if key in SAID for sentence in sentences(text))


def of_mistakes():
    """Each example that explains a known mistake of 00 to 14; part two's stand with their notebooks.

    The kinds from `product-for-quotient` on still wait for their proofs.
    """
    known = tomllib.loads((TEXTS / "mistakes.toml").read_text(encoding="utf-8"))
    proved = itertools.takewhile(lambda name: name != "product-for-quotient", known)
    return examples_of(known[name] for name in proved if known[name].get("section", "")[:2] < "15")


def of_part_two(chapter):
    """A notebook of part two with its replies and hints, and the examples of the mistakes that lead back to it."""
    yield from of_notebook(chapter)
    yield from of_texts(int(chapter), int(chapter))
    yield from examples_of(one for one in mistakes() if one.get("section", "")[:2] == chapter)


def mistakes():
    return tomllib.loads((TEXTS / "mistakes.toml").read_text(encoding="utf-8")).values()


def examples_of(known):
    """Each example, whole: its numbers are its own, so each is computed."""
    yield from ((" ".join(text.split()), set()) for one in known for key, text in strings_of(one) if key == "example")


def strings_of(table, key=""):
    """(key, text) of all texts in the tables and lists of a TOML file."""
    if isinstance(table, dict):
        for name, inner in table.items():
            yield from strings_of(inner, name)
    elif isinstance(table, list):
        for inner in table:
            yield from strings_of(inner, key)
    elif isinstance(table, str):
        yield key, table


def of_page(path):
    """(sentence, numbers) of a Markdown page: its code and formulas, and the notebooks, show numbers."""
    page = path.read_text(encoding="utf-8")
    shown_here = seen(nbformat.v4.new_markdown_cell(page)) | long_numbers_before("15") | {0.0, 1.0}
    for section in re.split(r"^(?=## |\*\*[A-Z])", page, flags=re.MULTILINE):
        measured = re.search(
            r"`python (?:-m )?tests[./](?:benchmarks|exercises)", section
        )  # the command that prints them
        yield from ((sentence, ANY if measured else shown_here) for sentence in sentences(section))


ANY = "named"  # the source of all numbers of a section stands in it
TEXTS = ROOT / "bplearn" / "exercises" / "texts"
CLAIMS = Path(__file__).parent / "claims"
CHAPTERS = [path.name[:2] for path in chosen([]) if (CLAIMS / f"of_{path.name[:2]}.py").exists()]
SOURCES = {chapter: functools.partial(of_notebook if chapter < "15" else of_part_two, chapter) for chapter in CHAPTERS}
SOURCES |= {"texts_00_07": functools.partial(of_texts, 0, 7), "texts_08_14": functools.partial(of_texts, 8, 14)}
SOURCES |= {"mistakes": of_mistakes}
SOURCES |= {"readme": functools.partial(of_page, ROOT / "README.md")}
SOURCES |= {"notation": functools.partial(of_page, FOLDER / "NOTATION.md")}
FILES = {place: f"of_{place}" for place in SOURCES}
