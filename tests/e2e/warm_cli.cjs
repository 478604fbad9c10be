// The CDK CLI, run many times by one process: to load it takes a second, a run a tenth of that.
// Each line of standard input is a run: {"args": [...], "cwd": "..."}. What the run says is followed by a
// line with a mark and its exit code.

const { readSync, writeSync } = require("node:fs");

const [, , library, mark] = process.argv;
const { cli } = require(library);

function nextLine() {
  const character = Buffer.alloc(1);
  const bytes = [];
  while (readSync(0, character, 0, 1) === 1 && character[0] !== 10) bytes.push(character[0]);
  return Buffer.from(bytes).toString();
}

function run() {
  const line = nextLine();
  if (!line) process.exit(0);
  const { args, cwd } = JSON.parse(line);
  process.chdir(cwd);
  process.exitCode = 0;
  cli(args);
}

// A run has ended when nothing is left to do.
process.on("beforeExit", () => {
  writeSync(1, `\n${mark} ${process.exitCode}\n`);
  run();
});

run();
