// The table of findings: to filter, to sort, to open; and the button for the theme. Without it the page can be read.
// Whatever comes from the report is set as textContent, never as HTML: names can contain anything.
"use strict";
(() => {
  const PAGE = 100;
  const STATES = ["denied", "warned", "listed", "exempt", "acknowledged", "baseline"];
  const LABELS = Object.fromEntries(STATES.map((state) => [state, state[0].toUpperCase() + state.slice(1)]));
  const SEVERITIES = ["high", "medium"];
  const LEVELS = ["internet", "unknown", "internal"];
  const NAMES = ["q", "state", "severity", "check", "place", "exposure", "cluster", "sort"];
  const collator = new Intl.Collator("en", { numeric: true });
  const byId = (id) => document.getElementById(id);

  function make(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name.startsWith("aria-") || name === "scope" || name === "for") made.setAttribute(name, value);
      else made[name] = value;
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  // --- theme ------------------------------------------------------------------------------------------------------

  const system = matchMedia("(prefers-color-scheme: dark)");
  const systemTheme = () => (system.matches ? "dark" : "light");
  const theme = () => document.documentElement.dataset.theme ?? systemTheme();

  function labelTheme() {
    byId("theme").textContent = theme() === "dark" ? "Light theme" : "Dark theme";
  }

  function toggleTheme() {
    const wanted = theme() === "dark" ? "light" : "dark";
    const isSystem = wanted === systemTheme();
    if (isSystem) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = wanted;
    try {
      if (isSystem) localStorage.removeItem("ecs-guard-theme");
      else localStorage.setItem("ecs-guard-theme", wanted);
    } catch {
      // It lasts as long as the page does.
    }
    labelTheme();
  }

  byId("theme").hidden = false;
  byId("theme").addEventListener("click", toggleTheme);
  system.addEventListener("change", labelTheme);
  labelTheme();

  // --- what there is ----------------------------------------------------------------------------------------------

  const holder = byId("table");
  if (!holder) return;
  const findings = read(JSON.parse(byId("data").textContent));

  function read({ fields, values, rows }) {
    return rows.map((row, index) => {
      const finding = { index };
      fields.forEach((field, at) => (finding[field] = values[row[at]]));
      finding.name = finding.family || finding.resource || finding.address || finding.source || "";
      finding.line = finding.file ? [finding.file, finding.line, finding.column].filter((x) => x !== null).join(":") : "";
      finding.level = finding.exposure?.level ?? "";
      finding.where = finding.region ? finding.place : finding.line || finding.place;
      return finding;
    });
  }

  function textOf(finding) {
    finding.text ??= [
      finding.name, finding.address, finding.resource, finding.container, finding.what, finding.check, finding.where,
      finding.line, finding.state, finding.acknowledged, ...(finding.in_use_by ?? []), finding.status,
      finding.level, ...(finding.exposure?.reasons ?? []), finding.production ? "production" : "",
      ...Object.values(finding.exemption ?? {}),
    ].join("\n").toLowerCase();
    return finding.text;
  }

  const SORTS = {
    state: (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state),
    severity: (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
    check: (a, b) => collator.compare(a.check, b.check),
    exposure: (a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level),
    name: (a, b) => collator.compare(a.name, b.name) || collator.compare(a.container ?? "", b.container ?? ""),
    where: (a, b) => collator.compare(a.where, b.where),
  };

  // --- the filter, which is the part of the address after # ----------------------------------------------------

  let filter = {};
  let shown = [];
  let rendered = 0;

  function fromAddress() {
    const parameters = new URLSearchParams(location.hash.slice(1));
    filter = Object.fromEntries(NAMES.map((name) => [name, parameters.get(name) ?? ""]));
  }

  function toAddress() {
    const set = Object.entries(filter).filter(([, value]) => value);
    try {
      history.replaceState(null, "", set.length ? `#${new URLSearchParams(set)}` : location.pathname + location.search);
    } catch {
      // Some viewers let no page change its address; the filter works all the same.
    }
  }

  const isIn = (place, wanted) => place === wanted || place.startsWith(`${wanted} \u00b7 `);

  function matching() {
    const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
    const states = filter.state.split(",").filter(Boolean);
    return findings.filter(
      (finding) =>
        (!states.length || states.includes(finding.state)) &&
        (!filter.severity || finding.severity === filter.severity) &&
        (!filter.check || finding.check === filter.check) &&
        (!filter.place || isIn(finding.place, filter.place)) &&
        (!filter.cluster || Object.hasOwn(finding.clusters ?? {}, filter.cluster)) &&
        (!filter.exposure || filter.exposure === (filter.cluster ? finding.clusters[filter.cluster] : finding.level)) &&
        words.every((word) => textOf(finding).includes(word)),
    );
  }

  function sorted(found) {
    const name = filter.sort.replace(/^-/, "");
    if (!Object.hasOwn(SORTS, name)) return found;
    const sign = filter.sort.startsWith("-") ? -1 : 1;
    return found.sort((a, b) => sign * SORTS[name](a, b) || a.index - b.index);
  }

  function change(changes) {
    filter = { ...filter, ...changes };
    toAddress();
    show();
  }

  const cleared = { q: "", state: "", severity: "", check: "", place: "", exposure: "", cluster: "" };
  const isFiltered = () => Object.keys(cleared).some((name) => filter[name]);

  function clear() {
    change(cleared);
  }

  // --- the controls -----------------------------------------------------------------------------------------------

  const search = make("input", { type: "search", id: "search", placeholder: "Search findings", autocomplete: "off", spellcheck: false });
  search.setAttribute("aria-label", "Search findings");
  search.setAttribute("aria-keyshortcuts", "/");
  search.addEventListener("input", () => change({ q: search.value }));

  const counted = (name) => {
    const counts = new Map();
    for (const finding of findings) counts.set(finding[name], (counts.get(finding[name]) ?? 0) + 1);
    return counts;
  };

  const chips = STATES.filter((state) => counted("state").has(state)).map((state) => {
    const count = make("span", { className: "number" }, String(counted("state").get(state)));
    const chip = make("button", { type: "button", className: `chip ${state}`, "aria-pressed": "false" }, LABELS[state], " ", count);
    chip.dataset.state = state;
    chip.addEventListener("click", () => {
      const states = new Set(filter.state.split(",").filter(Boolean));
      if (!states.delete(state)) states.add(state);
      change({ state: STATES.filter((one) => states.has(one)).join(",") });
    });
    return chip;
  });

  function choice(name, label, all, options) {
    const select = make("select", { id: `choose-${name}`, "aria-label": label });
    select.append(make("option", { value: "" }, all), ...options.map((value) => make("option", { value }, value)));
    select.addEventListener("change", () => change({ [name]: select.value }));
    return options.length > 1 ? select : null;
  }

  function places() {
    const named = new Set();
    for (const { place, region } of findings) {
      if (region && place.includes(" \u00b7 ")) named.add(place.split(" \u00b7 ")[0]);
      named.add(place);
    }
    return [...named].sort(collator.compare);
  }

  function clusters() {
    return [...new Set(findings.flatMap((finding) => Object.keys(finding.clusters ?? {})))].sort(collator.compare);
  }

  const isOfAccounts = findings.some((finding) => finding.region);
  const choices = {
    severity: choice("severity", "Severity", "Any severity", SEVERITIES.filter((one) => counted("severity").has(one))),
    check: choice("check", "Check", "All checks", [...counted("check").keys()].sort(collator.compare)),
    place: isOfAccounts
      ? choice("place", "Account and Region", "All Regions", places())
      : choice("place", "Place", "All places", places()),
    exposure: choice("exposure", "Exposure", "Any exposure", LEVELS.filter((one) => counted("level").has(one))),
    cluster: choice("cluster", "Cluster", "All clusters", clusters()),
  };
  const clearButton = make("button", { type: "button", className: "quiet", hidden: true }, "Clear");
  clearButton.addEventListener("click", () => {
    clear();
    search.focus();
  });
  const status = make("p", { id: "shown", role: "status" });
  status.setAttribute("aria-live", "polite");

  // --- the table --------------------------------------------------------------------------------------------------

  const COLUMNS = [
    ["state", "State"],
    ["severity", "Severity"],
    ["check", "Check"],
    ...(isOfAccounts ? [["exposure", "Exposure"]] : []),
    ["name", "Task definition"],
    ["where", isOfAccounts ? "Account and Region" : "Where"],
  ];

  const heads = COLUMNS.map(([name, title]) => {
    const button = make("button", { type: "button" }, title);
    button.addEventListener("click", () => {
      // Up, down, and back to the order it came in.
      const next = { [name]: `-${name}`, [`-${name}`]: "" };
      change({ sort: filter.sort in next ? next[filter.sort] : name });
    });
    const head = make("th", { scope: "col", className: name }, button);
    head.dataset.sort = name;
    return head;
  });
  const body = make("tbody");
  const table = make("table", { className: "findings" }, make("caption", { className: "hidden" }, "Findings"), make("thead", {}, make("tr", {}, ...heads)), body);
  const more = make("button", { type: "button" });
  const rest = make("button", { type: "button" });
  const pager = make("p", { className: "pager" }, more, " ", rest);
  const empty = make("p", { className: "empty", hidden: true }, "No finding matches.");

  function rowOf(finding) {
    const button = make("button", { type: "button", className: "open", "aria-expanded": "false" }, finding.name);
    const container = finding.container ? make("bdi", { className: "container" }, finding.container) : null;
    const name = make("td", { className: "name" },
      make("bdi", {}, button), container ? " " : null, container,
      ...(finding.status && finding.status !== "ACTIVE" ? [" ", make("span", { className: "flag" }, finding.status)] : []),
      make("div", { className: "what" }, finding.what));
    const row = make("tr", { className: "finding" },
      make("td", { className: "state" }, make("span", { className: `badge ${finding.state}` }, LABELS[finding.state])),
      make("td", { className: "severity" }, finding.severity),
      make("td", { className: "check" }, make("code", {}, finding.check)),
      ...(isOfAccounts ? [exposureOf(finding)] : []),
      name,
      make("td", { className: "where" }, make("bdi", {}, finding.where)));
    button.setAttribute("aria-controls", `finding-${finding.index}`);
    row.addEventListener("click", (event) => {
      if (event.target === button || !getSelection().toString()) toggle(row, button, finding);
    });
    return row;
  }

  function exposureOf(finding) {
    const badge = finding.level ? make("span", { className: `badge ${finding.level}` }, finding.level) : null;
    const production = finding.production ? make("span", { className: "flag" }, "production") : null;
    return make("td", { className: "exposure" }, badge, production && " ", production);
  }

  function toggle(row, button, finding) {
    const isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
    row.classList.toggle("opened", !isOpen);
    if (isOpen) row.nextSibling.remove();
    else row.after(detailsOf(finding));
  }

  function detailsOf(finding) {
    const list = make("dl");
    const say = (name, ...values) => {
      const given = values.filter(Boolean);
      if (given.length) list.append(make("div", {}, make("dt", {}, name), ...given.map((value) => make("dd", {}, make("bdi", {}, value)))));
    };
    say("Why", finding.why);
    say("What to change", finding.remedy);
    say("Notes", ...finding.notes);
    say("Acknowledged", finding.acknowledged);
    if (finding.exemption) {
      const { owner, reason, expires, ticket, origin } = finding.exemption;
      say("Exemption", `${owner}: ${reason}`, [`until ${expires}`, ticket, origin].filter(Boolean).join(", "));
    }
    say("Address", finding.address);
    say("Family", finding.family);
    say("Container", finding.container);
    say("Property", finding.location);
    say("File", finding.line);
    say("Status", finding.status);
    say("In use by", ...(finding.in_use_by ?? []));
    say("Exposure", finding.level, ...(finding.exposure?.reasons ?? []));
    say("First found", finding.first_seen?.replace("T", " ").replace("Z", " UTC"));
    const cell = make("td", { colSpan: COLUMNS.length }, list);
    return make("tr", { className: "details", id: `finding-${finding.index}` }, cell);
  }

  function render(upTo) {
    const rows = shown.slice(rendered, upTo).map(rowOf);
    body.append(...rows);
    rendered = Math.min(upTo, shown.length);
    const left = shown.length - rendered;
    pager.hidden = left === 0;
    more.textContent = `Show ${Math.min(PAGE, left)} more`;
    rest.textContent = `Show all ${shown.length}`;
    rest.hidden = left <= PAGE;
    return rows[0];
  }

  const renderAndFocus = (upTo) => render(upTo)?.querySelector("button").focus();
  more.addEventListener("click", () => renderAndFocus(rendered + PAGE));
  rest.addEventListener("click", () => renderAndFocus(shown.length));

  function show() {
    shown = sorted(matching());
    body.replaceChildren();
    rendered = 0;
    render(PAGE);
    table.hidden = shown.length === 0;
    empty.hidden = shown.length !== 0;
    status.textContent = isFiltered() ? `${shown.length} of ${findings.length} findings` : `${findings.length} finding${findings.length === 1 ? "" : "s"}`;
    clearButton.hidden = !isFiltered();
    if (search.value !== filter.q) search.value = filter.q;
    for (const chip of chips) chip.setAttribute("aria-pressed", String(filter.state.split(",").includes(chip.dataset.state)));
    for (const [name, select] of Object.entries(choices)) if (select) select.value = filter[name];
    for (const head of heads) {
      const order = { [head.dataset.sort]: "ascending", [`-${head.dataset.sort}`]: "descending" }[filter.sort];
      if (order) head.setAttribute("aria-sort", order);
      else head.removeAttribute("aria-sort");
    }
  }

  // --- keys, address, printing ------------------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches?.("input, select, textarea");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && !event.target.matches?.("select") && isFiltered()) {
      event.preventDefault();
      clear();
    }
  });

  function follow() {
    fromAddress();
    show();
    byId("findings").scrollIntoView();
    status.tabIndex = -1;
    status.focus({ preventScroll: true });
  }

  addEventListener("hashchange", () => {
    // Without = it is the name of a section; without anything it is the way back.
    if (!location.hash || location.hash.includes("=")) follow();
  });
  document.addEventListener("click", (event) => {
    // The address does not change if it already names this place, but the user may have scrolled away.
    const link = event.target.closest('a[href*="="]');
    if (link && link.hash === location.hash) follow();
  });

  let before = 0;
  addEventListener("beforeprint", () => {
    before = rendered;
    render(shown.length);
  });
  addEventListener("afterprint", () => {
    if (before < shown.length) show();
  });

  holder.append(
    make("div", { className: "controls" }, search, ...chips, ...Object.values(choices), clearButton),
    status,
    make("div", { className: "scrolling" }, table),
    empty,
    pager,
  );
  holder.hidden = false;
  byId("plain").remove();
  document.querySelector(".keys").hidden = false;
  fromAddress();
  show();
})();
