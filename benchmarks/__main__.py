"""Measures what the gate costs, and writes the tables into docs/benchmarks.md.

make bench                      measures all, in about ten minutes
make bench ARGS="--rounds 1"    measures all once
make bench ARGS="--only hook"   measures one table
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from tools.generate import ROOT, with_parts

from . import command_line, core, hook, imports, synth, table

PAGE = ROOT / "docs" / "benchmarks.md"
ROUNDS = 3

TABLES: Mapping[str, Callable[[int], str]] = {
    "machine": table.machine,
    "large": lambda rounds: table.synth_table(synth.measure(synth.LARGE, rounds)),
    "aspects": lambda rounds: table.synth_table(synth.measure(synth.ASPECTS, rounds)),
    "few": lambda rounds: table.synth_table(synth.measure(synth.FEW, rounds)),
    "many": lambda rounds: table.synth_table(synth.measure(synth.MANY, rounds)),
    "start": command_line.start_table,
    "files": command_line.files_table,
    "plan": command_line.plan_table,
    "core": lambda rounds: table.core_table(core.rates(rounds)),
    "imports": lambda rounds: table.imports_table(imports.measure(rounds)),
    "hook": lambda rounds: table.hook_table(hook.measure(rounds)),
}
"""Each table of the page by the name of its mark, and what measures it in so many rounds."""


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="default: %(default)s")
    parser.add_argument("--only", choices=TABLES, help="the name of a table")
    arguments = parser.parse_args()
    for name in [arguments.only] if arguments.only else TABLES:
        text = TABLES[name](arguments.rounds)
        print(f"{name}:\n{text}\n", flush=True)
        PAGE.write_text(with_parts(PAGE, {name: text.splitlines()}), encoding="utf-8")


if __name__ == "__main__":
    main()
