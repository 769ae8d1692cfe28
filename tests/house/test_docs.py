"""Nothing undocumented (taste rule 27): every name a reader may meet stands in docs/, and what stands there is true."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import typer
from temporalio import workflow

from api.app import create_app
from api.cli import app_of
from api.files.master_files import SKU_COLUMNS, STOCK_COLUMNS
from api.files.order_file import COLUMNS
from api.middleware import REGISTRY as API_METRICS
from domain.catalogue.labels_of_work import FINDINGS
from domain.catalogue.messages import MESSAGES
from domain.catalogue.refusals import REFUSALS
from domain.catalogue.returns import REASONS, TASKS
from domain.effects import EffectKind
from domain.facts import SIGNAL_OF
from domain.holds import HoldReason
from domain.packages import PackageState
from domain.policy import CaseKind, ClockKind
from domain.requests import ASKS
from domain.return_facts import OF_RETURNS
from domain.returning import Work
from domain.returns import ReturnReason, ReturnState
from domain.stage import Stage
from domain.transitions import GUARDS
from infra.db.keys import Role
from infra.namespace import SEARCH_ATTRIBUTES
from infra.relay.metrics import REGISTRY as RELAY_METRICS
from infra.settings import Settings
from infra.simulators.__main__ import SimulatorSettings
from tests.house import manual_table, transitions_page
from workflows.late import LateFactWorkflow
from workflows.order import OrderWorkflow
from workflows.returns import ReturnWorkflow

ROOT = Path(__file__).parents[2]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
}
DOCS = "\n".join(text for name, text in PAGES.items() if name.startswith("docs/"))
OPERATIONS, API = PAGES["docs/operations.md"], PAGES["docs/api.md"]
CODE = re.compile(r"`([^`\n]+)`")
IN_CODE = set(CODE.findall(DOCS))
SAID = {word for code in IN_CODE for word in re.findall(r"[\w.]+", code)}
DEFINITION = workflow._Definition.must_from_class(OrderWorkflow)
LATE = workflow._Definition.must_from_class(LateFactWorkflow)
RETURN = workflow._Definition.must_from_class(ReturnWorkflow)
SOURCES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "api").rglob("*.py"))}
LOCAL = {"127.0.0.1", "localhost"}
OF_TEMPORAL = {"WorkflowId", "WorkflowType", "ExecutionStatus"}


def settings() -> set[str]:
    """Every environment variable that is read."""
    return {
        str(about.validation_alias or f"ORDERS_{name}").upper()
        for model in (Settings, SimulatorSettings)
        for name, about in model.model_fields.items()
    }


def metrics() -> set[str]:
    """Every metric of ours, under the name it is shown by."""
    families = [family for registry in (API_METRICS, RELAY_METRICS) for family in registry.collect()]
    return {family.name + ("_total" if family.type == "counter" else "") for family in families}


def problem_codes() -> set[str]:
    """Every code that ``api`` gives a problem."""
    calls = [node for tree in SOURCES.values() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [call for call in calls if ast.unparse(call.func) == "problem" and len(call.args) > 1]
    return {str(call.args[1].value) for call in named if isinstance(call.args[1], ast.Constant)}


NAMES: dict[str, set[str]] = {
    "clocks": {kind.value for kind in ClockKind},
    "cases": {kind.value for kind in CaseKind},
    "holds": {reason.value for reason in HoldReason},
    "steps": {kind.value for kind in EffectKind}
    | {"record_order", "look_for_facts", "look_at_closed_order", "record_late", "record_return"}
    | {work.value for work in Work},
    "stages": {stage.value for stage in Stage},
    "package states": {state.value for state in PackageState},
    "guards": set(GUARDS),
    "settings": settings(),
    "signals": {name for name in (*DEFINITION.signals, *LATE.signals, *RETURN.signals) if name},
    "updates": {name for name in (*DEFINITION.updates, *RETURN.updates) if name} | set(ASKS),
    "queries": {name for name in (*DEFINITION.queries, *RETURN.queries) if name},
    "search attributes": set(SEARCH_ATTRIBUTES),
    "facts": {*SIGNAL_OF, *OF_RETURNS},
    "returns": {*ReturnState, *ReturnReason, *REASONS, *TASKS},
    "metrics": metrics(),
    "messages": set(MESSAGES),
    "refusals": set(REFUSALS),
    "findings": set(FINDINGS),
    "problems": problem_codes(),
    "roles": {role.value for role in Role},
    "columns": {*COLUMNS, *SKU_COLUMNS, *STOCK_COLUMNS},
}


@pytest.mark.parametrize("kind", NAMES)
def test_every_name_stands_in_the_docs(kind: str) -> None:
    said = SAID | set(re.findall(r"\bC\d\b", DOCS)) if kind == "clocks" else SAID
    assert NAMES[kind]
    assert sorted(NAMES[kind] - said) == []


def test_every_command_stands_in_the_docs() -> None:
    commands = getattr(typer.main.get_command(app_of(())), "commands", {})
    told = {code.split()[1] for code in IN_CODE if re.match(r"orders \w", code)}
    assert set(commands) <= told


def test_every_address_stands_in_the_docs() -> None:
    paths = create_app().openapi()["paths"]
    addresses = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    asked = {f"POST /v1/orders/{{order_no}}/{name}" for name in ASKS}
    assert sorted(addresses - asked - set(CODE.findall(API))) == []


def test_every_target_of_make_is_told() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    told = set(re.findall(r"make ([a-z]+)\b", "\n".join(PAGES.values())))
    assert targets - {"help"} <= told


def test_every_folder_of_the_tests_is_told() -> None:
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert sorted(folders - set(CODE.findall(PAGES["README.md"]))) == []


# -- what stands there is true ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", PAGES[page])
    foreign = [link for link in links if urlsplit(link).netloc and urlsplit(link).hostname not in LOCAL]
    files = [link for link in links if not urlsplit(link).netloc]
    assert foreign == []
    assert [link for link in files if not _leads_somewhere(page, link)] == []


def _leads_somewhere(page: str, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (ROOT / page).parent / name if name else ROOT / page
    if not target.exists() or not anchor:
        return target.exists()
    headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_exists(page: str) -> None:
    floors = ("activities/", "api/", "domain/", "infra/", "tests/", "workflows/", "docs/")
    named = [code for code in CODE.findall(PAGES[page]) if code.startswith(floors) and " " not in code]
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_a_machine(page: str) -> None:
    assert re.findall(r"(?:/work|/tmp|/home|/root|/usr)/\S+", PAGES[page]) == []


def test_the_bodies_of_updates_are_read_as_they_stand() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| `(\{.*?\})` \|", OPERATIONS, flags=re.MULTILINE))
    assert set(told) == set(ASKS)
    for name, body in told.items():
        ASKS[name].model_validate({"request_id": "as-told", **json.loads(body)})


def test_the_prepared_filters_are_good_everywhere() -> None:
    rows = re.findall(r"^\| [^|]+ \| `([^`]+)` \| (?:\[open\]\(([^)\s]+)\))? ?\|", OPERATIONS, flags=re.MULTILINE)
    assert rows
    dates = {name for name in SEARCH_ATTRIBUTES if name.endswith("At")}
    for told, link in rows:
        left = re.findall(r"(\w+) (=|>=|<=|<|>|IN|STARTS_WITH|IS|BETWEEN|LIKE)(?= |$)", told)
        assert left, told
        assert {name for name, _ in left} <= set(SEARCH_ATTRIBUTES) | OF_TEMPORAL
        assert {how for _, how in left} <= {"=", ">=", "<", "IN", "STARTS_WITH"}, "half-open ranges, nothing else"
        assert not [name for name, how in left if name in dates and how == "="]
        assert not link or parse_qs(urlsplit(link).query)["query"] == [unquote(told)]


def test_the_page_of_transitions_is_the_table() -> None:
    assert PAGES["docs/transitions.md"] == transitions_page.page(), "python -m tests.house.transitions_page --write"


# -- the manual's table ----------------------------------------------------------------------------------------------

ROWS = {row.clause: row for row in manual_table.rows()}
REFRESH = "python -m tests.house.manual_table --write"
BUILT = {
    *(
        f"AC-{number:02d}"
        for number in (*range(1, 9), 10, *range(12, 24), 32, 35, 37, 38, *range(41, 45), 46, 47, 54, 55)
    ),
    *(f"AC-{number}" for number in (61, 62, 63, 65, 66, 67, 69, 70, 72)),
    *(f"SR-{number:03d}" for number in (*range(1, 4), *range(10, 24), *range(30, 34), 35, *range(50, 54), 55, 58)),
    *(f"SR-{number}" for number in (*range(100, 104), *range(110, 115), *range(120, 125), *range(145, 149))),
    *(f"SR-{number}" for number in (160, 161, 163, 170, 173, 174, 177)),
    *(f"C{number}" for number in (1, 2, 3, 4, 5, 6, 8)),
    *("AC-33", "AC-34", "SR-132c"),
    *("AC-39", "SR-162", "SR-164"),
    *("AC-24", "AC-25", "SR-131", "SR-131a", "SR-162"),
    *("AC-11", "C7", "SR-130", "SR-130a", "SR-130b"),
}
"""The clauses of this release; each needs its row."""


def test_each_clause_stands_once() -> None:
    assert len(ROWS) == len(manual_table.rows())


def test_every_clause_of_this_release_has_its_row() -> None:
    assert sorted(BUILT - ROWS.keys()) == []


def test_every_edge_case_stands_once_as_a_row_or_left_out() -> None:
    _, _, after = PAGES["docs/manual.md"].partition("\n### Edge cases left out\n")
    left_out = re.findall(r"^- (EC-[^:]+): \S", after.partition("\n## ")[0], flags=re.MULTILINE)
    standing = [row.clause for row in manual_table.rows() if row.clause.startswith("EC-")]
    told = [*standing, *(clause for clauses in left_out for clause in clauses.split(", "))]
    assert sorted(told) == [f"EC-{number:02d}" for number in range(1, 66)]


def test_every_marked_clause_stands_in_the_table_with_its_tests() -> None:
    assert sorted(manual_table.marks().keys() - ROWS.keys()) == []
    assert {
        clause: files for clause, files in manual_table.marks().items() if not files <= set(ROWS[clause].tests)
    } == {}, REFRESH


def test_every_row_has_its_module_and_its_test() -> None:
    assert [row.clause for row in ROWS.values() if not row.modules or not row.asks] == []
    lacking = [(row.clause, name) for row in ROWS.values() for name in row.modules if not (ROOT / name).is_file()]
    assert lacking == []
    assert [row.clause for row in ROWS.values() if row.tests != row.proven_by(manual_table.marks())] == [], REFRESH
    assert [row.clause for row in ROWS.values() if not row.tests] == []
