// opentelemetry/proto/common/v1/common.proto and resource/v1/resource.proto
extension MessageType {
    /// The fields of what all signals have.
    var commonFields: [FieldSchema] {
        switch self {
        case .resource:
            [
                .many(1, "attributes", .keyValue), .one(2, "droppedAttributesCount", .uint32),
                .many(3, "entityRefs", .entityRef),
            ]
        case .scope:
            [
                .one(1, "name", .string), .one(2, "version", .string), .many(3, "attributes", .keyValue),
                .one(4, "droppedAttributesCount", .uint32),
            ]
        case .entityRef:
            [
                .one(1, "schemaUrl", .string), .one(2, "type", .string), .many(3, "idKeys", .string),
                .many(4, "descriptionKeys", .string),
            ]
        case .keyValue: [.one(1, "key", .string), .one(2, "value", .anyValue), .one(3, "keyStrindex", .int32)]
        case .keyValueList: [.many(1, "values", .keyValue)]
        case .arrayValue: [.many(1, "values", .anyValue)]
        case .anyValue:
            [
                .one(1, "stringValue", .string, oneof: 1), .one(2, "boolValue", .bool, oneof: 1),
                .one(3, "intValue", .int64, oneof: 1), .one(4, "doubleValue", .double, oneof: 1),
                .one(5, "arrayValue", .arrayValue, oneof: 1), .one(6, "kvlistValue", .keyValueList, oneof: 1),
                .one(7, "bytesValue", .bytes, oneof: 1), .one(8, "stringValueStrindex", .int32, oneof: 1),
            ]
        default: []
        }
    }
}
