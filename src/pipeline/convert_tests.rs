//! Clean copies of ordinary and of dirty tables.

use proptest::prelude::*;

use super::*;

fn converted(bytes: &[u8], settings: &GuessSettings) -> (Converted, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    std::fs::write(&path, bytes).unwrap();
    let request = ConvertRequest {
        source: &Source::File(path),
        registry: &Registry::built_in(),
        settings,
        delimiter: b',',
        sync: false,
        progress: &(),
        stop: &Stop::default(),
    };
    let out = folder.path().join("out.csv");
    let told = convert(&request, Target::File(&out)).unwrap();
    let mut streamed = Vec::new();
    convert(&request, Target::Stream(&mut streamed)).unwrap();
    let text = std::fs::read_to_string(&out).unwrap();
    assert_eq!(text.as_bytes(), streamed);
    (told, text)
}

fn clean(text: &str) -> String {
    converted(text.as_bytes(), &GuessSettings::default()).1
}

fn lines(outside: &[Outside]) -> Vec<u64> {
    outside.iter().map(|each| each.line).collect()
}

#[test]
fn what_stands_around_a_table_is_named_and_left_out() {
    let text = "Stock of March;;;\n\nid;name;price;n\n1;a;2,50;3\n2;\"b;c\";3,50;4\n\n3;d;1,00;1\nTotal;;;8\n";
    let (told, copy) = converted(text.as_bytes(), &GuessSettings::default());
    assert_eq!(copy, "id,name,price,n\n1,a,\"2,50\",3\n2,b;c,\"3,50\",4\n3,d,\"1,00\",1\n");
    assert_eq!((lines(&told.preamble), lines(&told.footer)), (vec![1], vec![8]));
    assert_eq!((told.read, told.rows, told.blank.lines), (8, 3, vec![2, 6]));
    assert!(told.has_quotes);
}

#[test]
fn ragged_rows_are_padded_or_kept_and_named() {
    let (told, copy) = converted(b"a,b,c\n1,2\n1,2,3\n1,2,3,\n1,2,3,4\n\"1,2,3\n5,6,7\n", &GuessSettings::default());
    assert_eq!(copy, "a,b,c\n1,2,\n1,2,3\n1,2,3\n1,2,3,4\n\"\"\"1\",2,3\n5,6,7\n");
    assert_eq!((told.padded.lines, told.surplus.lines, told.unclosed.lines), (vec![2], vec![5], vec![6]));
}

#[test]
fn a_short_row_in_the_middle_or_cut_at_the_end_stays() {
    assert_eq!(clean("a,b,c,d\n1,x,3,4\n2\n3,x,4,5\n4,x\n"), "a,b,c,d\n1,x,3,4\n2,,,\n3,x,4,5\n4,x,,\n");
}

#[test]
fn no_heading_is_invented_and_one_column_stays_one() {
    assert_eq!(clean("1;2\n3;4\n"), "1,2\n3,4\n");
    assert_eq!(clean("12,50\n13,20\n"), "\"12,50\"\n\"13,20\"\n");
    let (told, _) = converted(b"a;b\nc;d\n", &GuessSettings { no_heading: true, ..GuessSettings::default() });
    assert_eq!((told.rows, told.guess.sample.frame.has_heading()), (2, false));
}

#[test]
fn a_failed_copy_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("x.csv"), folder.path().join("out.csv"));
    std::fs::write(&path, "a;b\n1;2\n".to_owned() + &"x".repeat(40 << 20)).unwrap();
    std::fs::write(&out, "mine").unwrap();
    let request = ConvertRequest {
        source: &Source::File(path),
        registry: &Registry::built_in(),
        settings: &GuessSettings::default(),
        delimiter: b',',
        sync: false,
        progress: &(),
        stop: &Stop::default(),
    };
    assert_eq!(convert(&request, Target::File(&out)).unwrap_err().code, Code::LimitExceeded);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "mine");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// What another writer wrote in any dialect reads back equal.
    #[test]
    fn a_table_of_another_writer_reads_back_equal(
        rows in (2_usize..6).prop_flat_map(|width| proptest::collection::vec(
            proptest::collection::vec("[a-zéA-Z0-9 ,;|\"\n]{0,6}[a-z0-9]", width), 1..12)),
        delimiter in prop_oneof![Just(b','), Just(b';'), Just(b'\t'), Just(b'|'), Just(b'^'), Just(b'~'), Just(0x1f)],
        crlf in any::<bool>(),
        always in any::<bool>(),
        doubled in any::<bool>(),
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).double_quote(doubled)
            .quote_style(if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary })
            .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') }).from_writer(Vec::new());
        let width = rows[0].len();
        let heading: Vec<_> = (0..width).map(|place| format!("column {}", char::from(b'a' + u8::try_from(place).unwrap()))).collect();
        let body: Vec<Vec<String>> = rows.iter().enumerate().map(|(place, row)| {
            let mut row = row.clone();
            row[0] = place.to_string();
            // A path in quotes ends in a backslash, too: before a mark nobody can tell what `\"` means.
            if !doubled {
                row = row.iter().map(|cell| cell.replace('"', "\"q")).collect();
            }
            row
        }).collect();
        writer.write_record(&heading).unwrap();
        for row in &body {
            writer.write_record(row).unwrap();
        }
        let text = writer.into_inner().unwrap();
        let (told, copy) = converted(&text, &GuessSettings { delimiter: Some(delimiter), ..GuessSettings::default() });
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(copy.as_bytes());
        let found: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let expected: Vec<_> = std::iter::once(heading).chain(body).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(told.rows, rows.len() as u64);
    }

    /// Whatever the bytes are: what is read is written or named, and the copy of the copy has as many rows.
    #[test]
    fn no_row_is_lost(text in proptest::collection::vec(prop_oneof![Just(b';'), Just(b','), Just(b'\n'), Just(b'\r'), Just(b'"'), Just(b'\''), Just(b'\\'), Just(b'a'), Just(b'1'), Just(b' ')], 1..120)) {
        prop_assume!(!text.iter().all(u8::is_ascii_whitespace));
        let (told, copy) = converted(&text, &GuessSettings::default());
        // Of other tables and repeated headings only the lines are told.
        prop_assume!(told.others.count + told.headings.count == 0);
        let kept = |bytes: &[u8]| bytes.iter().filter(|c| matches!(c, b'a' | b'1')).count();
        let outside: usize = told.preamble.iter().chain(&told.footer).chain(&told.comments).map(|each| kept(each.text.as_bytes())).sum();
        prop_assert_eq!(kept(&text), kept(copy.as_bytes()) + outside);
    }
}
