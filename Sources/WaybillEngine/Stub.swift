import WaybillCore
import Crypto
import ServiceLifecycle
package enum EngineStub {}
