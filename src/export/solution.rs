//! After-sales solution requests as a file for the person who hands them over.
//!
//! What enters: requests whose values stand in the order of their fields. What leaves: XML, CSV or a workbook with all of them;
//! the same requests always give the same bytes. What is refused: more requests than a sheet has rows.

use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::csv::{Profile, Row};
use super::xml_writer::Xml;

/// In which form requests are handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SolutionFile {
    /// XML.
    Xml,
    /// A row for each request.
    Csv,
    /// The same as a workbook.
    Xlsx,
}

impl SolutionFile {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Xml, Self::Csv, Self::Xlsx];

    /// The name, as options give it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xml => "xml",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The form of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }
}

/// A field of all requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SolutionColumn {
    /// The part of the form it stands in.
    pub group: String,
    /// Its name.
    pub name: String,
    /// How people call it.
    pub heading: String,
}

/// Requests as they are handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SolutionDocument {
    /// What stands above the numbers of the requests.
    pub number: String,
    /// The fields, those of a group side by side.
    pub columns: Vec<SolutionColumn>,
    /// Each request: its number, and a value for each field.
    pub requests: Vec<(i64, Vec<String>)>,
}

const NAMESPACE: &str = "urn:bordereau:solution-requests:1";

/// Rows of a sheet below its heading.
const ROWS: usize = 1_048_575;

/// Characters of a cell.
const CELL: usize = 32_767;

/// Writes requests in a form.
pub fn write_solutions(
    document: &SolutionDocument,
    form: SolutionFile,
    profile: Profile,
    out: &mut dyn Write,
) -> io::Result<()> {
    match form {
        SolutionFile::Xml => write_xml(document, out),
        SolutionFile::Csv => write_csv(document, profile, out),
        SolutionFile::Xlsx => write_workbook(document, out),
    }
}

fn write_xml(document: &SolutionDocument, out: &mut dyn Write) -> io::Result<()> {
    let mut xml = Xml::begin(out)?;
    let count = document.requests.len().to_string();
    xml.open("SolutionRequests", &[("xmlns", NAMESPACE), ("Version", "1"), ("Count", &count)])?;
    for (number, values) in &document.requests {
        xml.open("SolutionRequest", &[("Id", &number.to_string())])?;
        let filled: Vec<_> = document.columns.iter().zip(values).filter(|(_, value)| !value.is_empty()).collect();
        for group in filled.chunk_by(|one, next| one.0.group == next.0.group) {
            let name = &group[0].0.group;
            xml.open(name, &[])?;
            for (column, value) in group {
                xml.element(&column.name, value)?;
            }
            xml.close(name)?;
        }
        xml.close("SolutionRequest")?;
    }
    xml.close("SolutionRequests")
}

fn write_csv(document: &SolutionDocument, profile: Profile, out: &mut dyn Write) -> io::Result<()> {
    let mut bytes = profile.mark().to_vec();
    let mut heading = Row::begin(&mut bytes, profile);
    let is_for_people = profile == Profile::ExcelFr;
    heading.text(if is_for_people { document.number.as_bytes() } else { b"solution_id" });
    for column in &document.columns {
        heading.text(if is_for_people { column.heading.as_bytes() } else { column.name.as_bytes() });
    }
    heading.end();
    for (number, values) in &document.requests {
        let mut row = Row::begin(&mut bytes, profile);
        row.number(number.unsigned_abs());
        for value in values {
            row.text(value.as_bytes());
        }
        row.end();
    }
    out.write_all(&bytes)
}

fn write_workbook(document: &SolutionDocument, out: &mut dyn Write) -> io::Result<()> {
    if document.requests.len() > ROWS {
        return Err(io::Error::other("more requests than a sheet has rows"));
    }
    let mut package = Workbook::new();
    // No clock gets into a result.
    let begun = ExcelDateTime::from_timestamp(0).map_err(failed)?;
    package.set_properties(&DocProperties::new().set_creation_datetime(&begun));
    let sheet = package.add_worksheet();
    let (heading, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    sheet.write_string_with_format(0, 0, &document.number, &heading).map_err(failed)?;
    for (place, column) in (1_u16..).zip(&document.columns) {
        sheet.write_string_with_format(0, place, &column.heading, &heading).map_err(failed)?;
        sheet.set_column_width(place, 20).map_err(failed)?;
    }
    sheet.set_freeze_panes(1, 1).map_err(failed)?;
    for (row, (number, values)) in (1_u32..).zip(&document.requests) {
        sheet.write_string_with_format(row, 0, number.to_string(), &text).map_err(failed)?;
        for (place, value) in (1_u16..).zip(values).filter(|(_, value)| !value.is_empty()) {
            let value: String = value.chars().take(CELL).collect();
            sheet.write_string_with_format(row, place, value, &text).map_err(failed)?;
        }
    }
    let bytes = package.save_to_buffer().map_err(failed)?;
    out.write_all(&bytes)
}

fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        error => io::Error::other(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> SolutionDocument {
        let column = |group: &str, name: &str, heading: &str| SolutionColumn {
            group: group.to_owned(),
            name: name.to_owned(),
            heading: heading.to_owned(),
        };
        SolutionDocument {
            number: "N° demande".to_owned(),
            columns: vec![
                column("Request", "Kind", "Type de demande"),
                column("Request", "Problem", "Problème"),
                column("Appliance", "SerialNumber", "N° de série"),
            ],
            requests: vec![
                (7, vec!["EXCHANGE".to_owned(), "=fuit & <fume>".to_owned(), "0042".to_owned()]),
                (9, vec!["OTHER".to_owned(), String::new(), String::new()]),
            ],
        }
    }

    fn written(form: SolutionFile, profile: Profile) -> Vec<u8> {
        let mut out = Vec::new();
        write_solutions(&document(), form, profile, &mut out).unwrap();
        out
    }

    #[test]
    fn xml_has_groups_and_no_empty_elements() {
        let text = String::from_utf8(written(SolutionFile::Xml, Profile::Machine)).unwrap();
        assert_eq!(
            text,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <SolutionRequests xmlns=\"urn:bordereau:solution-requests:1\" Version=\"1\" Count=\"2\">\n  \
               <SolutionRequest Id=\"7\">\n    \
                 <Request>\n      <Kind>EXCHANGE</Kind>\n      <Problem>=fuit &amp; &lt;fume&gt;</Problem>\n    </Request>\n    \
                 <Appliance>\n      <SerialNumber>0042</SerialNumber>\n    </Appliance>\n  \
               </SolutionRequest>\n  \
               <SolutionRequest Id=\"9\">\n    <Request>\n      <Kind>OTHER</Kind>\n    </Request>\n  </SolutionRequest>\n\
             </SolutionRequests>\n"
        );
    }

    #[test]
    fn csv_is_for_programs_or_for_people() {
        let machine = String::from_utf8(written(SolutionFile::Csv, Profile::Machine)).unwrap();
        assert_eq!(machine, "solution_id;Kind;Problem;SerialNumber\n7;EXCHANGE;=fuit & <fume>;0042\n9;OTHER;;\n");
        let people = String::from_utf8(written(SolutionFile::Csv, Profile::ExcelFr)).unwrap();
        assert!(people.starts_with("\u{feff}N° demande;Type de demande;") && people.contains(";'=fuit"), "{people}");
    }

    #[test]
    fn the_same_requests_give_the_same_workbook() {
        let book = written(SolutionFile::Xlsx, Profile::Machine);
        assert!(book.starts_with(b"PK"));
        assert_eq!(book, written(SolutionFile::Xlsx, Profile::Machine));
    }
}
