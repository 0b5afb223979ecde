import WaybillEngine

/// An error that the server reported, by its SQLSTATE.
struct ServerError {
    let sqlState: String
    let message: String

    /// Raised by our own functions: a claim or a delivery is not what the commit expected.
    static let superseded = "WB001"

    /// What the engine makes of it. `damaged` needs a person; everything else goes on by itself.
    var storageError: StorageError {
        let text = "\(message) (\(sqlState))"
        switch sqlState {
        case Self.superseded: return .superseded(message)
        // Two trackers folded one delivery at once, since its records lie in several partitions: the second one's
        // decision is made again, on what the first has written.
        case "23505": return .superseded(text)
        case "53100": return .full(text)
        case "40001", "40P01", "55P03", "57014", "25006", "25P03": return .unavailable(text)
        case "42P01", "42883", "42703": return .damaged("\(text); run `waybill migrate`")
        default: break
        }
        switch sqlState.prefix(2) {
        // Connection, resources, operator's intervention; and a prepared statement that is no longer what it was.
        case "08", "53", "57", "26", "0A": return .unavailable(text)
        default: return .damaged(text)
        }
    }

    /// The session must be made again: its prepared statements are not what we think, or it is being ended.
    var endsSession: Bool {
        ["08", "26", "0A"].contains(sqlState.prefix(2)) || sqlState.hasPrefix("57P") || sqlState == "25006"
    }
}
