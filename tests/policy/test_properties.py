"""Properties of the expression engine, on random templates.

The oracle is independent of the engine: it tries every assignment of the parameters, puts the values in as literals,
evaluates conditions by brute force, takes the branches, and has the literal template that is left judged.
"""

from __future__ import annotations

import itertools
import re
from functools import cache
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.cloudformation.scenario import SCENARIO_LIMIT
from ecs_guard_aspects.policy import Finding, Policy, TemplateError, Verdict, evaluate_template

from .support import NO_VALUE, STRICT, TASK_DEFINITION, violations

# --- the oracle ----------------------------------------------------------------------------------------------------


class DeploymentError(Exception):
    """CloudFormation would refuse this assignment: a key is in no mapping."""


GONE = object()


class Substitution:
    """One assignment of values to the parameters of a template."""

    def __init__(self, template: dict[str, Any], values: dict[str, str]) -> None:
        self.template = template
        self.values = values

    def literal(self) -> dict[str, Any]:
        """Return the template with literals only."""
        resources = {}
        for name, resource in self.template["Resources"].items():
            if self.holds(resource["Condition"]) if "Condition" in resource else True:
                properties = self.put_in(resource["Properties"])
                resources[name] = {"Type": resource["Type"], "Properties": {} if properties is GONE else properties}
        return {"Resources": resources}

    def put_in(self, node: Any) -> Any:
        if isinstance(node, list):
            return [item for item in map(self.put_in, node) if item is not GONE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((function, operands),) = node.items()
            if function == "Ref":
                return GONE if operands == "AWS::NoValue" else self.values[operands]
            if function == "Fn::If":
                return self.put_in(operands[1] if self.holds(operands[0]) else operands[2])
            if function == "Fn::FindInMap":
                return self.look_up([self.put_in(operand) for operand in operands[:3]], operands[3:])
            if function == "Fn::Sub":
                return re.sub(r"\$\{(\w+)\}", lambda match: self.values[match.group(1)], operands)
            if function == "Fn::Join":
                return operands[0].join(self.put_in(operands[1]))
            if function == "Fn::Select":
                return self.put_in(operands[1])[int(operands[0])]
        pairs = ((key, self.put_in(value)) for key, value in node.items())
        return {key: value for key, value in pairs if value is not GONE}

    def look_up(self, keys: list[str], options: list[dict[str, Any]]) -> Any:
        found: Any = self.template["Mappings"]
        for key in keys:
            if key not in found:
                if options:
                    return self.put_in(options[0]["DefaultValue"])
                raise DeploymentError
            found = found[key]
        return found

    def holds(self, condition: Any) -> bool:
        if isinstance(condition, str):
            return self.holds(self.template["Conditions"][condition])
        ((function, operands),) = condition.items()
        if function == "Condition":
            return self.holds(operands)
        if function == "Fn::Equals":
            return bool(self.put_in(operands[0]) == self.put_in(operands[1]))
        truths = [self.holds(operand) for operand in operands]
        return {"Fn::And": all(truths), "Fn::Or": any(truths), "Fn::Not": not truths[0]}[function]


def assignments(template: dict[str, Any]) -> list[dict[str, str]]:
    """Return every assignment; a parameter without AllowedValues takes its default and ``INTERESTING``."""
    choices = []
    for declaration in template["Parameters"].values():
        default = [declaration["Default"]] if "Default" in declaration else []
        choices.append(declaration.get("AllowedValues") or list(dict.fromkeys([*default, *INTERESTING])))
    return [dict(zip(template["Parameters"], values, strict=True)) for values in itertools.product(*choices)]


def findings_of_all_literals(template: dict[str, Any], policy: Policy) -> list[Finding]:
    found: list[Finding] = []
    for values in assignments(template):
        try:
            literal = Substitution(template, values).literal()
        except DeploymentError:
            continue
        found += evaluate_template(literal, policy)
    return found


def violations_of_all_literals(template: dict[str, Any], policy: Policy) -> set[tuple[str, str | None]]:
    return violations(findings_of_all_literals(template, policy))


def unresolved(findings: list[Finding]) -> set[tuple[str, str | None]]:
    return {(each.check, each.container) for each in findings if each.verdict is Verdict.UNRESOLVED}


# --- random templates ----------------------------------------------------------------------------------------------

# Values mean something in several places, so that what they decide meets: a mode that is asked for in a condition, ...
MODES = ["awsvpc", "host", "bridge"]
USERS = ["root", "0", "1000", "1000:0", ""]
STAGES = ["prod", "dev", "test"]
FLAGS = ["true", "false"]
SYSTEMS = ["LINUX", "WINDOWS_SERVER_2022_CORE"]
KINDS = {"Mode": MODES, "User": USERS, "Stage": STAGES, "Flag": FLAGS, "System": SYSTEMS}
INTERESTING = [*MODES, *USERS, *STAGES, *FLAGS, *SYSTEMS, "anything else"]
KINDS_OF_NAMES = [f"{kind}{number}" for kind in KINDS for number in "12"]


def kind_of(name: str) -> str:
    return name[:-1]


# Hypothesis takes longer to make a strategy than to draw from it, so each is made once.


@cache
def among(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


@cache
def some_of(*values: str, most: int, least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(among(*values), unique=True, min_size=least, max_size=most)


FEW = st.integers(0, 4)
TWO_OR_THREE = st.integers(2, 3)
UP_TO_THREE = st.integers(0, 3)
LITERALS = [value for values in KINDS.values() for value in values]


@st.composite
def templates(draw: st.DrawFn, free: bool = False) -> dict[str, Any]:
    """A template with one task definition, all parameters with AllowedValues unless ``free``."""
    names = draw(some_of(*KINDS_OF_NAMES, most=2 if free else 4))
    parameters = {name: declaration(draw, kind_of(name), free) for name in names}
    conditions: dict[str, Any] = {}
    for number in range(draw(FEW)):
        conditions[f"C{number}"] = condition(draw, names, list(conditions))
    mappings = {
        "Map": {
            stage: {kind: draw(among(*values)) for kind, values in KINDS.items()}
            for stage in draw(some_of(*STAGES, least=1, most=len(STAGES)))
        }
    }
    make = _Expressions(draw, names, list(conditions), parameters)
    resource: dict[str, Any] = {"Type": TASK_DEFINITION, "Properties": make.properties()}
    if conditions and draw(st.booleans()):
        resource["Condition"] = draw(among(*conditions))
    return {
        "Parameters": parameters,
        "Conditions": conditions,
        "Mappings": mappings,
        "Resources": {"Task": resource},
    }


def declaration(draw: st.DrawFn, kind: str, free: bool) -> dict[str, Any]:
    values = KINDS[kind]
    if free and draw(st.booleans()):
        return {"Type": "String", **({"Default": draw(among(*values))} if draw(st.booleans()) else {})}
    return {"Type": "String", "AllowedValues": draw(some_of(*values, least=1, most=3))}


def condition(draw: st.DrawFn, names: list[str], earlier: list[str], depth: int = 2) -> Any:
    options = ["equals", *(["can hold"] * 2 if names else []), *(["earlier"] if earlier else [])]
    option = draw(among(*options, *(["Fn::Not", "Fn::And", "Fn::Or"] if depth else [])))
    if option == "equals":
        return {"Fn::Equals": [operand(draw, names), operand(draw, names)]}
    if option == "can hold":
        name = draw(among(*names))
        return {"Fn::Equals": [{"Ref": name}, draw(among(*KINDS[kind_of(name)]))]}
    if option == "earlier":
        return {"Condition": draw(among(*earlier))}
    count = 1 if option == "Fn::Not" else draw(TWO_OR_THREE)
    return {option: [condition(draw, names, earlier, depth - 1) for _ in range(count)]}


def operand(draw: st.DrawFn, names: list[str]) -> Any:
    option = draw(among("literal", *(["ref", "ref", "sub"] if names else [])))
    if option == "literal":
        return draw(among(*LITERALS))
    name = draw(among(*names))
    return {"Ref": name} if option == "ref" else {"Fn::Sub": f"${{{name}}}"}


class _Expressions:
    def __init__(self, draw: st.DrawFn, names: list[str], conditions: list[str], parameters: dict[str, Any]) -> None:
        self.draw = draw
        self.names = names
        self.conditions = conditions
        self.parameters = parameters

    def properties(self) -> Any:
        return self.either(self.task_definition, depth=1)

    def task_definition(self) -> dict[str, Any]:
        return {
            "NetworkMode": self.value("Mode"),
            "RuntimePlatform": {"OperatingSystemFamily": self.value("System")},
            "ContainerDefinitions": self.either(self.containers, depth=1),
        }

    def containers(self) -> list[Any]:
        # A place keeps its name: which container a finding is about must not depend on the branch.
        count = self.draw(UP_TO_THREE)
        return [self.either(lambda name=f"c{number}": self.container(name), depth=1) for number in range(count)]

    def container(self, name: str) -> dict[str, Any]:
        return {"Name": name, "User": self.value("User"), "Privileged": self.value("Flag")}

    def either(self, make: Any, depth: int) -> Any:
        """Return a value of ``make``, or an Fn::If between two of them, or between one and nothing."""
        if not depth or not self.conditions or self.draw(st.booleans()):
            return make()
        other = NO_VALUE if self.draw(st.booleans()) else self.either(make, depth - 1)
        branches = [self.either(make, depth - 1), other]
        if self.draw(st.booleans()):
            branches.reverse()
        return {"Fn::If": [self.draw(among(*self.conditions)), *branches]}

    def value(self, kind: str, depth: int = 2) -> Any:
        options = ["literal", "literal", "no value", "map", "map with default"]
        own = [name for name in self.names if kind_of(name) == kind]
        options += ["ref", "ref", "sub", "join", "select"] if own else []
        options += ["if", "if", "if"] if self.conditions and depth else []
        option = self.draw(among(*options))
        literal = self.draw(among(*KINDS[kind]))
        if option == "literal":
            return literal
        if option == "no value":
            return NO_VALUE
        if option.startswith("map"):
            stages = [name for name in self.names if kind_of(name) == "Stage"]
            key = {"Ref": self.draw(among(*stages))} if stages else self.draw(among(*STAGES))
            default = [{"DefaultValue": literal}]
            # A default, as without one a missing key stops the deployment, which the engine reports as unresolved.
            return {"Fn::FindInMap": ["Map", key, kind, *default]}
        if option == "if":
            condition = self.draw(among(*self.conditions))
            return {"Fn::If": [condition, self.value(kind, depth - 1), self.value(kind, depth - 1)]}
        name = self.draw(among(*own))
        if option == "ref":
            return {"Ref": name}
        if option == "sub":
            return {"Fn::Sub": f"${{{name}}}:${{{name}}}" if kind == "User" else f"${{{name}}}"}
        if option == "join":
            return {"Fn::Join": [":", [{"Ref": name}, NO_VALUE, literal][: 3 if kind == "User" else 2]]}
        return {"Fn::Select": [1, [literal, {"Ref": name}]]}


# --- the properties ------------------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(templates())
def test_a_template_is_the_union_of_its_literal_templates(template: dict[str, Any]) -> None:
    found, literal = evaluate_template(template, STRICT), findings_of_all_literals(template, STRICT)
    assert violations(found) == violations(literal)
    # Literals such as the user root:1000:0 look like placeholders.
    assert unresolved(found) <= unresolved(literal)


@settings(max_examples=100)
@given(templates(free=True))
def test_no_violation_of_any_literal_template_is_missed(template: dict[str, Any]) -> None:
    found = {(finding.check, finding.container) for finding in evaluate_template(template, STRICT)}
    assert violations_of_all_literals(template, STRICT) <= found


@settings(max_examples=60)
@given(templates(free=True))
def test_a_violation_is_one_of_some_literal_template(template: dict[str, Any]) -> None:
    assert violations(evaluate_template(template, STRICT)) <= violations_of_all_literals(template, STRICT)


def containers_of(template: dict[str, Any]) -> list[Any] | None:
    properties = template["Resources"]["Task"]["Properties"]
    containers = properties.get("ContainerDefinitions")
    return containers if isinstance(containers, list) else None


def as_set(template: dict[str, Any]) -> set[tuple[str, str | None, Verdict, str]]:
    findings = evaluate_template(template, STRICT)
    return {(f.check, f.container, f.verdict, f.message.partition("\n")[0]) for f in findings}


def without_places(findings: set[tuple[str, str | None, Verdict, str]]) -> set[tuple[Any, ...]]:
    return {finding[:3] for finding in findings}


@settings(max_examples=30)
@given(templates(free=True), st.data())
def test_the_order_of_containers_does_not_matter(template: dict[str, Any], data: st.DataObject) -> None:
    before = without_places(as_set(template))
    containers = containers_of(template)
    assume(containers is not None and len(containers) > 1)
    template["Resources"]["Task"]["Properties"]["ContainerDefinitions"] = data.draw(st.permutations(containers or []))
    assert without_places(as_set(template)) == before


@settings(max_examples=60)
@given(templates(free=True))
def test_what_is_not_used_changes_nothing(template: dict[str, Any]) -> None:
    before = as_set(template)
    template["Parameters"] = {"Unused": {"Type": "String"}, **template["Parameters"], "Z": {"Type": "Number"}}
    template["Conditions"] = {
        "UnusedCondition": {"Fn::Equals": [{"Ref": "Unused"}, "prod"]},
        **template["Conditions"],
        "Broken": {"Condition": "Nowhere"},
    }
    template["Mappings"] = {"UnusedMap": {"a": {"Mode": "host"}}, **template["Mappings"]}
    template["Resources"] = {
        "Bucket": {"Type": "AWS::S3::Bucket", "Condition": "UnusedCondition"},
        **template["Resources"],
    }
    assert as_set(template) == before


# --- anything at all -----------------------------------------------------------------------------------------------

WORDS = ["Ref", "Fn::If", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::FindInMap", "Fn::Equals", "Fn::Not", "Fn::And"]
WORDS += ["Condition", "Fn::GetAtt", "Fn::ForEach::X", "Fn::Transform", "NetworkMode", "ContainerDefinitions", "Name"]
WORDS += ["User", "Privileged", "RuntimePlatform", "OperatingSystemFamily", "RequiresCompatibilities", "Properties"]
WORDS += ["C", "P", "M", "AWS::NoValue", "AWS::Region", "awsvpc", "host", "root", "${P}", "{{resolve:ssm:x}}"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=200)
@given(JSON)
def test_any_json_as_a_template(anything: Any) -> None:
    for template in (anything, {"Resources": anything}, {"Resources": {"Task": anything}}):
        try:
            evaluate_template(template, STRICT)
        except TemplateError:
            assert not isinstance(template, dict) or not isinstance(template.get("Resources"), dict)


@settings(max_examples=300)
@given(JSON, JSON, JSON)
def test_any_json_in_a_task_definition(properties: Any, part: Any, section: Any) -> None:
    sections = {"Parameters": {"P": section}, "Conditions": {"C": section}, "Mappings": {"M": section}}
    for candidate in (
        properties,
        {"NetworkMode": part, "ContainerDefinitions": properties, "RequiresCompatibilities": part},
        {"NetworkMode": "host", "ContainerDefinitions": [properties, {"User": part, "Privileged": properties}]},
        {"NetworkMode": "host", "ContainerDefinitions": [{"Name": part}], "RuntimePlatform": properties},
    ):
        resource = {"Type": TASK_DEFINITION, "Properties": candidate}
        for condition in ({}, {"Condition": part}):
            template = {**sections, "Resources": {"Task": {**resource, **condition}}}
            for finding in evaluate_template(template, STRICT):
                assert "The check itself failed" not in finding.message
                assert finding.message
                assert finding.remedy
                assert finding.location.startswith("Properties")


def test_the_random_templates_stay_within_the_limit() -> None:
    # At most 4 parameters of 3 values and no unknowns: what the first property claims holds below the limit only.
    assert SCENARIO_LIMIT > 3**4
