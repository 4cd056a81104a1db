//! A work order: the job at a consumer's that a manufacturer sends to a service centre.
//!
//! What enters: what a source says, field by field ([`WorkOrderContent`]). What leaves: a [`WorkOrder`], which has all that
//! no work order can do without. What is refused: content in which something of that is missing.
//!
//! A work order is unalterable: nothing here changes one that was made.

mod field;
mod filter;
mod repair_file;
mod status;

pub use field::{Slot, Value, WorkOrderField};
pub use filter::{DeadlineClock, WorkOrderFacts, WorkOrderFilter};
pub use status::{CloseKind, DeadlineClass, TRANSITIONS, Trigger, WorkOrderStatus};

use super::{Day, ManufacturerId, Moment, TimeOfDay};

/// The number under which the platform knows a work order.
pub type WorkOrderId = u64;

/// All that a source says of a work order. An empty text and a missing one are the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkOrderContent {
    /// The number under which the platform knows it (`MandateId`).
    pub id: Option<WorkOrderId>,
    /// The manufacturer's own number of it (`OrderMission`).
    pub number: String,
    /// Its state.
    pub status: Option<WorkOrderStatus>,
    /// How it was closed.
    pub close_kind: Option<CloseKind>,
    /// Who sends it.
    pub manufacturer: Option<ManufacturerId>,
    /// The name of that manufacturer.
    pub manufacturer_name: String,
    /// Who made the appliance, when that is another one.
    pub oem: Option<ManufacturerId>,
    /// The service centre's account at the manufacturer.
    pub client_code: String,
    /// When it arrived.
    pub created: Option<Moment>,
    /// Until when the manufacturer wants an answer.
    pub deadline: Option<Moment>,
    /// The repair file, once there is one.
    pub repair_file: Option<u64>,
    /// A message of the manufacturer.
    pub information: String,
    /// What is to be done.
    pub intervention: InterventionType,
    /// What is to be repaired.
    pub appliance: Appliance,
    /// What is wrong with it.
    pub symptom: Symptom,
    /// When the consumer wishes a visit.
    pub appointment: AppointmentWish,
    /// Who owns it.
    pub consumer: WorkOrderConsumer,
    /// Who sold it.
    pub reseller: WorkOrderReseller,
    /// Parts that the manufacturer expects to be needed.
    pub parts: Vec<SuggestedPart>,
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterventionType {
    /// The repair type (`formats/reference/repair_types.csv`).
    pub id: Option<u64>,
    /// Its name.
    pub label: String,
    /// Its description.
    pub description: String,
    /// Whether the manufacturer pays.
    pub is_under_warranty: Option<bool>,
}

/// What is to be repaired.
#[doc(alias = "appareil")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appliance {
    /// Its brand.
    pub brand: String,
    /// Its product family.
    pub family: String,
    /// Its reference in shops.
    pub commercial_reference: String,
    /// Its reference in workshops.
    pub technical_reference: String,
    /// Its serial number.
    pub serial_number: String,
    /// When it was bought.
    pub purchased: Option<Day>,
    /// The contract of an extended warranty (`Contrat GC+`).
    pub warranty_contract: String,
}

/// What is wrong with the appliance; the codes are those of IRIS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symptom {
    /// In the consumer's words.
    pub description: String,
    /// When it occurs.
    pub condition: String,
    /// More about when.
    pub extended_condition: String,
    /// What is seen.
    pub symptom: String,
}

/// When the consumer wishes a visit, by the clock on their wall.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppointmentWish {
    /// The day.
    pub day: Option<Day>,
    /// Not before.
    pub start: Option<TimeOfDay>,
    /// Not after.
    pub end: Option<TimeOfDay>,
}

/// Who owns the appliance: personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkOrderConsumer {
    /// A number of `formats/reference/titles.csv`, or a text.
    pub title: String,
    /// Family name, or the name of a company.
    pub last_name: String,
    /// First name.
    pub first_name: String,
    /// Three lines of address.
    pub address: [String; 3],
    /// Postcode.
    pub zip: String,
    /// Town.
    pub town: String,
    /// State, where there are some.
    pub state: String,
    /// The number of the country (ISO 3166-1).
    pub country: Option<u64>,
    /// Telephone.
    pub phone: String,
    /// Mobile telephone.
    pub mobile: String,
    /// E-mail address.
    pub email: String,
    /// What else is to be known.
    pub remarks: String,
}

/// Who sold the appliance.
#[doc(alias = "revendeur")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkOrderReseller {
    /// The number under which the platform knows it.
    pub id: Option<u64>,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The number of its own file.
    pub file_number: String,
    /// Three lines of address.
    pub address: [String; 3],
    /// Postcode.
    pub zip: String,
    /// Town.
    pub town: String,
    /// The number of the country (ISO 3166-1).
    pub country: Option<u64>,
    /// Telephone.
    pub phone: String,
}

/// A part that the manufacturer expects to be needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuggestedPart {
    /// The part's reference at its manufacturer.
    pub reference: String,
    /// How many.
    pub quantity: Option<u64>,
    /// What it is called.
    pub label: String,
    /// A comment.
    pub comment: String,
}

/// A work order that has all that none can do without: its two numbers, its status, its manufacturer.
#[doc(alias = "ordre de mission")]
#[doc(alias = "mandate")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkOrder {
    id: WorkOrderId,
    status: WorkOrderStatus,
    manufacturer: ManufacturerId,
    content: WorkOrderContent,
}

impl WorkOrder {
    /// The work order with this content, or all that is missing in it.
    pub fn new(content: WorkOrderContent) -> Result<Self, Vec<WorkOrderField>> {
        if let WorkOrderContent { id: Some(id), status: Some(status), manufacturer: Some(manufacturer), .. } = content
            && !content.number.is_empty()
        {
            return Ok(Self { id, status, manufacturer, content });
        }
        Err([
            (WorkOrderField::MandateId, content.id.is_none()),
            (WorkOrderField::OrderMission, content.number.is_empty()),
            (WorkOrderField::Status, content.status.is_none()),
            (WorkOrderField::ManufacturerId, content.manufacturer.is_none()),
        ]
        .into_iter()
        .filter_map(|(field, is_missing)| is_missing.then_some(field))
        .collect())
    }

    /// The number under which the platform knows it.
    pub const fn id(&self) -> WorkOrderId {
        self.id
    }

    /// Its state.
    pub const fn status(&self) -> WorkOrderStatus {
        self.status
    }

    /// Who sends it.
    pub const fn manufacturer(&self) -> ManufacturerId {
        self.manufacturer
    }

    /// All that is known of it.
    pub const fn content(&self) -> &WorkOrderContent {
        &self.content
    }

    /// How urgent an answer is at a moment.
    pub fn deadline_class(&self, now: Moment, soon: i64) -> DeadlineClass {
        DeadlineClass::of(self.status, self.content.deadline, now, soon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_at_once() {
        let content = WorkOrderContent { id: Some(7), number: "OM7".to_owned(), ..WorkOrderContent::default() };
        assert_eq!(WorkOrder::new(content.clone()), Err(vec![WorkOrderField::Status, WorkOrderField::ManufacturerId]));
        let whole =
            WorkOrderContent { status: Some(WorkOrderStatus::New), manufacturer: Some(ManufacturerId(4)), ..content };
        let order = WorkOrder::new(whole).unwrap();
        assert_eq!((order.id(), order.status(), order.manufacturer()), (7, WorkOrderStatus::New, ManufacturerId(4)));
    }
}
