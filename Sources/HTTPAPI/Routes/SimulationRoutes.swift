import Hummingbird
import WaybillCore
import WaybillEngine

/// Makes deliveries up, so that somebody who has none can look around.
package protocol Simulator: Sendable {
    /// Begins to play so many deliveries for this merchant, and returns at once.
    /// - Returns: false when a simulation is running already.
    func begin(deliveries: Int, merchant: MerchantID) -> Bool
}

extension APIRoutes {
    @Sendable func simulate(_ request: Request, _ context: APIContext) async throws -> Response {
        try BodyReader.demandJSON(request)
        let deliveries = try Self.deliveries(in: try await BodyReader.read(request))
        guard settings.isLoopback, let simulator = services.simulator else {
            throw APIProblem(.forbidden, "Deliveries are made up only on a server that listens on loopback.")
        }
        guard simulator.begin(deliveries: deliveries, merchant: context.merchant) else {
            throw APIProblem(.conflict, "A simulation is running already.")
        }
        return Answer(.accepted) { json in json.object { $0.member("deliveries", deliveries) } }.response
    }

    private static func deliveries(in body: [UInt8]) throws(APIProblem) -> Int {
        let range = 1...Limits.simulatedDeliveries
        let given = body.withUnsafeBufferPointer { bytes -> Int64? in
            var reader = JSONReader(bytes)
            do throws(JSONError) {
                var count: Int64?
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    if "deliveries" ~= key { count = try reader.readInt64() } else { _ = try reader.skipValue() }
                }
                return count
            } catch {
                return nil
            }
        }
        guard let count = given.flatMap({ Int(exactly: $0) }), range.contains(count) else {
            throw .validation("deliveries must be 1 to \(Limits.simulatedDeliveries).", pointer: "/deliveries")
        }
        return count
    }
}
