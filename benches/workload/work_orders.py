#!/usr/bin/env python3
"""Made-up work orders, as GetNewMandates answers them.

    python3 work_orders.py OUT.json [--orders 50000] [--seed S]

Only random.random() is drawn, seeded by a string, so the same seed gives the same bytes on every machine.
Nothing is kept in memory but one work order.
"""
import argparse
import json
import random

MANUFACTURERS = [(4, "Bosch"), (15, "Moulinex"), (2, "Whirlpool"), (26, "Electrolux"), (17, "Beko"), (19, "DeLonghi")]
FAMILIES = ["Lave-linge", "Lave-vaisselle", "Four encastrable", "Réfrigérateur", "Machine à café", "Sèche-linge"]
FAILURES = ["ne chauffe plus", "ne vidange plus <erreur E18> & fuit", "bruit à l'essorage ; odeur de brûlé",
            "porte bloquée, \"clic\" au démarrage", "s'arrête\naprès 10 minutes", "=affichage éteint"]
STREETS = ["rue de l'Œuvre", "avenue du Général Leclerc", "impasse des Mûriers", "chemin vert"]
TOWNS = [("64100", "Bayonne"), ("75011", "Paris"), ("69003", "Lyon"), ("59000", "Lille"), ("13006", "Marseille")]
LAST = ["Lefèvre", "Durand", "Etcheverry", "N'Diaye", "Müller", "Le Goff", "Da Silva"]
FIRST = ["Zoé", "Paul", "Maïté", "Amadou", "Jürgen", "Gwenaëlle", "Inès"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--orders", type=int, default=50_000)
    parser.add_argument("--seed", default="20260304")
    args = parser.parse_args()
    draw = random.Random("work-orders-" + args.seed).random

    def one_of(values):
        return values[int(draw() * len(values))]

    def order(number):
        manufacturer, brand = one_of(MANUFACTURERS)
        zip_code, town = one_of(TOWNS)
        day = "2026-%02d-%02d" % (1 + int(draw() * 12), 1 + int(draw() * 28))
        mandate = {
            "MandateId": 4_700_000 + number,
            "ManufacturerId": manufacturer,
            "OEMId": manufacturer,
            "ClientCode": "%07d" % int(draw() * 10_000_000),
            "OrderMission": "OM26-%07d" % number,
            "InterventionTypeId": 1,
            "CreationDate": day + "T%02d:%02d:%02dZ" % (int(draw() * 24), int(draw() * 60), int(draw() * 60)),
            "ResponseDeadline": day + "T23:00:00Z",
            "ManufacturerInformation": None if draw() < 0.7 else "Rappeler avant de passer ; code %d" % int(draw() * 9999),
            "Brand": brand,
            "Family": one_of(FAMILIES),
            "CommercialRef": "%s%05d/%02d" % (brand[:2].upper(), int(draw() * 99999), int(draw() * 99)),
            "TechnicalRef": "",
            "SerialNumber": "%012d" % int(draw() * 10**12),
            "PurchaseDate": "2025-%02d-%02dT00:00:00Z" % (1 + int(draw() * 12), 1 + int(draw() * 28)),
            "FailureDescription": one_of(FAILURES),
            "IRISCondition": str(1 + int(draw() * 9)),
            "IRISSymptom": str(100 + int(draw() * 800)),
            "AppointmentDate": None if draw() < 0.5 else day,
            "InterventionType": {"InterventionTypeId": 1, "Label": "Sous-garantie", "IsUnderWarranty": True},
            "Consumer": {
                "Title": str(1 + int(draw() * 4)), "LastName": one_of(LAST), "FirstName": one_of(FIRST),
                "Address1": "%d, %s" % (1 + int(draw() * 200), one_of(STREETS)), "Address2": None,
                "Zip": zip_code, "Town": town, "Country": 250, "Phone": "05 %08d" % int(draw() * 10**8),
                "SMSCode": "+33 6 %08d" % int(draw() * 10**8), "Email": "n%d@exemple.invalid" % number, "Remarks": "",
            },
            "Reseller": {"ResellerId": int(draw() * 900), "ResellerName": "Ménager & Fils", "ResellerZip": zip_code,
                         "ResellerTown": town},
            "SuggestedParts": [
                {"SuggestedPartRef": "%08d" % int(draw() * 10**8), "Quantity": 1 + int(draw() * 3), "Label": "Pompe",
                 "Comment": None} for _ in range(int(draw() * 4))
            ],
        }
        return {"IsValid": False, "ResponseStatus": None, "Mandate": mandate, "InterventionId": None}

    with open(args.out, "w", encoding="utf-8") as out:
        out.write('{"ResponseData": [\n')
        for number in range(args.orders):
            out.write(",\n" if number else "")
            json.dump(order(number), out, ensure_ascii=False)
        out.write('\n], "ResponseStatus": "S", "IsValid": true, "ResponseMessage": null, "ResponseErrorMessage": ""}\n')


if __name__ == "__main__":
    main()
