//! Pages for people, to be read in a browser and printed on A4.
//!
//! What enters: texts of strangers and of ours. What leaves: one HTML file that needs nothing else: no script, no picture,
//! no style from elsewhere; the same texts always give the same bytes. What is refused: nothing; every text is escaped.

use crate::model::Language;

/// What pages look like, on a screen and on paper.
const STYLE: &str = include_str!("html.css");

/// Pages that are being written, each on paper of its own. What was written can be [taken](Self::take) at any time, so
/// that many pages need no memory.
#[derive(Clone, Debug)]
pub struct HtmlPages {
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

impl HtmlPages {
    /// Begins a file; its title is what the browser shows above it.
    pub fn begin(title: &str, language: Language) -> Self {
        let mut pages = Self { text: String::new() };
        // What somebody may have written into a text is shown and nothing else: the browser shall load nothing.
        pages.text.extend([
            "<!DOCTYPE html>\n<html lang=\"",
            language.code(),
            "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n",
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
        ]);
        pages.element("title", title);
        pages.text.extend(["<style>\n", STYLE, "</style>\n</head>\n<body>\n"]);
        pages
    }

    /// Begins a page under its title, with a note next to it unless that is empty.
    pub fn begin_page(&mut self, title: &str, note: &str) {
        self.begin_section(title, note, "page");
    }

    fn begin_section(&mut self, title: &str, note: &str, class: &str) {
        self.text.extend(["<section class=\"", class, "\">\n<header>\n"]);
        self.element("h1", title);
        if !note.is_empty() {
            self.element("p", note);
        }
        self.text.push_str("</header>\n");
    }

    /// Begins a page that has much to say in little room.
    pub fn begin_sheet(&mut self, title: &str, note: &str) {
        self.begin_section(title, note, "page sheet");
    }

    /// Ends it.
    pub fn end_page(&mut self) {
        self.text.push_str("</section>\n");
    }

    /// A title within the page.
    pub fn heading(&mut self, text: &str) {
        self.element("h2", text);
    }

    /// A sentence on lines of its own.
    pub fn sentence(&mut self, text: &str) {
        self.element("p", text);
    }

    /// Things to be done: what, what else is said of it, and what to type; the last two may be empty.
    pub fn items<'i>(&mut self, items: impl IntoIterator<Item = (&'i str, &'i str, &'i str)>) {
        self.text.push_str("<ul>\n");
        for (what, more, next) in items {
            self.text.push_str("<li>");
            for (name, text) in
                [("b", what), ("span", more), ("code", next)].into_iter().filter(|(_, text)| !text.is_empty())
            {
                self.text.extend(["<", name, ">"]);
                self.push(text);
                self.text.extend(["</", name, "> "]);
            }
            self.text.push_str("</li>\n");
        }
        self.text.push_str("</ul>\n");
    }

    /// Names with their values; those without a value are left out.
    pub fn facts<'f>(&mut self, facts: impl IntoIterator<Item = (&'f str, String)>) {
        self.text.push_str("<dl>\n");
        for (name, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
            self.element("dt", name);
            self.element("dd", &value);
        }
        self.text.push_str("</dl>\n");
    }

    /// Facts in parts with a title each, which stand in two columns.
    pub fn parts<'f>(&mut self, parts: impl IntoIterator<Item = (&'f str, Vec<(&'f str, String)>)>) {
        self.text.push_str("<div class=\"columns\">\n");
        for (title, facts) in parts {
            self.text.push_str("<div class=\"part\">\n");
            self.heading(title);
            self.facts(facts);
            self.text.push_str("</div>\n");
        }
        self.text.push_str("</div>\n");
    }

    /// A table; the last row, the foot, may be missing. Its heading stands on each sheet of paper again.
    pub fn table(
        &mut self,
        columns: &[HtmlColumn<'_>],
        rows: impl IntoIterator<Item = Vec<String>>,
        foot: Option<&[String]>,
    ) {
        self.text.push_str("<table>\n<thead>");
        self.row("th", columns, columns.iter().map(|column| column.heading));
        self.text.push_str("</thead>\n<tbody>\n");
        for cells in rows {
            self.row("td", columns, cells.iter().map(String::as_str));
        }
        self.text.push_str("</tbody>\n");
        if let Some(foot) = foot {
            self.text.push_str("<tfoot>");
            self.row("td", columns, foot.iter().map(String::as_str));
            self.text.push_str("</tfoot>\n");
        }
        self.text.push_str("</table>\n");
    }

    /// What was written since it was last taken.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// The same, once all of it is written.
    pub fn end(&mut self) -> String {
        self.text.push_str("</body>\n</html>\n");
        self.take()
    }

    fn row<'c>(&mut self, name: &str, columns: &[HtmlColumn<'_>], cells: impl Iterator<Item = &'c str>) {
        self.text.push_str("<tr>");
        for (place, cell) in cells.enumerate() {
            let is_number = columns.get(place).is_some_and(|column| column.is_number);
            self.text.extend(["<", name, if is_number { " class=\"n\">" } else { ">" }]);
            self.push(cell);
            self.text.extend(["</", name, ">"]);
        }
        self.text.push_str("</tr>\n");
    }

    /// An element on a line of its own.
    fn element(&mut self, name: &str, text: &str) {
        self.text.extend(["<", name, ">"]);
        self.push(text);
        self.text.extend(["</", name, ">\n"]);
    }

    /// Adds a text in which nothing is markup any more.
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\'' => self.text.push_str("&#39;"),
                // XML and HTML know no other control characters.
                c if c.is_control() && !matches!(c, '\n' | '\t') => self.text.push('\u{FFFD}'),
                // Turning the direction of writing would make a text look like another.
                '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => self.text.push('\u{FFFD}'),
                c => self.text.push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_strangers_is_markup() {
        let evil = "<script>alert('x')</script> & \"y\" \u{7}\u{202E}";
        let mut pages = HtmlPages::begin(evil, Language::French);
        pages.begin_page(evil, evil);
        pages.facts([("name", evil.to_owned()), ("empty", String::new())]);
        pages.parts([(evil, vec![(evil, evil.to_owned())])]);
        pages.table(
            &[HtmlColumn { heading: evil, is_number: true }],
            [vec![evil.to_owned()]],
            Some(&[evil.to_owned()]),
        );
        pages.end_page();
        let text = pages.end();
        assert!(!text.contains("<script") && !text.contains(['\u{7}', '\u{202E}']) && !text.contains("empty"));
        let escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot; \u{FFFD}\u{FFFD}<";
        assert_eq!(text.matches(escaped).count(), 10);
        assert!(text.starts_with("<!DOCTYPE html>\n<html lang=\"fr\">") && text.ends_with("</html>\n"));
        assert!(!text.contains("http://") && !text.contains("https://"));
    }

    #[test]
    fn pages_can_be_taken_one_by_one() {
        let mut pages = HtmlPages::begin("t", Language::English);
        let begin = pages.take();
        pages.begin_page("one", "");
        pages.end_page();
        let page = pages.take();
        assert_eq!(page, "<section class=\"page\">\n<header>\n<h1>one</h1>\n</header>\n</section>\n");
        assert_eq!((begin.contains("<h1>"), pages.end().as_str()), (false, "</body>\n</html>\n"));
    }
}
