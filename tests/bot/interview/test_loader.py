"""An interview is read from its folder; each mistake is told with its file, line, id and likely mend."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.interview.errors import InterviewError
from bot.interview.loader import SHIPPED, load_interview, shipped_interview
from bot.interview.marked_yaml import Node, YamlProblem, read_marked
from bot.interview.model import All, Any_, Chapter, Example, Kind, Known, Named, Not, Stage, Truth
from bot.interview.model import Test as Compared
from index import safe_yaml

MAIN = "id: bicycles\nversion: 3\norder: [buyer.yaml, ride.yaml]\n"

BUYER = """\
questions:
  - id: home
    scope: company
    kind: choice
    ask: {fr: "Où habitez-vous ?", en: "Where do you live?"}
    label: {fr: "Domicile", en: "Home"}
    why: {fr: "L'escalier compte.", en: "Stairs count."}
    cites: [choosing#stairs]
    options:
      - {value: house, label: {fr: "Maison", en: "House"}, words: {fr: [Pavillon], en: [cottage]}}
      - {value: flat, label: {fr: "Appartement", en: "Flat"}}
"""

RIDE = """\
questions:
  - id: distance
    scope: flow
    kind: volume
    ask: {fr: "Combien de km par jour ?", en: "How many km a day?"}
    label: {fr: "Distance", en: "Distance"}
    why: {fr: "Loin, une aide soulage.", en: "Far, help is welcome."}
    cites: [choosing#distance]
    examples: {fr: ["10 km", 12], en: ["10 km"]}
    unit: {fr: "km", en: "km"}
    low: 0
    high: 200
    probes: [5, 50]
  - id: hilly
    scope: flow
    kind: boolean
    ask: {fr: "Ça monte ?", en: "Is it hilly?"}
    label: {fr: "Côtes", en: "Hills"}
    why: {fr: "Les côtes fatiguent.", en: "Hills tire."}
    cites: [choosing#hills]
    options:
      - {value: true, label: {fr: "Oui", en: "Yes"}}
      - {value: false, label: {fr: "Non", en: "No"}}
  - id: luggage
    scope: flow
    kind: choices
    ask: {fr: "Que portez-vous ?", en: "What do you carry?"}
    label: {fr: "Bagages", en: "Luggage"}
    why: {fr: "Un cargo porte tout.", en: "A cargo bike carries all."}
    cites: [choosing#luggage]
    options:
      - {value: child, label: {fr: "Enfant", en: "Child"}}
      - {value: bags, label: {fr: "Sacs", en: "Bags"}}
    ask_if: {distance: {above: 0}, home: house}
"""

RULES = """\
rules:
  - id: far-and-hilly
    stage: push
    title: {fr: "Loin", en: "Far"}
    when:
      any:
        - {distance: {at_least: 10, below: 100}, hilly: true}
        - not: {luggage: {has: [child]}}
        - {known: [home, hilly]}
        - {check: steep}
    then: {push: economic, partial: hills}
    because: {fr: "C'est loin.", en: "It is far."}
    cites: [choosing#distance]
    examples:
      - {answers: {distance: 12, hilly: true}, fires: true}
      - {answers: {luggage: [child], distance: 1}, fires: unknown}
gates:
  - id: garage
    title: {fr: "Un garage", en: "A garage"}
    opens: {home: {in: house}}
    applies: {push: {has: economic}}
    weight: 10
    action: {fr: "Trouvez un garage.", en: "Find a garage."}
    weeks: [1, 2]
    because: {fr: "Les vols.", en: "Thefts."}
    cites: [choosing#thefts]
    examples: [{answers: {home: flat}, fires: false}]
advice:
  - id: helmet
    chapter: risk
    title: {fr: "Casque", en: "Helmet"}
    text: {fr: "Portez un casque.", en: "Wear a helmet."}
    assumed: true
    when: {extent: {has: [hills]}, target: partial}
    raises: [{when: {hilly: true}, by: 1, why: {fr: "Ça descend.", en: "It goes down."}}]
"""

FILES = {"interview.yaml": MAIN, "buyer.yaml": BUYER, "ride.yaml": RIDE, "rules.yaml": RULES}


def write(folder: Path, **changed: str) -> Path:
    """The bicycle interview, some of its files put in other words; ``ride`` stands for ``ride.yaml``."""
    for name, text in {**FILES, **{f"{name}.yaml": text for name, text in changed.items()}}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def mistakes(folder: Path, **changed: str) -> list[str]:
    """What the loader says, a line each."""
    with pytest.raises(InterviewError) as raised:
        load_interview(write(folder, **changed), {"steep"})
    return str(raised.value).splitlines()


def test_an_interview_is_read_whole(tmp_path: Path) -> None:
    interview = load_interview(write(tmp_path), {"steep"})
    assert (interview.id, interview.version) == ("bicycles", 3)
    assert [q.id for q in interview.questions] == ["home", "distance", "hilly", "luggage"]
    home, distance, hilly, luggage = interview.questions
    assert home.kind is Kind.CHOICE
    assert home.options[0].words == {"fr": ("pavillon",), "en": ("cottage",)}
    assert (distance.low, distance.high, distance.probes) == (0, 200, (5, 50))
    assert distance.examples == {"fr": ("10 km", "12"), "en": ("10 km",)}
    assert [option.value for option in hilly.options] == [True, False]
    assert luggage.ask_if == All((Compared("distance", "above", 0), Compared("home", "is", "house")))
    assert home.ask_if is None


def test_conditions_effects_and_examples_are_read(tmp_path: Path) -> None:
    interview = load_interview(write(tmp_path))
    (rule,) = interview.rules_of(Stage.PUSH)
    far = All((Compared("distance", "at_least", 10), Compared("distance", "below", 100), Compared("hilly", "is", True)))
    child = Not(Compared("luggage", "has", ("child",)))
    assert rule.when == Any_((far, child, Known(("home", "hilly")), Named("steep")))
    assert rule.then == {"push": "economic", "partial": "hills"}
    assert rule.examples[1] == Example({"luggage": ("child",), "distance": 1}, Truth.UNKNOWN)
    (gate,) = interview.gates
    assert gate.opens == Compared("home", "in", ("house",))
    assert (gate.partly, gate.weeks, gate.weight) == (None, (1, 2), 10)
    (advice,) = interview.advice
    assert (advice.chapter, advice.assumed, advice.raises[0].by) == (Chapter.RISK, True, 1)
    assert advice.when == All((Compared("extent", "has", ("hills",)), Compared("target", "is", "partial")))


def test_sentences_are_typeset(tmp_path: Path) -> None:
    question = load_interview(write(tmp_path)).question("home")
    assert question.ask == {"fr": "Où habitez-vous\u00a0?", "en": "Where do you live?"}
    assert question.why["fr"] == "L’escalier compte."


def test_files_come_in_the_order_given_then_by_name(tmp_path: Path) -> None:
    other = BUYER.replace("home", "street")
    interview = load_interview(write(tmp_path, interview="id: b\nversion: 1\norder: [ride.yaml]\n", attic=other))
    assert [q.id for q in interview.questions] == ["distance", "hilly", "luggage", "street", "home"]


def test_the_figures_of_the_advice_are_none_of_the_interview(tmp_path: Path) -> None:
    assert load_interview(write(tmp_path, assumptions="assumptions:\n  - {id: speed, low: 12}\n"))
    assert mistakes(tmp_path, assumptions="assumptions: []\nquestion: []\n")[0].startswith(
        "assumptions.yaml:1: unknown"
    )


def test_words_are_words(tmp_path: Path) -> None:
    """An answer ``no`` is a word, not a boolean, and an hour is not a number in base sixty."""
    ride = RIDE.replace("value: child", "value: no").replace("value: bags", "value: 09:30")
    rules = RULES.replace("[child]", "[no]")
    options = load_interview(write(tmp_path, ride=ride, rules=rules)).question("luggage").options
    assert [option.value for option in options] == ["no", "09:30"]


MISTAKES: dict[str, dict[str, Any]] = {
    mistake["name"]: mistake
    for mistake in safe_yaml.load((Path(__file__).parent / "mistakes.yaml").read_text(encoding="utf-8"))
}


def told_of(name: str, folder: Path) -> list[str]:
    """What the loader says of the bicycle interview with that mistake in it."""
    mistake = MISTAKES[name]
    text = FILES[f"{mistake['file']}.yaml"]
    right = mistake.get("right", text)
    assert right in text
    return mistakes(folder, **{mistake["file"]: text.replace(right, mistake["wrong"], 1)})


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_where_it_stands_and_how_to_mend_it(name: str, tmp_path: Path) -> None:
    told = told_of(name, tmp_path)
    assert [line for line in told if MISTAKES[name]["said"] in line] != [], told


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_does_not_hide_behind_others(name: str, tmp_path: Path) -> None:
    """A question that is wrong does not make the conditions that look at it look wrong too."""
    told = told_of(name, tmp_path)
    assert len(told) <= int(MISTAKES[name].get("lines", 1)), told


def test_all_mistakes_are_told_at_once_in_order(tmp_path: Path) -> None:
    ride = RIDE.replace("kind: volume", "kind: volum").replace('"Hills"', "7")
    told = mistakes(tmp_path, ride=ride, rules=RULES.replace("weight: 10", "weight: ten"), buyer="a: [")
    assert [line.partition(": ")[0] for line in told[:1]] == ["buyer.yaml:2"]
    assert {line.partition(":")[0] for line in told} == {"buyer.yaml", "ride.yaml", "rules.yaml"}
    assert len(told) == len(set(told)) >= 4


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InterviewError, match="cannot be listed"):
        load_interview(tmp_path / "nowhere")
    with pytest.raises(InterviewError, match=re.escape("interview.yaml is missing: write 'id:', 'version:'")):
        load_interview(tmp_path)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "dir.yaml").mkdir()
    (tmp_path / "latin.yaml").write_bytes("a: 1\nb: caf\xe9\n".encode("latin-1"))
    (tmp_path / "huge.yaml").write_text("a: " + "x" * 5_000_000)
    told = mistakes(tmp_path)
    assert told[0].startswith("dir.yaml: cannot be read")
    assert told[1].startswith("huge.yaml: longer than")
    assert told[2] == "latin.yaml:2: is not UTF-8 text: save it with that encoding"


HOSTILE = {
    "deep": "a: " + "[" * 100_000,
    "deep mappings": "".join(f"{' ' * n}a:\n" for n in range(200)),
    "laughs": "a0: &a0 [x]\n" + "".join(f"a{n + 1}: &a{n + 1} [{','.join([f'*a{n}'] * 10)}]\n" for n in range(12)),
    "merged laughs": "a0: &a0 {x: 1}\n" + "".join(
        f"a{n + 1}: &a{n + 1} {{{','.join(f'k{i}: *a{n}' for i in range(10))}}}\n" for n in range(12)
    ),
    "itself": "a: &a {b: *a}",
    "merged into itself": "a: &a {<<: *a}",
    "no anchor": "a: *b",
    "null byte": "a: \x00",
    "two documents": "a: 1\n---\nb: 2",
    "key that is a list": "? [a]\n: b",
    "key that is a number": "1: b",
    "directive": "%YAML 9.9\n---\na: 1",
    "tab": "a:\n\t- b",
    "object": "a: !!python/object/apply:os.system ['true']",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_yaml_is_refused_in_words(name: str, tmp_path: Path) -> None:
    told = mistakes(tmp_path, attic=HOSTILE[name])
    assert [line for line in told if line.startswith("attic.yaml")] != []
    assert all(len(line) < 400 for line in told)


@given(st.text(alphabet=st.sampled_from(list("ab:-[]{}&*!<>|?#'\",%@ \n\t\\01é~")), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        outcome: Node | YamlProblem = read_marked(text)
    except YamlProblem as problem:
        outcome = problem
    assert isinstance(outcome, Node) or str(outcome)
    assert 0 <= outcome.line <= text.count("\n") + 2


def test_anchors_and_merges_are_read() -> None:
    tree = read_marked("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: [*a]\n")
    assert isinstance(tree.value, dict)
    merged = tree.value["b"].value
    assert isinstance(merged, dict)
    assert {key: node.value for key, node in merged.items()} == {"y": 3, "x": 1}
    assert tree.value["c"].value == [tree.value["a"]]


def test_the_shipped_interview_is_read_once() -> None:
    assert shipped_interview() is shipped_interview()


def test_the_example_of_the_documentation_can_be_followed(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "docs" / "writing-an-interview.md").read_text(encoding="utf-8")
    question, rule = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)[:2]
    shutil.copytree(SHIPPED, tmp_path / "interviews")
    for name, added in (("flow.yaml", question), ("rules.yaml", rule)):
        with (tmp_path / "interviews" / name).open("a", encoding="utf-8") as file:
            file.write("\n" + textwrap.indent(textwrap.dedent(added), "  "))
    interview = load_interview(tmp_path / "interviews")
    assert interview.questions[-1].id == "sends_pictures"
    assert interview.rules[-1].id == "pictures"
