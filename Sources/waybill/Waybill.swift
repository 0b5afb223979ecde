import AsyncHTTPClient
import ArgumentParser
import Configuration
import Logging
@main struct W { static func main() {} }
