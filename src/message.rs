//! Words on their way to a reader. A message can hold strangers' text: the name of a file or a tensor, what a
//! header or a driver says.

/// Characters of a message, at most.
const MOST: usize = 300;
/// Characters kept of the end of a longer message: what went wrong often stands behind a long name.
const END: usize = 100;

/// A message as a terminal, a log and a page can show it: one line of at most 300 characters, the middle left
/// out of a longer one. `\u{fffd}` replaces every character that would move a cursor or turn the reading
/// order.
pub fn shown(message: &str) -> String {
    let length = message.chars().count();
    if length <= MOST {
        return message.chars().map(harmless).collect();
    }
    let start = message.chars().take(MOST - END - 1);
    start
        .chain(['…'])
        .chain(message.chars().skip(length - END))
        .map(harmless)
        .collect()
}

fn harmless(c: char) -> char {
    match c {
        c if c.is_whitespace() => ' ',
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

/// Another's sentence without its full stop, to stand inside one of ours, which has its own.
pub fn clause(sentence: &str) -> &str {
    sentence.trim_end_matches(|c: char| c == '.' || c.is_whitespace())
}

/// How alike a name must be to be the one that was meant, of 1.
const ALIKE: f64 = 0.6;

/// The name that a misspelt one is most alike, if it is much alike.
pub fn nearest(name: &str, names: &[&'static str]) -> Option<&'static str> {
    let alike = names
        .iter()
        .map(|known| (strsim::normalized_levenshtein(name, known), *known));
    let (alike, known) = alike.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (alike >= ALIKE).then_some(known)
}

/// What to say of a name that there is not: the one that it is most alike or, of what there is (its plural), all.
pub fn meant(name: &str, plural: &str, names: &[&'static str]) -> String {
    match nearest(name, names) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("the {plural} are {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_short_harmless_line() {
        assert_eq!(shown("tensor a: größer\n  than b"), "tensor a: größer   than b");
        let marks = "\u{1b}[2J\r\0\u{7f}\u{9b}\u{202e}\u{2066}\u{2028}";
        assert_eq!(
            shown(marks),
            "\u{fffd}[2J \u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd} "
        );
        let (fits, long) = ("é".repeat(300), format!("{}: No such file", "é".repeat(10_000)));
        assert_eq!(shown(&fits), fits);
        assert!(
            shown(&long).chars().count() == 300
                && shown(&long).ends_with("é: No such file")
                && shown(&long).contains('…')
        );
    }

    #[test]
    fn a_clause_has_no_full_stop() {
        assert_eq!(
            ["Device was destroyed.", "no memory.\n", "gone"].map(clause),
            ["Device was destroyed", "no memory", "gone"]
        );
    }
}
