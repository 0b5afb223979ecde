import WaybillCore

/// What is on its way to each receiver, and which receivers are spared.
struct Lanes {
    private struct Lane {
        var inFlight = 0
        var circuit = Circuit()
    }

    private var lanes: [String: Lane] = [:]
    private(set) var total = 0

    var room: Int { Limits.messagesInFlight - total }

    /// Lanes that nothing is claimed for.
    func excluded(at now: Timestamp) -> Set<String> {
        let most = Limits.messagesInFlightPerLane
        return Set(
            lanes.filter { _, lane in
                lane.inFlight + min(Limits.messagesClaimedPerLane, most) > lane.circuit.allowance(of: most, at: now)
                    && !(lane.inFlight == 0 && lane.circuit.allowance(of: most, at: now) > 0)
            }.keys)
    }

    /// Whether one more may go out there now; counts it if so.
    mutating func begin(_ name: String, at now: Timestamp) -> Bool {
        var lane = lanes[name] ?? Lane()
        guard lane.inFlight < lane.circuit.allowance(of: Limits.messagesInFlightPerLane, at: now) else { return false }
        lane.circuit.begin(at: now)
        lane.inFlight += 1
        total += 1
        lanes[name] = lane
        return true
    }

    mutating func end(_ name: String, isHealthy: Bool, at now: Timestamp) {
        guard var lane = lanes[name] else { return }
        lane.inFlight -= 1
        total -= 1
        if isHealthy { lane.circuit.succeed() } else { lane.circuit.fail(at: now) }
        lanes[name] = lane.inFlight == 0 && lane.circuit == Circuit() ? nil : lane
    }
}
