//! 6. The text side.

use super::parts::{Runs, coin, models, number, open, seeds, those};
use crate::analysis::{Ablation, Term, Tower};
use crate::config::Config;
use crate::experiment::{
    Axis, Chart, Experiment, Job, Measure, Measurement, Point, Row, Scale, Series, Spread, Summary, Values, Verdict, label,
};
use crate::task::Split;

pub const EXPERIMENT: Experiment = Experiment {
    id: 6,
    name: "text",
    title: "How the text side knows who is named first",
    claim: "At least one of the text encoder's four heads turns EOT's attention strongly to the label that is named first, whatever the label is.",
    rule: "In most seeds a head gives the first-named label at least 0.5 of EOT's attention on average, and in every caption more than it gives the second on average; and cutting one of the nine text terms brings order on unseen pairs to 0.4 to 0.6. Both reproduce it, one partly.",
    jobs,
    summarise,
};

fn ablation(terms: &[Term]) -> Ablation {
    Ablation { tower: Tower::Text, layer: 1, terms: terms.to_vec(), strength: 0.0, heads: None }
}

const TERMS: [Term; 7] = [Term::EE, Term::EP, Term::PE, Term::PP, Term::BE, Term::BP, Term::VP];
/// All that tells one token from another.
const ALL: [Term; 6] = [Term::EE, Term::EP, Term::PE, Term::PP, Term::BE, Term::BP];

/// Each term alone, then all that depend on a token's content or place.
fn cuts() -> impl Iterator<Item = Ablation> {
    TERMS.into_iter().map(|term| ablation(&[term])).chain([ablation(&ALL)])
}

fn jobs(scale: Scale) -> Vec<Job> {
    let mut measures = vec![Measure::Accuracies(vec![Split::Unseen]), Measure::Text];
    measures.extend(cuts().map(|cut| Measure::Ablation(cut, vec![Split::Unseen])));
    seeds(&Config::default(), scale.pick(2, 4, 8), 1000, &measures)
}

/// The head that gives most to the label named first.
fn leaning(values: &Values) -> usize {
    let first = |h: usize| number(values, &format!("first.{h}"));
    (0..16).take_while(|h| first(*h).is_finite()).fold(0, |best, h| if first(h) > first(best) { h } else { best })
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::of(jobs, measurements);
    let Some((_, example)) = runs.iter().next() else { return open(Vec::new()) };
    let head = |h: usize| {
        let on = (0..).map_while(|t| example.get(&format!("attention.{h}.{t}")).copied());
        let points = on.enumerate().map(|(t, y)| Point::exact(t as f64, y));
        Series { name: format!("head {h}"), points: points.collect() }
    };
    let heads = (0..16).take_while(|h| example.contains_key(&format!("first.{h}")));
    let names: Vec<String> = cuts().map(|cut| label(&cut)).collect();
    let (singles, all) = names.split_at(TERMS.len());
    let key = |name: &String| format!("{name} unseen.order");
    let cut: Vec<(String, String)> = std::iter::once(("nothing".to_owned(), "unseen.order".to_owned()))
        .chain(TERMS.iter().zip(singles).map(|(term, name)| (term.name().to_owned(), key(name))))
        .chain(all.iter().map(|name| ("all but EB, PB, BB, VP".to_owned(), key(name))))
        .collect();
    let preference = |term: &Term| {
        let values: Vec<f64> = runs.iter().map(|(_, v)| number(v, &format!("preference.{}.{}", leaning(v), term.name()))).collect();
        Spread::of(values).map(|spread| Row::of(term.name(), spread, None))
    };
    let charts = vec![
        Chart::Lines {
            title: "EOT's attention on the tokens of \"SOT X is on the left of Y EOT\", first seed".to_owned(),
            x: Axis::fitted("token (X is 1, Y is 7)"),
            y: Axis::share("attention"),
            series: heads.map(head).collect(),
        },
        Chart::Rows {
            title: "what prefers X to Y in the leaning head's logits, term by term".to_owned(),
            x: Axis::fitted("logits"),
            rows: Term::LOGIT.iter().filter_map(preference).collect(),
        },
        Chart::Rows {
            title: "order on unseen pairs without a text term".to_owned(),
            x: Axis::share("order"),
            rows: runs.rows(&cut, Some(0.5)),
        },
    ];
    let of = |name: &str| runs.told(|v| number(v, &format!("{name}.{}", leaning(v))));
    let leans = runs.holds(|v| {
        let h = leaning(v);
        let of = |name: &str| number(v, &format!("{name}.{h}"));
        of("first") >= 0.5 && of("least") > of("second")
    });
    let order = |name: &String| runs.median(&format!("{name} unseen.order"));
    let decisive: Vec<&String> = singles.iter().filter(|name| coin(order(name))).collect();
    let worst = singles.iter().min_by(|a, b| order(a).total_cmp(&order(b)));
    let carried = match (&decisive[..], worst) {
        ([], Some(worst)) => {
            let (text, term) = (runs.text(&format!("{worst} unseen.order")), worst.trim_start_matches("text."));
            format!("no single text term brings order to chance: it is least, {text}, without {term}")
        }
        (names, _) => {
            let each = |name: &&String| format!("{} ({})", name.trim_start_matches("text."), runs.text(&format!("{name} unseen.order")));
            format!("order falls to chance without {}", names.iter().map(each).collect::<Vec<_>>().join(" or "))
        }
    };
    let finding = format!(
        "Over {}, the leaning head gives the first-named label {} of EOT's attention ({} in the caption where it gives least) and the second {}; it leans to the first whatever it is in {}. On unseen pairs {carried}; without all six that depend on the token (all but EB, PB, BB and VP) order is {}.",
        models(runs.count()),
        of("first"),
        of("least"),
        of("second"),
        those(leans, runs.count()),
        all.iter().map(|name| runs.text(&format!("{name} unseen.order"))).collect::<String>(),
    );
    Summary { verdict: Verdict::of(&[2 * leans > runs.count(), !decisive.is_empty()]), finding, charts }
}
