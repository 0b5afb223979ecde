import Hummingbird
package enum HStub {}
