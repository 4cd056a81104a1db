//! The XML form of an Agora order file.
//!
//! What enters: records. What leaves: UTF-8, an element on each line. What is refused: nothing.

use std::io::{self, Write};

use super::agora::{Field, Form, Head, VERSION};
use crate::export::xml_writer::Xml;

const NAMESPACE: &str = "urn:bordereau:agora-order:1";
const ROOT: &str = "AgoraOrder";

pub(super) struct Writer<'o>(Xml<'o>);

impl<'o> Writer<'o> {
    pub(super) fn begin(out: &'o mut dyn Write) -> io::Result<Self> {
        Xml::begin(out).map(Self)
    }
}

fn elements(xml: &mut Xml<'_>, fields: &[Field<'_>]) -> io::Result<()> {
    fields.iter().try_for_each(|(name, text)| xml.element(name, text))
}

impl Form for Writer<'_> {
    fn begin(&mut self, header: &[Field<'_>]) -> io::Result<()> {
        let xml = &mut self.0;
        xml.open(ROOT, &[("xmlns", NAMESPACE), ("Version", VERSION)])?;
        xml.open("Header", &[])?;
        elements(xml, header)?;
        xml.close("Header")
    }

    fn heads(&mut self, heads: &[Head<'_>]) -> io::Result<()> {
        let xml = &mut self.0;
        xml.open("Orders", &[])?;
        for head in heads {
            xml.open("Order", &[])?;
            elements(xml, &head.order)?;
            if let Some(address) = &head.address {
                xml.open("DeliveryAddress", &[])?;
                elements(xml, address)?;
                xml.close("DeliveryAddress")?;
            }
            xml.close("Order")?;
        }
        xml.close("Orders")?;
        xml.open("Lines", &[])
    }

    fn line(&mut self, fields: &[Field<'_>]) -> io::Result<()> {
        let xml = &mut self.0;
        xml.open("Line", &[])?;
        elements(xml, fields)?;
        xml.close("Line")
    }

    fn end(&mut self, trailer: &[Field<'_>]) -> io::Result<()> {
        let xml = &mut self.0;
        xml.close("Lines")?;
        xml.open("Trailer", &[])?;
        elements(xml, trailer)?;
        xml.close("Trailer")?;
        xml.close(ROOT)
    }
}
