"""Exemptions: what they refuse, what they cover, how they are written as JSON."""

from __future__ import annotations

import datetime
import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from ecs_guard_aspects.model.address import AddressKind
from ecs_guard_aspects.policy import (
    Enforcement,
    Exemption,
    Finding,
    Policy,
    PolicyError,
    Resource,
    evaluate,
)
from ecs_guard_aspects.policy.exemptions import Subject

from .support import TASK_DEFINITION, judge, task_definition

SCHEMA = json.loads((files("ecs_guard_aspects.policy") / "ecs-guard.schema.json").read_text())
TODAY = datetime.date(2026, 6, 1)
MODE = "awsvpc-network-mode"
BRIDGE = task_definition(NetworkMode="bridge")


def exemption(days: int = 100, **changes: Any) -> Exemption:
    expires = TODAY + datetime.timedelta(days)
    fields = {"check": MODE, "path": "Task", "reason": "moves in Q3", "owner": "team-a", "expires": expires, **changes}
    return Exemption(**fields)


def found(*exemptions: Exemption, properties: Any = BRIDGE, **policy: Any) -> list[Finding]:
    return judge(properties, Policy(exemptions=exemptions, today=TODAY, **policy))


# fmt: off
REFUSED = [
    ("check",     "",                "not blank"),
    ("check",     None,              "not blank"),
    ("path",      " ",               "not blank"),
    ("path",      5,                 "in quotes"),
    ("path",      "Prod**/Task",     "whole segment"),
    ("path",      "***",             "whole segment"),
    ("path",      "/",               "a segment is empty"),
    ("path",      "Prod//Task",      "a segment is empty"),
    ("family",    "",                "leave it out"),
    ("family",    " ",               "leave it out"),
    ("family",    5,                 "leave it out"),
    ("family",    "web**",           "whole segment"),
    ("family",    "/",               "a segment is empty"),
    ("account",   "",                "leave it out"),
    ("account",   12345678901,       "leave it out"),
    ("account",   "12345678901",     "12 digits"),
    ("account",   "0123456789012",   "12 digits"),
    ("account",   "01234567890x",    "12 digits"),
    ("account",   "\u0660" * 12,     "12 digits"),
    ("account",   "*",               "12 digits"),
    ("reason",    "",                "not blank"),
    ("reason",    "\t\n",            "not blank"),
    ("reason",    "\u200b\u2060",    "not blank"),
    ("reason",    None,              "not blank"),
    ("owner",     "",                "not blank"),
    ("owner",     "  ",              "not blank"),
    ("owner",     ["team"],          "not blank"),
    ("container", "",                "leave it out"),
    ("container", 1,                 "leave it out"),
    ("ticket",    " ",               "leave it out"),
    ("expires",   None,              "2027-01-31"),
    ("expires",   "",                "2027-01-31"),
    ("expires",   "31.01.2027",      "2027-01-31"),
    ("expires",   "2027-1-31",       "2027-01-31"),
    ("expires",   "20270131",        "2027-01-31"),
    ("expires",   "2027-02-30",      "2027-01-31"),
    ("expires",   "2027-01-31T00:00", "2027-01-31"),
    ("expires",   "never",           "2027-01-31"),
    ("expires",   20270131,          "2027-01-31"),
]
# fmt: on


@pytest.mark.parametrize(("field", "value", "allowed"), REFUSED)
def test_an_exemption_that_says_too_little_is_refused(field: str, value: Any, allowed: str) -> None:
    with pytest.raises(PolicyError) as raised:
        exemption(**{field: value})
    assert str(raised.value).startswith(f"exemption {field} ")
    assert repr(value) in str(raised.value)
    assert allowed in str(raised.value)


@pytest.mark.parametrize("expires", ["2027-01-31", datetime.date(2027, 1, 31), datetime.datetime(2027, 1, 31, 12)])
def test_a_date_in_every_form(expires: Any) -> None:
    assert exemption(expires=expires).expires == datetime.date(2027, 1, 31)
    assert type(exemption(expires=expires).expires) is datetime.date


# fmt: off
GLOBS = [
    ("Prod/Agent",          "Prod/Agent",                True),
    ("Prod/Agent",          "Prod/Agent/Resource",       True),   # the L1 inside an L2 may be left out
    ("Prod/Agent/Resource", "Prod/Agent/Resource",       True),
    ("Prod/Agent",          "Prod/Agent/Resource/X",     False),
    ("Prod/Agent",          "Prod/AgentTwo",             False),
    ("Prod/Agent",          "Dev/Prod/Agent",            False),  # from the root, as construct paths are
    ("Prod/Agent",          "prod/agent",                False),
    ("/Prod/Agent/",        "Prod/Agent",                True),
    ("*",                   "Task",                      True),
    ("*",                   "Prod/Task",                 False),  # * stays within a segment
    ("*/Task",              "Prod/Task",                 True),
    ("*/Task",              "A/B/Task",                  False),
    ("Prod/*",              "Prod/Task/Resource",        True),
    ("Prod/*",              "Prod/Service/Task",         False),
    ("Prod*/Task",          "Production/Task",           True),
    ("P*d/T*k",             "Prod/Task",                 True),
    ("*Task",               "Task",                      True),
    ("**",                  "Task",                      True),
    ("**",                  "Prod/Service/Task",         True),
    ("**/Task",             "Task",                      True),   # ** can be no segment at all
    ("**/Task",             "A/B/C/Task",                True),
    ("**/Task",             "A/B/C/MyTask",              False),
    ("Prod/**",             "Prod/Service/Task",         True),
    ("Prod/**",             "Production/Task",           False),
    ("Prod/**/Task",        "Prod/Task",                 True),
    ("Prod/**/Task",        "Prod/A/B/Task/Resource",    True),
    ("Prod/**/Task",        "ProdTask",                  False),
    ("**/Agent/**",         "A/Agent/B/C",               True),
    ("Task?",               "Task1",                     False),  # only * is special
    ("Task?",               "Task?",                     True),
    ("Task[1]",             "Task1",                     False),
    ("Task[1]",             "Task[1]",                   True),
    ("T.sk",                "Task",                      False),
    ("Ta(s)k+",             "Ta(s)k+",                   True),
]
# fmt: on


@pytest.mark.parametrize(("glob", "path", "covers"), GLOBS)
def test_which_paths_a_glob_covers(glob: str, path: str, covers: bool) -> None:
    assert exemption(path=glob).covers(Subject(MODE, path)) is covers
    policy = Policy(exemptions=[exemption(path=glob)], today=TODAY)
    (finding,) = evaluate(Resource(path, TASK_DEFINITION, BRIDGE), policy)
    assert finding.enforcement is (Enforcement.AUDIT if covers else Enforcement.DENY)


ACCOUNT, OTHER_ACCOUNT = "012345678901", "109876543210"
# fmt: off
PLACES = [
    # of the exemption                                       address      family     account        covers
    ({"path": "Web/*"},                                      "Web/Task",  None,      None,          True),
    ({"path": "Web/*"},                                      "Web/Task",  "web",     ACCOUNT,       True),
    ({"family": "web"},                                      "Web/Task",  "web",     None,          True),
    ({"family": "web"},                                      "Other",     "web",     ACCOUNT,       True),
    ({"family": "web"},                                      "web",       None,      None,          False), # no literal
    ({"family": "**"},                                       "Web/Task",  None,      None,          False),
    ({"family": "*"},                                        "Web/Task",  "web",     None,          True),
    ({"family": "web-*"},                                    "Web/Task",  "web-1",   None,          True),
    ({"family": "web-*"},                                    "Web/Task",  "web",     None,          False),
    ({"family": "Web"},                                      "Web/Task",  "web",     None,          False),
    ({"family": "eb"},                                       "Web/Task",  "web",     None,          False),
    ({"family": "web", "path": "Web/*"},                     "Web/Task",  "web",     None,          True),
    ({"family": "web", "path": "Web/*"},                     "Other",     "web",     None,          False),
    ({"family": "web", "path": "Web/*"},                     "Web/Task",  "other",   None,          False),
    ({"family": "web", "account": ACCOUNT},                  "Web/Task",  "web",     ACCOUNT,       True),
    ({"family": "web", "account": ACCOUNT},                  "Web/Task",  "web",     OTHER_ACCOUNT, False),
    ({"family": "web", "account": ACCOUNT},                  "Web/Task",  "web",     None,          False),  # unknown
    ({"path": "Web/*", "account": ACCOUNT},                  "Web/Task",  None,      ACCOUNT,       True),
    ({"path": "Web/*", "account": ACCOUNT},                  "Web/Task",  None,      None,          False),
    ({"path": "Web/*", "family": "web", "account": ACCOUNT}, "Web/Task",  "web",     ACCOUNT,       True),
    ({"path": "Web/*", "family": "web", "account": ACCOUNT}, "Web/Task",  "web",     OTHER_ACCOUNT, False),
    ({"path": "Web/*", "family": "web", "account": ACCOUNT}, "Web/Task",  "other",   ACCOUNT,       False),
    ({"path": "Web/*", "family": "web", "account": ACCOUNT}, "Other",     "web",     ACCOUNT,       False),
]
# fmt: on


@pytest.mark.parametrize(("given", "address", "family", "account", "covers"), PLACES)
def test_all_that_is_given_must_match(
    given: dict[str, str], address: str, family: str | None, account: str | None, covers: bool
) -> None:
    one = exemption(**{"path": None, **given})
    assert one.covers(Subject(MODE, address, family, None, account)) is covers
    policy = Policy(exemptions=[one], today=TODAY)
    properties = {**BRIDGE, **({"Family": family} if family else {})}
    (finding,) = evaluate(Resource(address, TASK_DEFINITION, properties, account=account), policy)
    assert finding.enforcement is (Enforcement.AUDIT if covers else Enforcement.DENY)
    assert (finding.exemption is not None) is covers


@pytest.mark.parametrize("family", [{"Ref": "P"}, {"Fn::Sub": "web"}, "web-{{resolve:ssm:/x}}", "[[servicecatalog:x]]"])
def test_a_family_that_is_not_a_literal_never_matches(family: Any) -> None:
    (finding, *_) = found(exemption(path=None, family="**"), properties={**BRIDGE, "Family": family})
    assert (finding.enforcement, finding.exemption) == (Enforcement.DENY, None)


def test_neither_path_nor_family_is_refused() -> None:
    with pytest.raises(PolicyError, match="give path or family, or both"):
        exemption(path=None)
    with pytest.raises(PolicyError, match="give path or family"):
        exemption(path=None, account=ACCOUNT)


def test_fields_are_given_by_name() -> None:
    with pytest.raises(TypeError):
        Exemption(MODE, "Task", "moves in Q3", "team-a", "2027-01-31")  # type: ignore[misc]
    with pytest.raises(TypeError, match="pth"):
        exemption(pth="Task")


# fmt: off
WHERE = [
    ({"path": "Web/*"},                                      "Web/*"),
    ({"family": "web"},                                      "family web"),
    ({"path": "Web/*", "family": "web", "account": ACCOUNT}, f"Web/*, family web, account {ACCOUNT}"),
]
# fmt: on


@pytest.mark.parametrize(("given", "where"), WHERE)
def test_it_says_what_it_is_for(given: dict[str, str], where: str) -> None:
    assert exemption(**{"path": None, **given}).where == where


@pytest.mark.parametrize("given", [{"family": "web"}, {"account": ACCOUNT, "container": "app", "ticket": "T-1"}])
def test_as_json_it_has_what_was_given(given: dict[str, str]) -> None:
    one = exemption(origin="ecs-guard.yaml", **given)
    plain = {"check": MODE, "path": "Task", "reason": "moves in Q3", "owner": "team-a", "expires": "2026-09-09"}
    assert one.to_json() == plain | given
    assert Exemption(**one.to_json()) == one
    assert exemption(origin="other", **given) == one  # where it was read makes it no other exemption


# A glob, an address of Terraform; whether it covers it.
TERRAFORM_ADDRESSES = [
    ("aws_ecs_task_definition.web", "aws_ecs_task_definition.web", True),
    ("*", "aws_ecs_task_definition.web", False),
    ("*.web", "aws_ecs_task_definition.web", True),
    ("**", "module.svc.aws_ecs_task_definition.web", True),
    ("module.*.aws_ecs_task_definition.x", "module.svc.aws_ecs_task_definition.x", True),
    ("module.*.aws_ecs_task_definition.x", "module.a.module.b.aws_ecs_task_definition.x", False),
    ("**.aws_ecs_task_definition.x", "module.a.module.b.aws_ecs_task_definition.x", True),
    ("**.aws_ecs_task_definition.x", "aws_ecs_task_definition.x", True),
    ("module.svc.**", "module.svc.aws_ecs_task_definition.x", True),
    ("module.svc.**", 'module.svc["eu"].aws_ecs_task_definition.x', False),
    ('module.svc["eu"].**', 'module.svc["eu"].aws_ecs_task_definition.x', True),
    ('module.svc["a.b/c]"].**', 'module.svc["a.b/c]"].aws_ecs_task_definition.x', True),
    ("module.svc[*].**", 'module.svc["a.b/c]"].aws_ecs_task_definition.x', True),
    ("module.svc[*].**", "module.svc[0].aws_ecs_task_definition.x[1]", True),
    ("module.svc*.x", 'module.svc["a.b"].x', True),
    ("module.*.x", 'module.svc["a//b"].x', True),
    ('module.svc["a//b"].x', 'module.svc["a//b"].x', True),
    ("infra/aws_ecs_task_definition.x", "infra/aws_ecs_task_definition.x", True),
    ("infra/**", "infra/v1.2/aws_ecs_task_definition.x", True),
    ("infra/*/*.x", "infra/v1.2/aws_ecs_task_definition.x", True),
    ("infra/*", "infra/aws_ecs_task_definition.x", False),
    ("**/aws_ecs_task_definition.x", "aws_ecs_task_definition.x", True),
    ("module.[x", "module.[x", True),
]


@pytest.mark.parametrize(("glob", "address", "covers"), TERRAFORM_ADDRESSES)
def test_dots_divide_addresses_of_terraform(glob: str, address: str, covers: bool) -> None:
    subject = Subject("awsvpc-network-mode", address, address_kind=AddressKind.TERRAFORM)
    one = exemption(path=glob)
    assert one.covers(subject) is covers
    jsonschema.validate({"exemptions": [one.to_json()]}, SCHEMA)


def test_dots_divide_only_addresses_of_terraform() -> None:
    subject = Subject("awsvpc-network-mode", "infra/aws_ecs_task_definition.json")
    assert exemption(path="infra/*").covers(subject)
    assert not exemption(path="infra/**.json").covers(subject)


@pytest.mark.parametrize("glob", ["module.svc**.x", "Prod/**Agent", "a//b", "module.**x", "a..b//c"])
def test_a_glob_that_fits_no_address_is_refused(glob: str) -> None:
    with pytest.raises(PolicyError):
        exemption(path=glob)
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(
        {"exemptions": [{**exemption().to_json(), "path": glob}]}
    )


@pytest.mark.parametrize(
    ("exemption", "holds"),
    [
        (Exemption(check="a", family="web", reason="r", owner="o", expires="2027-01-01"), True),
        (Exemption(check="a", path="**", reason="r", owner="o", expires="2027-01-01"), True),
        (Exemption(check="a", path="web/**", reason="r", owner="o", expires="2027-01-01"), False),
        (Exemption.inline("**", check="a", reason="r", owner="o", expires="2027-01-01"), False),
    ],
)
def test_whether_it_can_hold_at_deployment(exemption: Exemption, holds: bool) -> None:
    assert exemption.holds_at_hook is holds
