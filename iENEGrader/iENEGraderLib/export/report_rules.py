"""The rules behind a result and their sources: one click from a rule to what it says and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, anchor, joined, tag

from iENEGraderLib.export.words import CONFIDENCE_MEANINGS, SHORT_EDITIONS
from iENEGraderLib.rules.notes import notes
from iENEGraderLib.rules.sources import sources

if TYPE_CHECKING:
    from iENEGraderLib.rules import Assessment, Trace

EXTERNAL = "noopener noreferrer external"


@dataclass(frozen=True)
class UsedRule:
    """A rule with everything in the case that it led to."""

    trace: Trace
    used_for: tuple[str, ...]


def used_rules(assessment: Assessment) -> tuple[UsedRule, ...]:
    """Return each rule of the assessment once, in the order of use."""
    uses = [(trace, f"node {node.node_id}") for node in assessment.nodes for trace in node.trace]
    for result in assessment.staging:
        uses += [(trace, SHORT_EDITIONS[result.edition]) for trace in result.trace]
    traces = dict.fromkeys(trace for trace, _ in uses)
    return tuple(UsedRule(each, tuple(dict.fromkeys(use for trace, use in uses if trace == each))) for each in traces)


def rule_links(traces: tuple[Trace, ...]) -> Markup:
    """Return one line with a link to each rule; nothing when there are none."""
    if not traces:
        return Markup("")
    ids = dict.fromkeys(trace.rule_id for trace in traces)
    links = [tag("a", rule_id, href=f"#{anchor('rule', rule_id)}", class_="rule") for rule_id in ids]
    return tag("p", "Rules: ", joined(links, " "), class_="rules")


def source_link(key: str) -> Markup:
    """Return a link to the entry of a source in the list of sources."""
    return tag("a", key, href=f"#{anchor('source', key)}", title=sources()[key].citation)


def rules_and_sources(assessment: Assessment) -> Markup:
    """Return the section with every rule used, and the list of all sources they cite."""
    used = used_rules(assessment)
    seen: set[str] = set()
    rows = []
    for rule in used:
        rows.append(_rule_row(rule, is_first=rule.trace.rule_id not in seen))
        seen.add(rule.trace.rule_id)
    headings = [
        tag("th", title, scope="col") for title in ("Rule", "What it says", "Used for", "Confidence", "Sources")
    ]
    table = tag(
        "table",
        tag("thead", tag("tr", *headings, role="row"), role="rowgroup"),
        tag("tbody", *rows, role="rowgroup"),
        role="table",
    )
    parts = (tag("h2", "Rules and their sources", id="rules"), table, _confidence_key(), _source_list(used))
    return tag("section", *parts, aria_labelledby="rules")


def _rule_row(rule: UsedRule, is_first: bool) -> Markup:
    trace = rule.trace
    # A rule whose words depend on the case has several rows; links go to the first.
    name = tag("code", trace.rule_id)
    place: str | bool = anchor("rule", trace.rule_id) if is_first else False
    return tag(
        "tr",
        tag("th", name, scope="row", role="rowheader", data_label="Rule"),
        tag("td", trace.matched, role="cell", data_label="Says"),
        tag("td", ", ".join(rule.used_for), role="cell", data_label="Used for"),
        tag("td", tag("span", trace.confidence, class_=f"confidence {trace.confidence}"), role="cell",
            data_label="Confidence"),
        tag("td", joined([_source_links(key) for key in trace.sources], ", "), role="cell", data_label="Sources"),
        id=place,
        role="row",
    )  # fmt: skip


def _source_links(key: str) -> Markup:
    """Both ways from one place: to the citation in this page, and to the source itself where it has an address."""
    source = sources()[key]
    if not source.url:
        return tag("span", source_link(key), class_="cited")
    out = tag("a", "open", href=source.url, rel=EXTERNAL, aria_label=f"open {source.citation}")
    return tag("span", source_link(key), " (", out, ")", class_="cited")


def _confidence_key() -> Markup:
    parts = [joined([tag("strong", confidence), f": {meaning}"]) for confidence, meaning in CONFIDENCE_MEANINGS.items()]
    return tag("p", "Confidence. ", joined(parts, "; "), ".", class_="aside")


def _source_list(used: tuple[UsedRule, ...]) -> Markup:
    keys = dict.fromkeys([*(key for rule in used for key in rule.trace.sources), *notes()["tors"].sources])
    entries = []
    for key in keys:
        source = sources()[key]
        link = tag("a", source.url, href=source.url, rel=EXTERNAL) if source.url else "no address"
        entries += [
            tag("dt", key, id=anchor("source", key)),
            tag("dd", source.citation, " ", link, f" (read for the tables: {source.seen})"),
        ]
    return joined([tag("h3", "Sources"), tag("dl", *entries, class_="sources")])
