"""What the peers of the deposit job share: columns, patterns, and the checks of one column in the order of SPEC.md."""
COLUMNS = ("ManufacturerId CommercialRef SerialNumber PurchaseDate Title LastName FirstName Address1 Zip City Country MobilePhone Email "
           "CallDate InterventionStartDateTime InterventionEndDateTime InterventionTypeId IRISCondition IRISSymptom IRISSection IRISDefect "
           "IRISRepair LaborMinutes TravelKilometers Parts ReportNumber").split()
OPTIONAL = ("FirstName", "Email", "LaborMinutes", "TravelKilometers", "Parts")
MANDATORY = [name for name in COLUMNS if name not in OPTIONAL]
BLANKS = " \t\u00a0"
DAY = "[0-9]{2}/[0-9]{2}/[0-9]{4}"
MOMENT = DAY + " [0-9]{2}:[0-9]{2}"
DATES = {"PurchaseDate": (DAY, "%d/%m/%Y"), "CallDate": (DAY, "%d/%m/%Y"),
         "InterventionStartDateTime": (MOMENT, "%d/%m/%Y %H:%M"), "InterventionEndDateTime": (MOMENT, "%d/%m/%Y %H:%M")}
WRITTEN = {DAY: "%Y-%m-%d", MOMENT: "%Y-%m-%dT%H:%M"}
TITLES = ("1", "2", "3", "4")
EMAIL = r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
NUMBER = "[0-9]{1,5}"
MOST = {"LaborMinutes": 6000, "TravelKilometers": 2000}
PARTS = r"[^:|,]+:[1-9][0-9]?(\|[^:|,]+:[1-9][0-9]?)*"
TOTALS = ("claims", "parts", "part_quantity", "labour_minutes", "travel_km")
