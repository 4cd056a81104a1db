//! The fields of a work order: one name each for JSON, for XML and for formats, and where its value is kept.
//!
//! Readers and writers go by this table, so that no field can be read and not written.

use std::fmt;

use super::{CloseKind, SuggestedPart, WorkOrderContent, WorkOrderStatus};
use crate::model::{Day, ManufacturerId, Moment, TimeOfDay};

/// A field of a work order, in the order in which JSON and XML write them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum WorkOrderField {
    /// The number under which the platform knows it.
    MandateId,
    /// Its state.
    Status,
    /// How it was closed.
    CloseKind,
    /// The manufacturer's own number of it.
    OrderMission,
    /// Who sends it.
    ManufacturerId,
    /// The name of that manufacturer.
    ManufacturerName,
    /// Who made the appliance.
    OemId,
    /// The service centre's account at the manufacturer.
    ClientCode,
    /// When it arrived.
    CreationDate,
    /// Until when the manufacturer wants an answer.
    ResponseDeadline,
    /// The repair file.
    InterventionId,
    /// The repair type.
    InterventionTypeId,
    /// The name of the repair type.
    InterventionLabel,
    /// The description of the repair type.
    InterventionDescription,
    /// Whether the manufacturer pays.
    IsUnderWarranty,
    /// A message of the manufacturer; it may say anything.
    ManufacturerInformation,
    /// The brand of the appliance.
    Brand,
    /// Its product family.
    Family,
    /// Its reference in shops.
    CommercialRef,
    /// Its reference in workshops.
    TechnicalRef,
    /// Its serial number.
    SerialNumber,
    /// When it was bought.
    PurchaseDate,
    /// The contract of an extended warranty.
    GcPlusContract,
    /// What is wrong, in the consumer's words.
    FailureDescription,
    /// When it occurs.
    IrisCondition,
    /// More about when.
    IrisConditionEx,
    /// What is seen.
    IrisSymptom,
    /// The day of the wished appointment.
    AppointmentDate,
    /// Not before.
    AppointmentStartTime,
    /// Not after.
    AppointmentEndTime,
    /// Title of the consumer.
    ConsumerTitle,
    /// Family name.
    ConsumerLastName,
    /// First name.
    ConsumerFirstName,
    /// Address.
    ConsumerAddress1,
    /// Address, second line.
    ConsumerAddress2,
    /// Address, third line.
    ConsumerAddress3,
    /// Postcode.
    ConsumerZip,
    /// Town.
    ConsumerTown,
    /// State.
    ConsumerState,
    /// Country.
    ConsumerCountry,
    /// Telephone.
    ConsumerPhone,
    /// Mobile telephone.
    ConsumerMobile,
    /// E-mail address.
    ConsumerEmail,
    /// What else is to be known.
    ConsumerRemarks,
    /// The number of the reseller.
    ResellerId,
    /// Its code.
    ResellerCode,
    /// Its name.
    ResellerName,
    /// The number of its own file.
    ResellerFileNumber,
    /// Its address.
    ResellerAddress1,
    /// Its address, second line.
    ResellerAddress2,
    /// Its address, third line.
    ResellerAddress3,
    /// Its postcode.
    ResellerZip,
    /// Its town.
    ResellerTown,
    /// Its country.
    ResellerCountry,
    /// Its telephone.
    ResellerPhone,
    /// Parts that the manufacturer expects to be needed.
    SuggestedParts,
}

/// What is known of a field.
struct Facts {
    field: WorkOrderField,
    name: &'static str,
    xml: &'static str,
    is_personal: bool,
}

const fn open(field: WorkOrderField, name: &'static str, xml: &'static str) -> Facts {
    Facts { field, name, xml, is_personal: false }
}

const fn personal(field: WorkOrderField, name: &'static str, xml: &'static str) -> Facts {
    Facts { field, name, xml, is_personal: true }
}

const FACTS: [Facts; 56] = {
    use WorkOrderField as F;
    [
        open(F::MandateId, "MandateId", "@Id"),
        open(F::Status, "Status", "@Status"),
        open(F::CloseKind, "CloseKind", "@CloseKind"),
        open(F::OrderMission, "OrderMission", "OrderMission"),
        open(F::ManufacturerId, "ManufacturerId", "ManufacturerId"),
        open(F::ManufacturerName, "ManufacturerName", "ManufacturerName"),
        open(F::OemId, "OEMId", "OEMId"),
        open(F::ClientCode, "ClientCode", "ClientCode"),
        open(F::CreationDate, "CreationDate", "CreationDate"),
        open(F::ResponseDeadline, "ResponseDeadline", "ResponseDeadline"),
        open(F::InterventionId, "InterventionId", "InterventionId"),
        open(F::InterventionTypeId, "InterventionType.InterventionTypeId", "InterventionType/InterventionTypeId"),
        open(F::InterventionLabel, "InterventionType.Label", "InterventionType/Label"),
        open(F::InterventionDescription, "InterventionType.ShortDescription", "InterventionType/ShortDescription"),
        open(F::IsUnderWarranty, "InterventionType.IsUnderWarranty", "InterventionType/IsUnderWarranty"),
        personal(F::ManufacturerInformation, "ManufacturerInformation", "ManufacturerInformation"),
        open(F::Brand, "Brand", "Device/Brand"),
        open(F::Family, "Family", "Device/Family"),
        open(F::CommercialRef, "CommercialRef", "Device/CommercialRef"),
        open(F::TechnicalRef, "TechnicalRef", "Device/TechnicalRef"),
        open(F::SerialNumber, "SerialNumber", "Device/SerialNumber"),
        open(F::PurchaseDate, "PurchaseDate", "Device/PurchaseDate"),
        open(F::GcPlusContract, "GCPlusContract", "Device/GCPlusContract"),
        personal(F::FailureDescription, "FailureDescription", "Symptom/FailureDescription"),
        open(F::IrisCondition, "IRISCondition", "Symptom/IRISCondition"),
        open(F::IrisConditionEx, "IRISConditionEX", "Symptom/IRISConditionEX"),
        open(F::IrisSymptom, "IRISSymptom", "Symptom/IRISSymptom"),
        open(F::AppointmentDate, "AppointmentDate", "Appointment/Date"),
        open(F::AppointmentStartTime, "AppointmentStartTime", "Appointment/StartTime"),
        open(F::AppointmentEndTime, "AppointmentEndTime", "Appointment/EndTime"),
        personal(F::ConsumerTitle, "Consumer.Title", "Consumer/Title"),
        personal(F::ConsumerLastName, "Consumer.LastName", "Consumer/LastName"),
        personal(F::ConsumerFirstName, "Consumer.FirstName", "Consumer/FirstName"),
        personal(F::ConsumerAddress1, "Consumer.Address1", "Consumer/Address1"),
        personal(F::ConsumerAddress2, "Consumer.Address2", "Consumer/Address2"),
        personal(F::ConsumerAddress3, "Consumer.Address3", "Consumer/Address3"),
        personal(F::ConsumerZip, "Consumer.Zip", "Consumer/Zip"),
        personal(F::ConsumerTown, "Consumer.Town", "Consumer/Town"),
        personal(F::ConsumerState, "Consumer.State", "Consumer/State"),
        personal(F::ConsumerCountry, "Consumer.Country", "Consumer/Country"),
        personal(F::ConsumerPhone, "Consumer.Phone", "Consumer/Phone"),
        personal(F::ConsumerMobile, "Consumer.SMSCode", "Consumer/SMSCode"),
        personal(F::ConsumerEmail, "Consumer.Email", "Consumer/Email"),
        personal(F::ConsumerRemarks, "Consumer.Remarks", "Consumer/Remarks"),
        open(F::ResellerId, "Reseller.ResellerId", "Reseller/Id"),
        open(F::ResellerCode, "Reseller.ResellerCode", "Reseller/Code"),
        open(F::ResellerName, "Reseller.ResellerName", "Reseller/Name"),
        open(F::ResellerFileNumber, "Reseller.ResellerFileNumber", "Reseller/FileNumber"),
        open(F::ResellerAddress1, "Reseller.ResellerAddress1", "Reseller/Address1"),
        open(F::ResellerAddress2, "Reseller.ResellerAddress2", "Reseller/Address2"),
        open(F::ResellerAddress3, "Reseller.ResellerAddress3", "Reseller/Address3"),
        open(F::ResellerZip, "Reseller.ResellerZip", "Reseller/Zip"),
        open(F::ResellerTown, "Reseller.ResellerTown", "Reseller/Town"),
        open(F::ResellerCountry, "Reseller.ResellerCountry", "Reseller/Country"),
        open(F::ResellerPhone, "Reseller.ResellerPhone", "Reseller/Phone"),
        open(F::SuggestedParts, "SuggestedParts", "SuggestedParts"),
    ]
};

/// Where the value of a field is kept, to be filled.
#[derive(Debug)]
pub enum Slot<'c> {
    /// A text.
    Text(&'c mut String),
    /// A whole number.
    Number(&'c mut Option<u64>),
    /// The number of a manufacturer.
    Manufacturer(&'c mut Option<ManufacturerId>),
    /// Yes or no.
    Flag(&'c mut Option<bool>),
    /// A moment.
    Moment(&'c mut Option<Moment>),
    /// A day.
    Day(&'c mut Option<Day>),
    /// An hour.
    Time(&'c mut Option<TimeOfDay>),
    /// A status.
    Status(&'c mut Option<WorkOrderStatus>),
    /// A way to close.
    CloseKind(&'c mut Option<CloseKind>),
    /// Parts.
    Parts(&'c mut Vec<SuggestedPart>),
}

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'c> {
    /// There is none.
    Nothing,
    /// A text that is not empty.
    Text(&'c str),
    /// A whole number.
    Number(u64),
    /// Yes or no.
    Flag(bool),
    /// A moment.
    Moment(Moment),
    /// A day.
    Day(Day),
    /// An hour.
    Time(TimeOfDay),
    /// Parts, one at least.
    Parts(&'c [SuggestedPart]),
}

impl<'c> Value<'c> {
    fn text(text: &'c str) -> Self {
        if text.is_empty() { Self::Nothing } else { Self::Text(text) }
    }

    fn of<T>(value: Option<T>, make: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Nothing, make)
    }
}

impl WorkOrderField {
    /// Every field.
    pub const ALL: [Self; 56] = {
        let mut all = [Self::MandateId; 56];
        let mut place = 0;
        while place < all.len() {
            all[place] = FACTS[place].field;
            place += 1;
        }
        all
    };

    const fn facts(self) -> &'static Facts {
        &FACTS[self as usize]
    }

    /// The name in formats, and the path in JSON with a dot in it: `Consumer.LastName`.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// The path in XML below the work order: `Consumer/LastName`, `@Id`.
    pub const fn xml(self) -> &'static str {
        self.facts().xml
    }

    /// Whether its value may tell who the consumer is, so that it stands in no message and no log.
    pub const fn is_personal(self) -> bool {
        self.facts().is_personal
    }

    /// The field of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        FACTS.iter().find(|facts| facts.name == name).map(|facts| facts.field)
    }
}

impl fmt::Display for WorkOrderField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl WorkOrderContent {
    /// Where the value of a field is kept.
    pub fn slot(&mut self, field: WorkOrderField) -> Slot<'_> {
        use WorkOrderField as F;
        match field {
            F::MandateId => Slot::Number(&mut self.id),
            F::Status => Slot::Status(&mut self.status),
            F::CloseKind => Slot::CloseKind(&mut self.close_kind),
            F::OrderMission => Slot::Text(&mut self.number),
            F::ManufacturerId => Slot::Manufacturer(&mut self.manufacturer),
            F::ManufacturerName => Slot::Text(&mut self.manufacturer_name),
            F::OemId => Slot::Manufacturer(&mut self.oem),
            F::ClientCode => Slot::Text(&mut self.client_code),
            F::CreationDate => Slot::Moment(&mut self.created),
            F::ResponseDeadline => Slot::Moment(&mut self.deadline),
            F::InterventionId => Slot::Number(&mut self.repair_file),
            F::InterventionTypeId => Slot::Number(&mut self.intervention.id),
            F::InterventionLabel => Slot::Text(&mut self.intervention.label),
            F::InterventionDescription => Slot::Text(&mut self.intervention.description),
            F::IsUnderWarranty => Slot::Flag(&mut self.intervention.is_under_warranty),
            F::ManufacturerInformation => Slot::Text(&mut self.information),
            F::Brand => Slot::Text(&mut self.appliance.brand),
            F::Family => Slot::Text(&mut self.appliance.family),
            F::CommercialRef => Slot::Text(&mut self.appliance.commercial_reference),
            F::TechnicalRef => Slot::Text(&mut self.appliance.technical_reference),
            F::SerialNumber => Slot::Text(&mut self.appliance.serial_number),
            F::PurchaseDate => Slot::Day(&mut self.appliance.purchased),
            F::GcPlusContract => Slot::Text(&mut self.appliance.warranty_contract),
            F::FailureDescription => Slot::Text(&mut self.symptom.description),
            F::IrisCondition => Slot::Text(&mut self.symptom.condition),
            F::IrisConditionEx => Slot::Text(&mut self.symptom.extended_condition),
            F::IrisSymptom => Slot::Text(&mut self.symptom.symptom),
            F::AppointmentDate => Slot::Day(&mut self.appointment.day),
            F::AppointmentStartTime => Slot::Time(&mut self.appointment.start),
            F::AppointmentEndTime => Slot::Time(&mut self.appointment.end),
            F::ConsumerTitle => Slot::Text(&mut self.consumer.title),
            F::ConsumerLastName => Slot::Text(&mut self.consumer.last_name),
            F::ConsumerFirstName => Slot::Text(&mut self.consumer.first_name),
            F::ConsumerAddress1 => Slot::Text(&mut self.consumer.address[0]),
            F::ConsumerAddress2 => Slot::Text(&mut self.consumer.address[1]),
            F::ConsumerAddress3 => Slot::Text(&mut self.consumer.address[2]),
            F::ConsumerZip => Slot::Text(&mut self.consumer.zip),
            F::ConsumerTown => Slot::Text(&mut self.consumer.town),
            F::ConsumerState => Slot::Text(&mut self.consumer.state),
            F::ConsumerCountry => Slot::Number(&mut self.consumer.country),
            F::ConsumerPhone => Slot::Text(&mut self.consumer.phone),
            F::ConsumerMobile => Slot::Text(&mut self.consumer.mobile),
            F::ConsumerEmail => Slot::Text(&mut self.consumer.email),
            F::ConsumerRemarks => Slot::Text(&mut self.consumer.remarks),
            F::ResellerId => Slot::Number(&mut self.reseller.id),
            F::ResellerCode => Slot::Text(&mut self.reseller.code),
            F::ResellerName => Slot::Text(&mut self.reseller.name),
            F::ResellerFileNumber => Slot::Text(&mut self.reseller.file_number),
            F::ResellerAddress1 => Slot::Text(&mut self.reseller.address[0]),
            F::ResellerAddress2 => Slot::Text(&mut self.reseller.address[1]),
            F::ResellerAddress3 => Slot::Text(&mut self.reseller.address[2]),
            F::ResellerZip => Slot::Text(&mut self.reseller.zip),
            F::ResellerTown => Slot::Text(&mut self.reseller.town),
            F::ResellerCountry => Slot::Number(&mut self.reseller.country),
            F::ResellerPhone => Slot::Text(&mut self.reseller.phone),
            F::SuggestedParts => Slot::Parts(&mut self.parts),
        }
    }

    /// The value of a field.
    pub fn value(&self, field: WorkOrderField) -> Value<'_> {
        use WorkOrderField as F;
        match field {
            F::MandateId => Value::of(self.id, Value::Number),
            F::Status => Value::of(self.status, |word| Value::Text(word.name())),
            F::CloseKind => Value::of(self.close_kind, |word| Value::Text(word.name())),
            F::OrderMission => Value::text(&self.number),
            F::ManufacturerId => Value::of(self.manufacturer, |id| Value::Number(id.0.into())),
            F::ManufacturerName => Value::text(&self.manufacturer_name),
            F::OemId => Value::of(self.oem, |id| Value::Number(id.0.into())),
            F::ClientCode => Value::text(&self.client_code),
            F::CreationDate => Value::of(self.created, Value::Moment),
            F::ResponseDeadline => Value::of(self.deadline, Value::Moment),
            F::InterventionId => Value::of(self.repair_file, Value::Number),
            F::InterventionTypeId => Value::of(self.intervention.id, Value::Number),
            F::InterventionLabel => Value::text(&self.intervention.label),
            F::InterventionDescription => Value::text(&self.intervention.description),
            F::IsUnderWarranty => Value::of(self.intervention.is_under_warranty, Value::Flag),
            F::ManufacturerInformation => Value::text(&self.information),
            F::Brand => Value::text(&self.appliance.brand),
            F::Family => Value::text(&self.appliance.family),
            F::CommercialRef => Value::text(&self.appliance.commercial_reference),
            F::TechnicalRef => Value::text(&self.appliance.technical_reference),
            F::SerialNumber => Value::text(&self.appliance.serial_number),
            F::PurchaseDate => Value::of(self.appliance.purchased, Value::Day),
            F::GcPlusContract => Value::text(&self.appliance.warranty_contract),
            F::FailureDescription => Value::text(&self.symptom.description),
            F::IrisCondition => Value::text(&self.symptom.condition),
            F::IrisConditionEx => Value::text(&self.symptom.extended_condition),
            F::IrisSymptom => Value::text(&self.symptom.symptom),
            F::AppointmentDate => Value::of(self.appointment.day, Value::Day),
            F::AppointmentStartTime => Value::of(self.appointment.start, Value::Time),
            F::AppointmentEndTime => Value::of(self.appointment.end, Value::Time),
            F::ConsumerTitle => Value::text(&self.consumer.title),
            F::ConsumerLastName => Value::text(&self.consumer.last_name),
            F::ConsumerFirstName => Value::text(&self.consumer.first_name),
            F::ConsumerAddress1 => Value::text(&self.consumer.address[0]),
            F::ConsumerAddress2 => Value::text(&self.consumer.address[1]),
            F::ConsumerAddress3 => Value::text(&self.consumer.address[2]),
            F::ConsumerZip => Value::text(&self.consumer.zip),
            F::ConsumerTown => Value::text(&self.consumer.town),
            F::ConsumerState => Value::text(&self.consumer.state),
            F::ConsumerCountry => Value::of(self.consumer.country, Value::Number),
            F::ConsumerPhone => Value::text(&self.consumer.phone),
            F::ConsumerMobile => Value::text(&self.consumer.mobile),
            F::ConsumerEmail => Value::text(&self.consumer.email),
            F::ConsumerRemarks => Value::text(&self.consumer.remarks),
            F::ResellerId => Value::of(self.reseller.id, Value::Number),
            F::ResellerCode => Value::text(&self.reseller.code),
            F::ResellerName => Value::text(&self.reseller.name),
            F::ResellerFileNumber => Value::text(&self.reseller.file_number),
            F::ResellerAddress1 => Value::text(&self.reseller.address[0]),
            F::ResellerAddress2 => Value::text(&self.reseller.address[1]),
            F::ResellerAddress3 => Value::text(&self.reseller.address[2]),
            F::ResellerZip => Value::text(&self.reseller.zip),
            F::ResellerTown => Value::text(&self.reseller.town),
            F::ResellerCountry => Value::of(self.reseller.country, Value::Number),
            F::ResellerPhone => Value::text(&self.reseller.phone),
            F::SuggestedParts => {
                if self.parts.is_empty() {
                    Value::Nothing
                } else {
                    Value::Parts(&self.parts)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_field_stands_at_its_place_under_names_of_its_own() {
        for (place, facts) in FACTS.iter().enumerate() {
            assert_eq!(facts.field as usize, place, "{}", facts.name);
            assert_eq!(WorkOrderField::from_name(facts.name), Some(facts.field));
        }
        let names: BTreeSet<_> = FACTS.iter().map(|facts| facts.name).collect();
        let paths: BTreeSet<_> = FACTS.iter().map(|facts| facts.xml).collect();
        assert_eq!((names.len(), paths.len()), (FACTS.len(), FACTS.len()));
        assert!(FACTS.iter().filter(|facts| facts.name.starts_with("Consumer.")).all(|facts| facts.is_personal));
    }

    #[test]
    fn what_is_put_into_a_slot_is_the_value_of_that_field_alone() {
        for field in WorkOrderField::ALL {
            let mut content = WorkOrderContent::default();
            match content.slot(field) {
                Slot::Text(slot) => "x".clone_into(slot),
                Slot::Number(slot) => *slot = Some(7),
                Slot::Manufacturer(slot) => *slot = Some(ManufacturerId(7)),
                Slot::Flag(slot) => *slot = Some(true),
                Slot::Moment(slot) => *slot = Moment::from_seconds(7),
                Slot::Day(slot) => *slot = Some(Day::FIRST),
                Slot::Time(slot) => *slot = TimeOfDay::new(7, 7, 7),
                Slot::Status(slot) => *slot = Some(WorkOrderStatus::New),
                Slot::CloseKind(slot) => *slot = Some(CloseKind::WithClaim),
                Slot::Parts(slot) => slot.push(SuggestedPart::default()),
            }
            for other in WorkOrderField::ALL {
                assert_eq!(content.value(other) != Value::Nothing, other == field, "{field}: {other}");
            }
        }
    }
}
