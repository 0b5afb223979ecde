import Foundation
import WaybillCore

/// The monitor's rules and calendars as a JSON file says them: defaults, and what is otherwise.
struct RulesFile {
    private var faults: [String] = []
    private let zones: String

    private init(zones: String) { self.zones = zones }

    /// - Parameter zones: the directory of the system's time zones.
    /// - Returns: the rules, and every fault of the file.
    static func read(_ path: String, zones: String = "/usr/share/zoneinfo") -> (book: RuleBook, faults: [String]) {
        guard let data = FileManager.default.contents(atPath: path) else {
            return (RuleBook(), ["names a file that cannot be read: \(path)"])
        }
        guard let root = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
            return (RuleBook(), ["names a file that is not a JSON object: \(path)"])
        }
        var file = RulesFile(zones: zones)
        let book = file.book(root)
        return (book, file.faults.map { "\(path): \($0)" })
    }

    private mutating func book(_ root: [String: Any]) -> RuleBook {
        demandKnown(
            root, ["version", "parameters", "exceptions", "calendar", "calendars", "desk", "desks"], in: "the file")
        var book = RuleBook()
        book.version = root["version"] as? Int ?? 1
        book.parameters = parameters(root["parameters"], over: CaseParameters(), "parameters")
        for (index, item) in (root["exceptions"] as? [[String: Any]] ?? []).enumerated() {
            let place = "exceptions[\(index)]"
            demandKnown(item, ["merchant", "carrier", "lane", "parameters"], in: place)
            book.exceptions.append(
                RuleBook.Exception(
                    merchant: item["merchant"] as? String, carrier: item["carrier"] as? String,
                    lane: item["lane"] as? String,
                    parameters: parameters(item["parameters"], over: book.parameters, place)))
        }
        if let item = root["calendar"] { book.calendar = calendar(item, "calendar") ?? book.calendar }
        if let item = root["desk"] { book.desk = calendar(item, "desk") ?? book.desk }
        for (name, item) in root["calendars"] as? [String: Any] ?? [:] {
            book.calendars[name] = calendar(item, "calendars.\(name)")
        }
        for (name, item) in root["desks"] as? [String: Any] ?? [:] {
            book.desks[name] = calendar(item, "desks.\(name)")
        }
        return book
    }

    // MARK: Parameters

    private mutating func parameters(_ item: Any?, over base: CaseParameters, _ place: String) -> CaseParameters {
        guard let item else { return base }
        guard let members = item as? [String: Any] else {
            faults.append("\(place) must be an object")
            return base
        }
        var parameters = base
        for (name, value) in members {
            switch name {
            case "dispatch_hours": hours(value, "\(place).\(name)", &parameters.dispatchHours)
            case "scan_hours": hours(value, "\(place).\(name)", &parameters.scanHours)
            case "after_delivery_hours": hours(value, "\(place).\(name)", &parameters.afterDeliveryHours)
            case "expiry_days": hours(value, "\(place).\(name)", &parameters.expiryDays)
            case "grace_minutes": hours(value, "\(place).\(name)", &parameters.graceMinutes, from: 0)
            case "silence_hours": silence(value, "\(place).\(name)", &parameters.silenceHours)
            case "disabled": parameters.disabled = kinds(value, "\(place).\(name)")
            case "escalates": parameters.escalates = kinds(value, "\(place).\(name)")
            case "severity": severities(value, "\(place).\(name)", &parameters.severities)
            default: faults.append("\(place).\(name) is not a parameter")
            }
        }
        return parameters
    }

    private mutating func hours(_ value: Any, _ place: String, _ target: inout Int64, from least: Int64 = 1) {
        guard let number = value as? Int, Int64(number) >= least, number <= 100_000 else {
            faults.append("\(place) must be a whole number from \(least) to 100000")
            return
        }
        target = Int64(number)
    }

    private mutating func silence(_ value: Any, _ place: String, _ target: inout [Status: Int64]) {
        for (name, value) in value as? [String: Any] ?? [:] {
            guard let status = Status(rawValue: name), !status.isTerminal else {
                faults.append("\(place).\(name) is not a status that can be silent")
                continue
            }
            if value is NSNull {
                target[status] = nil
            } else {
                var hours: Int64 = 0
                self.hours(value, "\(place).\(name)", &hours)
                target[status] = hours
            }
        }
    }

    private mutating func kinds(_ value: Any, _ place: String) -> CaseSet {
        var kinds: CaseSet = []
        for name in value as? [String] ?? [] {
            guard let kind = CaseKind(rawValue: name) else {
                faults.append("\(place): \(name) is not a kind of case")
                continue
            }
            kinds.insert(CaseSet(kind))
        }
        return kinds
    }

    private mutating func severities(_ value: Any, _ place: String, _ target: inout [CaseKind: CaseSeverity]) {
        for (name, word) in value as? [String: String] ?? [:] {
            guard let kind = CaseKind(rawValue: name), let severity = CaseSeverity(rawValue: word) else {
                faults.append("\(place).\(name) must be a kind of case, and amber or red")
                continue
            }
            target[kind] = severity
        }
    }

    // MARK: Calendars

    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    private mutating func calendar(_ item: Any, _ place: String) -> WorkingCalendar? {
        guard let members = item as? [String: Any] else {
            faults.append("\(place) must be an object")
            return nil
        }
        demandKnown(members, Set(["zone", "holidays"] + Self.weekdays), in: place)
        let name = members["zone"] as? String ?? "UTC"
        guard let zone = zone(name) else {
            faults.append("\(place).zone: \(name) is not a time zone of this system")
            return nil
        }
        let week = Self.weekdays.map { day in
            (members[day] as? [String] ?? []).compactMap { shift($0, "\(place).\(day)") }
        }
        var holidays: Set<Int> = []
        for text in members["holidays"] as? [String] ?? [] {
            if let day = CivilDate(text) {
                holidays.insert(day.number)
            } else {
                faults.append("\(place).holidays: \(text) is not a day")
            }
        }
        return WorkingCalendar(zone: zone, week: week, holidays: holidays)
    }

    private func zone(_ name: String) -> TimeZoneRules? {
        if name == "UTC" { return .utc }
        let parts = name.split(separator: "/")
        guard !parts.isEmpty, parts.allSatisfy({ $0.first?.isLetter == true }),
            let data = FileManager.default.contents(atPath: "\(zones)/\(name)")
        else { return nil }
        return TimeZoneRules(name: name, tzif: Array(data))
    }

    /// `09:00-17:00`; `24:00` is the end of the day.
    private mutating func shift(_ text: String, _ place: String) -> WorkingCalendar.Shift? {
        let times = text.split(separator: "-").map { time in
            let parts = time.split(separator: ":").compactMap { Int($0) }
            return parts.count == 2 ? parts[0] * 3600 + parts[1] * 60 : -1
        }
        guard times.count == 2, 0 <= times[0], times[0] < times[1], times[1] <= 86_400 else {
            faults.append("\(place): \(text) is not like 09:00-17:00")
            return nil
        }
        return WorkingCalendar.Shift(from: times[0], to: times[1])
    }

    private mutating func demandKnown(_ members: [String: Any], _ known: Set<String>, in place: String) {
        for name in members.keys.sorted() where !known.contains(name) {
            faults.append("\(place): \(name) is not known")
        }
    }
}
