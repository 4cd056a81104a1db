//! Any bytes as a catalogue: refused, or every part of it is found again, also in the compiled form.
#![no_main]

use bordereau::catalogue::{Catalogue, MAGIC, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(&MAGIC) {
        // The checksum refuses whatever was changed.
        let _refused = Catalogue::read_compiled(&mut &*bytes, bytes.len() as u64);
        return;
    }
    let Ok(reading) = read("x", bytes, bytes.len() as u64) else { return };
    let catalogue = reading.catalogue;
    assert!(!catalogue.is_empty());
    let mut compiled = Vec::new();
    catalogue.write_to(&mut compiled).expect("memory");
    let again =
        Catalogue::read_compiled(&mut compiled.as_slice(), compiled.len() as u64).expect("what was just written");
    assert_eq!((again.len(), again.manufacturers()), (catalogue.len(), catalogue.manufacturers()));
    for (part, same) in catalogue.parts().zip(again.parts()) {
        assert_eq!(catalogue.texts(part), again.texts(same));
        let known = catalogue.part(part);
        let manufacturer = again.manufacturer(same);
        let first = again.find_text(known.reference).unwrap_or_else(|| panic!("{:?} is not found", known.reference));
        assert_eq!(again.at_manufacturer(first, manufacturer), Some(same), "{:?}", known.reference);
    }
    // References nobody has: the text itself, and parts of it.
    if let Ok(text) = std::str::from_utf8(bytes) {
        for piece in text.split([';', ',', '\n']).take(40) {
            let _found = again.find_text(piece);
            let _suggested = again.suggest(piece, 24);
        }
    }
    // Any one byte of the compiled form matters.
    if let Some(last) = bytes.last() {
        let place = usize::from(*last) * 31 % compiled.len();
        compiled[place] ^= 1;
        assert!(Catalogue::read_compiled(&mut compiled.as_slice(), compiled.len() as u64).is_err());
    }
});
