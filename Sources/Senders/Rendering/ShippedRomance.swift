extension ShippedLanguage {
    static let french = ShippedLanguage(
        code: "fr", greeting: "Bonjour{{#name}} {{name}}{{/name}},", trackingLabel: "Suivre votre colis",
        orderLabel: "Commande",
        occasions: [
            "created": ("Nous avons votre commande", "Votre colis {{reference}} est en préparation."),
            "dispatched": ("Votre colis est parti", "Votre colis {{reference}} a été remis à {{carrier_name}}."),
            "in_transit": ("Votre colis avance", "Votre colis {{reference}} est en transit."),
            "out_for_delivery": (
                "Votre colis arrive aujourd'hui", "Votre colis {{reference}} est en cours de livraison."
            ),
            "available_for_pickup": (
                "Votre colis est disponible",
                "Votre colis {{reference}} vous attend au point de retrait{{#until}} jusqu'au {{until}}{{/until}}."
            ),
            "attempt_failed": (
                "Livraison impossible", "Votre colis {{reference}} n'a pas pu être remis. Nous réessaierons."
            ),
            "delayed": (
                "Votre colis a du retard",
                "Votre colis {{reference}} a du retard.{{#eta}} Il est attendu au plus tard le {{eta}}.{{/eta}}"
            ),
            "exception": ("Un problème avec votre colis", "Il y a un problème avec votre colis {{reference}}."),
            "delivered": ("Votre colis est arrivé", "Votre colis {{reference}} a été livré."),
            "returning": ("Votre colis repart", "Votre colis {{reference}} est renvoyé à l'expéditeur."),
            "returned": ("Votre colis est reparti", "Votre colis {{reference}} est revenu chez l'expéditeur."),
            "cancelled": ("Livraison annulée", "La livraison {{reference}} a été annulée."),
            "corrected": (
                "Rectification sur votre colis",
                "Notre dernier message sur votre colis {{reference}} était inexact. État actuel : {{status}}."
            ),
        ])

    static let spanish = ShippedLanguage(
        code: "es", greeting: "Hola{{#name}} {{name}}{{/name}}:", trackingLabel: "Seguir su paquete",
        orderLabel: "Pedido",
        occasions: [
            "created": ("Tenemos su pedido", "Su paquete {{reference}} se está preparando."),
            "dispatched": ("Su paquete está en camino", "Su paquete {{reference}} se entregó a {{carrier_name}}."),
            "in_transit": ("Su paquete avanza", "Su paquete {{reference}} está en tránsito."),
            "out_for_delivery": ("Su paquete llega hoy", "Su paquete {{reference}} está en reparto."),
            "available_for_pickup": (
                "Su paquete está disponible",
                "Su paquete {{reference}} le espera en el punto de recogida{{#until}} hasta el {{until}}{{/until}}."
            ),
            "attempt_failed": (
                "No pudimos entregar su paquete",
                "Su paquete {{reference}} no se pudo entregar. Lo intentaremos de nuevo."
            ),
            "delayed": (
                "Su paquete se retrasa",
                "Su paquete {{reference}} se retrasa.{{#eta}} Se espera para el {{eta}}.{{/eta}}"
            ),
            "exception": ("Un problema con su paquete", "Hay un problema con su paquete {{reference}}."),
            "delivered": ("Su paquete ha llegado", "Su paquete {{reference}} fue entregado."),
            "returning": ("Su paquete regresa", "Su paquete {{reference}} vuelve al remitente."),
            "returned": ("Su paquete regresó", "Su paquete {{reference}} fue devuelto al remitente."),
            "cancelled": ("Entrega cancelada", "La entrega {{reference}} fue cancelada."),
            "corrected": (
                "Corrección sobre su paquete",
                "Nuestro último mensaje sobre su paquete {{reference}} no era correcto. Estado actual: {{status}}."
            ),
        ])

    static let portuguese = ShippedLanguage(
        code: "pt", greeting: "Olá{{#name}} {{name}}{{/name}},", trackingLabel: "Seguir a encomenda",
        orderLabel: "Pedido",
        occasions: [
            "created": ("Temos o seu pedido", "A sua encomenda {{reference}} está a ser preparada."),
            "dispatched": (
                "A sua encomenda está a caminho", "A sua encomenda {{reference}} foi entregue a {{carrier_name}}."
            ),
            "in_transit": ("A sua encomenda avança", "A sua encomenda {{reference}} está em trânsito."),
            "out_for_delivery": ("A sua encomenda chega hoje", "A sua encomenda {{reference}} saiu para entrega."),
            "available_for_pickup": (
                "A sua encomenda está disponível",
                "A sua encomenda {{reference}} espera por si no ponto de recolha{{#until}} até {{until}}{{/until}}."
            ),
            "attempt_failed": (
                "Não foi possível entregar",
                "A sua encomenda {{reference}} não pôde ser entregue. Tentaremos de novo."
            ),
            "delayed": (
                "A sua encomenda está atrasada",
                "A sua encomenda {{reference}} está atrasada.{{#eta}} É esperada até {{eta}}.{{/eta}}"
            ),
            "exception": ("Um problema com a encomenda", "Há um problema com a sua encomenda {{reference}}."),
            "delivered": ("A sua encomenda chegou", "A sua encomenda {{reference}} foi entregue."),
            "returning": ("A encomenda está a regressar", "A sua encomenda {{reference}} regressa ao remetente."),
            "returned": ("A encomenda foi devolvida", "A sua encomenda {{reference}} foi devolvida ao remetente."),
            "cancelled": ("Entrega cancelada", "A entrega {{reference}} foi cancelada."),
            "corrected": (
                "Correção sobre a sua encomenda",
                "A nossa última mensagem sobre {{reference}} não estava certa. Estado atual: {{status}}."
            ),
        ])
}
