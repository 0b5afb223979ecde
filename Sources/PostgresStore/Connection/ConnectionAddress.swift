import CLibpq
import WaybillEngine

/// Where the server is and how the session there is set up: a URI in libpq's words.
struct ConnectionAddress: Sendable {
    private var values: [String: String]

    /// - Throws: `damaged` for what cannot be read, and for a way over a network that nobody protects.
    init(uri: String) throws(StorageError) {
        guard let options = PQconninfoParse(uri, nil) else {
            // libpq would say what is wrong by quoting the text, with the password in it.
            throw .damaged(
                "the database URI cannot be read; it looks like postgresql://user@host:5432/waybill?sslmode=verify-full"
            )
        }
        defer { PQconninfoFree(options) }
        values = Self.values(of: options)
        try refuseOpenNetwork()
    }

    private static func values(of options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return values
    }

    /// Over a network the server must prove who it is, unless the operator chose otherwise in so many words.
    private func refuseOpenNetwork() throws(StorageError) {
        guard values["sslmode"] == nil else { return }
        // What the environment says counts as well: PGHOST leads elsewhere, PGSSLMODE is a choice.
        let environment = PQconndefaults()
        defer { PQconninfoFree(environment) }
        let defaults = environment.map(Self.values) ?? [:]
        if let mode = defaults["sslmode"], mode != "prefer" { return }
        let hosts = values["hostaddr"] ?? values["host"] ?? defaults["hostaddr"] ?? defaults["host"] ?? ""
        let distant = hosts.split(separator: ",").first { !Self.isLocal($0) }
        guard let distant else { return }
        throw .damaged(
            "the database at \(distant) is reached over a network, and its URI names no sslmode: add "
                + "?sslmode=verify-full (with sslrootcert), or the mode you want all the same")
    }

    /// A socket of this machine, or its loopback.
    static func isLocal(_ host: Substring) -> Bool {
        host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost" || host == "::1"
            || host.hasPrefix("127.")
    }

    /// What `PQconnectStartParams` is given: the URI's own settings win over ours where both speak, except for the
    /// session's guarantees.
    func parameters(for role: SessionRole, _ timeouts: PostgresSettings.Timeouts) -> [(String, String)] {
        var all = [
            "application_name": "waybill-\(role.name)", "client_encoding": "UTF8",
            "keepalives": "1", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3",
            "tcp_user_timeout": "\(timeouts.answer)",
        ]
        all.merge(values) { _, given in given }
        all["options"] = [values["options"], role.options(timeouts)].compactMap(\.self).joined(separator: " ")
        return all.sorted { $0.key < $1.key }
    }
}

/// What a connection is for: decides what its session may do and how its statements are planned.
enum SessionRole: Sendable {
    /// Answers of the API: each pipeline is one read-only snapshot.
    case reader
    /// Small writes.
    case writer
    /// What the tracker reads: batches of array parameters by index.
    case loader
    /// What the tracker writes, planned once.
    case tracker
    /// The schema's owner: may take its time.
    case migrator

    var name: String {
        switch self {
        case .reader: "reader"
        case .writer: "writer"
        case .loader: "loader"
        case .tracker: "tracker"
        case .migrator: "migrate"
        }
    }

    /// Settings of the session, given at its start so that a session that is made again has them as well.
    func options(_ timeouts: PostgresSettings.Timeouts) -> String {
        // The server, too, must notice a client whose machine is gone: its locks go with it.
        var settings = [
            "jit=off", "client_min_messages=warning", "idle_in_transaction_session_timeout=\(timeouts.statement)",
            "tcp_keepalives_idle=10", "tcp_keepalives_interval=5", "tcp_keepalives_count=3",
        ]
        switch self {
        case .reader:
            settings += ["default_transaction_isolation=repeatable\\ read", "default_transaction_read_only=on"]
        case .loader:
            // Planned each time, by the size that the tables have now: which index is the right one does not show while
            // they are empty, and a batch shares the cost.
            settings += [
                "plan_cache_mode=force_custom_plan", "enable_seqscan=off", "enable_hashjoin=off",
                "enable_mergejoin=off",
            ]
        case .tracker:
            // A plan made while the tables were empty must be right when they are large: always by index.
            settings += [
                "plan_cache_mode=force_generic_plan", "enable_seqscan=off", "enable_hashjoin=off",
                "enable_mergejoin=off",
            ]
        case .writer, .migrator: break
        }
        if self != .migrator {
            settings += ["statement_timeout=\(timeouts.statement)", "lock_timeout=\(timeouts.lock)"]
        }
        return settings.map { "-c \($0)" }.joined(separator: " ")
    }
}
