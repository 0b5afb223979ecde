import GRDB
import GRDBSQLite
package enum EStub {}
