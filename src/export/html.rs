//! Pages for people, to be read in a browser and printed on A4.
//!
//! What enters: texts of strangers and of ours. What leaves: one HTML file that needs nothing else: no script, no picture,
//! no style from elsewhere; the same texts always give the same bytes. What is refused: nothing; every text is escaped.

/// What a page looks like, on a screen and on paper.
const STYLE: &str = "\
@page{size:A4;margin:15mm}\
*{box-sizing:border-box}\
body{font:10pt/1.4 system-ui,\"Segoe UI\",Helvetica,Arial,sans-serif;color:#111;max-width:190mm;margin:8mm auto;padding:0 4mm}\
h1{font-size:16pt;margin:0 0 4mm}\
h2{font-size:11pt;margin:6mm 0 2mm}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:1mm 5mm;margin:0}\
dt{color:#555}dd{margin:0}\
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}\
thead{display:table-header-group}tr{break-inside:avoid}\
th,td{padding:1mm 1.5mm;border-bottom:.2mm solid #bbb;text-align:left;vertical-align:top;overflow-wrap:break-word}\
th{border-bottom:.4mm solid #111;font-weight:600}\
.n{text-align:right;white-space:nowrap}\
tfoot td{border-bottom:0;font-weight:600}\
@media print{body{margin:0;padding:0;max-width:none}}";

/// A text in which nothing is markup any more.
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_html(&mut out, text);
    out
}

/// Adds a text in which nothing is markup any more.
pub fn push_html(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML and HTML know no other control characters.
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push('\u{FFFD}'),
            // Turning the direction of writing would make a text look like another.
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
}

/// A page that is being written.
#[derive(Clone, Debug)]
pub struct HtmlPage {
    text: String,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct HtmlColumn<'t> {
    /// What stands above it.
    pub heading: &'t str,
    /// Whether its cells are numbers, which stand to the right.
    pub is_number: bool,
}

impl HtmlPage {
    /// Begins a page. `language` is its code, such as `fr`.
    pub fn begin(title: &str, language: &str) -> Self {
        let title = escape_html(title);
        let text = format!(
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
             </head>\n<body>\n<h1>{title}</h1>\n",
            escape_html(language)
        );
        Self { text }
    }

    /// A title within the page.
    pub fn heading(&mut self, text: &str) {
        self.text.extend(["<h2>", &escape_html(text), "</h2>\n"]);
    }

    /// A paragraph.
    pub fn paragraph(&mut self, text: &str) {
        self.text.extend(["<p>", &escape_html(text), "</p>\n"]);
    }

    /// Names with their values; those without a value are left out.
    pub fn facts<'f>(&mut self, facts: impl IntoIterator<Item = (&'f str, String)>) {
        self.text.push_str("<dl>\n");
        for (name, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
            self.text.extend(["<dt>", &escape_html(name), "</dt><dd>", &escape_html(&value), "</dd>\n"]);
        }
        self.text.push_str("</dl>\n");
    }

    /// A table; the last row, the foot, may be missing. Its heading stands on each sheet of paper again.
    pub fn table(
        &mut self,
        columns: &[HtmlColumn<'_>],
        rows: impl IntoIterator<Item = Vec<String>>,
        foot: Option<&[String]>,
    ) {
        self.text.push_str("<table>\n<thead><tr>");
        let class =
            |place: usize| if columns.get(place).is_some_and(|column| column.is_number) { " class=\"n\"" } else { "" };
        for (place, column) in columns.iter().enumerate() {
            self.text.extend(["<th", class(place), ">", &escape_html(column.heading), "</th>"]);
        }
        self.text.push_str("</tr></thead>\n<tbody>\n");
        let mut row = |cells: &[String]| {
            self.text.push_str("<tr>");
            for (place, cell) in cells.iter().enumerate() {
                self.text.extend(["<td", class(place), ">", &escape_html(cell), "</td>"]);
            }
            self.text.push_str("</tr>\n");
        };
        rows.into_iter().for_each(|cells| row(&cells));
        self.text.push_str("</tbody>\n");
        if let Some(foot) = foot {
            self.text.push_str("<tfoot><tr>");
            for (place, cell) in foot.iter().enumerate() {
                self.text.extend(["<td", class(place), ">", &escape_html(cell), "</td>"]);
            }
            self.text.push_str("</tr></tfoot>\n");
        }
        self.text.push_str("</table>\n");
    }

    /// The whole page.
    pub fn end(mut self) -> String {
        self.text.push_str("</body>\n</html>\n");
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_strangers_is_markup() {
        let evil = "<script>alert('x')</script> & \"y\" \u{7}";
        let mut page = HtmlPage::begin(evil, "fr");
        page.heading(evil);
        page.paragraph(evil);
        page.facts([("name", evil.to_owned()), ("empty", String::new())]);
        page.table(&[HtmlColumn { heading: evil, is_number: true }], [vec![evil.to_owned()]], Some(&[evil.to_owned()]));
        let text = page.end();
        assert!(!text.contains("<script") && !text.contains('\u{7}') && !text.contains("empty"));
        assert_eq!(text.matches("&lt;script&gt;").count(), 8);
        assert!(text.starts_with("<!DOCTYPE html>") && text.ends_with("</html>\n"));
    }
}
