//! What any bytes are: encoding, dialect, frame. Nothing panics, and what is said lies within the sample.
#![no_main]

use std::io::Read;
use std::sync::LazyLock;

use bordereau::decode::{LineEnds, Look, Text, choose, sniff, survey};
use bordereau::format::Registry;
use libfuzzer_sys::fuzz_target;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::built_in);

fuzz_target!(|bytes: &[u8]| {
    let Ok(found) = survey(bytes) else { panic!("memory cannot fail to be read") };
    let Ok(encoding) = choose(&found, None, None, "x") else { return };
    let mut text = Vec::new();
    Text::new(found.head.as_slice(), encoding, LineEnds::Feed).read_to_end(&mut text).expect("memory");
    let claims = |heading: &str| REGISTRY.dictionary().claims(heading);
    for (delimiter, whole) in [(None, true), (Some(b';'), false)] {
        let found = sniff(&text, whole, encoding.charset(), delimiter, 1 << 20, &claims);
        assert!(found.frame.first <= found.records.len());
        assert!(!found.frame.has_heading || found.frame.first < found.records.len());
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
