import Senders
import Synchronization
import Testing
import WaybillCore

/// The outbound filter where it counts: nothing is connected to that was not judged.
@Suite struct OutboundClientTests {
    /// Answers something else each time, as a name server of an attacker does.
    final class FlippingResolver: Resolver {
        private let answers: [[String]]
        private let asked = Mutex(0)

        init(_ answers: [[String]]) { self.answers = answers }

        var count: Int { asked.withLock { $0 } }

        func addresses(of host: String) async -> [IPAddress] {
            let turn = asked.withLock { asked in
                defer { asked += 1 }
                return asked
            }
            return answers[turn % answers.count].compactMap { IPAddress($0) }
        }
    }

    private func result(_ url: String, _ resolver: any Resolver) async -> String {
        let client = OutboundClient(rules: OutboundRules(), resolver: resolver)
        defer { Task { await client.close() } }
        do throws(OutboundClient.Failure) {
            _ = try await client.post(url, headers: [], body: [])
            return "answered"
        } catch {
            switch error {
            case .blocked: return "blocked"
            case .timeout: return "timeout"
            case .tls: return "tls"
            case .connect: return "connect"
            }
        }
    }

    @Test(arguments: [
        ["127.0.0.1"], ["::1"], ["93.184.216.34", "127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::ffff:10.0.0.1"],
    ])
    func namesThatLeadInsideAreBlocked(_ answer: [String]) async {
        #expect(await result("https://flip.example.com/", FlippingResolver([answer])) == "blocked")
    }

    @Test func aNameIsAskedForOnceAnAttempt() async {
        let resolver = FlippingResolver([["127.0.0.1"], ["127.0.0.1"]])
        #expect(await result("https://flip.example.com/", resolver) == "blocked")
        #expect(resolver.count == 1, "between judging and connecting nothing is asked again")
    }

    @Test func literalsAreNeverAskedFor() async {
        let resolver = FlippingResolver([["93.184.216.34"]])
        #expect(await result("https://127.0.0.1/", resolver) == "blocked")
        #expect(await result("https://[::1]/", resolver) == "blocked")
        #expect(await result("https://2130706433/", resolver) == "blocked")
        #expect(resolver.count == 0)
    }

    @Test func aNameWithoutAddressIsAFailureThatPasses() async {
        #expect(await result("https://none.example.com/", FlippingResolver([[]])) == "connect")
    }
}
