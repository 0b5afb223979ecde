import Foundation
import Testing

/// Image, compose file, manifests and `docs/asyncapi.yaml` use names that the program knows.
///
/// Their form is checked by `make deploy-check`.
@Suite struct DeploymentTests {
    @Test func variablesAreConfigurationKeys() throws {
        let files = try Deployment.files()
        #expect(files.contains { Deployment.variables(in: $0.text).contains("WAYBILL_DATABASE_FILE") })
        expectNone(Deployment.strangeVariables(files, keys: try Deployment.configurationKeys()))
    }

    @Test func topicsAreThoseOfTheCode() throws {
        let described = try Deployment.topics(asyncAPI: Repository.text("docs/asyncapi.yaml"))
        expectNone(
            DocumentRules.difference(try Deployment.topicsOfTheCode(), "Sources", described, "docs/asyncapi.yaml"))
    }

    @Test func fourTopicsAreDescribed() throws {
        let described = try Deployment.topics(asyncAPI: Repository.text("docs/asyncapi.yaml"))
        #expect(described.count == 4)
    }
}
