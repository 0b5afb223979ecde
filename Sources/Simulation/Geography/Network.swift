/// How fast the merchant paid for.
package enum Service: String, CaseIterable, Sendable {
    case express, standard

    /// What waiting for an aircraft costs: standard parcels fly only where no road leads.
    fileprivate var hoursBeforeFlight: Double { self == .express ? 5 : 40 }
}

/// The lanes between hubs, and for each pair of hubs the path that takes the least time.
package struct Network: Sendable {
    private let hubs: [Hub]
    /// `[service][from * hubs.count + to]`.
    private let paths: [Service: [[Hub.ID]]]

    package init(hubs: [Hub]) {
        self.hubs = hubs
        var paths: [Service: [[Hub.ID]]] = [:]
        for service in Service.allCases { paths[service] = Self.shortestPaths(between: hubs, service) }
        self.paths = paths
    }

    /// The hubs from `start` to `end`, both included.
    package func path(from start: Hub.ID, to end: Hub.ID, _ service: Service) -> [Hub.ID] {
        paths[service]?[Int(start) * hubs.count + Int(end)] ?? [end]
    }

    /// Hours from dock to dock.
    package func hours(from start: Hub.ID, to end: Hub.ID, _ service: Service) -> Double {
        Self.hours(from: hubs[Int(start)], to: hubs[Int(end)], service) ?? 48
    }

    /// Hours on the road for a distance on the map: roads are a quarter longer, lorries rest.
    package static func roadHours(kilometres: Double) -> Double { kilometres * 1.25 / 62 }

    /// Sorting between two lanes, as far as plans count on it.
    package static let handlingHours = 4.0

    /// A lorry drives up to 700 km between two hubs; an aircraft takes anything from 400 km on.
    private static func hours(from start: Hub, to end: Hub, _ service: Service) -> Double? {
        let distance = start.coordinate.kilometres(to: end.coordinate)
        if distance <= 700 { return roadHours(kilometres: distance) }
        guard start.hasAirport, end.hasAirport else { return nil }
        return distance / 720 + service.hoursBeforeFlight
    }

    /// Floyd and Warshall, with the first hub of each best path remembered.
    private static func shortestPaths(between hubs: [Hub], _ service: Service) -> [[Hub.ID]] {
        let count = hubs.count
        var cost = [Double](repeating: .infinity, count: count * count)
        var first = [Int](repeating: -1, count: count * count)
        for from in 0..<count {
            for to in 0..<count where from != to {
                guard let hours = hours(from: hubs[from], to: hubs[to], service) else { continue }
                cost[from * count + to] = hours + handlingHours
                first[from * count + to] = to
            }
        }
        for via in 0..<count {
            for from in 0..<count where from != via {
                for to in 0..<count where to != from {
                    let detour = cost[from * count + via] + cost[via * count + to]
                    guard detour < cost[from * count + to] else { continue }
                    cost[from * count + to] = detour
                    first[from * count + to] = first[from * count + via]
                }
            }
        }
        return (0..<count * count).map { walk(from: $0 / count, to: $0 % count, first, count) }
    }

    private static func walk(from start: Int, to end: Int, _ first: [Int], _ count: Int) -> [Hub.ID] {
        var path = [Hub.ID(start)]
        var here = start
        while here != end, path.count < count {
            here = first[here * count + end]
            precondition(here >= 0, "every hub can be reached from every other")
            path.append(Hub.ID(here))
        }
        return path
    }
}
