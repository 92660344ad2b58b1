#include "model.h"

#include <climits>

namespace {

connx_bytes bytes(const std::string &text) { return {text.data(), text.size()}; }

template <typename Field, typename Element> const Element *elements(const Field &field, size_t *count) {
    *count = static_cast<size_t>(field.size());
    return field.empty() ? nullptr : field.data();
}

int at(size_t index) { return static_cast<int>(index); }

}  // namespace

extern "C" {

connx_model *connx_parse(const void *data, size_t count) {
    silence_protobuf();
    if (count > INT_MAX) return nullptr;
    return guarded<connx_model *>(nullptr, [&]() -> connx_model * {
        auto model = std::make_unique<connx_model>();
        if (!model->proto.ParseFromArray(data, static_cast<int>(count))) return nullptr;
        return model.release();
    });
}

void connx_free(connx_model *model) { delete model; }

int64_t connx_ir_version(const connx_model *model) { return model->proto.ir_version(); }
size_t connx_opset_count(const connx_model *model) { return model->proto.opset_import_size(); }
connx_bytes connx_opset_domain(const connx_model *model, size_t index) {
    return bytes(model->proto.opset_import(at(index)).domain());
}
int64_t connx_opset_version(const connx_model *model, size_t index) {
    return model->proto.opset_import(at(index)).version();
}
size_t connx_metadata_count(const connx_model *model) { return model->proto.metadata_props_size(); }
connx_bytes connx_metadata_key(const connx_model *model, size_t index) {
    return bytes(model->proto.metadata_props(at(index)).key());
}
connx_bytes connx_metadata_value(const connx_model *model, size_t index) {
    return bytes(model->proto.metadata_props(at(index)).value());
}
connx_bytes connx_graph_name(const connx_model *model) { return bytes(model->proto.graph().name()); }

size_t connx_node_count(const connx_model *model) { return model->proto.graph().node_size(); }
const connx_node *connx_node_at(const connx_model *model, size_t index) {
    return handle<connx_node>(model->proto.graph().node(at(index)));
}
size_t connx_initializer_count(const connx_model *model) { return model->proto.graph().initializer_size(); }
const connx_tensor *connx_initializer_at(const connx_model *model, size_t index) {
    return handle<connx_tensor>(model->proto.graph().initializer(at(index)));
}
size_t connx_sparse_initializer_count(const connx_model *model) {
    return model->proto.graph().sparse_initializer_size();
}
size_t connx_input_count(const connx_model *model) { return model->proto.graph().input_size(); }
const connx_value *connx_input_at(const connx_model *model, size_t index) {
    return handle<connx_value>(model->proto.graph().input(at(index)));
}
size_t connx_output_count(const connx_model *model) { return model->proto.graph().output_size(); }
const connx_value *connx_output_at(const connx_model *model, size_t index) {
    return handle<connx_value>(model->proto.graph().output(at(index)));
}

connx_bytes connx_node_name(const connx_node *node) { return bytes(proto(node).name()); }
connx_bytes connx_node_type(const connx_node *node) { return bytes(proto(node).op_type()); }
connx_bytes connx_node_domain(const connx_node *node) { return bytes(proto(node).domain()); }
size_t connx_node_input_count(const connx_node *node) { return proto(node).input_size(); }
connx_bytes connx_node_input(const connx_node *node, size_t index) { return bytes(proto(node).input(at(index))); }
size_t connx_node_output_count(const connx_node *node) { return proto(node).output_size(); }
connx_bytes connx_node_output(const connx_node *node, size_t index) { return bytes(proto(node).output(at(index))); }
size_t connx_node_attribute_count(const connx_node *node) { return proto(node).attribute_size(); }
const connx_attribute *connx_node_attribute(const connx_node *node, size_t index) {
    return handle<connx_attribute>(proto(node).attribute(at(index)));
}

connx_bytes connx_attribute_name(const connx_attribute *attribute) { return bytes(proto(attribute).name()); }
int32_t connx_attribute_type(const connx_attribute *attribute) { return proto(attribute).type(); }
float connx_attribute_float(const connx_attribute *attribute) { return proto(attribute).f(); }
int64_t connx_attribute_int(const connx_attribute *attribute) { return proto(attribute).i(); }
connx_bytes connx_attribute_string(const connx_attribute *attribute) { return bytes(proto(attribute).s()); }
size_t connx_attribute_string_count(const connx_attribute *attribute) {
    return static_cast<size_t>(proto(attribute).strings_size());
}
connx_bytes connx_attribute_string_at(const connx_attribute *attribute, size_t index) {
    return bytes(proto(attribute).strings(static_cast<int>(index)));
}
const connx_tensor *connx_attribute_tensor(const connx_attribute *attribute) {
    return handle<connx_tensor>(proto(attribute).t());
}
const float *connx_attribute_floats(const connx_attribute *attribute, size_t *count) {
    return elements<decltype(proto(attribute).floats()), float>(proto(attribute).floats(), count);
}
const int64_t *connx_attribute_ints(const connx_attribute *attribute, size_t *count) {
    return elements<decltype(proto(attribute).ints()), int64_t>(proto(attribute).ints(), count);
}

connx_bytes connx_tensor_name(const connx_tensor *tensor) { return bytes(proto(tensor).name()); }
int32_t connx_tensor_type(const connx_tensor *tensor) { return proto(tensor).data_type(); }
const int64_t *connx_tensor_dimensions(const connx_tensor *tensor, size_t *count) {
    return elements<decltype(proto(tensor).dims()), int64_t>(proto(tensor).dims(), count);
}
int32_t connx_tensor_is_external(const connx_tensor *tensor) {
    return proto(tensor).data_location() == onnx::TensorProto::EXTERNAL || proto(tensor).external_data_size() > 0;
}
connx_bytes connx_tensor_external_entry(const connx_tensor *tensor, const char *key) {
    for (const auto &entry : proto(tensor).external_data()) {
        if (entry.key() == key) return bytes(entry.value());
    }
    return {nullptr, 0};
}
connx_bytes connx_tensor_raw(const connx_tensor *tensor) { return bytes(proto(tensor).raw_data()); }
const float *connx_tensor_floats(const connx_tensor *tensor, size_t *count) {
    return elements<decltype(proto(tensor).float_data()), float>(proto(tensor).float_data(), count);
}
const int32_t *connx_tensor_int32s(const connx_tensor *tensor, size_t *count) {
    return elements<decltype(proto(tensor).int32_data()), int32_t>(proto(tensor).int32_data(), count);
}
const int64_t *connx_tensor_int64s(const connx_tensor *tensor, size_t *count) {
    return elements<decltype(proto(tensor).int64_data()), int64_t>(proto(tensor).int64_data(), count);
}
const double *connx_tensor_doubles(const connx_tensor *tensor, size_t *count) {
    return elements<decltype(proto(tensor).double_data()), double>(proto(tensor).double_data(), count);
}

connx_bytes connx_value_name(const connx_value *value) { return bytes(proto(value).name()); }
int32_t connx_value_type(const connx_value *value) { return proto(value).type().tensor_type().elem_type(); }
int32_t connx_value_has_shape(const connx_value *value) { return proto(value).type().tensor_type().has_shape(); }
size_t connx_value_rank(const connx_value *value) { return proto(value).type().tensor_type().shape().dim_size(); }
int64_t connx_value_dimension(const connx_value *value, size_t axis) {
    const auto &dimension = proto(value).type().tensor_type().shape().dim(at(axis));
    return dimension.value_case() == onnx::TensorShapeProto::Dimension::kDimValue ? dimension.dim_value() : INT64_MIN;
}

}  // extern "C"
