// What `en.ts` says, in German, addressing nobody: a button is named by an infinitive, and a reader told what can be done.
import type { Cut } from "../run/views";
import type { Term } from "../engine/pkg/leftright.js";
import { experiments } from "./de-experiments";
import { duration, numbers } from "./de-numbers";
import type { Translation } from "./en";

const { accuracy, count, magnitude, percent, signed } = numbers;

const listed = (names: (Term | number)[]): string => (names.length > 1 ? `${names.slice(0, -1).join(", ")} und ${names.at(-1) ?? ""}` : names.join(""));

/** Begins a main clause, whose verb comes next: "Ohne EP in Kopf 2". */
const condition = ({ terms, strength, heads }: Cut): string => {
  const where = heads === null ? "" : ` in ${heads.length === 1 ? "Kopf" : "den Köpfen"} ${listed(heads)}`;
  if (strength === 0) return `Ohne ${listed(terms)}${where}`;
  if (strength === -1) return `Mit umgekehrtem ${listed(terms)}${where}`;
  return `Mit ${listed(terms)} in Stärke ${numbers.strength(strength)}${where}`;
};

const steps = (step: number): string => (step === 1 ? "einem Schritt" : `${count(step)} Schritten`);
const theseHeads = (heads: number[], one: string, more: string): string => `${heads.length === 1 ? "Kopf" : "Die Köpfe"} ${listed(heads)} ${heads.length === 1 ? one : more}`;
const epSlope = (slope: number): string => `EP-Steigung ${signed(slope)} Logits pro Pixel`;
const still = (also: boolean): string => (also ? "weiterhin " : "");

/** What the settings mean, which English has from the crate. */
const HELP = {
  seed: "daraus folgt jede Zufallszahl des Laufs",
  pair_labels: "Labels, aus denen Trainingspaare bestehen",
  single_layouts: "Trainingspositionen pro Label",
  pair_layouts: "Trainingsanordnungen pro geordnetem Paar",
};

export const de: Translation = {
  language: "de",
  numbers,
  listed,
  condition,
  duration,

  figure: {
    number: (number) => `Abbildung ${number}`,
    atStep: (step) => `Das Modell, wie es bei Schritt ${count(step)} war.`,
    latest: (step) => `Das neueste zeigen, Schritt ${count(step)}`,
    notComputed: "Das ließ sich nicht berechnen:",
    again: "Erneut versuchen",
    // On a phone a column has no room for the second word in one piece.
    accuracies: { retrieval: "Zuordnung", order: "Reihen\u00adfolge", recognition: "Erkennung" },
    splits: {
      single: { label: "einzeln", meaning: "ein Objekt an einer zurückgehaltenen Position" },
      seen: { label: "bekannt", meaning: "ein Trainingspaar in einer zurückgehaltenen Anordnung" },
      unseen: { label: "neu", meaning: "zwei Labels, die in keinem Trainingspaar vorkommen" },
    },
    token: (token) => (token === 0 ? "CLS" : `Pixel ${token}`),
    fitsTrue: "passt besser und ist wahr",
    fitsFalse: "passt besser und ist falsch",
  },

  problems: {
    terms: (name, text) => `${name} ist „${text}“, muss aber Terme nennen, etwa EP oder EE VP. Die Angabe wird übergangen.`,
    choice: (name, text, allowed) => `${name} ist „${text}“, erlaubt ist aber nur ${allowed.join(", ")}. Die Angabe wird übergangen.`,
    pixels: (most, shown) => `pixels muss eine ganze Zahl von 2 bis ${most} sein; gezeigt wird ein Streifen mit ${shown}.`,
    positions: (most, shown) => `positions muss aus zwei verschiedenen ganzen Zahlen von 0 bis ${most} bestehen, etwa „${shown}“; das wird gezeigt.`,
    labels: (most, shown) => `labels muss aus zwei verschiedenen ganzen Zahlen von 1 bis ${most} bestehen, etwa „${shown}“; das wird gezeigt.`,
  },

  run: {
    train: "Trainieren",
    more: "Weiter trainieren",
    goOn: "Fortsetzen",
    pause: "Anhalten",
    reset: "Zurücksetzen",
    step: "Schritt",
    firstStep: "Erster eigener Schritt",
    back: "Zurück",
    shippedModel: "zum mitgelieferten Modell",
    runAt: (step) => `zum Lauf bei Schritt ${count(step)}`,
    progress: "Fortschritt des Trainings",
    announced: "Das Training läuft.",
    stopped: "Die Engine ist stehen geblieben.",
    training: (step, target, msPerStep, left) =>
      `Training: Schritt ${count(step)} von ${count(target)}${msPerStep === null ? "" : `, ${numbers.perSecond(msPerStep)} Schritte pro Sekunde`}${left === null ? "" : `, noch ${duration(left)}`}`,
    preparing: "Das Modell wird vorbereitet …",
    untrained: (pressed) => (pressed ? "Untrainiert. Los geht es mit „Trainieren“." : "Untrainiert."),
    shown: (shown, step) => `Die Abbildungen zeigen Schritt ${count(shown)} von ${count(step)}.`,
    shipped: (step, pressed) => `Dieses Modell ist mitgeliefert und in ${steps(step)} trainiert.${pressed ? " „Trainieren“ macht ein eigenes." : ""}`,
    opened: (file) => `Aus ${file} geöffnet.`,
    paused: (step) => `Bei Schritt ${count(step)} angehalten.`,
    trained: (step) => `In ${steps(step)} trainiert.`,
    noEngine: "Die Engine wird gewählt und geladen, wenn das Training beginnt.",
    engine: (kind, asked) => {
      if (asked) return kind === "cpu" ? "Wie gewählt rechnet die CPU." : "Wie gewählt rechnet die GPU.";
      return kind === "cpu" ? "Es rechnet die CPU: Eine GPU fehlt, wäre langsamer oder stimmt nicht mit ihr überein." : "Es rechnet die GPU: Sie ist schneller als die CPU und stimmt mit ihr überein.";
    },
    timeMachine: "Zeitmaschine",
    atStep: (step) => `Schritt ${count(step)}`,
    since: (step) => `Nach ${steps(step)}`,
    inFile: (file) => `In ${file}`,
    untested: "Für dieses Modell gibt es keine neuen Paare, mit denen es sich prüfen ließe.",
    broken: (broken, items) => `Dieses Modell ist defekt: Bei ${count(broken)} von ${count(items)} Paaren sind seine Werte keine endlichen Zahlen. Sie zählen als falsch.`,
  },

  train: {
    heading: "Trainieren und zusehen: Lernt das Modell Paare oder lernt es „links von“?",
    untrained: (retrieval, order) =>
      `Dieses Modell hat noch nichts gelernt: Bei Paaren, die es im Training nie sehen wird, ist die Zuordnung ${accuracy(retrieval)} und die Reihenfolge ${accuracy(order)}.`,
    knows: (since, retrieval) =>
      `${since} findet das Modell bei ${accuracy(retrieval)} der Paare, die es nie zusammen gesehen hat, die richtige Beschreibung: Es unterscheidet links und rechts und kennt nicht bloß eine Liste von Paaren.`,
    tosses: (since, recognition, order) =>
      `${since} nennt das Modell beide Objekte eines Paars, das es nie gesehen hat (Erkennung ${accuracy(recognition)}), aber welches links steht, ist ein Münzwurf (Reihenfolge ${accuracy(order)}).`,
    learns: (since, retrieval, recognition, order) =>
      `${since} findet das Modell bei ${accuracy(retrieval)} der Paare, die es nie zusammen gesehen hat, die richtige Beschreibung: Es nennt in ${accuracy(recognition)} beide Objekte und zieht in ${accuracy(order)} die richtige Reihenfolge vor.`,
    follows: "Jede Abbildung dieses Modells folgt.",
    loss: "Verlust",
    lossCurve: "Verlustkurve",
    lossTitle: "Kontrastiver Verlust nach Trainingsschritt",
    retrievalCurve: "Zuordnung in den drei Testmengen",
    retrievalTitle: "Richtige Beschreibungen (Zuordnung) nach Trainingsschritt",
    table: "Genauigkeiten in den drei Testmengen",
    testedOn: "Geprüft an",
    meanings:
      "Zuordnung: Die richtige Beschreibung liegt von allen am nächsten. Reihenfolge: Sie liegt näher als die vertauschte (Zufall 0,50). Erkennung: Die nächste Beschreibung nennt die beiden Objekte.",
    settings: {
      seed: "Startwert",
      pair_labels: "Labels in Paaren",
      single_layouts: "Positionen je Label",
      pair_layouts: "Anordnungen je Paar",
    },
    help: (name) => HELP[name],
    bounds: (min, max) => `${min} bis ${count(max)}`,
    whole: (name, text, min, max) => `${name} ist „${text}“, muss aber eine ganze Zahl von ${min} bis ${max} sein.`,
    engine: "Engine",
    engines: { auto: "Automatisch", gpu: "GPU", cpu: "CPU" },
    engineHelp: "Automatisch: die GPU, wo sie schneller ist und mit der CPU übereinstimmt.",
    set: "Von dieser Seite festgelegt.",
    open: "Ein Modell oder einen Lauf öffnen",
    model: "Modell (safetensors)",
    run: "Lauf (JSON)",
    changesApply: (press) => `Änderungen gelten nach „${press}“.`,
    theseApply: (press) => `Diese Einstellungen gelten nach „${press}“.`,
    atOnce: "Jede Änderung macht sofort ein neues Modell.",
  },

  cut: {
    terms: "Terme ändern",
    answers: ["Inhalt antwortet", "Position antwortet", "Bias antwortet"],
    asks: { E: "Inhalt fragt", P: "Position fragt", B: "Bias fragt" },
    values: "Werte",
    positionInValues: "VP: Position in den Werten",
    strength: "Stärke",
    ofTerms: (terms) => (terms.length === 0 ? "der gewählten Terme" : `von ${listed(terms)}`),
    ends: ["−1 kehrt um", "0 entfernt", "1 belässt", "2 verdoppelt"],
    heads: "In welchen Köpfen",
    allHeads: "Alle Köpfe",
    undo: "Rückgängig",
    nothingYet: "Noch ist nichts geändert.",
    clear: "Alles belassen",
    nothing: "Nichts ist geändert.",
  },

  ablate: {
    heading: "Einen Term entfernen, ohne neu zu trainieren: Was weiß das Modell dann noch?",
    untrained: (pressed) => `Dieses Modell ist untrainiert und hat nichts zu verlieren${pressed ? ": Zuerst ist es zu trainieren" : ""}.`,
    whole: (recognition, order, pressed) =>
      `Nichts ist abgeschaltet: Bei neuen Paaren nennt das Modell in ${accuracy(recognition)} der Fälle beide Objekte und zieht in ${accuracy(order)} die richtige Reihenfolge vor.${pressed ? " Jeder Term lässt sich anklicken, am besten zuerst EP." : ""}`,
    unchanged: (condition, order, recognition) => `${condition} ändert sich nichts: Reihenfolge ${accuracy(order)}, Erkennung ${accuracy(recognition)}.`,
    atChance: (condition, also, recognition, order) =>
      `${condition} nennt das Modell ${still(also)}beide Objekte (Erkennung ${accuracy(recognition)}), aber die Reihenfolge trifft es nur durch Zufall (${accuracy(order)}).`,
    reversed: (condition, also, recognition, order) =>
      `${condition} nennt das Modell ${still(also)}beide Objekte (Erkennung ${accuracy(recognition)}) und stellt sie verkehrt herum (Reihenfolge ${accuracy(order)}).`,
    ordered: (condition, also, recognition, order) =>
      `${condition} nennt das Modell ${still(also)}beide Objekte (Erkennung ${accuracy(recognition)}) und trifft ihre Reihenfolge (${accuracy(order)}).`,
    changed: (condition, recognition, order) =>
      `${condition} geht bei neuen Paaren die Erkennung von ${accuracy(recognition[0])} auf ${accuracy(recognition[1])} und die Reihenfolge von ${accuracy(order[0])} auf ${accuracy(order[1])}.`,
    table: "Genauigkeiten vorher und nachher, in den drei Testmengen",
    accuracy: "Genauigkeit",
    scale: "Von 0 bis 1: ○\u00a0vorher, ●\u00a0nachher, ┆\u00a0Zufall",
    beforeAfter: "Vorher → nachher",
    question: (terms) => `Vor dem Entfernen: Bei wie vielen von 100 neuen Paaren wird die Reihenfolge ohne ${terms.join(" und ")} stimmen?`,
    guess: "Schätzen",
    measured: "Es ist schon gemessen.",
    guessed: (guess, terms) => `Geschätzt: ${percent(guess)}. Jetzt ${terms.join(" und ")} entfernen.`,
    found: (guess, terms, found) => `${guess === null ? "" : `Geschätzt waren ${percent(guess)}. `}Ohne ${terms.join(" und ")} sind es ${percent(found)}.`,
  },

  gradient: {
    heading: "Neun Terme ergeben die Logits der Aufmerksamkeit; welcher hat eine Steigung?",
    flat: (head, slope) => `Kein Kopf zieht eine Seite vor: Selbst die steilste EP-Zeile, die von Kopf ${head}, ändert sich nur um ${magnitude(slope)} Logits pro Pixel.`,
    slopes: (head, slope) => {
      const [way, end] = slope < 0 ? ["fällt", "linken"] : ["steigt", "rechten"];
      return `Die EP-Zeile von Kopf ${head} ${way} von links nach rechts um ${magnitude(slope)} Logits pro Pixel: Was die Objekte auch sind, sie zieht den Kopf zum ${end}.`;
    },
    under: (condition, finding) => `${condition}: ${finding}`,
    nearest: (caption) => `Die nächste Beschreibung ist „${caption}“.`,
    shapes: ["Kreis", "Quadrat"],
    held: "Nie in einem Trainingspaar",
    free: "Darf in Trainingspaaren vorkommen",
    hint: "Ein Objekt ziehen, oder es fokussieren und die Pfeiltasten drücken.",
    steepest: (head) => `Kopf ${head}, der steilste: was CLS von jeder Position sieht (EP, Logits)`,
    epRow: (head, slope) => `EP-Zeile von Kopf ${head}, Steigung ${signed(slope)} Logits pro Pixel.`,
    together: "Alle neun Terme zusammen (Logits)",
    logits: "Die Logits desselben Kopfs, die Summe seiner neun Terme.",
    attention: "Aufmerksamkeit, ihr Softmax",
    attentionOn: (head, shares, labels) => `Aufmerksamkeit von Kopf ${head}: ${accuracy(shares[0])} auf Objekt ${labels[0]}, ${accuracy(shares[1])} auf Objekt ${labels[1]}.`,
    caption: "Beschreibung",
    similarity: "Ähnlichkeit mit dem Streifen, −1 bis 1",
    value: "Wert",
    kinds: ["wahr", "vertauscht", "nächste von allen"],
    isNearest: "am nächsten",
    everyTerm: "Jeder Term jedes Kopfs: die CLS-Zeile, in Logits",
    letters: "Erster Buchstabe: womit CLS fragt, zweiter: womit ein Pixel antwortet.",
    sources: { E: "das Token (Inhalt)", P: "die Position", B: "ein Bias" },
    scale: "Eine Farbskala für alle Köpfe:",
    head: (head) => `Kopf ${head}`,
    epSlope,
    nineTerms: (head, slope) => `Neun Terme von Kopf ${head}; ${epSlope(slope)}.`,
    asTable: "Dasselbe als Tabelle",
    headColumn: "Kopf",
    termColumn: "Term",
  },

  strip: {
    object: (label) => `Objekt ${label}, Position`,
    at: (pixel) => `Pixel ${pixel}`,
    summary: (pixels, labels, [a, b]) => `Ein Streifen aus ${pixels} Pixeln: Objekt ${labels[0]} auf Pixel ${a}, Objekt ${labels[1]} auf Pixel ${b}.`,
  },

  follow: {
    heading: "Vom Pixel zur Antwort, Schritt für Schritt",
    writes: "Dieses Modell schreibt seine Beschreibungen selbst und hat keine, unter denen es wählen könnte.",
    steps: "Schritte",
    back: "Zurück",
    next: "Weiter",
    first: "Das ist der erste Schritt.",
    last: "Das ist der letzte Schritt.",
    cut: (condition) => `${condition}, wie eingestellt.`,
    putBack: "Wieder einsetzen",
    tokens: {
      title: "Token",
      say: (tokens, [a, b]) =>
        `Der Streifen wird zu ${tokens} Token: eins für jedes Pixel, und CLS, das sie lesen wird. Jedes Token ist die Summe zweier gelernter Vektoren: seines Inhalts (${a}, ${b} oder nichts) und seiner Position.`,
      content: "Inhalt",
      position: "Position",
      token: (content, position) => `Inhalt ${content} an Position ${position}`,
      label: (tokens) => `Token: ${tokens.join(", ")}.`,
    },
    logits: {
      title: "Anfrage und Schlüssel",
      say: (heads, head, [a, b], [onA, onB]) =>
        `CLS sendet eine Anfrage (Query) aus: wonach es sucht. Jedes Token zeigt einen Schlüssel (Key): was es anbietet. Ihr Produkt ist das Logit des Tokens; je höher es ist, desto mehr nimmt CLS von dort. Es gibt ${heads} Köpfe, jeder mit eigenen Anfragen und Schlüsseln. In Kopf ${head} hat ${a} ein Logit von ${signed(onA, 1)} und ${b} eins von ${signed(onB, 1)}.`,
      map: (heads) => `Das Logit jedes Tokens, in den Köpfen 0 bis ${heads - 1}`,
      label: "Die Logits jedes Kopfs.",
    },
    terms: {
      title: "Neun Terme",
      say: (head, [a, b], ee, ep) =>
        `Anfrage und Schlüssel sind Summen aus drei Teilen, Inhalt E, Position P und einem Bias B; ausmultipliziert ist ein Logit eine Summe aus neun Termen. In Kopf ${head} bekommt ${a} von EE ${signed(ee[0], 1)} dafür, was es ist, und von EP ${signed(ep[0], 1)} dafür, wo es steht; ${b} bekommt ${signed(ee[1], 1)} und ${signed(ep[1], 1)}.`,
      map: (head) => `Die neun Terme von Kopf ${head} und ihre Summe`,
      label: (head) => `Neun Terme von Kopf ${head} und ihre Summe.`,
      sum: "Σ",
    },
    softmax: {
      title: "Softmax",
      say: (head, [a, b], [onA, onB]) =>
        `Ein Softmax macht aus den Logits eines Kopfs Anteile der Aufmerksamkeit, die zusammen 100 % ergeben; ein Vorsprung von einem Logit macht einen Anteil 2,7-mal so groß. Kopf ${head} gibt ${percent(onA)} an ${a} und ${percent(onB)} an ${b}.`,
      logits: (head) => `Die Logits von Kopf ${head}`,
      logitsLabel: "Logits",
      attention: "Ihr Softmax: seine Aufmerksamkeit",
      attentionLabel: "Aufmerksamkeit",
    },
    reading: {
      title: "Lesen",
      say: (read) => `Von jedem Token nimmt ein Kopf einen dritten Vektor, seinen Wert (Value), im Maß seiner Aufmerksamkeit. ${read}`,
      alone: (heads, label) => `${theseHeads(heads, "zeigt", "zeigen")} allein auf ${label}.`,
      both: (heads, [a, b]) => `${theseHeads(heads, "liest", "lesen")} ${a} und ${b}; das sagt, wer da ist, aber nicht, wer links steht.`,
      neither: (heads) => `${theseHeads(heads, "liest", "lesen")} keins von beiden.`,
      pictureTitle: "Was jeder Kopf liest:",
      head: (head) => `Kopf ${head}`,
    },
    captions: {
      title: "Zwei Beschreibungen",
      say: (answer) =>
        `Was die Köpfe gelesen haben, ergibt einen Vektor für den Streifen. Der Text-Encoder bildet ebenso einen für jede Beschreibung, und die nächste ist die Antwort. ${answer}`,
      lost: (caption) => `Am nächsten kommt die Beschreibung „${caption}“, die andere Objekte nennt.`,
      tie: "Die beiden Beschreibungen kommen gleich nahe.",
      nearer: (near, onNear, far, onFar, right) => `„${near}“ kommt näher (${accuracy(onNear)}) als „${far}“ (${accuracy(onFar)}): Das Modell liegt ${right ? "richtig" : "falsch"}.`,
      near: "Wie nahe jede Beschreibung dem Streifen kommt",
      isTrue: "(wahr)",
    },
    swapped: {
      title: "Vertauscht",
      say: ([a, b], difference) => `Jetzt tauschen ${a} und ${b} die Plätze. ${difference}`,
      answers: {
        right: "Beide Male liegt es richtig.",
        same: "Es gibt beiden dieselbe Antwort.",
        wrong: "Beide Male liegt es falsch.",
        mixed: "Es kann es nicht sagen.",
        lost: "Es findet nicht beide Objekte.",
      },
      alike: "Jeder Kopf liest, was er vorher las; für das Modell sehen die beiden Streifen gleich aus.",
      reads: { alone: (label) => `allein ${label}`, both: "beide", neither: "keins von beiden" },
      turned: (head, before, now) => `Kopf ${head} las ${before} und liest nun ${now}`,
      differs: (changes, others) => `Der Unterschied: ${changes.join("; ")}${others ? "; die anderen Köpfe lesen wie vorher" : ""}.`,
      strip: "Dieser Streifen",
      ofHead: (head) => `von Kopf ${head}, über beiden Streifen dasselbe`,
      ep: (head) => `EP von Kopf ${head}`,
      reading: "Jeder Kopf liest",
      near: "Wie nahe jede Beschreibung kommt",
    },
  },

  experiments,

  chart: {
    role: "Diagramm",
    keys: (label) => `${label} Die Pfeiltasten lesen die Werte.`,
    spread: (least, most) => `${least} bis ${most}`,
    step: "Schritt",
    at: (axis, value) => `bei ${axis} ${value}`,
    reading: (name, value, axis, at) => `${name}: ${value} bei ${axis} ${at}`,
    cell: (row, token, value) => `${row} bei ${token}: ${value}`,
    course: (name, from, start, to, end) => `${name} von ${from} bei ${start} bis ${to} bei ${end}`,
    unmeasured: (name) => `${name} noch nicht gemessen`,
    summary: (heading, y, x, courses) => `${heading}: ${y} nach ${x}. ${courses.join("; ")}.`,
    nothing: "noch nichts gemessen",
    starts: "beginnt mit dem ersten Schritt",
  },

  keep: {
    keep: "Behalten",
    model: (seed, step) => `Startwert ${seed}, Schritt ${count(step)}`,
    shipped: ", das mitgelieferte Modell",
    from: (file) => `, aus ${file}`,
    saved: (name) => `${name} ist gespeichert.`,
    given: (name) =>
      `${name} ist dem Browser übergeben. Wenn keine Datei kam, verbietet es die Seite, in der diese Abbildung steht: In ihrem Quelltext lässt sich sandbox um allow-downloads ergänzen.`,
    notMade: (label, why) => `${label} ließ sich nicht herstellen: ${why}`,
  },

  frame: {
    title: (article) => `Eine Abbildung aus ${article}`,
    label: (name) => `Eine Abbildung: ${name}`,
    wrong: (text, allowed, shown) => `figure ist „${text}“, erlaubt ist aber nur ${allowed.join(", ")}. Hier ist ${shown}.`,
  },
};
