//! Everything that happens to a clean table before it arrives.

use super::sheet::{Line, Manner, Quoting, Role, Sheet};

/// What a trap is about; two about the same are never set together, and they are set in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    Shape,
    Delimiter,
    Quotes,
    Ends,
    Encoding,
    Heading,
    Rows,
    Blanks,
    Comments,
    Above,
    Below,
    Tail,
}

/// What must come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Must {
    /// Every row and cell, and nothing else.
    Exact,
    /// Nobody can say what is meant: nothing is lost, everything is counted, all rows are of one width or named.
    Account,
    /// The same, or an error that says why not.
    Refusable,
}

/// A trap.
pub(super) struct Trap {
    pub(super) name: &'static str,
    pub(super) about: About,
    pub(super) must: Must,
    /// Too large to be set with each of the others.
    pub(super) is_heavy: bool,
    pub(super) set: fn(&mut Sheet),
}

const fn trap(name: &'static str, about: About, set: fn(&mut Sheet)) -> Trap {
    Trap { name, about, must: Must::Exact, is_heavy: false, set }
}

impl Trap {
    const fn must(self, must: Must) -> Self {
        Self { must, ..self }
    }

    const fn heavy(self) -> Self {
        Self { is_heavy: true, ..self }
    }
}

/// The middle row.
fn middle(sheet: &mut Sheet) -> &mut Line {
    let place = sheet.lines.len() / 2;
    &mut sheet.lines[place]
}

fn above(sheet: &mut Sheet, lines: Vec<Line>) {
    sheet.lines.splice(..0, lines);
}

fn note(text: &str) -> Line {
    Line::raw(Role::Outside, text)
}

fn blank() -> Line {
    Line::raw(Role::Blank, "")
}

/// A text in the first cell, the others empty.
fn padded(sheet: &Sheet, text: &str) -> Line {
    let mut cells = vec![String::new(); sheet.width];
    text.clone_into(&mut cells[0]);
    Line::new(Role::Outside, cells)
}

const TITLES: [&str; 3] = ["Commandes en attente", "Service après-vente", "Export du 12/03/2026"];

const FOOTNOTES: [&str; 3] =
    ["FOOTNOTE 1: prices without tax", "FOOTNOTE 2: stock of last night", "FOOTNOTE 3: subject to change"];

/// Lines such as stand above the table of a printed order.
fn pairs() -> Vec<Line> {
    let pair = |(name, value): (&str, &str)| Line::new(Role::Outside, vec![name.to_owned(), value.to_owned()]);
    [("Client", "Atelier du Port"), ("Date", "12/03/2026"), ("Nombre", "8")].map(pair).into()
}

/// A sum below: its name in the first cell, numbers in the last.
fn sum(sheet: &Sheet) -> Line {
    let mut line = padded(sheet, "Total");
    if let [_, .., last] = line.cells.as_mut_slice() {
        "178,94".clone_into(last);
    }
    line
}

fn quotes(sheet: &mut Sheet, quote: Option<char>, all: bool, backslash: bool) {
    sheet.quoting = Quoting { quote, all, backslash };
}

fn encoded(sheet: &mut Sheet, encoding: &'static str) {
    sheet.encoding = encoding;
}

fn marked(sheet: &mut Sheet, encoding: &'static str) {
    (sheet.encoding, sheet.mark) = (encoding, "\u{feff}");
}

/// A second table, below an empty line or not.
fn second(sheet: &mut Sheet, width: usize, apart: bool) {
    if apart {
        sheet.lines.push(blank());
    }
    let cell = |row: usize| {
        move |column: usize| if row == 0 { format!("other {column}") } else { format!("{}", row * 100 + column) }
    };
    sheet.lines.extend((0..5).map(|row| Line::new(Role::Row, (0..width).map(cell(row)).collect())));
}

/// Every trap, by what it is about.
pub(super) const TRAPS: &[Trap] = &[
    // How much there is.
    trap("one column", About::Shape, |sheet| {
        sheet.lines.iter_mut().for_each(|line| drop(line.cells.drain(..1)));
        sheet.lines.iter_mut().for_each(|line| line.cells.truncate(1));
        sheet.width = 1;
    }),
    trap("one column of numbers", About::Shape, |sheet| {
        let number = |place: usize| format!("{},{:02}", place * 7, place * 13 % 100);
        let cells = |(place, line): (usize, &mut Line)| {
            line.cells = vec![if place == 0 { "prix".to_owned() } else { number(place) }];
        };
        sheet.lines.iter_mut().enumerate().for_each(cells);
        sheet.width = 1;
    })
    .must(Must::Account),
    trap("two columns", About::Shape, |sheet| {
        sheet.lines.iter_mut().for_each(|line| line.cells.truncate(2));
        sheet.width = 2;
    }),
    trap("one row", About::Shape, |sheet| sheet.lines.truncate(2)),
    trap("two rows", About::Shape, |sheet| sheet.lines.truncate(3)),
    trap("heading alone", About::Shape, |sheet| sheet.lines.truncate(1)),
    trap("an empty column", About::Shape, |sheet| {
        sheet.lines.iter_mut().skip(1).for_each(|line| line.cells[1].clear());
    }),
    trap("17 000 columns", About::Shape, |sheet| {
        let cells = |(row, line): (usize, &mut Line)| {
            line.cells = (0..17_000)
                .map(|column| if row == 0 { format!("c{column}") } else { format!("{}", column + row) })
                .collect();
        };
        sheet.lines.truncate(5);
        sheet.lines.iter_mut().enumerate().for_each(cells);
        sheet.width = 17_000;
    })
    .heavy(),
    // The heading.
    trap("no heading", About::Heading, |sheet| {
        sheet.lines.remove(0);
        sheet.has_heading = false;
    }),
    trap("a heading twice", About::Heading, |sheet| {
        let last = sheet.width - 1;
        sheet.lines[0].cells[last] = sheet.lines[0].cells[0].clone();
    }),
    trap("an empty heading", About::Heading, |sheet| sheet.lines[0].cells[0].clear()),
    trap("an empty last heading", About::Heading, |sheet| {
        let last = sheet.width - 1;
        sheet.lines[0].cells[last].clear();
    }),
    trap("the heading again in the middle", About::Heading, |sheet| {
        let place = sheet.lines.len() / 2;
        let heading = Line { role: Role::Outside, ..sheet.lines[0].clone() };
        sheet.lines.insert(place, heading);
    }),
    trap("a heading of two rows", About::Heading, |sheet| {
        let mut line = padded(sheet, "general");
        line.role = Role::Row;
        let half = sheet.width / 2;
        "details".clone_into(&mut line.cells[half]);
        sheet.lines.insert(0, line);
    })
    .must(Must::Account),
    trap("a heading over two lines", About::Heading, |sheet| sheet.lines[0].cells[0].push_str("\n(unit)")),
    trap("a heading of 600 KB", About::Heading, |sheet| sheet.lines[0].cells[0] = "x".repeat(600 << 10)).heavy(),
    trap("a heading of 100 KB", About::Heading, |sheet| sheet.lines[0].cells[0] = "x".repeat(100 << 10)).heavy(),
    // Single rows.
    trap("a row of two cells", About::Rows, |sheet| middle(sheet).cells.truncate(2)),
    trap("a row short by one", About::Rows, |sheet| drop(middle(sheet).cells.pop())),
    trap("a row with empty surplus", About::Rows, |sheet| middle(sheet).cells.extend([String::new(), String::new()])),
    trap("a row with filled surplus", About::Rows, |sheet| middle(sheet).cells.push("surplus".to_owned())),
    trap("every row ends in a delimiter", About::Rows, |sheet| {
        sheet.lines.iter_mut().for_each(|line| line.cells.push(String::new()));
        sheet.width += 1;
    }),
    trap("every row but the heading ends in a delimiter", About::Rows, |sheet| {
        if sheet.has_heading {
            sheet.lines.iter_mut().skip(1).for_each(|line| line.cells.push(String::new()));
        }
    }),
    trap("an unclosed quote", About::Rows, |sheet| middle(sheet).manner = Manner::Unclosed),
    trap("a row with another delimiter", About::Rows, |sheet| middle(sheet).manner = Manner::OtherDelimiter)
        .must(Must::Account),
    trap("a row with other quotes", About::Rows, |sheet| middle(sheet).manner = Manner::OtherQuote).must(Must::Account),
    trap("a row with another end", About::Rows, |sheet| middle(sheet).manner = Manner::OtherEnd),
    trap("a row of delimiters in the middle", About::Rows, |sheet| {
        middle(sheet).cells.iter_mut().for_each(String::clear);
    })
    .must(Must::Account),
    trap("a row of delimiters at the end", About::Rows, |sheet| {
        let mut line = padded(sheet, "");
        line.role = Role::Row;
        sheet.lines.push(line);
    })
    .must(Must::Account),
    trap("cells with blanks around", About::Rows, |sheet| {
        let is_text = |cell: &String| !cell.is_empty() && !cell.contains('"');
        let cells = sheet.lines.iter_mut().skip(1).step_by(2).flat_map(|line| &mut line.cells);
        cells.filter(|cell| is_text(cell)).for_each(|cell| *cell = format!(" {cell} "));
    }),
    trap("a blank behind each delimiter", About::Rows, |sheet| sheet.blank_after = !sheet.delimiter.is_whitespace()),
    trap("inches in cells without quotes", About::Rows, |sheet| {
        for line in sheet.lines.iter_mut().skip(2).step_by(3) {
            if line.cells.iter().all(|cell| !cell.contains([sheet.delimiter, '\n', '"', '\''])) {
                line.manner = Manner::Bare;
                if let Some(cell) = line.cells.get_mut(1) {
                    "tube 2\" long 1\"".clone_into(cell);
                }
            }
        }
    }),
    trap("an apostrophe before each first cell", About::Rows, |sheet| {
        sheet.lines.iter_mut().skip(1).for_each(|line| line.cells[0].insert(0, '\''));
    }),
    trap("dashes below the heading", About::Rows, |sheet| {
        let cells = sheet.lines[0].cells.iter().map(|cell| "-".repeat(cell.chars().count().max(1))).collect();
        let at = 1.min(sheet.lines.len());
        sheet.lines.insert(at, Line::new(Role::Outside, cells));
    }),
    trap("a second table of fewer columns", About::Rows, |sheet| second(sheet, 2, false)).must(Must::Account),
    trap("a second table of fewer columns apart", About::Rows, |sheet| second(sheet, 2, true)).must(Must::Account),
    trap("a second table of more columns", About::Rows, |sheet| second(sheet, sheet.width + 2, false))
        .must(Must::Account),
    trap("a second table of more columns apart", About::Rows, |sheet| second(sheet, sheet.width + 2, true))
        .must(Must::Account),
    // Blank lines.
    trap("a blank line in the middle", About::Blanks, |sheet| {
        let place = sheet.lines.len() / 2;
        sheet.lines.insert(place, blank());
    }),
    trap("a line of spaces in the middle", About::Blanks, |sheet| {
        let place = sheet.lines.len() / 2;
        sheet.lines.insert(place, Line::raw(Role::Blank, "   "));
    }),
    trap("every second line blank", About::Blanks, |sheet| {
        sheet.lines = sheet.lines.drain(..).flat_map(|line| [line, blank()]).collect();
    }),
    trap("blank lines at the end", About::Blanks, |sheet| sheet.lines.extend([blank(), blank(), blank()])),
    trap("blank lines at the start", About::Blanks, |sheet| above(sheet, vec![blank(), blank()])),
    // Comments.
    trap("a comment in the middle", About::Comments, |sheet| {
        let place = sheet.lines.len() / 2;
        sheet.lines.insert(place, note("# checked by hand"));
    }),
    trap("a comment above", About::Comments, |sheet| above(sheet, vec![note("# checked by hand")])),
    trap("a comment below", About::Comments, |sheet| sheet.lines.push(note("# checked by hand"))),
    // Above.
    trap("a title", About::Above, |sheet| above(sheet, vec![note(TITLES[0])])),
    trap("a title and a blank line", About::Above, |sheet| above(sheet, vec![note(TITLES[0]), blank()])),
    trap("three titles", About::Above, |sheet| above(sheet, TITLES.map(note).into())),
    trap("three titles and a blank line", About::Above, |sheet| {
        let mut lines: Vec<_> = TITLES.map(note).into();
        lines.push(blank());
        above(sheet, lines);
    }),
    trap("a title of full width", About::Above, |sheet| above(sheet, vec![padded(sheet, TITLES[0])])),
    trap("three titles of full width", About::Above, |sheet| {
        let lines = TITLES.map(|title| padded(sheet, title)).into();
        above(sheet, lines);
    }),
    trap("three titles of full width and a blank line", About::Above, |sheet| {
        let mut lines: Vec<_> = TITLES.map(|title| padded(sheet, title)).into();
        lines.push(blank());
        above(sheet, lines);
    }),
    trap("a title in two cells", About::Above, |sheet| {
        above(sheet, vec![Line::new(Role::Outside, vec!["Date".to_owned(), "12/03/2026".to_owned()])]);
    }),
    trap("three names and values", About::Above, |sheet| above(sheet, pairs())),
    trap("three names and values and a blank line", About::Above, |sheet| {
        let mut lines = pairs();
        lines.push(blank());
        above(sheet, lines);
    }),
    trap("a declared delimiter", About::Above, |sheet| {
        let text = format!("sep={}", sheet.delimiter);
        above(sheet, vec![note(&text)]);
    }),
    // Below.
    trap("a sum", About::Below, |sheet| sheet.lines.push(sum(sheet))),
    trap("a sum behind a blank line", About::Below, |sheet| {
        let line = sum(sheet);
        sheet.lines.extend([blank(), line]);
    }),
    trap("a sum in two cells", About::Below, |sheet| {
        sheet.lines.push(Line::new(Role::Outside, vec!["Total".to_owned(), "178,94".to_owned()]));
    }),
    trap("a note", About::Below, |sheet| sheet.lines.push(note("Printed by hand on Monday"))),
    trap("a note behind a blank line", About::Below, |sheet| {
        sheet.lines.extend([blank(), note("Printed by hand on Monday")]);
    }),
    trap("a note of full width", About::Below, |sheet| sheet.lines.push(padded(sheet, "Printed by hand on Monday"))),
    trap("a note with commas", About::Below, |sheet| sheet.lines.push(note("Prices are net, without tax, in euros."))),
    trap("a count of rows behind a blank line", About::Below, |sheet| {
        sheet.lines.extend([blank(), note("(8 rows affected)")]);
    }),
    trap("a last record of another kind", About::Below, |sheet| {
        sheet.lines.push(Line::new(Role::Outside, vec!["EOF".to_owned(), "8".to_owned()]));
    }),
    trap("a note of one word", About::Below, |sheet| sheet.lines.push(note("END"))),
    trap("three footnotes", About::Below, |sheet| sheet.lines.extend(FOOTNOTES.map(note))),
    trap("three footnotes behind a blank line", About::Below, |sheet| {
        sheet.lines.push(blank());
        sheet.lines.extend(FOOTNOTES.map(note));
    }),
    trap("three footnotes of full width", About::Below, |sheet| {
        let lines = FOOTNOTES.map(|text| padded(sheet, text));
        sheet.lines.extend(lines);
    }),
    // Between cells.
    trap("semicolons", About::Delimiter, |sheet| sheet.delimiter = ';'),
    trap("commas", About::Delimiter, |sheet| sheet.delimiter = ','),
    trap("tabs", About::Delimiter, |sheet| sheet.delimiter = '\t'),
    trap("pipes", About::Delimiter, |sheet| sheet.delimiter = '|'),
    trap("carets", About::Delimiter, |sheet| sheet.delimiter = '^'),
    trap("tildes", About::Delimiter, |sheet| sheet.delimiter = '~'),
    trap("colons", About::Delimiter, |sheet| sheet.delimiter = ':'),
    trap("blanks between cells", About::Delimiter, |sheet| sheet.delimiter = ' '),
    trap("unit separators", About::Delimiter, |sheet| sheet.delimiter = '\u{1f}'),
    // Around cells.
    trap("all in quotes", About::Quotes, |sheet| quotes(sheet, Some('"'), true, false)),
    trap("single quotes", About::Quotes, |sheet| quotes(sheet, Some('\''), false, false)),
    trap("all in single quotes", About::Quotes, |sheet| quotes(sheet, Some('\''), true, false)),
    trap("no quotes", About::Quotes, |sheet| quotes(sheet, None, false, false)),
    trap("backslashes before quotes", About::Quotes, |sheet| quotes(sheet, Some('"'), false, true)),
    trap("all in quotes with backslashes", About::Quotes, |sheet| quotes(sheet, Some('"'), true, true)),
    // Ends of lines.
    trap("CRLF", About::Ends, |sheet| sheet.ends = &["\r\n"]),
    trap("CR", About::Ends, |sheet| sheet.ends = &["\r"]),
    trap("mixed ends", About::Ends, |sheet| sheet.ends = &["\n", "\r\n", "\r"]),
    trap("CRLF and then LF", About::Ends, |sheet| {
        sheet.ends = &["\r\n", "\r\n", "\r\n", "\r\n", "\n", "\n", "\n", "\n", "\n", "\n", "\n", "\n", "\n", "\n"];
    }),
    trap("CR CR LF", About::Ends, |sheet| sheet.ends = &["\r\r\n"]),
    // Encodings.
    trap("UTF-8 with a mark", About::Encoding, |sheet| marked(sheet, "utf-8")),
    trap("UTF-16LE", About::Encoding, |sheet| encoded(sheet, "utf-16le")),
    trap("UTF-16BE", About::Encoding, |sheet| encoded(sheet, "utf-16be")),
    trap("UTF-16LE with a mark", About::Encoding, |sheet| marked(sheet, "utf-16le")),
    trap("UTF-16BE with a mark", About::Encoding, |sheet| marked(sheet, "utf-16be")),
    trap("Windows-1252", About::Encoding, |sheet| encoded(sheet, "windows-1252")),
    trap("ISO-8859-15", About::Encoding, |sheet| encoded(sheet, "iso-8859-15")),
    trap("CP850", About::Encoding, |sheet| encoded(sheet, "cp850")),
    trap("Mac Roman", About::Encoding, |sheet| encoded(sheet, "macintosh")),
    // Where the file ends.
    trap("no end of the last line", About::Tail, |sheet| sheet.last_end = false),
    trap("NUL bytes at the end", About::Tail, |sheet| sheet.tail = "\0\0\0\0\0\0\0\0").must(Must::Refusable),
    trap("a control Z at the end", About::Tail, |sheet| {
        sheet.lines.push(Line::raw(Role::Blank, "\u{1a}"));
        sheet.last_end = false;
    }),
];
