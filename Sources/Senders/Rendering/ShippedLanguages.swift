extension ShippedLanguage {
    static let english = ShippedLanguage(
        code: "en", greeting: "Hello{{#name}} {{name}}{{/name}},", trackingLabel: "Follow your parcel",
        orderLabel: "Order",
        occasions: [
            "created": ("We have your order", "Your parcel {{reference}} is being prepared."),
            "dispatched": ("Your parcel is on its way", "Your parcel {{reference}} was handed to {{carrier_name}}."),
            "in_transit": ("Your parcel is moving", "Your parcel {{reference}} is in transit."),
            "out_for_delivery": ("Your parcel comes today", "Your parcel {{reference}} is out for delivery."),
            "available_for_pickup": (
                "Your parcel can be picked up",
                "Your parcel {{reference}} waits for you at the pickup point{{#until}} until {{until}}{{/until}}."
            ),
            "attempt_failed": (
                "We could not deliver your parcel",
                "Your parcel {{reference}} could not be handed over. We will try again."
            ),
            "delayed": (
                "Your parcel is late",
                "Your parcel {{reference}} is delayed.{{#eta}} It is expected by {{eta}}.{{/eta}}"
            ),
            "exception": ("A problem with your parcel", "There is a problem with your parcel {{reference}}."),
            "delivered": ("Your parcel has arrived", "Your parcel {{reference}} was delivered."),
            "returning": ("Your parcel is going back", "Your parcel {{reference}} is on its way back to the sender."),
            "returned": ("Your parcel went back", "Your parcel {{reference}} was returned to the sender."),
            "cancelled": ("Your delivery was cancelled", "The delivery of {{reference}} was cancelled."),
            "corrected": (
                "A correction about your parcel",
                "What we told you about your parcel {{reference}} was not right. It now stands at: {{status}}."
            ),
            "support": (
                "{{occasion}}: {{reference}}",
                "Delivery {{delivery_id}} ({{carrier_name}}): {{occasion}}{{#reason}}, reason {{reason}}{{/reason}}."
            ),
        ])

    static let german = ShippedLanguage(
        code: "de", greeting: "Guten Tag{{#name}} {{name}}{{/name}},", trackingLabel: "Sendung verfolgen",
        orderLabel: "Bestellung",
        occasions: [
            "created": ("Wir haben Ihre Bestellung", "Ihre Sendung {{reference}} wird vorbereitet."),
            "dispatched": (
                "Ihre Sendung ist unterwegs", "Ihre Sendung {{reference}} wurde an {{carrier_name}} übergeben."
            ),
            "in_transit": ("Ihre Sendung ist unterwegs", "Ihre Sendung {{reference}} ist auf dem Weg."),
            "out_for_delivery": ("Ihre Sendung kommt heute", "Ihre Sendung {{reference}} wird heute zugestellt."),
            "available_for_pickup": (
                "Ihre Sendung liegt bereit",
                "Ihre Sendung {{reference}} liegt zur Abholung bereit{{#until}} bis {{until}}{{/until}}."
            ),
            "attempt_failed": (
                "Zustellung nicht möglich",
                "Ihre Sendung {{reference}} konnte nicht übergeben werden. Wir versuchen es erneut."
            ),
            "delayed": (
                "Ihre Sendung verspätet sich",
                "Ihre Sendung {{reference}} verspätet sich.{{#eta}} Sie wird bis {{eta}} erwartet.{{/eta}}"
            ),
            "exception": ("Problem mit Ihrer Sendung", "Mit Ihrer Sendung {{reference}} gibt es ein Problem."),
            "delivered": ("Ihre Sendung ist da", "Ihre Sendung {{reference}} wurde zugestellt."),
            "returning": ("Ihre Sendung geht zurück", "Ihre Sendung {{reference}} ist auf dem Rückweg zum Absender."),
            "returned": ("Ihre Sendung ging zurück", "Ihre Sendung {{reference}} ist wieder beim Absender."),
            "cancelled": ("Lieferung storniert", "Die Lieferung {{reference}} wurde storniert."),
            "corrected": (
                "Berichtigung zu Ihrer Sendung",
                "Unsere letzte Nachricht zu Ihrer Sendung {{reference}} war nicht richtig. Stand jetzt: {{status}}."
            ),
            "support": (
                "{{occasion}}: {{reference}}",
                "Lieferung {{delivery_id}} ({{carrier_name}}): {{occasion}}{{#reason}}, Grund {{reason}}{{/reason}}."
            ),
        ])
}
