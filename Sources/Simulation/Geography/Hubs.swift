extension Hub {
    private init(
        _ name: String, _ slug: String, _ city: String, _ postcode: String?, _ country: Country,
        _ latitude: Double, _ longitude: Double, air: Bool = false
    ) {
        self.init(
            name: name, slug: slug, city: city, postcode: postcode, country: country,
            coordinate: Coordinate(latitude: latitude, longitude: longitude), hasAirport: air)
    }

    /// Places where parcels are really sorted: express airports and road hubs. The carriers here are invented.
    static let all: [Hub] = [
        Hub("Leipzig/Halle Hub", "leipzig", "Schkeuditz", "04435", .germany, 51.42, 12.24, air: true),
        Hub("Köln/Bonn Hub", "koeln-bonn", "Köln", "51147", .germany, 50.87, 7.14, air: true),
        Hub("Hamburg Billbrook", "hamburg", "Hamburg", "22113", .germany, 53.53, 10.08),
        Hub("Berlin Großbeeren", "berlin", "Großbeeren", "14979", .germany, 52.36, 13.31),
        Hub("Neuenstein Hub", "neuenstein", "Neuenstein", "36286", .germany, 50.86, 9.57),
        Hub("Nürnberg Feucht", "nuernberg", "Feucht", "90537", .germany, 49.37, 11.21),
        Hub("München Aschheim", "muenchen", "Aschheim", "85609", .germany, 48.17, 11.72),
        Hub("Stuttgart Kornwestheim", "kornwestheim", "Kornwestheim", "70806", .germany, 48.86, 9.18),
        Hub("Liège Hub", "liege", "Grâce-Hollogne", "4460", .belgium, 50.64, 5.44, air: true),
        Hub("Brussels Airport", "brussel", "Machelen", "1830", .belgium, 50.91, 4.44, air: true),
        Hub("Rotterdam Waalhaven", "rotterdam", "Rotterdam", "3089", .netherlands, 51.88, 4.43),
        Hub("Utrecht Hub", "utrecht", "Utrecht", "3542", .netherlands, 52.11, 5.05),
        Hub("Paris CDG Hub", "paris-cdg", "Roissy-en-France", "95700", .france, 49.01, 2.55, air: true),
        Hub("Lyon Saint-Exupéry", "lyon", "Colombier-Saugnieu", "69125", .france, 45.72, 5.08, air: true),
        Hub("Marseille Vitrolles", "vitrolles", "Vitrolles", "13127", .france, 43.43, 5.25),
        Hub("Bordeaux Cestas", "bordeaux", "Cestas", "33610", .france, 44.74, -0.68),
        Hub("Wien Inzersdorf", "wien", "Wien", "1230", .austria, 48.14, 16.34),
        Hub("Bergamo Hub", "bergamo", "Orio al Serio", "24050", .italy, 45.67, 9.70, air: true),
        Hub("Bologna Interporto", "bologna", "Bentivoglio", "40010", .italy, 44.63, 11.41),
        Hub("Roma Fiumicino", "roma", "Fiumicino", "00054", .italy, 41.80, 12.25, air: true),
        Hub("Vitoria Hub", "vitoria", "Vitoria-Gasteiz", "01195", .spain, 42.88, -2.72, air: true),
        Hub("Madrid Coslada", "madrid", "Coslada", "28821", .spain, 40.42, -3.54, air: true),
        Hub("Barcelona Zona Franca", "barcelona", "Barcelona", "08040", .spain, 41.34, 2.13),
        Hub("Lisboa Alverca", "lisboa", "Alverca do Ribatejo", "2615", .portugal, 38.90, -9.04),
        Hub("Dublin Airport", "dublin", "Dublin", "K67", .ireland, 53.43, -6.24, air: true),
        Hub("København Kastrup", "koebenhavn", "Kastrup", "2770", .denmark, 55.63, 12.65, air: true),
        Hub("Stockholm Rosersberg", "rosersberg", "Rosersberg", "195 95", .sweden, 59.58, 17.88, air: true),
        Hub("Vantaa Hub", "vantaa", "Vantaa", "01530", .finland, 60.32, 24.96, air: true),
        Hub("Stryków Hub", "strykow", "Stryków", "95-010", .poland, 51.90, 19.60),
        Hub("Warszawa Okęcie", "warszawa", "Warszawa", "02-148", .poland, 52.17, 20.97, air: true),
        Hub("Praha Jažlovice", "praha", "Říčany", "251 01", .czechia, 49.98, 14.62),
        Hub("Budapest Airport", "budapest", "Budapest", "1185", .hungary, 47.43, 19.26, air: true),
        Hub("București Otopeni", "bucuresti", "Otopeni", "075150", .romania, 44.57, 26.10, air: true),
        Hub("Σπάτα Hub", "spata", "Σπάτα", "190 04", .greece, 37.94, 23.94, air: true),
        Hub("East Midlands Hub", "east-midlands", "Castle Donington", "DE74", .britain, 52.83, -1.33, air: true),
        Hub("London Heathrow", "heathrow", "London", "TW6", .britain, 51.47, -0.46, air: true),
        Hub("Warrington Hub", "warrington", "Warrington", "WA2", .britain, 53.41, -2.57),
        Hub("Härkingen Hub", "haerkingen", "Härkingen", "4624", .switzerland, 47.31, 7.82),
        Hub("Basel Mulhouse", "basel", "Basel", "4030", .switzerland, 47.60, 7.53, air: true),
        Hub("Oslo Lørenskog", "loerenskog", "Lørenskog", "1470", .norway, 59.93, 10.96, air: true),
        Hub("İstanbul Havalimanı", "istanbul", "Arnavutköy", "34283", .turkiye, 41.26, 28.74, air: true),
        Hub("New York JFK", "new-york-jfk", "Jamaica", "11430", .unitedStates, 40.64, -73.78, air: true),
        Hub("Dubai Airport", "dubai", "Dubai", nil, .emirates, 25.25, 55.36, air: true),
        Hub("Changi Hub", "changi", "Singapore", "918146", .singapore, 1.36, 103.99, air: true),
        Hub("上海浦东 Hub", "shanghai-pudong", "上海", "201207", .china, 31.14, 121.81, air: true),
        Hub("成田 Hub", "narita", "成田市", "282-0004", .japan, 35.77, 140.39, air: true),
    ]
}
