//! `measurements/README.md`: what the files beside it hold. Its sentences on columns are the documentation of
//! the settings and of the metrics.

use std::fmt::Write;

use leftright::config::Config;
use leftright::experiment::Metric;

use super::plan::{COMMIT, KEYS, Plan};

/// The whole file, for experiments in the order of their numbers.
pub fn dictionary(plans: &[Plan]) -> String {
    let mut out = String::from(
        "# Measurements\n\n\
         Written by `leftright reproduce`. There is a Parquet file for each experiment of \
         [REPRODUCTION.md](../REPRODUCTION.md), and a row in it for each measurement of each model: most \
         models are measured once, at the end of their training, some also on the way.\n\n\
         ```\n\
         duckdb -c \"SELECT step, median(\\\"unseen.order\\\") FROM 'measurements/01-generalization.parquet' GROUP BY ALL ORDER BY ALL\"\n\
         duckdb -c \"SELECT key::VARCHAR, value::VARCHAR FROM parquet_kv_metadata('measurements/01-generalization.parquet')\"\n\
         ```\n\n\
         ## Columns\n\n\
         | column | what it is |\n| --- | --- |\n\
         | `model` | the model's number in its experiment, from 0 |\n\
         | settings | those in which the experiment's models differ, each by its name |\n\
         | `step` | steps of training done |\n\
         | numbers | what was measured, each by its name; missing where it is not finite or was not \
         measured |\n\n\
         ### Settings\n\n| column | what it is |\n| --- | --- |\n",
    );
    for field in Config::default().fields() {
        if plans.iter().any(|plan| plan.differs(field.name)) {
            let _ = writeln!(out, "| `{}` | {} |", field.name, field.help);
        }
    }
    out.push_str(
        "\n### Numbers\n\n\
         A 0 in an example is a head, a second number a pixel or a token, and `EP` a term or what was done \
         to the model before: `EP` without a term, `EP+VP` without two, `EP*-1` with one reversed, `EP@0+2` \
         in heads 0 and 2, `text.EP` in the text tower, `layer2.EP` in the second layer.\n\n",
    );
    for meaning in Metric::MEANINGS {
        let _ = writeln!(out, "-{meaning}");
    }
    out.push_str("\n## What a file says of itself\n\nIn the key-value metadata of each Parquet file:\n\n| key | what it is |\n| --- | --- |\n");
    for (key, meaning) in KEYS.into_iter().chain([COMMIT]) {
        let _ = writeln!(out, "| `{key}` | {meaning} |");
    }
    out.push_str(
        "\n## summary.json\n\n\
         `experiments` has, by an experiment's number, its verdict, the numbers of its rule with what each \
         must be, and its finding. `numbers` has the spread over seeds of what was measured at the end of \
         training, by experiment and name, as a list that `spread` names: the median, the low and the high \
         end of its 95 % bootstrap interval, the least, the most, and the count of models. `4.EP \
         unseen.order.median` is the first number of `4.EP unseen.order`. Where an experiment's models \
         differ in more than their seed, what they differ in stands before the name: `8.text_layers=2 \
         unseen.order`. `|slope|` is the steepest head's slope without its sign, which is a seed's own. \
         Numbers are rounded to six digits behind the point.\n\n\
         Left out, and in the Parquet files, are: numbers of single heads, because heads have no order by \
         which those of two seeds could be compared; ablations of more than two terms, because they are \
         those of a search, of which the finding says what it found; and all that was measured before the \
         end of training.\n",
    );
    out
}
