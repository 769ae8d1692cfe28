"""What the demo shows: live progress while it runs, then every order's planned and actual end, and where to look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from domain.catalogue.text import label
from domain.policy import ClockKind
from domain.stage import Stage
from infra.demo.run import LANGUAGE, Story
from infra.demo.telling import story as sentences

BREACHED = "breached"


def problems(story: Story) -> tuple[str, ...]:
    """Every way in which an order did not end as planned; none where it did."""
    if story.trouble:
        return (story.trouble,)
    if story.detail is None or story.seen is None:
        return ("it was never seen",)
    found = []
    if story.detail.stage != story.plan.ends:
        found.append(f"it is {story.detail.stage}, planned {story.plan.ends}")
    kinds = {one.kind for one in story.detail.cases}
    found += [f"no case {kind}" for kind in story.plan.cases if kind not in kinds]
    found += [f"unplanned case {kind}" for kind in sorted(kinds - set(story.plan.cases))]
    breached = {clock.kind for clock in story.detail.clocks if clock.verdict == BREACHED}
    found += [f"{clock} not breached" for clock in story.plan.breaches if clock not in breached]
    outcomes = [one.outcome for one in story.detail.returns]
    if story.plan.returned and outcomes != [story.plan.returned]:
        found.append(f"it was returned as {', '.join(outcomes) or 'nothing'}, planned {story.plan.returned}")
    return tuple(found)


def failures(stories: Sequence[Story]) -> dict[str, tuple[str, ...]]:
    """External id → what did not go as planned."""
    return {story.external_id: wrong for story in stories if (wrong := problems(story))}


def progress(stories: Sequence[Story]) -> RenderableType:
    """One screen while it runs: how many stand where, and which cases are open."""
    seen = [story.seen for story in stories if story.seen]
    stages = Counter(order.stage for order in seen)
    open_cases = Counter(kind for order in seen for kind in order.open_cases)
    ended = sum(story.ended for story in stories)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for stage, number in stages.most_common():
        table.add_row(f"{number:3}", label("stage", stage, LANGUAGE), label("stage", stage, "zh-Hans"))
    cases_now = ", ".join(f"{number} {label('case', kind, LANGUAGE)}" for kind, number in open_cases.most_common())
    return Group(
        Text(f"{len(seen)} of {len(stories)} orders placed, {ended} ended"),
        ProgressBar(total=len(stories), completed=ended, width=60),
        table,
        Text(f"Open cases: {cases_now or 'none'}"),
    )


def line(stories: Sequence[Story]) -> str:
    """The same as one line, where there is no terminal."""
    seen = [story.seen for story in stories if story.seen]
    ended = sum(story.ended for story in stories)
    return f"placed {len(seen)}/{len(stories)}, ended {ended}, open cases {sum(len(one.open_cases) for one in seen)}"


def summary(stories: Sequence[Story]) -> Table:
    """Every order: planned end, actual end, cases and breaches."""
    table = Table(title="Every order, as planned and as it ended", title_justify="left")
    for column in ("order", "what was planned", "planned end", "actual end", "cases", "breached"):
        table.add_column(column, no_wrap=column in {"order", "breached"})
    for story in stories:
        detail = story.detail
        breached = sorted({one.kind for one in detail.clocks if one.verdict == BREACHED}) if detail else []
        wrong = problems(story)
        actual = label("stage", detail.stage, LANGUAGE) if detail else "not placed"
        table.add_row(
            story.external_id,
            story.plan.name,
            label("stage", story.plan.ends, LANGUAGE),
            Text(f"✗ {actual}" if wrong else f"✓ {actual}", style="red" if wrong else "green"),
            ", ".join(f"{one.kind} {one.status.lower()}" for one in detail.cases) if detail else "",
            " ".join(breached),
        )
    return table


def exceptional(story: Story) -> bool:
    """Whether an order did not simply go well: a case, somebody who had to act, another end, a return."""
    if story.detail is None:
        return False
    acted = any(act.what != "post_again" for act in story.plan.acts)
    return acted or bool(story.detail.cases or story.detail.returns) or story.detail.stage != Stage.COMPLETED


def tell(console: Console, stories: Sequence[Story]) -> None:
    """The story of each exceptional order, in sentences of its own timeline."""
    console.print("What happened to those that did not simply go well", style="italic")
    for story in filter(exceptional, stories):
        console.print(f"{story.external_id}  {story.plan.name}", style="bold", highlight=False)
        for sentence in sentences(story.told):
            console.print(Padding(sentence, (0, 0, 0, 4), expand=False), highlight=False)


def breaches(stories: Sequence[Story]) -> Table:
    """Per clock: how many breaches were planned, how many came, and how many of them stand as a case."""
    table = Table(title="Clocks", title_justify="left")
    for column in ("clock", "promise", "planned breaches", "seen as a case"):
        table.add_column(column)
    planned = Counter(clock for story in stories for clock in story.plan.breaches)
    shown = Counter(clock for story in stories for clock in story.plan.breaches if _has_case(story, clock))
    for clock in sorted(planned):
        table.add_row(clock, label("clock", clock, LANGUAGE), str(planned[clock]), str(shown[clock]))
    return table


def _has_case(story: Story, clock: ClockKind) -> bool:
    clocks = story.detail.clocks if story.detail else ()
    return any(one.kind == clock and one.case_no is not None for one in clocks)


def links(api_url: str, ui_url: str | None, namespace: str) -> list[tuple[str, str]]:
    """Where to look now."""
    found = [("API docs", f"{api_url}/docs")]
    if ui_url:
        views = {
            "Needs attention": "NeedsAttention = true",
            "Clocks breached": "ClockBreaches IS NOT NULL",
            "All orders": "WorkflowType = 'OrderWorkflow'",
        }
        root = f"{ui_url}/namespaces/{namespace}/workflows"
        found += [(f"Temporal UI: {name}", f"{root}?query={quote(query)}") for name, query in views.items()]
    return found


def show(console: Console, stories: Sequence[Story], where: Sequence[tuple[str, str]]) -> None:
    """The summary: orders, the stories of the exceptional ones, clocks, what went otherwise, links."""
    console.print(summary(stories))
    tell(console, stories)
    console.print(breaches(stories))
    wrong = failures(stories)
    for external_id, reasons in wrong.items():
        console.print(f"[red]{external_id}[/red] {'; '.join(reasons)}", highlight=False)
    good = len(stories) - len(wrong)
    console.print(f"{good} of {len(stories)} orders ended as planned.", style="red" if wrong else "green")
    for name, url in where:
        console.print(f"  {name:<32} {url}", soft_wrap=True, highlight=False)
