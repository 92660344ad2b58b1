#include "model.h"

#include <climits>

namespace {

/// Runs `body`; 1 when it went well.
template <typename Body> int32_t done(Body body) {
    return guarded<int32_t>(0, [&] {
        body();
        return 1;
    });
}

void describe(onnx::ValueInfoProto *value, const char *name, int32_t type, const int64_t *dimensions, size_t rank) {
    value->set_name(name);
    auto *tensor = value->mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    auto *shape = tensor->mutable_shape();
    for (size_t axis = 0; axis < rank; axis++) shape->add_dim()->set_dim_value(dimensions[axis]);
}

onnx::AttributeProto *attribute(connx_node *node, const char *name, onnx::AttributeProto::AttributeType type) {
    auto *attribute = proto(node).add_attribute();
    attribute->set_name(name);
    attribute->set_type(type);
    return attribute;
}

}  // namespace

extern "C" {

connx_model *connx_create(int64_t ir_version, int64_t opset, const char *producer, const char *producer_version,
                          const char *graph_name) {
    silence_protobuf();
    return guarded<connx_model *>(nullptr, [&] {
        auto model = std::make_unique<connx_model>();
        model->proto.set_ir_version(ir_version);
        model->proto.set_producer_name(producer);
        model->proto.set_producer_version(producer_version);
        auto *set = model->proto.add_opset_import();
        set->set_domain("");
        set->set_version(opset);
        model->proto.mutable_graph()->set_name(graph_name);
        return model.release();
    });
}

int32_t connx_add_metadata(connx_model *model, const char *key, const char *value) {
    return done([&] {
        auto *entry = model->proto.add_metadata_props();
        entry->set_key(key);
        entry->set_value(value);
    });
}

int32_t connx_add_input(connx_model *model, const char *name, int32_t type, const int64_t *dimensions, size_t rank) {
    return done([&] { describe(model->proto.mutable_graph()->add_input(), name, type, dimensions, rank); });
}

int32_t connx_add_output(connx_model *model, const char *name, int32_t type, const int64_t *dimensions, size_t rank) {
    return done([&] { describe(model->proto.mutable_graph()->add_output(), name, type, dimensions, rank); });
}

int32_t connx_add_initializer(connx_model *model, const char *name, int32_t type, const int64_t *dimensions,
                              size_t rank, const void *raw, size_t count) {
    return done([&] {
        auto *tensor = model->proto.mutable_graph()->add_initializer();
        tensor->set_name(name);
        tensor->set_data_type(type);
        for (size_t axis = 0; axis < rank; axis++) tensor->add_dims(dimensions[axis]);
        tensor->set_raw_data(raw, count);
    });
}

connx_node *connx_add_node(connx_model *model, const char *type, const char *name) {
    return guarded<connx_node *>(nullptr, [&] {
        auto *node = model->proto.mutable_graph()->add_node();
        node->set_op_type(type);
        node->set_name(name);
        return reinterpret_cast<connx_node *>(node);
    });
}

int32_t connx_add_node_input(connx_node *node, const char *name) {
    return done([&] { proto(node).add_input(name); });
}

int32_t connx_add_node_output(connx_node *node, const char *name) {
    return done([&] { proto(node).add_output(name); });
}

int32_t connx_add_int(connx_node *node, const char *name, int64_t value) {
    return done([&] { attribute(node, name, onnx::AttributeProto::INT)->set_i(value); });
}

int32_t connx_add_ints(connx_node *node, const char *name, const int64_t *values, size_t count) {
    return done([&] {
        auto *ints = attribute(node, name, onnx::AttributeProto::INTS);
        for (size_t index = 0; index < count; index++) ints->add_ints(values[index]);
    });
}

int32_t connx_add_float(connx_node *node, const char *name, float value) {
    return done([&] { attribute(node, name, onnx::AttributeProto::FLOAT)->set_f(value); });
}

int32_t connx_add_string(connx_node *node, const char *name, const char *value) {
    return done([&] { attribute(node, name, onnx::AttributeProto::STRING)->set_s(value); });
}

size_t connx_size(const connx_model *model) {
    return guarded<size_t>(0, [&] {
        size_t size = model->proto.ByteSizeLong();
        return size > INT_MAX ? 0 : size;
    });
}

int32_t connx_serialize(const connx_model *model, void *bytes, size_t count) {
    return guarded<int32_t>(0, [&] {
        if (count > INT_MAX) return 0;
        return model->proto.SerializeToArray(bytes, static_cast<int>(count)) ? 1 : 0;
    });
}

}  // extern "C"
