"""From indicator values to scores of indicators, dimensions and the total, and to the weights that really count.

The children of a node stand side by side, with their weights above them, so that a mean is one formula over a range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evalengine.reports.calculation import curves
from evalengine.reports.calculation.book import HEADING_ROW, ROW, Book, UnitColumn
from evalengine.reports.calculation.live import live, quoted
from evalengine.reports.calculation.parameters import Parameters
from evalengine.reports.cells import number
from evalengine.reports.layout import Entry
from evalengine.reports.sheet import NOT_A_NUMBER
from evalengine.scheme.model import TOTAL

NOTHING = quoted(NOT_A_NUMBER)
GREATEST = "1E+300"
FIRST_WEIGHTS = HEADING_ROW + 3  # under the two rows of headings and the line of the codes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tree:
    """Where the nodes stand.

    Attributes:
        letters: the column of every node, the same on both sheets.
        parents: the node above each.
        blocks: first and last column of the children of each inner node.
        weight_rows: for every group the row of the weights that apply to it.
        sheet: name of the sheet of the scores.
    """

    letters: Mapping[str, str]
    parents: Mapping[str, str]
    blocks: Mapping[str, tuple[str, str]]
    weight_rows: Mapping[str, int]
    sheet: str

    def weights(self, node: str, group: str) -> str:
        """Return the weights of a node's children as a range of the sheet of the scores."""
        (first, last), row = self.blocks[node], self.weight_rows[group]
        return f"${first}${row}:${last}${row}"

    def scores(self, node: str) -> str:
        """Return the scores of a node's children as a range, with `ROW` for the row."""
        first, last = self.blocks[node]
        return f"{first}{ROW}:{last}{ROW}"

    def score(self, node: str) -> str:
        """Return the address of a node's score on other sheets, with `ROW` for the row."""
        return f"'{self.sheet}'!{self.letters[node]}{ROW}"


def tree_of(book: Book) -> Tree:
    """Return where the nodes stand."""
    facts = book.facts
    blocks = list(facts.blocks())
    letters = book.letters([*(code for _, children in blocks for code in children), TOTAL])
    own = facts.weight_sets()
    return Tree(
        letters=letters,
        parents=facts.parents,
        blocks={node: (letters[children[0]], letters[children[-1]]) for node, children in blocks},
        weight_rows={
            group: FIRST_WEIGHTS + (own.index(group) if group in own else 0) for group in (*own, *facts.groups)
        },
        sheet=book.sheets["scores"].title,
    )


def write_scores(book: Book, tree: Tree, values: Mapping[str, str], anchors: Parameters, weights: Parameters) -> None:
    """Write the scores of indicators by their anchors, those of dimensions and the total as means of what is below."""
    facts = book.facts
    columns = []
    for code in tree.letters:
        lines: list[Entry] = [("centre", "" if code == TOTAL else code)]
        for group in facts.weight_sets():
            weight = sum(float(w) for w in _leaf_weights(book, code, group))
            lines.append(live("weight", weights.cells[group, code], weight))
        entries = _indicator(book, code, values[code], anchors) if code in values else _node(book, code, tree)
        columns.append(_column(book, code, tree, lines, entries))
    sets = [
        book.say("line.weight_of_group", group=group) if group else book.say("line.weight")
        for group in facts.weight_sets()
    ]
    book.units("scores", columns, lines=[book.say("line.code"), *sets])


def write_shares(book: Book, tree: Tree) -> None:
    """Write what each node really weighs in the total of a unit, weights of what does not apply being shared."""
    facts, columns = book.facts, []
    for code, letter in tree.letters.items():
        own = f"'{tree.sheet}'!{letter}"
        formulas: dict[str, str] = {}
        for group in set(facts.groups):
            if code == TOTAL:
                formulas[group] = f"IF(ISNUMBER({own}{ROW}),1,0)"
                continue
            parent = tree.parents[code]
            whole = _counting(f"'{tree.sheet}'!{tree.weights(parent, group)}", f"'{tree.sheet}'!{tree.scores(parent)}")
            share = f"{tree.letters[parent]}{ROW}*{own}${tree.weight_rows[group]}/{whole}"
            formulas[group] = f"IF(ISNUMBER({own}{ROW}),IFERROR({share},0),0)"  # an error if no sibling weighs anything
        entries = [
            live("weight", formulas[group].replace(ROW, str(row)), share)
            for row, group, share in zip(book.rows(), facts.groups, facts.shares[code], strict=True)
        ]
        columns.append(_column(book, code, tree, [("centre", "" if code == TOTAL else code)], entries))
    book.units("shares", columns, lines=[book.say("line.code")])


def _column(book: Book, code: str, tree: Tree, lines: list[Entry], entries: list[Entry]) -> UnitColumn:
    above = book.node(tree.parents[code]) if code != TOTAL else ""
    return UnitColumn(heading=book.node(code), above=above, lines=lines, entries=entries)


def _leaf_weights(book: Book, node: str, group: str) -> list[float]:
    profile = book.facts.assessment.profile
    own = profile.groups[group].weights if group else profile.weights
    if node in own:
        return [float(own[node])]
    return [weight for child in book.facts.children(node) for weight in _leaf_weights(book, child, group)]


def _indicator(book: Book, code: str, value: str, anchors: Parameters) -> list[Entry]:
    facts = book.facts
    formulas = {group: _scoring(book, code, group, value, anchors) for group in set(facts.groups)}
    entries: list[Entry] = []
    for row, group, score in zip(book.rows(), facts.groups, facts.scores[code], strict=True):
        found, shown = formulas[group], NOT_A_NUMBER if score is None else score
        if found is None:
            book.value_only(book.node(code), "scoring")
            entries.append(("centre" if score is None else "score", shown))
        else:
            entries.append(book.computed("score", found.replace(ROW, str(row)), shown, book.node(code)))
    return entries


def _scoring(book: Book, code: str, group: str, value: str, anchors: Parameters) -> str | None:
    facts = book.facts
    rule, own = facts.rule(code, group), facts.rule_set(code, group)
    names = curves.anchors(rule)
    if names is None or code in facts.system.treatments():  # treated values are not on the sheet
        return None
    x = value
    if facts.coefficient(code, group) is not None:
        x = f"({value}*{anchors.cells[code, own, 'coefficient']})"
    scored = curves.formula(rule, x, {name: anchors.cells[code, own, name] for name in names})
    beside = anchors.cells.get((code, "", "not_applicable"), NOTHING)
    return f"IF(ISNUMBER({value}),{scored},IF({value}={quoted(book.status('not_applicable'))},{beside},0))"


def _node(book: Book, code: str, tree: Tree) -> list[Entry]:
    formulas = {group: _mean(book, code, group, tree) for group in set(book.facts.groups)}
    return [
        book.computed(
            "total", formulas[group].replace(ROW, str(row)), NOT_A_NUMBER if score is None else score, book.node(code)
        )
        for row, group, score in zip(book.rows(), book.facts.groups, book.facts.scores[code], strict=True)
    ]


def _counting(weights: str, scores: str) -> str:
    return f"SUMPRODUCT({weights},--ISNUMBER({scores}))"


def _mean(book: Book, code: str, group: str, tree: Tree) -> str:
    """Return a node's mean: of the children that have a score, by their weights."""
    weights, scores = tree.weights(code, group), tree.scores(code)
    whole = _counting(weights, scores)
    item = book.facts.system.dimensions.get(code)
    how = item.aggregation if item else "arithmetic"
    if how == "arithmetic" or item is None:
        return f"IF({whole}=0,{NOTHING},SUMPRODUCT({weights},{scores})/{whole})"
    pairs = [
        (f"${tree.letters[child]}${tree.weight_rows[group]}", f"{tree.letters[child]}{ROW}")
        for child in book.facts.children(code)
    ]
    if how == "minimum":
        return f"IF({whole}=0,{NOTHING},MIN({','.join(_if_counted(w, y, y, GREATEST) for w, y in pairs)}))"
    power = number(item.power)
    term = {"geometric": "{w}*LN({y})", "harmonic": "{w}/{y}", "power": f"{{w}}*POWER({{y}},{power})"}[how]
    total = "+".join(_if_counted(w, y, term.format(w=w, y=y), "0") for w, y in pairs)
    mean = {
        "geometric": f"EXP(({total})/{whole})",
        "harmonic": f"{whole}/({total})",
        "power": f"POWER(({total})/{whole},1/({power}))",
    }[how]
    if how != "power" or item.power < 0:  # a score of 0 makes these means 0, by a limit no cell can compute
        mean = f"IF(SUMPRODUCT(({weights}>0)*ISNUMBER({scores})*({scores}=0))>0,0,{mean})"
    return f"IF({whole}=0,{NOTHING},{mean})"


def _if_counted(weight: str, score: str, then: str, otherwise: str) -> str:
    return f"IF(AND(ISNUMBER({score}),{weight}>0),{then},{otherwise})"
