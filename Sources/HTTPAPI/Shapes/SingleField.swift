import HTTPTypes

extension HTTPFields {
    /// As `self[name]`, without the joining of values where the name is given once, as it almost always is.
    subscript(single name: HTTPField.Name) -> String? {
        var found: HTTPField?
        for field in self where field.name == name {
            if found != nil { return self[name] }
            found = field
        }
        return found?.value
    }
}
