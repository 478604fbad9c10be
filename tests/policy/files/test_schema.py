"""JSON schema of a policy: it accepts what is loaded, and nothing else."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
from hypothesis import assume, given
from hypothesis import strategies as st

from ecs_guard_aspects.policy import Policy, PolicyError
from ecs_guard_aspects.policy.files.schema import json_schema

from .test_configuration import EXEMPTION, IDS, POLICIES

SCHEMA = json.loads((files("ecs_guard_aspects.policy") / "ecs-guard.schema.json").read_text())

# Near misses of valid values, so that both verdicts come up often.
TEXTS = st.sampled_from(["x", "", " ", "*", "**", "a/**/b", "a**", "/", "a//b", "/a/", "warn", "deny", "strict"])
DATES = st.sampled_from(["2027-01-31", "2027-1-31", "2027-02-30", "2020-01-01", "never"])
JUNK = st.none() | st.booleans() | st.integers() | TEXTS | DATES | st.lists(TEXTS, max_size=1)
EXEMPTIONS = st.fixed_dictionaries(
    {name: st.just(value) | JUNK for name, value in EXEMPTION.items() if name not in ("check", "path")},
    optional={
        "check": IDS,
        "path": TEXTS | JUNK,
        "family": TEXTS,
        "account": st.sampled_from(["012345678901", "12345678901", "01234567890x", "\u0660" * 12]) | JUNK,
        "container": JUNK,
        "ticket": TEXTS,
        "extra": JUNK,
    },
)
CONFIGURATIONS = st.fixed_dictionaries(
    {},
    optional={
        "profile": st.sampled_from(["strict", "default"]) | JUNK,
        "unresolved": st.sampled_from(["warn", "off"]) | JUNK,
        "enforcement": st.dictionaries(
            IDS | st.just("stale-exemption"), st.sampled_from(["warn", "audit"]) | JUNK, max_size=2
        )
        | JUNK,
        "exemptions": st.lists(EXEMPTIONS, max_size=2) | JUNK,
        "max_exemption_days": st.sampled_from([36500]) | JUNK,
        "local_exemptions": JUNK,
        "today": DATES,
        "extra": JUNK,
    },
)


def is_valid(configuration: Any) -> bool:
    checker = jsonschema.FormatChecker(["date"])
    return bool(jsonschema.Draft202012Validator(SCHEMA, format_checker=checker).is_valid(configuration))


@given(CONFIGURATIONS)
def test_schema_and_loader_agree(configuration: dict[str, Any]) -> None:
    try:
        Policy.from_json(configuration)
        accepted = True
    except PolicyError as error:
        # What depends on the day no schema can say.
        assume("the last day allowed" not in str(error))
        accepted = False
    assert is_valid(configuration) == accepted


@given(POLICIES)
def test_every_policy_that_is_written_is_valid(policy: Policy) -> None:
    assert is_valid(policy.to_json())


def test_the_published_schema_is_this_one() -> None:
    assert json_schema() == SCHEMA
