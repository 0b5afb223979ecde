import Testing
import WaybillCore

/// Where webhooks may go: every way of writing an inside address that we know of is refused.
@Suite struct OutboundRulesTests {
    private let rules = OutboundRules()

    private func isAllowed(_ text: String, _ rules: OutboundRules? = nil) -> Bool {
        guard let url = OutboundURL(text) else { return false }
        return (rules ?? self.rules).fault(in: url) == nil
    }

    @Test(arguments: [
        "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
        "127.0.0.01", "0", "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "169.254.169.254", "172.16.0.1",
        "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "[::]", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]", "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]", "[100::1]", "[2001::1]", "[2001:db8::1]", "[2002:7f00:1::]", "[3fff::1]", "[5f00::1]",
        "[fc00::1]", "[fd12:3456::1]", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%eth0]", "[fec0::1]", "[ff02::1]",
        "[::127.0.0.1]", "localhost", "LOCALHOST", "localhost.", "a.localhost", "printer.local", "db.internal",
        "metadata.google.internal", "intranet", "host.lan", "router.home", "x.corp", "1.0.0.127.in-addr.arpa",
        "127.0.0.1.", "example.com.", "１２７.0.0.1", "ⓛocalhost", "127。0。0。1", "exa mple.com", "example.com\\@127.0.0.1",
        "user@127.0.0.1", "public.example.com@127.0.0.1", "127.0.0.1#@public.example.com",
        "public.example.com#@127.0.0.1", "%31%32%37.0.0.1", "127.0.0.1%00.example.com", "-example.com", "example-.com",
        "exa_mple.com", "", ".", "..", "[", "[]", "[::1", "::1", "1.2.3", "256.1.1.1", "1.2.3.4.5",
        "0x7f000001.com.0x7f",
    ])
    func insideAddressesAreRefused(_ host: String) {
        #expect(!isAllowed("https://\(host)/hook"), "\(host)")
        #expect(!isAllowed("https://\(host):443/hook"), "\(host)")
    }

    @Test(arguments: [
        "https://hooks.example.com", "https://hooks.example.com/a?b=c", "https://hooks.example.com:8443/",
        "https://93.184.216.34/", "https://[2606:2800:220:1::1]/x", "HTTPS://Hooks.Example.com/",
        "https://xn--bcher-kva.example",
    ])
    func publicAddressesAreAllowed(_ url: String) { #expect(isAllowed(url), "\(url)") }

    @Test(arguments: [
        "http://hooks.example.com/", "https://hooks.example.com:80/", "https://hooks.example.com:22/",
        "ftp://hooks.example.com/",
        "//hooks.example.com/", "hooks.example.com", "https:/hooks.example.com", "https:///hooks.example.com",
        "file:///etc/passwd",
        "https://hooks.example.com:0/", "https://hooks.example.com:99999/", "https://hooks.example.com:/",
        "https://hooks.example.com:4 43/", "https://hooks.example.com/\r\nHost: inside", "https://hooks.example.com/#x",
        "gopher://hooks.example.com/", "https://hooks.example.com:+443/", "https://hooks.example.com:0x1bb/",
    ])
    func otherSchemesAndPortsAreRefused(_ url: String) { #expect(!isAllowed(url), "\(url)") }

    @Test func oneInsideAddressCondemnsAName() throws {
        let url = try #require(OutboundURL("https://flip.example.com/"))
        let outside = try #require(IPAddress("93.184.216.34"))
        for inside in ["127.0.0.1", "::1", "10.1.2.3", "::ffff:192.168.0.1", "169.254.169.254", "fd00::1"] {
            let address = try #require(IPAddress(inside))
            #expect(rules.fault(in: url, resolvedTo: [address]) != nil)
            #expect(rules.fault(in: url, resolvedTo: [outside, address]) != nil)
        }
        #expect(rules.fault(in: url, resolvedTo: [outside]) == nil)
        #expect(rules.fault(in: url, resolvedTo: []) != nil)
    }

    @Test func theOperatorPermitsBlocks() throws {
        var rules = OutboundRules()
        rules.permitted = [try #require(AddressBlock("127.0.0.0/8"))]
        #expect(isAllowed("http://127.0.0.1:9999/", rules))
        #expect(!isAllowed("http://10.0.0.1:9999/", rules))
        let url = try #require(OutboundURL("http://plain.example.com/"))
        #expect(rules.fault(in: url, resolvedTo: [try #require(IPAddress("93.184.216.34"))]) != nil, "no TLS outside")
        #expect(rules.fault(in: url, resolvedTo: [try #require(IPAddress("127.0.0.2"))]) == nil)
    }

    @Test func whatIsRefusedTellsNothingOfTheNetwork() {
        for host in ["10.0.0.1", "db.internal", "[fd00::1]"] {
            guard let url = OutboundURL("https://\(host)/"), let fault = rules.fault(in: url) else {
                Issue.record("\(host) is allowed")
                continue
            }
            #expect(!fault.contains(host) && !fault.contains("10."))
        }
    }
}
