"""From indicator values to scores of indicators, dimensions and the total, and to the weights that really count.

The children of a node stand side by side, with their weights above them, so that a mean is one formula over a range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evalengine.reports.calculation import curves
from evalengine.reports.calculation.book import HEADING_ROW, Book
from evalengine.reports.calculation.columns import ROW, UnitColumn
from evalengine.reports.calculation.live import live, quoted
from evalengine.reports.calculation.parameters import Parameters
from evalengine.reports.cells import NOT_A_NUMBER, number
from evalengine.reports.layout import Entry
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


def write_scores(book: Book, tree: Tree, scored: Mapping[str, str], anchors: Parameters, weights: Parameters) -> None:
    """Write the scores of indicators by their anchors, those of dimensions and the total as means of what is below.

    Args:
        book: the workbook.
        tree: where the scores stand.
        scored: address of the value of every indicator that is scored, with `ROW` for the row.
        anchors: the cells of the anchors.
        weights: the cells of the weights.
    """
    facts = book.facts
    columns = []
    for code in tree.letters:
        lines: list[Entry] = [("centre", "" if code == TOTAL else code)]
        for group in facts.weight_sets():
            weight = sum(float(w) for w in _leaf_weights(book, code, group))
            lines.append(live("weight", weights.cells[group, code], weight))
        column = _indicator(book, code, scored[code], anchors, tree) if code in scored else _node(book, code, tree)
        columns.append(replace(column, lines=lines))
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
        for group in _groups(book):
            if code == TOTAL:
                formulas[group] = f"IF(ISNUMBER({own}{ROW}),1,0)"
                continue
            parent = tree.parents[code]
            whole = _counting(f"'{tree.sheet}'!{tree.weights(parent, group)}", f"'{tree.sheet}'!{tree.scores(parent)}")
            share = f"{tree.letters[parent]}{ROW}*{own}${tree.weight_rows[group]}/{whole}"
            formulas[group] = f"IF(ISNUMBER({own}{ROW}),IFERROR({share},0),0)"  # an error if no sibling weighs anything
        column = _column(book, code, tree, "weight", facts.shares[code], formulas)
        columns.append(replace(column, lines=[("centre", "" if code == TOTAL else code)]))
    book.units("shares", columns, lines=[book.say("line.code")])


def _column(
    book: Book, code: str, tree: Tree, kind: str, values: Sequence[float | None], formulas: Mapping[str, str]
) -> UnitColumn:
    """Return the column of a node.

    Args:
        book: the workbook.
        code: the node.
        tree: where the nodes stand.
        kind: kind of its cells.
        values: what they show.
        formulas: the formula of each group.
    """
    return UnitColumn(
        heading=book.node(code),
        above=book.node(tree.parents[code]) if code != TOTAL else "",
        kind=kind,
        values=[NOT_A_NUMBER if value is None else value for value in values],
        formulas=[formulas[group] for group in book.facts.groups],
    )


def _leaf_weights(book: Book, node: str, group: str) -> list[float]:
    profile = book.facts.assessment.profile
    own = profile.groups[group].weights if group else profile.weights
    if node in own:
        return [float(own[node])]
    return [weight for child in book.facts.children(node) for weight in _leaf_weights(book, child, group)]


def _indicator(book: Book, code: str, value: str, anchors: Parameters, tree: Tree) -> UnitColumn:
    formulas = {group: _scoring(book, code, group, value, anchors) for group in _groups(book)}
    return _column(book, code, tree, "score", book.facts.scores[code], formulas)


def _scoring(book: Book, code: str, group: str, value: str, anchors: Parameters) -> str:
    """Return the formula of an indicator's score in a group; none for a rule that looks at other units."""
    facts = book.facts
    rule, own = facts.rule(code, group), facts.rule_set(code, group)
    names = curves.anchors(rule)
    if names is None:
        book.value_only(book.node(code), "scoring")
        return ""
    x = value
    if facts.coefficient(code, group) is not None:
        x = f"({value}*{anchors.cells[code, own, 'coefficient']})"
    scored = curves.formula(rule, x, {name: anchors.cells[code, own, name] for name in names})
    beside = anchors.cells.get((code, "", "not_applicable"), NOTHING)
    away = quoted(book.status("not_applicable"))
    return book.short(f"IF(ISNUMBER({value}),{scored},IF({value}={away},{beside},0))", book.node(code))


def _node(book: Book, code: str, tree: Tree) -> UnitColumn:
    formulas = {group: book.short(_mean(book, code, group, tree), book.node(code)) for group in _groups(book)}
    return _column(book, code, tree, "total", book.facts.scores[code], formulas)


def _groups(book: Book) -> list[str]:
    return list(dict.fromkeys(book.facts.groups))


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
