//! How the parts of a workbook find each other.
//!
//! What enters: a package. What leaves: the relations of its parts. What is refused: lists longer than may be held.

use std::io::{Read, Seek};

use quick_xml::events::Event;

use super::fault::Fault;
use super::held::Held;
use super::package::Package;
use super::xml::{Xml, attributes, unescaped};

/// A relation of a part to another one.
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of its type: `worksheet`, `styles`.
    pub(super) kind: String,
    /// The part it leads to.
    pub(super) target: String,
}

/// The part that lists the sheets.
pub(super) fn main_part<R: Read + Seek>(package: &mut Package<R>, usual: &str) -> Result<String, Fault> {
    let main = relations(package, "")?.into_iter().find(|relation| relation.kind == "officeDocument");
    Ok(main.map_or_else(|| usual.to_owned(), |relation| relation.target))
}

/// The relations of a part, of the whole package when it has no name; none when they are not there.
pub(super) fn relations<R: Read + Seek>(package: &mut Package<R>, part: &str) -> Result<Vec<Relation>, Fault> {
    let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
    let list = format!("{folder}{}_rels/{name}.rels", if folder.is_empty() { "" } else { "/" });
    let mut found = Vec::new();
    if !package.holds(&list) {
        return Ok(found);
    }
    let (deepest, mut held) = (package.limits.depth, Held::new(package));
    let mut xml = Xml::new(package.part(&list)?, deepest);
    loop {
        match xml.next()? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                let mut relation = Relation { id: String::new(), kind: String::new(), target: String::new() };
                for attribute in attributes(&element) {
                    match attribute? {
                        ("Id", value) => relation.id = unescaped(&value)?,
                        ("Type", value) => {
                            value.rsplit('/').next().unwrap_or_default().clone_into(&mut relation.kind);
                        }
                        ("Target", value) => relation.target = resolved(folder, &unescaped(&value)?),
                        _ => {}
                    }
                }
                held.take(relation.id.len() + relation.kind.len() + relation.target.len() + size_of::<Relation>())?;
                found.push(relation);
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// Where a target leads, seen from a folder.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut way: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(way.pop()),
            step => way.push(step),
        }
    }
    way.retain(|step| !step.is_empty());
    way.join("/")
}
