// Collects what figures tell of their readers into a table, on one computer and without a server: each learner's row is a file, and
// whoever opens all files has the class's table.

const COLUMNS = ["name", "seed", "guess, %", "order, whole, %", "order, without EP, %", "names both, without EP, %"];
const query = (selector) => document.querySelector(selector);
/** The class's rows, by name and seed, so that a file opened twice counts once. */
const rows = new Map();

const percent = (share) => (share === null ? "" : String(Math.round(share * 100)));

/** A cell that no spreadsheet takes for a formula. */
function cell(text) {
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csv(lines) {
  return [COLUMNS, ...lines].map((line) => line.map(cell).join(",")).join("\n") + "\n";
}

/** The lines of a file of ours; what is not one is an error. */
function parsed(text) {
  const [head, ...lines] = text.trim().split(/\r?\n/).map((line) => Array.from(line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g), ([, raw]) => raw.replace(/^"(.*)"$/, "$1").replaceAll('""', '"')).slice(0, COLUMNS.length));
  if (head.join() !== COLUMNS.join() || lines.some((line) => line.length !== COLUMNS.length)) throw new Error("it is no file of this page");
  return lines;
}

function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}

function line(tag, texts) {
  const row = document.createElement("tr");
  row.append(...texts.map((text) => Object.assign(document.createElement(tag), { textContent: text })));
  return row;
}

function take(lines) {
  for (const row of lines) rows.set(row.slice(0, 2).join(), row);
  query("#table tbody").replaceChildren(...[...rows.values()].map((row) => line("td", row)));
  query("#all").disabled = rows.size === 0;
}

query("#table thead").replaceChildren(line("th", COLUMNS));
let own = null;

query("#learner").addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, seed } = Object.fromEntries(new FormData(event.target));
  own = null;
  query("#save").disabled = true;
  const figure = document.createElement("lr-ablate");
  for (const [attribute, value] of [["seed", seed], ["start", "training"], ["lock", "seed"], ["ask", "EP"]]) figure.setAttribute(attribute, value);
  query("#figure").replaceChildren(figure);
  query("#figure").hidden = false;
  query("#said").textContent = "The model trains. Guess meanwhile; when it is done, press EP in the figure.";
  figure.addEventListener("lr-guess", () => { query("#said").textContent = "When the model is trained, press EP in the figure."; });
  figure.addEventListener("lr-result", ({ detail: { guess, before, after, settings } }) => {
    own = [name, String(settings.seed), percent(guess), percent(before.unseen.order), percent(after.unseen.order), percent(after.unseen.recognition)];
    query("#said").textContent = "Your row is in the table below.";
    query("#save").disabled = false;
    take([own]);
  });
});

query("#save").addEventListener("click", () => save(`${own[0].replaceAll(/[^\p{L}\p{N}]+/gu, "-")}-seed-${own[1]}.csv`, csv([own])));
query("#all").addEventListener("click", () => save("class.csv", csv([...rows.values()])));

query("#rows").addEventListener("change", async ({ target }) => {
  const faults = [];
  for (const file of target.files) {
    try {
      if (file.size > 100_000) throw new Error("it is too large");
      take(parsed(await file.text()));
    } catch (error) {
      faults.push(`${file.name} was left out: ${error.message}.`);
    }
  }
  query("#faults").textContent = faults.join(" ");
  target.value = "";
});
