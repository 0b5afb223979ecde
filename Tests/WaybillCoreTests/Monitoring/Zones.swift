import Foundation
import TestSupport
import WaybillCore

/// Time zones for tests, from the fixtures.
enum Zones {
    static func named(_ name: String) throws -> TimeZoneRules {
        let bytes = try Fixture.data("timezones/\(name.replacing("/", with: "_")).tzif")
        guard let rules = TimeZoneRules(name: name, tzif: Array(bytes)) else { throw NoZone() }
        return rules
    }

    static func instant(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? .distantFuture }

    private struct NoZone: Error {}
}
