//! A repair file, with the member names of the platform's interface.

use serde::{Deserialize, Serialize};

use super::{Day, DayTime, ManufacturerId};

/// A repair file: the appliance, whose it is, what is done, and how far it is.
#[doc(alias = "dossier_intervention")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CompleteRepairState {
    /// The manufacturer.
    pub manufacturer_id: Option<ManufacturerId>,
    /// The service centre's own number of the file; without one the content is its identity.
    pub report_number: Option<String>,
    /// The repair file on the platform, when this updates one.
    pub intervention_id: Option<u64>,
    /// The work order.
    pub order_mission: Option<String>,
    /// The time zone of its times.
    pub time_zone_id: Option<String>,
    /// The brand.
    pub brand: Option<String>,
    /// The family, such as coffee machines.
    pub family: Option<String>,
    /// The commercial reference.
    pub commercial_ref: Option<String>,
    /// The technical reference.
    pub technical_ref: Option<String>,
    /// The manufacturing code.
    pub manufacturing_code: Option<String>,
    /// The serial number.
    pub serial_number: Option<String>,
    /// When it was bought.
    pub purchase_date: Option<Day>,
    /// The number of the warranty contract.
    pub consumer_contract: Option<String>,
    /// The number of the extended warranty.
    #[serde(rename = "GCPlusContract")]
    pub gc_plus_contract: Option<String>,
    /// Whose appliance it is.
    pub consumer: Consumer,
    /// Who sold it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reseller: Option<Reseller>,
    /// What is done.
    pub intervention: Intervention,
    /// Parts that are needed.
    pub parts: Vec<RepairPart>,
    /// Status codes, in their order.
    pub state_natures: Vec<StateNature>,
}

/// Whose appliance it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Consumer {
    /// The national identity number, where one is asked for.
    pub consumer_id: Option<String>,
    /// 1 Mrs, 2 Ms, 3 Mr, 4 company.
    pub title: Option<u8>,
    /// The last name.
    pub last_name: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The address, first line.
    pub address1: Option<String>,
    /// The address, second line.
    pub address2: Option<String>,
    /// The address, third line.
    pub address3: Option<String>,
    /// The postal code.
    pub zip: Option<String>,
    /// The town.
    pub town: Option<String>,
    /// The state or region.
    pub state: Option<String>,
    /// The country, by its number in ISO 3166.
    pub country: Option<u16>,
    /// The telephone.
    pub phone: Option<String>,
    /// Whose telephone it is.
    pub phone_type: Option<String>,
    /// The mobile telephone.
    #[serde(rename = "SMSCode")]
    pub sms_code: Option<String>,
    /// The telephone at work.
    pub pro_phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// What the consumer remarked.
    pub remarks: Option<String>,
    /// Whether the consumer agrees to a survey.
    pub opt_in_survey: Option<bool>,
    /// The language, as a number of Windows (1036 is French).
    pub lng_id: Option<u32>,
    /// Whether the consumer gets an invoice: 0 or 1.
    pub consumer_invoice: Option<u8>,
}

/// Who sold the appliance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Reseller {
    /// The name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone.
    pub phone: Option<String>,
    /// The address, first line.
    pub address1: Option<String>,
    /// The address, second line.
    pub address2: Option<String>,
    /// The address, third line.
    pub address3: Option<String>,
    /// The postal code.
    pub zip: Option<String>,
    /// The town.
    pub town: Option<String>,
    /// The state or region.
    pub state: Option<String>,
    /// The country, by its number in ISO 3166.
    pub country: Option<u16>,
}

/// What is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Intervention {
    /// The type of repair.
    pub intervention_type: Option<u32>,
    /// Who asked for it.
    pub repair_origin_code: Option<String>,
    /// When the consumer called.
    pub call_date: Option<Day>,
    /// When the repair began.
    pub intervention_start_date: Option<DayTime>,
    /// When it ended.
    pub intervention_end_date: Option<DayTime>,
    /// When the appliance was given back.
    pub product_return_date: Option<Day>,
    /// What broke, in words.
    pub failure_description: Option<String>,
    /// The part that failed.
    #[serde(rename = "FIdent")]
    pub failed_part: Option<String>,
    /// IRIS condition.
    #[serde(rename = "IRISCondition")]
    pub iris_condition: Option<String>,
    /// IRIS extended condition.
    #[serde(rename = "IRISConditionEX")]
    pub iris_condition_extended: Option<String>,
    /// IRIS symptom.
    #[serde(rename = "IRISSymptom")]
    pub iris_symptom: Option<String>,
    /// IRIS section.
    #[serde(rename = "IRISSection")]
    pub iris_section: Option<String>,
    /// IRIS defect; the interface calls it default.
    #[serde(rename = "IRISDefault")]
    pub iris_defect: Option<String>,
    /// IRIS repair.
    #[serde(rename = "IRISRepair")]
    pub iris_repair: Option<String>,
    /// A code of the failure outside IRIS.
    pub default_code: Option<String>,
    /// Who did it.
    pub technician_code: Option<String>,
    /// What was done, in words.
    pub repair_comment: Option<String>,
}

/// A part of a repair.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RepairPart {
    /// The reference.
    pub reference: Option<String>,
    /// How many.
    pub quantity: Option<u32>,
    /// A comment.
    pub note: Option<String>,
    /// The number of the order that it is on already.
    pub order_number: Option<String>,
    /// Whether it is to be ordered for this repair.
    pub to_be_ordered: Option<bool>,
}

/// How far the repair is: a status code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StateNature {
    /// The code.
    pub code: Option<String>,
    /// A comment.
    pub comment: Option<String>,
    /// Which appointment it is, from 1.
    pub appointment_number: Option<u32>,
    /// When the appointment begins.
    pub appointment_date: Option<DayTime>,
    /// When it ends.
    pub appointment_end_date: Option<DayTime>,
    /// Parts that the code is about.
    pub parts: Vec<RepairPart>,
}
