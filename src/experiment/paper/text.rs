//! 6. The text side.

use super::parts::{COIN, HEADS, Runs, cut, models, number, open, seeds, those, under};
use crate::analysis::{Ablation, Score, Term, Tower};
use crate::config::Config;
use crate::experiment::{
    Axis, Bound, Chart, Condition, Experiment, Job, Measure, Measurement, Metric, Point, Row, Scale, Series,
    Spread, Summary, Values,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 6,
    name: "text",
    title: "How the text side knows who is named first",
    claim: "At least one of the text encoder's four heads turns EOT's attention strongly to the label that is named first, whatever the label is.",
    rule: "In most seeds a head gives the first-named label at least 0.5 of EOT's attention on average, and in every caption more than it gives the second on average; and cutting one of the nine text terms brings order on unseen pairs to 0.4 to 0.6. Both reproduce it, one partly.",
    jobs,
    summarise,
};

fn text_cut(terms: &[Term]) -> Ablation {
    Ablation {
        tower: Tower::Text,
        ..cut(terms)
    }
}

const TERMS: [Term; 7] = [
    Term::EE,
    Term::EP,
    Term::PE,
    Term::PP,
    Term::BE,
    Term::BP,
    Term::VP,
];
/// All that tells one token from another.
const ALL: [Term; 6] = [Term::EE, Term::EP, Term::PE, Term::PP, Term::BE, Term::BP];

/// Each term alone, then all that depend on a token's content or place.
fn cuts() -> impl Iterator<Item = Ablation> {
    TERMS
        .into_iter()
        .map(|term| text_cut(&[term]))
        .chain([text_cut(&ALL)])
}

fn jobs(scale: Scale) -> Vec<Job> {
    let mut measures = vec![Measure::Accuracies(vec![Split::Unseen]), Measure::Text];
    measures.extend(cuts().map(|cut| Measure::Ablation(cut, vec![Split::Unseen])));
    seeds(&Config::default(), scale.pick(2, 4, 16), 1000, &measures)
}

/// The head that gives most to the label named first.
fn leaning(values: &Values) -> u32 {
    let first = |head: u32| number(values, &Metric::First(head));
    (0..HEADS)
        .take_while(|h| first(*h).is_finite())
        .fold(0, |best, h| if first(h) > first(best) { h } else { best })
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let Some((_, example)) = runs.iter().next() else {
        return open(Vec::new());
    };
    let head = |h: u32| {
        let on = (0..).map_while(|t| example.get(&Metric::Attention(h, t)));
        let points = on.enumerate().map(|(t, y)| Point::exact(t as f64, y));
        Series {
            name: format!("head {h}"),
            points: points.collect(),
        }
    };
    let heads = (0..HEADS).take_while(|h| example.get(&Metric::First(*h)).is_some());
    let order = |term: Term| under(&text_cut(&[term]), Score::Order);
    let all = under(&text_cut(&ALL), Score::Order);
    let cut: Vec<(String, Metric)> = std::iter::once(("nothing".to_owned(), Metric::unseen(Score::Order)))
        .chain(TERMS.map(|term| (term.name().to_owned(), order(term))))
        .chain([("all but EB, PB, BB, VP".to_owned(), all.clone())])
        .collect();
    let preference = |term: &Term| {
        let values: Vec<f64> = runs
            .iter()
            .map(|(_, v)| number(v, &Metric::Preference(leaning(v), *term)))
            .collect();
        Spread::finite(values).map(|spread| Row::spread(term.name(), spread, None))
    };
    let charts = vec![
        Chart::Lines {
            title: "EOT's attention on the tokens of \"SOT X is on the left of Y EOT\", first seed"
                .to_owned(),
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
    let told = |metric: fn(u32) -> Metric| runs.told(|v| number(v, &metric(leaning(v))));
    let leans = runs.holds(|v| {
        let h = leaning(v);
        number(v, &Metric::First(h)) >= 0.5 && number(v, &Metric::Least(h)) > number(v, &Metric::Second(h))
    });
    let median = |term: Term| runs.median(&order(term));
    let decisive: Vec<Term> = TERMS
        .into_iter()
        .filter(|term| COIN.holds(median(*term)))
        .collect();
    let worst = TERMS.into_iter().min_by(|a, b| median(*a).total_cmp(&median(*b)));
    let carried = match (&decisive[..], worst) {
        ([], Some(worst)) => {
            let (text, term) = (runs.text(&order(worst)), worst.name());
            format!("no single text term brings order to chance: it is least, {text}, without {term}")
        }
        (terms, _) => {
            let each = |term: &Term| format!("{} ({})", term.name(), runs.text(&order(*term)));
            format!(
                "order falls to chance without {}",
                terms.iter().map(each).collect::<Vec<_>>().join(" or ")
            )
        }
    };
    let finding = format!(
        "Over {}, the leaning head gives the first-named label {} of EOT's attention ({} in the caption where it gives least) and the second {}; it leans to the first whatever it is in {}. On unseen pairs {carried}; without all six that depend on the token (all but EB, PB, BB and VP) order is {}.",
        models(runs.count()),
        told(Metric::First),
        told(Metric::Least),
        told(Metric::Second),
        those(leans, runs.count()),
        runs.text(&all),
    );
    let most = Bound::MoreThan(0.5);
    let criteria = vec![
        Condition::share(
            "seeds with a head that reads the first-named label",
            leans,
            runs.count(),
            most,
        )
        .into(),
        Condition::new(
            "text terms whose cut is a coin toss",
            decisive.len() as f64,
            Bound::AtLeast(1.0),
        )
        .into(),
    ];
    Summary::decided(criteria, finding, charts)
}
