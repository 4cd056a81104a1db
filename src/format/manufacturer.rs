//! The manufacturers, and how a text finds one of them.
//!
//! What enters: files of `formats/manufacturer/`. What leaves: [`Manufacturer`]s, and a [`Resolution`] for a text.
//! What is refused: a guess; a name that several share is answered with all of them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::file::ManufacturerFile;
use super::fold;
use super::nearest::nearest;
use super::order_profile::OrderProfile;
use super::read::toml;
use crate::diagnostic::Result;
use crate::model::ManufacturerId;

/// A manufacturer (source: its file in `formats/manufacturer/`).
#[doc(alias = "constructeur")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manufacturer {
    /// The number under which the platform knows it.
    pub id: ManufacturerId,
    /// The name shown to people.
    pub name: String,
    /// Other names it goes by, some of them shared.
    pub aliases: Vec<String>,
    /// What its references look like; only ever used to propose a correction.
    pub shapes: Vec<Shape>,
    /// How one orders from it.
    pub order: OrderProfile,
}

impl Manufacturer {
    /// Reads a manufacturer; `path` is only named in errors.
    pub(super) fn parse(path: &str, text: &str) -> Result<Self> {
        let file: ManufacturerFile = toml(path, text)?;
        Ok(Self {
            id: ManufacturerId(file.id),
            name: file.name,
            aliases: file.aliases,
            shapes: file.reference.shapes,
            order: OrderProfile::new(path, text, file.order)?,
        })
    }

    /// Its name and every other name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.aliases).map(String::as_str)
    }
}

/// The look of a reference: `N` is a digit, `A` a letter, `X` either, any other character itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Shape(String);

impl Shape {
    /// Whether a reference has this look.
    ///
    /// What a sign stands for is ASCII, so bytes tell as much as characters.
    #[inline]
    pub fn matches(&self, reference: impl AsRef<[u8]>) -> bool {
        let (signs, bytes) = (self.0.as_bytes(), reference.as_ref());
        let fits = |(sign, c): (&u8, &u8)| match sign {
            b'N' => c.is_ascii_digit(),
            b'A' => c.is_ascii_alphabetic(),
            b'X' => c.is_ascii_alphanumeric(),
            literal => c == literal,
        };
        signs.len() == bytes.len() && signs.iter().zip(bytes).all(fits)
    }

    /// How many characters a reference of this look has.
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// The shape as written in its file.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Shape {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, Self::Error> {
        if text.trim().is_empty() { Err(format!("`{text}`: `NN-AXX`")) } else { Ok(Self(text)) }
    }
}

/// What a text says about the manufacturer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Exactly this one.
    One(ManufacturerId),
    /// One of these, sorted; nobody guesses which.
    Several(Vec<ManufacturerId>),
    /// None that is known.
    None {
        /// A name that is nearly the same, for the message.
        suggestion: Option<String>,
    },
}

/// Every manufacturer, found by id, name or alias.
#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    /// Sorted by id.
    manufacturers: Vec<Manufacturer>,
    /// By folded name: the name as it is written, and whose it is.
    names: BTreeMap<String, (String, Vec<ManufacturerId>)>,
}

impl Directory {
    pub(super) fn new(mut manufacturers: Vec<Manufacturer>) -> Self {
        manufacturers.sort_by_key(|manufacturer| manufacturer.id);
        let mut names = BTreeMap::<String, (String, Vec<ManufacturerId>)>::new();
        for manufacturer in &manufacturers {
            for name in manufacturer.names() {
                let (_, ids) = names.entry(fold(name)).or_insert_with(|| (name.to_owned(), Vec::new()));
                if !ids.contains(&manufacturer.id) {
                    ids.push(manufacturer.id);
                }
            }
        }
        Self { manufacturers, names }
    }

    pub(super) fn all(&self) -> &[Manufacturer] {
        &self.manufacturers
    }

    pub(super) fn get(&self, id: ManufacturerId) -> Option<&Manufacturer> {
        self.manufacturers.binary_search_by_key(&id, |each| each.id).ok().map(|place| &self.manufacturers[place])
    }

    /// Id first, then the folded name among the names of all.
    pub(super) fn find(&self, text: &str) -> Resolution {
        let text = text.trim();
        if let Some(found) = ManufacturerId::parse(text.as_bytes()).and_then(|id| self.get(id)) {
            return Resolution::One(found.id);
        }
        let folded = fold(text);
        match self.names.get(&folded).map(|(_, ids)| ids.as_slice()) {
            // An empty cell never matches, even if somebody gave a name without a letter.
            _ if folded.is_empty() => Resolution::None { suggestion: None },
            Some(&[id]) => Resolution::One(id),
            Some(several) => Resolution::Several(several.to_vec()),
            None => {
                let near = nearest(&folded, self.names.keys().map(String::as_str));
                Resolution::None {
                    suggestion: near.and_then(|near| self.names.get(near)).map(|(name, _)| name.clone()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        let manufacturer = |id, name: &str, aliases: &[&str]| Manufacturer {
            id: ManufacturerId(id),
            name: name.to_owned(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            shapes: Vec::new(),
            order: OrderProfile::default(),
        };
        Directory::new(vec![
            manufacturer(40, "Orvélia International", &["ORVELIA_INTERNATIONAL", "Orvelia"]),
            manufacturer(7, "Orvélia (France)", &["O/R/V", "Orvélia", "ORVELIA"]),
            manufacturer(9, "Kestrel", &["---"]),
        ])
    }

    #[test]
    fn id_then_name_and_never_a_guess() {
        let directory = directory();
        let one = |id| Resolution::One(ManufacturerId(id));
        assert_eq!(directory.find(" 40 "), one(40));
        assert_eq!(directory.find("orv"), one(7));
        assert_eq!(directory.find("ORVÉLIA FRANCE"), one(7));
        assert_eq!(directory.find("orvelia international"), one(40));
        assert_eq!(directory.find("Orvelia"), Resolution::Several(vec![ManufacturerId(7), ManufacturerId(40)]));
        assert_eq!(directory.find("Kestrl"), Resolution::None { suggestion: Some("Kestrel".to_owned()) });
        for text in ["", "-", "040", "41", "Kes", "7.0"] {
            assert_eq!(directory.find(text), Resolution::None { suggestion: None }, "{text}");
        }
    }

    #[test]
    fn shapes_fit_whole_references() {
        let shape = Shape::try_from("AA-NNX".to_owned()).unwrap();
        assert_eq!(shape.length(), 6);
        assert!(shape.matches("MS-62Z") && shape.matches("MS-620"));
        for reference in ["MS-62", "MS-6200", "M1-620", "MS 620", ""] {
            assert!(!shape.matches(reference), "{reference}");
        }
        assert!(Shape::try_from(" ".to_owned()).is_err());
    }
}
