//! The paths of a tree, each with a number.
//!
//! What enters: names, each below a path that is known. What leaves: their numbers, in the order of first appearance.
//! What is refused: more paths, or longer names, than a table with so many columns can have.

use std::collections::BTreeMap;

use super::super::row::RowError;

/// The number of a path.
pub(super) type Place = u32;

/// What stands above all: a file.
pub(super) const FILE: Place = 0;

/// No path.
pub(super) const NOWHERE: Place = Place::MAX;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Path {
    parent: Place,
    name: Box<str>,
    children: BTreeMap<Box<str>, Place>,
    /// What came first below it, and behind it, the last time: it mostly does again.
    first: Place,
    next: Place,
}

/// All paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Paths {
    all: Vec<Path>,
    name_bytes: usize,
    columns: usize,
    longest: usize,
}

impl Paths {
    /// None but the file. `columns` and `longest` limit how many there may be and how long their names.
    pub(super) fn new(columns: usize, longest: usize) -> Self {
        let file = Path { parent: NOWHERE, name: "".into(), children: BTreeMap::new(), first: NOWHERE, next: NOWHERE };
        Self { all: vec![file], name_bytes: 0, columns, longest }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// All of them but the file.
    pub(super) fn places(&self) -> impl DoubleEndedIterator<Item = Place> + use<> {
        FILE + 1..Place::try_from(self.all.len()).unwrap_or(NOWHERE)
    }

    /// The path `name` below `parent`, if it is known. `before` is what came before it there, or `NOWHERE`.
    pub(super) fn find(&mut self, parent: Place, before: Place, name: &str) -> Option<Place> {
        let above = self.all.get(parent as usize)?;
        let guess = if before == NOWHERE { above.first } else { self.all[before as usize].next };
        if guess != NOWHERE && *self.all[guess as usize].name == *name {
            return Some(guess);
        }
        let found = *above.children.get(name)?;
        self.learn(parent, before, found);
        Some(found)
    }

    /// The path `name` below `parent`, made when it is new.
    pub(super) fn enter(&mut self, parent: Place, before: Place, name: &str) -> Result<Place, RowError> {
        if let Some(found) = self.find(parent, before, name) {
            return Ok(found);
        }
        // Some paths are no columns, since something stands below them.
        let place = Place::try_from(self.all.len()).unwrap_or(NOWHERE);
        if self.all.len() > self.columns.saturating_mul(4).saturating_add(64) || place == NOWHERE {
            return Err(RowError::limit("columns", self.columns));
        }
        self.name_bytes = self.name_bytes.saturating_add(name.len());
        if self.name_bytes > self.longest {
            return Err(RowError::limit("record-bytes", self.longest));
        }
        self.all.push(Path { parent, name: name.into(), children: BTreeMap::new(), first: NOWHERE, next: NOWHERE });
        self.all[parent as usize].children.insert(name.into(), place);
        self.learn(parent, before, place);
        Ok(place)
    }

    fn learn(&mut self, parent: Place, before: Place, found: Place) {
        if before == NOWHERE {
            self.all[parent as usize].first = found;
        } else {
            self.all[before as usize].next = found;
        }
    }

    pub(super) fn parent(&self, place: Place) -> Place {
        self.all[place as usize].parent
    }

    pub(super) fn name(&self, place: Place) -> &str {
        &self.all[place as usize].name
    }

    pub(super) fn children(&self, place: Place) -> impl Iterator<Item = Place> + '_ {
        self.all[place as usize].children.values().copied()
    }

    pub(super) fn is_leaf(&self, place: Place) -> bool {
        self.all[place as usize].children.is_empty()
    }

    /// What stands above it, itself included, from the root on.
    pub(super) fn chain(&self, place: Place) -> Vec<Place> {
        let mut chain = Vec::new();
        let mut at = place;
        while at != FILE && at != NOWHERE {
            chain.push(at);
            at = self.parent(at);
        }
        chain.reverse();
        chain
    }

    /// Its names from the one at `level` on, `/` between them; level 0 is the root.
    pub(super) fn names(&self, place: Place, level: usize) -> String {
        let names: Vec<&str> = self.chain(place).into_iter().skip(level).map(|place| self.name(place)).collect();
        names.join("/")
    }

    /// How it is written: `/orders/order`. The root of JSON has no name and is `/`.
    pub(super) fn written(&self, place: Place) -> String {
        let names = self.names(place, 0);
        format!("/{}", names.strip_prefix('/').unwrap_or(&names))
    }
}
