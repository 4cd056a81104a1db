//! What a file is before anybody says what it should be: its kind, its encoding, how its cells are told apart, where its
//! table stands, and its first rows.

use std::io::Read as _;
use std::sync::Arc;

use super::source::{Opened, Surveyed};
use crate::decode::{
    self, AgoraForm, AgoraHeads, Claims, EncodingChoice, FileKind, Frame, KnownDialect, Outline, RowError, Rows,
    Sample, SampleRecord, Survey, TableDialect, TableReader, TableRow, Text, TreeKind, Wanted, WorkbookKind,
};
use crate::delimited::{Charset, Dialect, QUOTE};
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{Limits, Registry, Target};

/// Where rows come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Delimited text.
    Delimited {
        /// What its bytes are.
        encoding: EncodingChoice,
        /// How its cells are told apart.
        dialect: TableDialect,
        /// How its lines end.
        ends: Ends,
        /// Whether quoted cells begin behind blanks.
        is_loose: bool,
    },
    /// A sheet of a workbook.
    Workbook {
        /// The kind of workbook.
        kind: WorkbookKind,
        /// The name of the sheet.
        sheet: String,
        /// The names of the other sheets.
        others: Vec<String>,
        /// Those of them that look like orders, when nobody named the sheet to read.
        orders: Vec<String>,
    },
    /// A list of records in XML or JSON.
    Tree {
        /// Which of them.
        kind: TreeKind,
        /// What its bytes are.
        encoding: EncodingChoice,
        /// Where the records stand and which fields they have.
        outline: Box<Outline>,
    },
    /// The records of an Agora order file.
    Agora {
        /// How it is written.
        form: AgoraForm,
        /// What its bytes are.
        encoding: EncodingChoice,
        /// What it says besides its lines.
        heads: Arc<AgoraHeads>,
    },
}

impl Layout {
    /// The kind of file in one word, such as `csv` or `xlsx`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Delimited { .. } | Self::Agora { form: AgoraForm::Text, .. } => "csv",
            Self::Workbook { kind: WorkbookKind::Xlsx, .. } => "xlsx",
            Self::Workbook { kind: WorkbookKind::Xlsb, .. } => "xlsb",
            Self::Workbook { kind: WorkbookKind::Xls, .. } => "xls",
            Self::Workbook { kind: WorkbookKind::Ods, .. } => "ods",
            Self::Tree { kind: TreeKind::Xml, .. } | Self::Agora { form: AgoraForm::Xml, .. } => "xml",
            Self::Tree { kind: TreeKind::Json, .. } | Self::Agora { form: AgoraForm::Json, .. } => "json",
        }
    }

    /// The encoding; workbooks have none to choose.
    pub const fn encoding(&self) -> Option<EncodingChoice> {
        match self {
            Self::Delimited { encoding, .. } | Self::Tree { encoding, .. } | Self::Agora { encoding, .. } => {
                Some(*encoding)
            }
            Self::Workbook { .. } => None,
        }
    }

    /// The name of the encoding that says most.
    pub fn encoding_name(&self) -> String {
        self.encoding().map_or_else(|| Charset::Utf8.name(), EncodingChoice::reported)
    }

    /// What the cells of rows are in.
    pub fn charset(&self) -> Charset {
        if let Self::Delimited { encoding, .. } = self { encoding.charset() } else { Charset::Utf8 }
    }

    /// Whether a row may end early and nothing is missing: empty cells are not written in sheets and records.
    pub const fn may_end_early(&self) -> bool {
        !matches!(self, Self::Delimited { .. })
    }

    /// How cells are told apart in text.
    pub const fn dialect(&self) -> Option<TableDialect> {
        if let Self::Delimited { dialect, .. } = self { Some(*dialect) } else { None }
    }

    /// The character between cells, where one stands.
    pub fn delimiter(&self) -> Option<char> {
        match self {
            Self::Agora { form: AgoraForm::Text, .. } => Some(char::from(decode::AGORA_DELIMITER)),
            _ => self.dialect().and_then(|dialect| dialect.delimiter).map(char::from),
        }
    }

    /// How lines end in text.
    pub const fn ends(&self) -> Option<Ends> {
        if let Self::Delimited { ends, .. } = self { Some(*ends) } else { None }
    }

    /// The sheet of a workbook.
    pub fn sheet(&self) -> Option<&str> {
        if let Self::Workbook { sheet, .. } = self { Some(sheet) } else { None }
    }

    /// Other sheets of the workbook that look like orders.
    pub fn other_orders(&self) -> &[String] {
        if let Self::Workbook { orders, .. } = self { orders } else { &[] }
    }

    /// The path of the records in XML or JSON.
    pub fn records(&self) -> Option<&str> {
        if let Self::Tree { outline, .. } = self { Some(&outline.records) } else { None }
    }

    /// What an Agora order file says besides its lines.
    pub fn agora(&self) -> Option<&AgoraHeads> {
        if let Self::Agora { heads, .. } = self { Some(heads) } else { None }
    }

    /// Whether the names of its columns are given, whatever stands in the file.
    pub(super) const fn has_given_names(&self) -> bool {
        matches!(self, Self::Tree { .. } | Self::Agora { .. })
    }

    /// The dialect, when `delimited` reads it: its records can be cut without being read, and judged in parallel.
    pub(super) fn plain(&self) -> Option<Dialect> {
        let Self::Delimited { encoding, dialect, ends, is_loose } = self else { return None };
        let is_plain = dialect.quote == Some(QUOTE)
            && !is_loose
            && !encoding.has_zeros
            && !dialect.backslash
            && !dialect.blank_after
            && !dialect.doubled
            && matches!(ends, Ends::Feed | Ends::ReturnFeed | Ends::Feeds);
        let delimiter = dialect.delimiter.filter(|_| is_plain)?;
        Some(Dialect { delimiter, record_bytes: dialect.record_bytes })
    }

    /// The rows, from the first of the file. Rows of text that do not have `expected` cells are read in another dialect if
    /// they have so many there; 0 leaves them as they are.
    pub(super) fn rows<'o>(
        &self,
        expected: usize,
        opened: &'o Opened,
        registry: &'o Registry,
        limits: &Limits,
    ) -> Result<Box<dyn Rows + 'o>> {
        let path = opened.path().display().to_string();
        Ok(match self {
            Self::Delimited { encoding, dialect, .. } => {
                Box::new(TableReader::new(Text::new(opened.rewind()?, *encoding), *dialect).expecting(expected))
            }
            Self::Workbook { kind, sheet, .. } => {
                Box::new(decode::sheet_rows(opened.file()?, *kind, sheet, limits, &path))
            }
            Self::Tree { kind, encoding, outline } => {
                let text = Text::utf8(opened.file()?, *encoding);
                Box::new(decode::record_rows(text, *kind, outline, limits, &path))
            }
            Self::Agora { form, encoding, heads } => {
                let text = Text::utf8(opened.file()?, *encoding);
                decode::agora_rows(text, *form, heads, registry, limits, &path)
            }
        })
    }
}

/// How the lines of a file end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// With a line feed, or there is one line only.
    Feed,
    /// With a carriage return and a line feed.
    ReturnFeed,
    /// With a line feed, before it a carriage return or not.
    Feeds,
    /// With a carriage return.
    Return,
    /// In several ways, a carriage return alone among them.
    Mixed,
}

impl Ends {
    fn of(text: &[u8]) -> Self {
        let follows = |at: usize| text.get(at + 1) == Some(&b'\n');
        let (mut both, mut alone, mut last) = (0, 0, None);
        for at in memchr::memchr_iter(b'\r', text) {
            // The end of the sample may cut the pair.
            if follows(at) {
                both += 1;
            } else if at + 1 < text.len() || last.is_some() {
                alone += 1;
            }
            last = Some(at);
        }
        let feeds = memchr::memchr_iter(b'\n', text).count() - both;
        match (feeds > 0, both > 0, alone > 0 || (last.is_some() && both == 0)) {
            (_, false, false) => Self::Feed,
            (false, true, false) => Self::ReturnFeed,
            (true, true, false) => Self::Feeds,
            (false, false, true) => Self::Return,
            _ => Self::Mixed,
        }
    }

    /// The name, such as `crlf`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Feed => "lf",
            Self::ReturnFeed => "crlf",
            Self::Return => "cr",
            Self::Feeds | Self::Mixed => "mixed",
        }
    }
}

/// What is known of a file before it is looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known<'k> {
    /// The encoding, whatever the bytes show.
    pub(super) encoding: Option<&'k str>,
    /// The encoding that such files usually have.
    pub(super) usual_encoding: Option<&'k str>,
    /// The character between cells.
    pub(super) delimiter: Option<u8>,
    /// Whether text is quoted as in RFC 4180.
    pub(super) is_standard: bool,
    /// Whether it is only asked what the file is, and not how every row of it is to be read.
    pub(super) is_brief: bool,
    /// The sheet of a workbook.
    pub(super) sheet: Option<&'k str>,
    /// Which records of XML or JSON are wanted.
    pub(super) records: Wanted<'k>,
    /// Whether an Agora order file is read as one.
    pub(super) as_agora: bool,
}

/// A file that was surveyed, ready to be looked at as often as formats ask for it.
pub(super) struct Subject<'s> {
    pub(super) opened: &'s Opened,
    /// What the file is called in messages.
    pub(super) path: String,
    pub(super) survey: Arc<Survey>,
    pub(super) kind: FileKind,
    /// In which form it is an Agora order file, if it is one.
    agora: Option<AgoraForm>,
    registry: &'s Registry,
}

/// What a look shows.
pub(super) struct Seen {
    pub(super) layout: Layout,
    pub(super) sample: Sample,
}

/// Rows of the sample.
pub(super) const SAMPLE_ROWS: usize = 2000;

/// What the sample may take: a small file can ask for rows that are as long as allowed, each.
const SAMPLE_BYTES: usize = 16 << 20;

/// Rows that are read of each sheet before one is chosen, and how many sheets are looked at.
const SHEET_ROWS: usize = 300;
const SHEETS: usize = 20;

impl<'s> Subject<'s> {
    /// Every byte of the file is read once.
    pub(super) fn survey(opened: &'s Opened, registry: &'s Registry) -> Result<Self> {
        let Surveyed { survey, kind, agora } = opened.surveyed()?;
        let path = opened.path().display().to_string();
        let subject = Self { opened, path, survey, kind, agora, registry };
        if subject.is_whole(subject.survey.head.len()) && subject.survey.head.iter().all(u8::is_ascii_whitespace) {
            return Err(subject.empty());
        }
        Ok(subject)
    }

    /// Looks at the file. `claims` tells what a heading may stand for.
    pub(super) fn look<F: Target>(&self, known: Known<'_>, limits: &Limits, claims: Claims<'_, F>) -> Result<Seen> {
        if let Some(form) = self.agora.filter(|_| known.as_agora) {
            return self.agora(form, known, limits, claims);
        }
        match self.kind {
            FileKind::Workbook(kind) => self.workbook(kind, known, limits, claims),
            FileKind::Xml => self.tree(TreeKind::Xml, known, limits, claims),
            FileKind::Json => self.tree(TreeKind::Json, known, limits, claims),
            FileKind::Delimited | FileKind::Gzip | FileKind::Zip => self.delimited(known, limits, claims),
        }
    }

    /// Whether so many bytes are all of the file.
    pub(super) fn is_whole(&self, bytes: usize) -> bool {
        self.survey.bytes <= bytes as u64
    }

    pub(super) fn empty(&self) -> Error {
        Error::new(Code::FileEmpty, Arguments::none().with("path", &self.path))
    }

    fn delimited<F: Target>(&self, known: Known<'_>, limits: &Limits, claims: Claims<'_, F>) -> Result<Seen> {
        let encoding = decode::choose(&self.survey, known.encoding, known.usual_encoding, &self.path)?;
        let mut text = Vec::with_capacity(self.survey.head.len());
        Text::new(self.survey.head.as_slice(), encoding)
            .read_to_end(&mut text)
            .map_err(|error| self.opened.failed(error))?;
        let mut whole = self.is_whole(self.survey.head.len());
        if !whole && memchr::memchr2(b'\n', b'\r', &text).is_none() {
            // Not even one line: a longer beginning is needed.
            let longest = limits.record_bytes.saturating_mul(2) as u64;
            text.clear();
            let source = Text::new(self.opened.rewind()?, encoding);
            source.take(longest).read_to_end(&mut text).map_err(|error| self.opened.failed(error))?;
            whole = self.survey.bytes <= longest;
        }
        // The reader of rows drops them, too.
        if memchr::memchr(0, &text).is_some() {
            text.retain(|c| *c != 0);
        }
        if whole && text.iter().all(u8::is_ascii_whitespace) {
            return Err(self.empty());
        }
        let charset = encoding.charset();
        let Known { delimiter, is_standard, is_brief, .. } = known;
        let dialect = KnownDialect { delimiter, is_standard, is_brief };
        let (dialect, sample) = decode::sniff(&text, whole, charset, dialect, limits.record_bytes, claims);
        let ends = match Ends::of(&text) {
            // In UTF-16 the bytes tell nothing of it.
            Ends::Feed | Ends::ReturnFeed | Ends::Feeds
                if self.survey.has_lone_return && encoding.transcode_from().is_none() =>
            {
                Ends::Mixed
            }
            ends => ends,
        };
        let is_loose = sample.has_loose_quotes;
        Ok(Seen { layout: Layout::Delimited { encoding, dialect, ends, is_loose }, sample })
    }

    /// The sheet that is asked for, else the one whose table looks most like an order, else the largest.
    fn workbook<F: Target>(
        &self,
        kind: WorkbookKind,
        known: Known<'_>,
        limits: &Limits,
        claims: Claims<'_, F>,
    ) -> Result<Seen> {
        let sheets =
            decode::sheets(self.opened.file()?, kind, limits, &self.path).map_err(|error| self.failed(error))?;
        let seen = |sheet: &str| {
            let others = sheets.iter().map(|each| &each.name).filter(|name| *name != sheet).cloned().collect();
            Layout::Workbook { kind, sheet: sheet.to_owned(), others, orders: Vec::new() }
        };
        if let Some(sheet) = known.sheet {
            let layout = seen(sheet);
            let sample = self.sample(&layout, SAMPLE_ROWS, limits, claims)?;
            return Ok(Seen { layout, sample });
        }
        let is_any_visible = sheets.iter().any(|sheet| sheet.is_visible);
        let candidates = sheets.iter().filter(|sheet| sheet.is_visible || !is_any_visible).take(SHEETS);
        let mut best: Option<((usize, usize), Layout)> = None;
        let mut orders = Vec::new();
        for sheet in candidates {
            let layout = seen(&sheet.name);
            let sample = self.sample(&layout, SHEET_ROWS, limits, claims)?;
            let size = sample.records.len() * sample.frame.width;
            let standing = (sample.order_points(claims), size);
            if standing.0 > 0 && sample.body().iter().any(|record| !record.is_blank()) {
                orders.push(sheet.name.clone());
            }
            if best.as_ref().is_none_or(|(other, _)| standing > *other) {
                best = Some((standing, layout));
            }
        }
        let best = best.filter(|((_, size), _)| *size > 0).map(|(_, layout)| layout);
        let mut layout = best.ok_or_else(|| self.empty())?;
        if let Layout::Workbook { sheet, orders: others, .. } = &mut layout {
            orders.retain(|name| name != sheet);
            *others = orders;
        }
        let sample = self.sample(&layout, SAMPLE_ROWS, limits, claims)?;
        Ok(Seen { layout, sample })
    }

    /// Whether it is XML or JSON.
    pub(super) const fn tree_kind(&self) -> Option<TreeKind> {
        match self.kind {
            FileKind::Xml => Some(TreeKind::Xml),
            FileKind::Json => Some(TreeKind::Json),
            _ => None,
        }
    }

    /// Whether it is an Agora order file.
    pub(super) const fn is_agora(&self) -> bool {
        self.agora.is_some()
    }

    fn agora<F: Target>(
        &self,
        form: AgoraForm,
        known: Known<'_>,
        limits: &Limits,
        claims: Claims<'_, F>,
    ) -> Result<Seen> {
        let encoding = match form {
            AgoraForm::Text => decode::choose(&self.survey, known.encoding, known.usual_encoding, &self.path)?,
            AgoraForm::Xml => self.tree_encoding(TreeKind::Xml, known)?,
            AgoraForm::Json => self.tree_encoding(TreeKind::Json, known)?,
        };
        let text = || match self.opened.file() {
            Ok(file) => Ok(Text::utf8(file, encoding)),
            Err(error) => Err(RowError::Refused(error)),
        };
        let heads = decode::agora_heads(text, form, self.registry, limits, &self.path);
        let heads = Arc::new(heads.map_err(|error| self.failed(error))?);
        let layout = Layout::Agora { form, encoding, heads };
        let mut sample = self.sample(&layout, SAMPLE_ROWS, limits, claims)?;
        let headings = sample.records.first().map(|record| record.cells.clone()).unwrap_or_default();
        sample.frame = Frame { first: 0, heading_rows: 1, ..sample.frame };
        sample.headings = headings;
        Ok(Seen { layout, sample })
    }

    /// The encoding of XML or JSON.
    pub(super) fn tree_encoding(&self, kind: TreeKind, known: Known<'_>) -> Result<EncodingChoice> {
        let declared = if kind == TreeKind::Xml { decode::xml_encoding(&self.survey.head) } else { None };
        // What was written down again in another encoding still bears the old name; what nobody knows says nothing.
        let declared = declared.filter(|name| {
            let is_wide = name.to_ascii_lowercase().starts_with("utf-16");
            decode::known_encoding(name).is_ok() && (!is_wide || self.survey.zeros > 0)
        });
        let encoding = known.encoding.or(declared.as_deref());
        decode::choose(&self.survey, encoding, known.usual_encoding, &self.path)
    }

    fn tree<F: Target>(
        &self,
        kind: TreeKind,
        known: Known<'_>,
        limits: &Limits,
        claims: Claims<'_, F>,
    ) -> Result<Seen> {
        let encoding = self.tree_encoding(kind, known)?;
        let text = Text::utf8(self.opened.rewind()?, encoding);
        let outline =
            decode::outline(text, kind, known.records, limits, &self.path).map_err(|error| self.failed(error))?;
        let headings = field_names(&outline.columns, claims);
        let layout = Layout::Tree { kind, encoding, outline: Box::new(outline) };
        let mut sample = self.sample(&layout, SAMPLE_ROWS, limits, claims)?;
        // The names of the fields are given first.
        sample.frame = Frame { first: 0, heading_rows: 1, ..sample.frame };
        sample.headings = headings;
        Ok(Seen { layout, sample })
    }

    fn sample<F: Target>(
        &self,
        layout: &Layout,
        most: usize,
        limits: &Limits,
        claims: Claims<'_, F>,
    ) -> Result<Sample> {
        let mut rows = layout.rows(0, self.opened, self.registry, limits)?;
        let (mut records, mut row) = (Vec::new(), TableRow::default());
        let mut held = 0;
        // What is wrong further down is told when it is read.
        while records.len() < most && held < SAMPLE_BYTES && rows.next(&mut row).map_err(|error| self.failed(error))? {
            let cells = row.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
            held += row.bytes().len() + row.len() * size_of::<String>();
            records.push(SampleRecord { line: row.line, cells });
        }
        Ok(Sample::of(records, false, false, claims))
    }

    fn failed(&self, error: RowError) -> Error {
        self.opened.row_failed(error)
    }
}

/// What the fields of XML and JSON are called: their path, or its last part alone where that is a heading beyond doubt and
/// no other field bears it.
fn field_names<F: Target>(paths: &[String], claims: Claims<'_, F>) -> Vec<String> {
    let last = |path: &str| path.rsplit('/').next().unwrap_or(path).trim_start_matches('@').to_owned();
    let is_sure = |name: &str| claims(name).iter().any(|claim| claim.strong && claim.target.is_some());
    let is_only = |name: &str| paths.iter().filter(|path| last(path) == name).count() == 1;
    let name = |path: &String| {
        let name = last(path);
        if claims(path).is_empty() && is_sure(&name) && is_only(&name) { name } else { path.clone() }
    };
    paths.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_end_a_line() {
        for (text, ends) in [
            ("a\nb", Ends::Feed),
            ("a\rb\r", Ends::Return),
            ("a\r\nb\nc", Ends::Feeds),
            ("a\r\nb\rc", Ends::Mixed),
            ("a", Ends::Feed),
            ("a\r\n", Ends::ReturnFeed),
        ] {
            assert_eq!(Ends::of(text.as_bytes()), ends, "{text:?}");
        }
    }
}
