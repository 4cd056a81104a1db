//! What any bytes are: encoding, dialect, frame. Nothing panics, and what is said lies within the sample.
#![no_main]

use std::io::Read;
use std::sync::LazyLock;

use bordereau::decode::{KnownDialect, Look, Text, choose, mixture, sniff, survey};
use bordereau::format::Registry;
use libfuzzer_sys::fuzz_target;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::built_in);

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut found) = survey(bytes) else { panic!("memory cannot fail to be read") };
    found.mixture = found.may_be_mixed.then(|| mixture(bytes).expect("memory"));
    let Ok(encoding) = choose(&found, None, None, "x") else { return };
    let mut text = Vec::new();
    Text::new(found.head.as_slice(), encoding).read_to_end(&mut text).expect("memory");
    let claims = |heading: &str| REGISTRY.dictionary().claims(heading);
    for (delimiter, whole) in [(None, true), (Some(b';'), false)] {
        let (_, found) = sniff(&text, whole, encoding.charset(), KnownDialect { delimiter, ..KnownDialect::default() }, 1 << 20, &claims);
        assert!(found.frame.first + found.frame.heading_rows <= found.records.len());
        assert_eq!(found.headings.is_empty(), found.frame.heading_rows == 0);
        let _points = found.order_points(&claims);
        let mut line = 0;
        for record in &found.records {
            assert!(record.line > line && !record.cells.is_empty());
            line = record.line;
        }
        for cell in found.records.iter().take(20).flat_map(|record| record.cells.iter().take(20)) {
            let look = Look::of(cell);
            assert!((look == Look::Empty) == cell.trim().is_empty());
        }
    }
});
