"""The evidence of an audit: which accounts and Regions answered."""

from __future__ import annotations

import datetime

from ecs_guard_aspects.policy.judging.audit_record import AccountRecord, AuditRecord

BEGAN = datetime.datetime(2026, 11, 30, 10, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
RECORD = AuditRecord(
    BEGAN,
    BEGAN + datetime.timedelta(seconds=90),
    "arn:aws:sts::111111111111:assumed-role/x/y",
    ("--regions all",),
    (
        AccountRecord("111111111111", ("eu-west-1", "us-east-2"), ("us-east-2",)),
        AccountRecord("222222222222", ("eu-west-1",), ("eu-west-1",)),
        AccountRecord("333333333333", (), ()),
    ),
)


def test_what_did_not_answer() -> None:
    assert RECORD.unanswered == ("333333333333", "111111111111/eu-west-1")


def test_it_as_json() -> None:
    assert RECORD.to_json() == {
        "began": "2026-11-30T09:00:00Z",
        "ended": "2026-11-30T09:01:30Z",
        "caller": "arn:aws:sts::111111111111:assumed-role/x/y",
        "options": ["--regions all"],
        "accounts": [
            {"account": "111111111111", "asked": ["eu-west-1", "us-east-2"], "answered": ["us-east-2"]},
            {"account": "222222222222", "asked": ["eu-west-1"], "answered": ["eu-west-1"]},
            {"account": "333333333333", "asked": [], "answered": []},
        ],
    }
