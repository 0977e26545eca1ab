// What `en-experiments.ts` says, in German. The crate's claims, which are short and do not change, are here as well; what it finds,
// with its numbers, stays English.
import { duration, numbers } from "./de-numbers";
import type { ExperimentWords } from "./en-experiments";

const { count, percent, signed } = numbers;

const models = (models: number): string => (models === 1 ? "1 Modell" : `${models} Modelle`);
const modelsOf = (models: number): string => (models === 1 ? "1 Modell" : `${models} Modellen`);
const steps = (models: number, steps: number[]): string => `${models === 1 ? "" : "je "}${steps.map(count).join(" oder ")} Schritte`;
const where = (further: boolean): string => (further ? "weiter oben" : "direkt darüber");

/** Each of the crate's claims. One that the crate has changed since is not found here and stays English. */
const CLAIMS = new Map([
  [
    "More labels in pairs (N_pair 5 to 15) lift all three generalizations, unseen pairs from near random to near perfect; more layouts per pair (n_2) do almost nothing.",
    "Mehr Labels in Paaren (N_pair von 5 auf 15) heben alle drei Generalisierungen, die auf neue Paare von fast zufällig auf fast fehlerlos; mehr Anordnungen je Paar (n_2) bewirken fast nichts.",
  ],
  [
    "Models that do not generalize to unseen pairs have no EP gradient at all; the gradient and the ability come together (App. G).",
    "Modelle, die nicht auf neue Paare generalisieren, haben gar keine EP-Steigung; Steigung und Fähigkeit kommen zusammen (Anhang G).",
  ],
  [
    "At least one of the text encoder's four heads turns EOT's attention strongly to the label that is named first, whatever the label is.",
    "Mindestens einer der vier Köpfe des Text-Encoders lenkt die Aufmerksamkeit von EOT stark auf das zuerst genannte Label, gleich welches es ist.",
  ],
  [
    "A label's image and text token embeddings have a low cosine as they are, but a rotation fitted on labels 1 to 15 aligns labels 16 to 20 as well.",
    "Die Token-Embeddings eines Labels in Bild und Text haben unverändert einen kleinen Kosinus; eine Drehung aber, die an die Labels 1 bis 15 angepasst ist, bringt auch die Labels 16 bis 20 zur Deckung.",
  ],
  [
    "When each scene is captioned from the left or from the right, one text layer no longer generalizes and two do; the vision side still relies on EP.",
    "Wird jede Szene von links oder von rechts beschrieben, generalisiert eine Textschicht nicht mehr, zwei tun es; die Bildseite stützt sich weiterhin auf EP.",
  ],
  [
    "The mechanism is the same on a 4 x 4 grid: EP falls from left to right, and without it the order is lost.",
    "Auf einem Raster von 4 × 4 ist der Mechanismus derselbe: EP fällt von links nach rechts, und ohne EP ist die Reihenfolge verloren.",
  ],
  [
    "The mechanism replicates with three objects: unseen triples are ordered right, and without EP no longer.",
    "Der Mechanismus wiederholt sich mit drei Objekten: Neue Tripel werden richtig geordnet, ohne EP nicht mehr.",
  ],
  [
    "Layer norm and an MLP modify the mechanism (App. R); with the norm's scale frozen the decomposition still finds EP.",
    "Layer-Norm und ein MLP verändern den Mechanismus (Anhang R); mit festgehaltener Skala der Norm findet die Zerlegung EP noch immer.",
  ],
  [
    "An autoregressive VLM, one causal Transformer that reads the strip and writes the caption, shows the same mechanism (App. O).",
    "Ein autoregressives Modell, ein kausaler Transformer, der den Streifen liest und die Beschreibung schreibt, zeigt denselben Mechanismus (Anhang O).",
  ],
  [
    "EP at strength −1 makes the model say the opposite; no other term does that.",
    "EP in Stärke −1 lässt das Modell das Gegenteil sagen; kein anderer Term tut das.",
  ],
  [
    "The initial scales choose the mechanism: EP where CLS starts much larger than positions, another term or the values elsewhere.",
    "Die Skalen am Anfang wählen den Mechanismus: EP, wo CLS viel größer beginnt als die Positionen, sonst einen anderen Term oder die Werte.",
  ],
  [
    "The slope comes before the ability: it has half its final size before order on unseen pairs is half way from chance to its final value.",
    "Die Steigung kommt vor der Fähigkeit: Sie hat die Hälfte ihrer endgültigen Größe, bevor die Reihenfolge bei neuen Paaren den halben Weg vom Zufall zu ihrem Endwert zurückgelegt hat.",
  ],
  [
    "A straight ramp in one head is all of EP that matters: in the place of every head's EP it restores the order.",
    "Eine gerade Rampe in einem Kopf ist alles, was an EP zählt: Anstelle des EP aller Köpfe stellt sie die Reihenfolge wieder her.",
  ],
]);

export const experiments: ExperimentWords = {
  headings: {
    diversity: "Was lehrt links und rechts: mehr Labels oder mehr Anordnungen?",
    slope: "Keine Steigung, keine Fähigkeit?",
    text: "Die Textseite weiß auf ihre eigene Art, wer zuerst kommt",
    alignment: "Ist Objekt 16 für beide Encoder dasselbe?",
    captions: "„Links von“ und „rechts von“ zusammen brauchen eine zweite Textschicht",
    grid: "Auf einem Raster wird aus der Steigung eine Rampe über die Spalten",
    three: "Drei Objekte in einer Reihe, sechs Arten, sie zu ordnen",
    "norm-mlp": "Näher an einem echten CLIP: Layer-Norm und ein MLP",
    autoregressive: "Ein Modell, das die Beschreibung schreibt, Wort für Wort",
    reversal: "Ein Term umgekehrt, und das Modell sagt das Gegenteil",
    phase: "Welcher Term die Symmetrie bricht, entscheidet sich vor dem ersten Schritt",
    birth: "Was kommt zuerst, die Steigung oder die Fähigkeit?",
    surgery: "Eine eigene Linie anstelle von EP",
  },

  cancel: "Abbrechen",

  verdict: {
    claim: (crate) => CLAIMS.get(crate) ?? crate,
    papers: "Die Behauptung der Studie:",
    ours: "Unsere Erwartung, die in der Studie nicht geprüft wird:",
    report: (models) => `Unser Bericht, aus ${modelsOf(models)}:`,
    ofClaim: { reproduced: "reproduziert", partly: "teilweise reproduziert", not: "nicht reproduziert", open: "offen, bis hier genug gemessen ist" },
    ofExpectation: { reproduced: "wie erwartet", partly: "teilweise wie erwartet", not: "nicht wie erwartet", open: "offen, bis hier genug gemessen ist" },
    columns: ["die Zahl", "hier", "unser Bericht", "verlangt"],
    holds: "trifft zu",
    fails: "trifft nicht zu",
  },

  models: {
    these: "Die hier trainierten Modelle",
    measured: (done, models) => `${done} von ${modelsOf(models)} gemessen`,
    begun: "Noch ist nichts gemessen; die Bilder füllen sich mit jedem gemessenen Modell.",
    tooLittle: "Für einen Befund ist noch zu wenig gemessen; die Bilder füllen sich mit jedem gemessenen Modell.",
    nothing: (those, pressed) => `Auf diesem Gerät noch nicht gemessen.${pressed ? ` „Starten“ trainiert ${models(those)}; was sie ergeben, steht dann hier.` : ""}`,
    preparing: "Wird vorbereitet …",
    failed: "Dieses Experiment läuft hier nicht.",
    running: (done, models, left) => `${done} von ${modelsOf(models)} gemessen${left === null ? "" : `, noch ${duration(left)}`}`,
    all: (number) => (number === 1 ? "Das Modell ist gemessen." : `Alle ${models(number)} gemessen.`),
    stopped: (done, models) => `Abgebrochen, ${done} von ${modelsOf(models)} gemessen.`,
    plan: (number, each) => `${models(number)}, ${steps(number, each)}.`,
    run: "Starten",
    again: "Erneut starten",
    clear: "Ergebnisse löschen",
    nothingToClear: "Es gibt keine Ergebnisse, die sich löschen ließen.",
    progress: "Fortschritt des Experiments",
    details: "Wie das entschieden wird und was trainiert wird",
    trained: "Modelle",
    each: (models, each) => `${models}, ${steps(models, each)}`,
    rest: "Jede andere Einstellung ist die der Studie. Auf der CPU werden die Modelle nebeneinander trainiert.",
  },

  probe: {
    measure: "Messen",
    again: (measure) => measure.replace(/messen$/i, "erneut messen").replace(/^e/, "E"),
    announced: "Es wird gemessen.",
    tooLittle: "Für einen Befund ist noch zu wenig gemessen; die Bilder füllen sich Teil für Teil.",
    untrained: "Dieses Modell ist untrainiert.",
    press: "„Messen“ misst das Modell; was seine Zahlen ergeben, steht dann hier.",
    trainFirst: (further) => `Das eigene Modell ist untrainiert: Zuerst ist es ${where(further)} zu trainieren, dann zu messen; was seine Zahlen ergeben, steht dann hier.`,
    pauseFirst: (further) => `Das Modell wird trainiert: Um es zu messen, ist das Training ${where(further)} anzuhalten.`,
    shipped: "Das mitgelieferte Modell",
    yours: "Das eigene Modell",
    at: (file, step) => (file === null ? `bei Schritt ${count(step)}` : `aus ${file}`),
    measuring: "Es wird gemessen …",
    parts: (part, parts) => `${part} von ${parts} Teilen gemessen`,
    stale: (at) => `Diese Ergebnisse sind die des Modells ${at}; es hat sich seither geändert.`,
    stopped: (part, parts) => `Nach ${part} von ${parts} Teilen abgebrochen.`,
    measured: (at) => `Gemessen: das Modell ${at}.`,
    notYet: "Noch nicht gemessen.",
    progress: "Fortschritt der Messung",
    details: "Wie das entschieden wird",
    oneModel: "Hier entscheidet ein Modell, das eigene; der Bericht hat mehrere Startwerte.",
  },

  surgery: {
    right: "Mit dieser Linie ist links links",
    reversed: "Mit dieser Linie ist links rechts",
    chance: "Mit dieser Linie entscheidet der Münzwurf",
    unsure: "Mit dieser Linie ist das Modell unsicher",
    measure: "Jede gerade Linie messen",
    condition: (line, head) => {
      const what = line === "own" ? "der eigenen Linie" : line === "drawn" ? "der gezeichneten Linie" : `einer geraden Linie von ${signed(line, 1)} Logits pro Pixel`;
      return `Mit ${what} in Kopf ${head} und ohne EP in den anderen Köpfen`;
    },
    measuring: (condition) => `${condition}: Es wird gemessen …`,
    found: (condition, recognition, order) =>
      `${condition} nennt das Modell bei ${percent(recognition)} der neuen Paare beide Objekte und trifft bei ${percent(order)} ihre Reihenfolge.`,
    row: (head) => `EP von Kopf ${head} über den Pixeln, in Logits`,
    own: "┄ die des Modells",
    hint: "Einen Punkt nach oben oder unten ziehen, oder ihn fokussieren und die Pfeiltasten drücken.",
    points: "Die EP-Zeile: ein Punkt für jedes Pixel",
    point: (pixel) => `Pixel ${pixel}`,
    logits: (value) => `${signed(value)} Logits`,
    restore: "Die eigene Zeile des Modells wieder einsetzen",
    isOwn: "Das ist die eigene Zeile des Modells.",
    keeps: "Der Kopf, der ein EP behält; die anderen verlieren ihres",
    steepest: (head) => `Der steilste (${head})`,
    straight: "Eine gerade Linie",
    noLine: "noch ist keine eingesetzt",
    slope: (slope) => `${signed(slope)} Logits pro Pixel`,
    ends: ["−4: gegen die des Modells", "0: flach", "+4: wie die des Modells"],
    table: "Genauigkeiten bei neuen Paaren: das Modell, wie es ist, und mit dieser Zeile",
    columns: ["Neue Paare", "Von 0 bis 1: ○\u00a0das Modell, wie es ist, ●\u00a0mit dieser Zeile, ┆\u00a0Zufall", "Wie es ist → mit dieser Zeile"],
  },
};
