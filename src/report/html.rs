//! Pages of HTML that print on A4: everything in one file, nothing fetched from elsewhere, every text escaped.
//!
//! What enters: elements and texts, in their order. What leaves: HTML. What is refused: nothing; a text is never markup.

use crate::export::push_html;
use crate::model::Language;

/// How pages look, on a screen and on paper.
const STYLE: &str = include_str!("html.css");

/// HTML that is being written.
pub struct Html {
    out: String,
}

impl Html {
    /// Begins a document.
    pub fn begin(title: &str, language: Language) -> Self {
        let mut html = Self { out: String::new() };
        html.out.push_str("<!DOCTYPE html>\n<html lang=\"");
        html.out.push_str(language.code());
        html.out.push_str("\">\n<head>\n<meta charset=\"utf-8\">\n");
        // What somebody may have written into a text is shown and nothing else.
        html.out.push_str(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
        );
        html.element("title", title);
        html.out.push_str("<style>\n");
        html.out.push_str(STYLE);
        html.out.push_str("</style>\n</head>\n<body>\n");
        html
    }

    /// Opens an element, of a class unless that is empty.
    pub fn open(&mut self, name: &str, class: &str) {
        self.out.extend(["<", name]);
        if !class.is_empty() {
            self.out.extend([" class=\"", class, "\""]);
        }
        self.out.push_str(">\n");
    }

    /// Closes an element.
    pub fn close(&mut self, name: &str) {
        self.out.extend(["</", name, ">\n"]);
    }

    /// An element with a text.
    pub fn element(&mut self, name: &str, text: &str) {
        self.out.extend(["<", name, ">"]);
        push_html(&mut self.out, text);
        self.close(name);
    }

    /// An element of a class with a text.
    pub fn element_of(&mut self, name: &str, class: &str, text: &str) {
        self.out.extend(["<", name, " class=\"", class, "\">"]);
        push_html(&mut self.out, text);
        self.close(name);
    }

    /// Begins a table.
    pub fn table(&mut self, headings: &[&str]) {
        self.out.push_str("<table>\n<thead><tr>\n");
        for heading in headings {
            self.element("th", heading);
        }
        self.out.push_str("</tr></thead>\n<tbody>\n");
    }

    /// Adds a row to it.
    pub fn row(&mut self, cells: &[&str]) {
        self.out.push_str("<tr>\n");
        for cell in cells {
            self.element("td", cell);
        }
        self.out.push_str("</tr>\n");
    }

    /// Ends it.
    pub fn end_table(&mut self) {
        self.out.push_str("</tbody>\n</table>\n");
    }

    /// Ends the document.
    pub fn end(&mut self) {
        self.out.push_str("</body>\n</html>\n");
    }

    /// Takes what was written so far.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_markup() {
        let mut html = Html::begin("<title>", Language::French);
        html.element("p", "<script>alert(\"x\")</script> & 'y' \u{202E}z");
        html.end();
        let text = html.take();
        assert!(text.contains("<title>&lt;title&gt;</title>"));
        assert!(text.contains("<p>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39; \u{FFFD}z</p>"));
        assert!(text.starts_with("<!DOCTYPE html>\n<html lang=\"fr\">"));
        assert!(text.ends_with("</html>\n") && !text.contains("http://") && !text.contains("https://"));
    }
}
