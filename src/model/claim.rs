//! A warranty claim, with the member names of the platform's interface.

use serde::{Deserialize, Serialize};

use super::{Day, DayTime, ManufacturerId, Money};

/// A request to be paid for a repair under warranty.
///
/// Written as JSON it is what the interface takes; read, what it does not know is passed over and what is missing stays empty.
#[doc(alias = "ISG")]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WarrantyClaim {
    /// The appliance and the kind of repair.
    pub claim_type: ClaimAppliance,
    /// Where parts go that are ordered under warranty, when that is not the usual place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_deliv: Option<ClaimDelivery>,
    /// Who sold the appliance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_resal: Option<ClaimReseller>,
    /// Whose appliance it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_conso: Option<ClaimConsumer>,
    /// What was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_infos: Option<ClaimInfos>,
    /// Labour and fees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_lab: Option<ClaimLabour>,
    /// Parts ordered under warranty, or to be paid back.
    pub claim_parts: Vec<ClaimPart>,
}

/// The appliance and the kind of repair (`ClaimType`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ClaimAppliance {
    /// The manufacturer.
    pub manufacturer_id: Option<ManufacturerId>,
    /// The service centre's own number of the claim; without one the content is its identity.
    pub report_number: Option<String>,
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
    /// The type of repair.
    pub intervention_type_id: Option<u32>,
    /// Under warranty, under an extended one, or not.
    pub condition_code: Option<String>,
    /// Whether parts are ordered or a credit is asked for.
    pub claim_mode: Option<String>,
    /// The repair file on the platform.
    pub intervention_id: Option<u64>,
    /// The work order.
    pub order_mission: Option<String>,
}

/// Where parts go that are ordered under warranty (`ClaimDeliv`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ClaimDelivery {
    /// The company.
    pub company_name: Option<String>,
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
    pub city: Option<String>,
    /// The state or region.
    pub state: Option<String>,
    /// The country, by its number in ISO 3166.
    pub country: Option<u16>,
    /// The telephone.
    pub phone: Option<String>,
    /// The delivery account.
    pub delivery_account: Option<String>,
}

/// Who sold the appliance (`ClaimResal`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ClaimReseller {
    /// The company.
    pub company_name: Option<String>,
    /// The postal code.
    pub zip: Option<String>,
    /// The town.
    pub city: Option<String>,
    /// The state or region.
    pub state: Option<String>,
    /// The country, by its number in ISO 3166.
    pub country: Option<u16>,
    /// The reseller's own number of the case.
    pub distributor_file_number: Option<String>,
}

/// Whose appliance it is (`ClaimConso`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ClaimConsumer {
    /// The national identity number, where one is asked for.
    pub consumer_id: Option<String>,
    /// 1 Mrs, 2 Ms, 3 Mr, 4 company.
    pub title: Option<u8>,
    /// The last name.
    pub last_name: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The number in the street.
    pub street_number: Option<String>,
    /// The address, first line.
    pub address1: Option<String>,
    /// The address, second line.
    pub address2: Option<String>,
    /// The address, third line.
    pub address3: Option<String>,
    /// The postal code.
    pub zip: Option<String>,
    /// The town.
    pub city: Option<String>,
    /// The state or region.
    pub state: Option<String>,
    /// The country, by its number in ISO 3166.
    pub country: Option<u16>,
    /// The telephone.
    pub phone: Option<String>,
    /// The mobile telephone.
    pub mobile_phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
}

/// What was done (`ClaimInfos`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ClaimInfos {
    /// When the consumer called.
    pub call_date: Option<Day>,
    /// When the first appointment began.
    pub intervention_start_date_time: Option<DayTime>,
    /// When it ended.
    pub intervention_end_date_time: Option<DayTime>,
    /// What broke, in words.
    pub failure_description: Option<String>,
    /// The part that the failure came from.
    pub default_part_ref: Option<String>,
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
    /// Remarks.
    pub remarks: Option<String>,
}

/// Labour and fees (`ClaimLab`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ClaimLabour {
    /// The plan of repayment, or the conditions.
    pub origin_code: Option<String>,
    /// Hours of labour.
    pub labor_hours: Option<u32>,
    /// Minutes of labour.
    pub labor_minutes: Option<u32>,
    /// What the labour costs.
    pub labor_cost: Option<Money>,
    /// Kilometres of travel.
    pub travel_kilometers: Option<u32>,
    /// What the travel costs.
    pub travel_cost: Option<Money>,
    /// What a package costs.
    pub package_cost: Option<Money>,
    /// What else costs.
    pub other_cost: Option<Money>,
    /// The currency of these costs.
    pub currency: Option<String>,
    /// What the other cost is for.
    pub other_cost_reason: Option<String>,
}

/// A part of a claim (`WarrantyClaimPart`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ClaimPart {
    /// The reference.
    pub part_reference: Option<String>,
    /// How many.
    pub quantity: Option<u32>,
    /// A comment or countermark.
    pub comments: Option<String>,
    /// The bill, where a credit is asked for.
    pub bill_number: Option<String>,
}
