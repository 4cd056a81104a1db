//! Shares as a picture: a bar for each, in SVG.

use std::fmt::Write as _;

use super::text;
use crate::model::{Language, Money};

/// A bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// What it comes to.
    pub amount: Money,
}

/// More bars than this are not read; the rest is one bar.
const BARS: usize = 15;

/// Pixels: the width of the labels, of the longest bar, of the figures; the height of a bar with its distance.
const LABELS: u32 = 230;
const LONGEST: u32 = 420;
const FIGURES: u32 = 190;
const STEP: u32 = 30;
const TOP: u32 = 56;

/// A picture of shares, the greatest first. The same shares give the same bytes.
pub fn share_chart(title: &str, mut bars: Vec<Bar>, language: Language) -> String {
    bars.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.label.cmp(&b.label)));
    if bars.len() > BARS {
        let rest = bars.split_off(BARS - 1);
        let amount = rest.iter().fold(0_i64, |sum, bar| sum.saturating_add(bar.amount.ten_thousandths()));
        let label = text::CHART_OTHERS.get(language).to_owned();
        bars.push(Bar { label, amount: Money::from_ten_thousandths(amount) });
    }
    let greatest = bars.iter().map(|bar| bar.amount.ten_thousandths()).max().unwrap_or(0).max(1);
    let total = bars.iter().fold(0_i64, |sum, bar| sum.saturating_add(bar.amount.ten_thousandths())).max(1);
    let width = LABELS + LONGEST + FIGURES;
    let height = TOP + STEP * u32::try_from(bars.len()).unwrap_or(u32::MAX / STEP / 2) + 16;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" font-family=\"sans-serif\" font-size=\"14\">\n<title>{title}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"16\" y=\"32\" font-size=\"18\" font-weight=\"bold\" fill=\"#1f2933\">{title}</text>\n",
        title = markup(title),
    );
    for (place, bar) in (0..).zip(&bars) {
        let top = TOP + STEP * place;
        let amount = bar.amount.ten_thousandths().max(0);
        let long = share(amount, greatest, u64::from(LONGEST));
        // Writing to a string never fails.
        let _written = writeln!(
            svg,
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"end\" fill=\"#1f2933\">{label}</text>\
             <rect x=\"{LABELS}\" y=\"{top}\" width=\"{long}\" height=\"20\" rx=\"2\" fill=\"#2f6f9f\"/>\
             <text x=\"{after}\" y=\"{y}\" fill=\"#1f2933\">{figure}</text>",
            x = LABELS - 10,
            y = top + 15,
            label = markup(&short(&bar.label)),
            after = u64::from(LABELS) + long + 8,
            figure = markup(&figure(bar.amount, share(amount, total, 1000), language)),
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// The amount and its share of a thousand.
fn figure(amount: Money, thousandths: u64, language: Language) -> String {
    let (separator, before) = if language == Language::French { (',', "\u{a0}") } else { ('.', "") };
    let mut text = Vec::new();
    amount.write(&mut text, u8::try_from(separator).unwrap_or(b'.'));
    let amount = String::from_utf8_lossy(&text).into_owned();
    format!("{amount} · {}{separator}{}{before}%", thousandths / 10, thousandths % 10)
}

/// So much of `whole` as `part` is of `of`, rounded.
fn share(part: i64, of: i64, whole: u64) -> u64 {
    let (part, of) = (u128::from(part.unsigned_abs()), u128::from(of.unsigned_abs()).max(1));
    u64::try_from((part * u128::from(whole) + of / 2) / of).unwrap_or(whole)
}

fn short(label: &str) -> String {
    const MOST: usize = 28;
    if label.chars().count() <= MOST { label.to_owned() } else { label.chars().take(MOST - 1).chain(['…']).collect() }
}

/// Text as it stands in XML; what XML cannot hold is left out.
fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(label: &str, amount: i64) -> Bar {
        Bar { label: label.to_owned(), amount: Money::from_ten_thousandths(amount * 10_000) }
    }

    #[test]
    fn the_greatest_stands_first_and_text_is_text() {
        let svg = share_chart("A & B", vec![bar("<small>", 25), bar("great", 75)], Language::French);
        let (great, small) = (svg.find("great").unwrap(), svg.find("&lt;small&gt;").unwrap());
        assert!(great < small);
        assert!(svg.contains("75,00 · 75,0\u{a0}%") && svg.contains("25,00 · 25,0\u{a0}%"), "{svg}");
        assert!(svg.contains("<title>A &amp; B</title>"));
        assert!(svg.contains("width=\"420\"") && svg.contains("width=\"140\""), "bars are in proportion");
    }

    #[test]
    fn what_nobody_would_read_is_one_bar() {
        let bars: Vec<_> = (1..=40).map(|number| bar(&format!("m{number}"), number)).collect();
        let svg = share_chart("t", bars, Language::English);
        assert_eq!(svg.matches("<rect").count(), 1 + BARS);
        assert!(svg.contains("Others"));
        assert!(share_chart("t", Vec::new(), Language::English).contains("</svg>"));
    }
}
