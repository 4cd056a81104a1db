//! The JSON schema of the files under `formats/`, for editors that complete and check TOML.
//!
//! What enters: the types of `file`. What leaves: `docs/format.schema.json`. What is refused: nothing.

use schemars::generate::SchemaSettings;

use super::file::{ExportFile, ImportFile, ManufacturerFile};
use super::response::ResponseFormatFile;

/// The schema of a format as indented JSON with a final newline; that of a manufacturer stands in it as `#/$defs/ManufacturerFile`,
/// that of a list as `#/$defs/ExportFile`, that of answers as `#/$defs/ResponseFormatFile`.
pub fn schema() -> String {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    generator.subschema_for::<ManufacturerFile>();
    generator.subschema_for::<ExportFile>();
    generator.subschema_for::<ResponseFormatFile>();
    let schema = generator.into_root_schema_for::<ImportFile>();
    // The schema is plain JSON, which can always be written; were it not, the comparison with the kept file would say so.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::{env, fs};

    use super::*;

    #[test]
    fn the_kept_schema_is_the_one_of_the_types() {
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/format.schema.json");
        if env::var_os("BORDEREAU_BLESS").is_some_and(|value| value == "1") {
            fs::write(&kept, schema()).unwrap();
        }
        assert!(fs::read_to_string(kept).unwrap() == schema(), "BORDEREAU_BLESS=1 cargo test writes it anew");
    }

    #[test]
    fn the_page_for_administrators_names_every_key() {
        fn keys(value: &serde_json::Value, found: &mut Vec<String>) {
            match value {
                serde_json::Value::Object(object) => {
                    if let Some(serde_json::Value::Object(properties)) = object.get("properties") {
                        found.extend(properties.keys().cloned());
                    }
                    object.values().for_each(|value| keys(value, found));
                }
                serde_json::Value::Array(array) => array.iter().for_each(|value| keys(value, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        keys(&serde_json::from_str(&schema()).unwrap(), &mut found);
        assert!(found.contains(&"cell-bytes".to_owned()) && found.contains(&"shapes".to_owned()));
        let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md")).unwrap();
        for key in found {
            assert!(page.contains(&format!("`{key}`")), "docs/formats.md says nothing of `{key}`");
        }
    }
}
