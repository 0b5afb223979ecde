extension City {
    private init(
        _ name: String, _ slug: String, _ region: String, _ country: Country, _ postcodes: [String],
        _ latitude: Double, _ longitude: Double, demand: Double, supply: Double = 0
    ) {
        self.init(
            name: name, slug: slug, region: region, country: country, postcodes: postcodes,
            coordinate: Coordinate(latitude: latitude, longitude: longitude), demand: demand, supply: supply)
    }

    /// Real cities. Demand follows population and distance from the warehouses, roughly.
    static let all: [City] = [
        City("Berlin", "berlin", "Berlin", .germany, ["10115", "10437", "12043", "13353"], 52.52, 13.405, demand: 9),
        City(
            "Hamburg", "hamburg", "Hamburg", .germany, ["20095", "21073", "22303"],
            53.551, 9.994, demand: 6, supply: 7),
        City("München", "muenchen", "Bayern", .germany, ["80331", "80637", "81541"], 48.137, 11.575, demand: 6),
        City("Köln", "koeln", "Nordrhein-Westfalen", .germany, ["50667", "50823"], 50.938, 6.96, demand: 5, supply: 8),
        City("Frankfurt am Main", "frankfurt", "Hessen", .germany, ["60311", "60486"], 50.11, 8.682, demand: 4),
        City("Stuttgart", "stuttgart", "Baden-Württemberg", .germany, ["70173", "70565"], 48.776, 9.183, demand: 4),
        City("Leipzig", "leipzig", "Sachsen", .germany, ["04109", "04229"], 51.34, 12.375, demand: 3, supply: 12),
        City("Paris", "paris", "Île-de-France", .france, ["75002", "75011", "75018"], 48.857, 2.352, demand: 10),
        City("Lyon", "lyon", "Auvergne-Rhône-Alpes", .france, ["69002", "69007"], 45.764, 4.836, demand: 4, supply: 6),
        City(
            "Marseille", "marseille", "Provence-Alpes-Côte d'Azur", .france, ["13001", "13008"],
            43.296, 5.37, demand: 3),
        City("Lille", "lille", "Hauts-de-France", .france, ["59000", "59800"], 50.629, 3.057, demand: 2, supply: 3),
        City("Bordeaux", "bordeaux", "Nouvelle-Aquitaine", .france, ["33000", "33300"], 44.838, -0.579, demand: 2),
        City("Bruxelles", "bruxelles", "Bruxelles", .belgium, ["1000", "1050", "1180"], 50.85, 4.352, demand: 3),
        City("Liège", "liege", "Wallonie", .belgium, ["4000", "4020"], 50.633, 5.568, demand: 1, supply: 2),
        City("Amsterdam", "amsterdam", "Noord-Holland", .netherlands, ["1011", "1054"], 52.373, 4.893, demand: 4),
        City(
            "Rotterdam", "rotterdam", "Zuid-Holland", .netherlands, ["3011", "3062"],
            51.922, 4.479, demand: 3, supply: 8),
        City("Wien", "wien", "Wien", .austria, ["1010", "1070", "1200"], 48.208, 16.373, demand: 4),
        City("Milano", "milano", "Lombardia", .italy, ["20121", "20154"], 45.464, 9.19, demand: 4, supply: 6),
        City("Roma", "roma", "Lazio", .italy, ["00153", "00184"], 41.903, 12.496, demand: 4),
        City("Napoli", "napoli", "Campania", .italy, ["80121", "80138"], 40.852, 14.268, demand: 2),
        City(
            "Madrid", "madrid", "Comunidad de Madrid", .spain, ["28004", "28013"],
            40.417, -3.704, demand: 5, supply: 5),
        City("Barcelona", "barcelona", "Catalunya", .spain, ["08001", "08025"], 41.387, 2.17, demand: 4),
        City("Lisboa", "lisboa", "Lisboa", .portugal, ["1100-148", "1250-096"], 38.722, -9.139, demand: 2),
        City("Porto", "porto", "Norte", .portugal, ["4000-322", "4050-253"], 41.158, -8.629, demand: 1),
        City("Dublin", "dublin", "Leinster", .ireland, ["D02", "D08"], 53.35, -6.26, demand: 2),
        City("København", "koebenhavn", "Hovedstaden", .denmark, ["1050", "2200"], 55.676, 12.568, demand: 2),
        City("Stockholm", "stockholm", "Stockholms län", .sweden, ["111 20", "118 20"], 59.329, 18.069, demand: 2),
        City("Göteborg", "goeteborg", "Västra Götaland", .sweden, ["411 03", "413 04"], 57.709, 11.975, demand: 1),
        City("Helsinki", "helsinki", "Uusimaa", .finland, ["00100", "00530"], 60.17, 24.938, demand: 1),
        City("Warszawa", "warszawa", "Mazowieckie", .poland, ["00-001", "02-503"], 52.23, 21.012, demand: 4),
        City("Łódź", "lodz", "Łódzkie", .poland, ["90-001", "93-005"], 51.759, 19.456, demand: 1, supply: 7),
        City("Praha", "praha", "Praha", .czechia, ["110 00", "130 00"], 50.075, 14.438, demand: 2, supply: 3),
        City("Budapest", "budapest", "Budapest", .hungary, ["1051", "1117"], 47.498, 19.04, demand: 2),
        City("București", "bucuresti", "București", .romania, ["010011", "030167"], 44.427, 26.102, demand: 2),
        City("Αθήνα", "athina", "Αττική", .greece, ["105 57", "116 34"], 37.984, 23.728, demand: 2),
        City("London", "london", "England", .britain, ["E1", "N1", "SW9"], 51.507, -0.128, demand: 5),
        City("Manchester", "manchester", "England", .britain, ["M1", "M20"], 53.481, -2.242, demand: 2),
        City("Birmingham", "birmingham", "England", .britain, ["B1", "B16"], 52.48, -1.89, demand: 1, supply: 5),
        City("Zürich", "zuerich", "Zürich", .switzerland, ["8001", "8050"], 47.377, 8.542, demand: 2),
        City("Oslo", "oslo", "Oslo", .norway, ["0150", "0554"], 59.913, 10.752, demand: 1),
        City("İstanbul", "istanbul", "İstanbul", .turkiye, ["34010", "34433"], 41.008, 28.978, demand: 1),
        City("New York", "new-york", "NY", .unitedStates, ["10001", "11201"], 40.713, -74.006, demand: 2, supply: 1),
        // Dubai has no postcodes: a destination without one is real.
        City("دبي", "dubai", "Dubai", .emirates, [], 25.205, 55.271, demand: 1),
        City("Singapore", "singapore", "Singapore", .singapore, ["048616", "238801"], 1.29, 103.852, demand: 0.5),
        City("上海", "shanghai", "上海市", .china, ["200001", "200120"], 31.23, 121.474, demand: 0.5, supply: 5),
        City("東京", "tokyo", "東京都", .japan, ["100-0005", "150-0001"], 35.682, 139.759, demand: 0.7),
    ]
}
