import PostgresStore
import Testing
import WaybillEngine

/// Where a URI leads, and over what.
@Suite struct AddressTests {
    private func refusal(_ uri: String) -> String? {
        do throws(StorageError) { _ = try PostgresStore(PostgresSettings(uri: uri), partitions: 4) } catch {
            return "\(error)"
        }
        return nil
    }

    @Test(arguments: [
        "postgresql://waybill:secret@localhost/waybill", "postgresql://waybill@127.0.0.1:5432/waybill",
        "postgresql://waybill@[::1]/waybill", "postgresql:///waybill?host=/run/postgresql",
        "postgresql://w:secret@db.example.org/waybill?sslmode=verify-full",
        "postgresql://w:secret@db.example.org/waybill?sslmode=disable", "host=db.example.org sslmode=require dbname=w",
    ])
    func isAccepted(_ uri: String) { #expect(refusal(uri) == nil) }

    @Test(arguments: [
        "postgresql://waybill:secret@db.example.org/waybill", "postgresql://waybill:secret@10.0.0.7/waybill",
        "postgresql://w:secret@localhost,db.example.org/waybill", "host=db.example.org password=secret",
        "postgresql://w:secret@localhost/w?hostaddr=10.0.0.7",
    ])
    func aNetworkNeedsAWord(_ uri: String) throws {
        let refusal = try #require(self.refusal(uri))
        #expect(refusal.contains("sslmode=verify-full"))
        #expect(!refusal.contains("secret"))
    }

    @Test(arguments: ["postgresql://w:secret@host:notaport/w", "postgresql://w:sec%ret@host/w", "nonsense secret"])
    func whatCannotBeReadIsNotRepeated(_ uri: String) throws {
        // libpq reads a wrong port only when it connects.
        let refusal = try #require(self.refusal(uri))
        #expect(!refusal.contains("secret") && !refusal.contains("sec%ret"))
    }

    @Test func settingsDoNotTellThePassword() {
        let settings = PostgresSettings(uri: "postgresql://waybill:secret@localhost/waybill")
        #expect(!"\(settings)".contains("secret") && !String(reflecting: settings).contains("secret"))
    }

    /// What libpq says of a server that is not there names no password.
    @Test func aFailureDoesNotTellThePassword() async throws {
        let store = try PostgresStore(
            PostgresSettings(uri: "postgresql://waybill:secret@127.0.0.1:1/waybill"), partitions: 4)
        do {
            try await store.check()
            Issue.record("nobody listens there")
        } catch {
            guard case .unavailable(let text) = error else {
                Issue.record("\(error), not unavailable")
                return
            }
            #expect(text.contains("127.0.0.1") && !text.contains("secret"))
        }
    }

    @Test func aDelayGrowsAndIsBounded() {
        var delay = ReconnectDelay(seed: 7)
        let delays = (0..<20).map { _ in delay.next() }
        #expect(delays[0] >= .milliseconds(25) && delays[0] < .milliseconds(50))
        #expect(delays.allSatisfy { $0 < .seconds(2) })
        #expect(delays.suffix(10).allSatisfy { $0 >= .seconds(1) })
        #expect(Set(delays.suffix(10)).count > 5, "processes do not come back as one")
        delay.reset()
        #expect(delay.next() < .milliseconds(50))
    }
}
