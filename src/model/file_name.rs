//! Names of files that get longer on their way.

/// How long a name may be that gets a number before it and an ending behind it: file systems end at 255 bytes.
const NAME_BYTES: usize = 200;

/// The name, or its end when it is too long for what is added to it: its ending says what kind of file it is.
pub fn fitting(name: &str) -> &str {
    let cut = name.len().saturating_sub(NAME_BYTES);
    let cut = (cut..=name.len()).find(|at| name.is_char_boundary(*at)).unwrap_or(name.len());
    &name[cut..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_keeps_its_ending() {
        assert_eq!(fitting("a.csv"), "a.csv");
        let long = format!("{}.csv", "é".repeat(125));
        assert!(fitting(&long).len() <= NAME_BYTES && fitting(&long).ends_with("é.csv"));
        let odd = format!("{}.csv", "é".repeat(98) + "x");
        assert!(odd.ends_with(fitting(&odd)));
    }
}
