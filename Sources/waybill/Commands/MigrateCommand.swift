import ArgumentParser
import PostgresStore
import WaybillEngine

/// `waybill migrate`: brings the files, or the database, to the schema of this version.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the store to the schema of this version.",
        discussion: "The embedded profile's serve does it by itself. In a cluster, run it before a new version starts.")

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Embedded: go on although the log ends before what the state has consumed. What was lost stays lost.")
    var acceptLogEnd = false

    func run() async throws {
        try await Failure.explained {
            let configuration = try connection.configuration()
            switch configuration.profile {
            case .embedded:
                let installation = try await connection.openEmbedded(
                    configuration, as: "migrate", acceptsLogEnd: acceptLogEnd)
                Console.say("\(installation.directory.path) has the schema of this version.")
            case .cluster(let cluster):
                let applied = try await PostgresMigrations(cluster.database)
                    .migrate(partitions: configuration.partitions, feedID: SystemTokens.seed())
                for name in applied { Console.say("applied: \(name)") }
                Console.say("The database has the schema of this version.")
            }
        }
    }
}
