extension Country {
    /// The European Union is one customs territory; every other country is its own.
    private init(_ code: String, _ name: String, utc hoursFromUTC: Int, union: Bool) {
        self.init(
            code: code, name: name, hoursFromUTC: hoursFromUTC, customsTerritory: union ? "EU" : code)
    }

    static let germany = Country("DE", "Germany", utc: 1, union: true)
    static let france = Country("FR", "France", utc: 1, union: true)
    static let belgium = Country("BE", "Belgium", utc: 1, union: true)
    static let netherlands = Country("NL", "Netherlands", utc: 1, union: true)
    static let austria = Country("AT", "Austria", utc: 1, union: true)
    static let italy = Country("IT", "Italy", utc: 1, union: true)
    static let spain = Country("ES", "Spain", utc: 1, union: true)
    static let portugal = Country("PT", "Portugal", utc: 0, union: true)
    static let ireland = Country("IE", "Ireland", utc: 0, union: true)
    static let denmark = Country("DK", "Denmark", utc: 1, union: true)
    static let sweden = Country("SE", "Sweden", utc: 1, union: true)
    static let finland = Country("FI", "Finland", utc: 2, union: true)
    static let poland = Country("PL", "Poland", utc: 1, union: true)
    static let czechia = Country("CZ", "Czechia", utc: 1, union: true)
    static let hungary = Country("HU", "Hungary", utc: 1, union: true)
    static let romania = Country("RO", "Romania", utc: 2, union: true)
    static let greece = Country("GR", "Greece", utc: 2, union: true)
    static let britain = Country("GB", "United Kingdom", utc: 0, union: false)
    static let switzerland = Country("CH", "Switzerland", utc: 1, union: false)
    static let norway = Country("NO", "Norway", utc: 1, union: false)
    static let turkiye = Country("TR", "Türkiye", utc: 3, union: false)
    static let unitedStates = Country("US", "United States", utc: -5, union: false)
    static let emirates = Country("AE", "United Arab Emirates", utc: 4, union: false)
    static let singapore = Country("SG", "Singapore", utc: 8, union: false)
    static let china = Country("CN", "China", utc: 8, union: false)
    static let japan = Country("JP", "Japan", utc: 9, union: false)
}
