import WaybillEngine

/// One connection with a thread of its own, which makes its session when it is needed and again when it was lost.
actor PostgresConnection {
    private let executor: ThreadExecutor
    private let address: ConnectionAddress
    private let role: SessionRole
    private let timeouts: PostgresSettings.Timeouts
    /// What a session must pass before it is used.
    private let verify: @Sendable (Session) throws(StorageError) -> Void
    private let clock = ContinuousClock()
    private var session: Session?
    private var delay: ReconnectDelay
    /// The server could not be reached: what it was, and when to try again.
    private var refusal: (error: StorageError, until: ContinuousClock.Instant)?

    init(
        _ address: ConnectionAddress, role: SessionRole, timeouts: PostgresSettings.Timeouts, seed: UInt64,
        verify: @escaping @Sendable (Session) throws(StorageError) -> Void
    ) {
        self.address = address
        self.role = role
        self.timeouts = timeouts
        self.verify = verify
        delay = ReconnectDelay(seed: seed)
        executor = ThreadExecutor(name: "pg-\(role.name)")
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Runs `body` on the connection's thread. A session that breaks is made again by the next caller; nothing is
    /// repeated here, because only the caller knows whether it may be.
    func perform<Value: Sendable>(
        _ body: @Sendable (Session) throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        let session = try open()
        defer { if !session.isUsable { self.session = nil } }
        return try body(session)
    }

    /// Ends the session; the next caller makes another.
    func close() { session = nil }

    private func open() throws(StorageError) -> Session {
        if let session, !session.isStale { return session }
        session = nil
        if let refusal, clock.now < refusal.until { throw refusal.error }
        do throws(StorageError) {
            let fresh = try Session(address.parameters(for: role, timeouts), timeouts)
            try verify(fresh)
            delay.reset()
            refusal = nil
            session = fresh
            return fresh
        } catch {
            refusal = (error, clock.now + delay.next())
            throw error
        }
    }
}
