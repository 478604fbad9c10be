"""Measures what the gate costs, prints the tables and writes them, with a plot, to docs/.

In docs/benchmarks.md they replace what is below a mark; the text above it is written by hand.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import core, findings, hook, imports, plot, table
from .synth import BARE, GATES, Gate, Synths

DOCS = Path(__file__).parents[1] / "docs"
MARK = "<!-- Below this line: the tables of `make bench`, which replaces them. -->\n"
EVALUATIONS = 100_000
ROUNDS = {1_000: 5, 10_000: 11, 50_000: 2}
QUICK_ROUNDS = {1_000: 2, 10_000: 2}
LARGE = 10_000
GROWING = [gate for gate in GATES if gate.key != BARE and gate.smallest < LARGE]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds, up to 10,000 constructs; writes no files")
    parser.add_argument("--core", action="store_true", help="the policy core and the imports only; writes no files")
    parser.add_argument("--up-to", type=int, default=max(ROUNDS), help="the most constructs (default: %(default)s)")
    arguments = parser.parse_args()

    text = core_report(rounds=5 if arguments.quick else 15)
    if not arguments.core:
        rounds = QUICK_ROUNDS if arguments.quick else ROUNDS
        rounds = {size: number for size, number in rounds.items() if size <= arguments.up_to}
        synths = Synths()
        for constructs, number in rounds.items():
            synths.run(constructs, number)
        text = synth_report(synths, rounds) + findings_report(rounds=3 if arguments.quick else 5) + text
        if not arguments.quick:
            DOCS.mkdir(exist_ok=True)
            (DOCS / "benchmarks.svg").write_text(growth_plot(synths, GROWING, list(rounds)), encoding="utf-8")
            page = DOCS / "benchmarks.md"
            page.write_text(with_tables(page.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)


def with_tables(page: str, tables: str) -> str:
    """Return a page with tables below its mark; what is above it stays as it is."""
    written_by_hand = page.partition(MARK)[0]
    return f"{written_by_hand.rstrip()}\n\n{MARK}\n{tables}"


def synth_report(synths: Synths, rounds: dict[int, int]) -> str:
    """Return the tables of what a synth costs."""
    sizes = list(rounds)
    return f"""## All measurements

Made by `{table.command()}` on {table.machine()}
Each sample attaches a gate and calls `app.synth()` in its own process; it excludes imports and the construction of the
app. Rounds are interleaved; the numbers are medians over up to {" / ".join(map(str, rounds.values()))} rounds
({" / ".join(f"{size:,}" for size in sizes)} constructs) of differences and ratios within a round. CPU is user and
system time of Python and Node.js together.

The app has services of L2 constructs, each with a queue, a topic, a bucket, a table, a function and its grants, 25
services in a stack, and 100 task definitions. If a row says so, it is the cheapest app: L1 resources and as many empty
scopes.

### A synth of {LARGE:,} constructs

{table.synth_table(synths, LARGE)}

Any validation plugin makes the CDK index the whole construct tree and write a report: the plugin that does nothing
shows what that costs. An app with the CDK's built-in template validation on, as it is by default, pays it anyway.

### By the size of the app

![added time by the number of constructs](benchmarks.svg)

{table.growth_table(synths, GROWING, sizes)}

"""


def findings_report(rounds: int) -> str:
    """Return the table of what findings cost."""
    return f"""### What a finding costs

An app with {findings.OTHERS} resources and 100 or 1,000 L2 task definitions, with two findings for each denied one;
built-in template validation off, medians of {rounds} rounds.

{table.findings_table(findings.measure(rounds))}

"""


def core_report(rounds: int) -> str:
    """Return the tables of what the core and the imports cost."""
    return f"""### The core

{table.core_table(core.rates(rounds))}

{table.memory_table(core.memory(EVALUATIONS, samples=5), EVALUATIONS)}

### Imports

{table.imports_table(imports.measure(rounds))}

### The gate at deployment

The function of `EcsGuardHook`: its code as it is uploaded, its import in a new process without compiled
modules, as in Lambda, and its answer to an event.

{table.hook_table(hook.measure(rounds))}
"""


def growth_plot(synths: Synths, gates: list[Gate], sizes: list[int]) -> str:
    """Return the plot of the CPU time that gates add."""
    lines = {}
    for gate in gates:
        costs = [(size, synths.cost(size, gate)) for size in sizes]
        lines[gate.title.replace("`", "").replace("*", "")] = [
            (float(size), 1000 * cost.added_cpu) for size, cost in costs if cost
        ]
    return plot.draw("CPU time added to app.synth(), 100 task definitions", lines)


if __name__ == "__main__":
    main()
