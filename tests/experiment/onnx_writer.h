#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <protozero/pbf_writer.hpp>

namespace hypar {

/// Writes ONNX models, for tests: protobuf's fields by their numbers in onnx.proto.
class OnnxWriter {
public:
    using Integers = std::vector<std::int64_t>;

    /// A node's attributes, field by field.
    class Attributes {
    public:
        Attributes& integer(const std::string& name, std::int64_t value) {
            return add(name, [&](protozero::pbf_writer& to) { to.add_int64(3, value); });
        }
        Attributes& real(const std::string& name, float value) {
            return add(name, [&](protozero::pbf_writer& to) { to.add_float(2, value); });
        }
        Attributes& text(const std::string& name, const std::string& value) {
            return add(name, [&](protozero::pbf_writer& to) { to.add_string(4, value); });
        }
        Attributes& integers(const std::string& name, const Integers& values) {
            return add(name, [&](protozero::pbf_writer& to) {
                for (const std::int64_t value : values) to.add_int64(8, value);
            });
        }
        const std::vector<std::string>& messages() const { return messages_; }

    private:
        template <typename Write>
        Attributes& add(const std::string& name, const Write& write) {
            std::string message;
            protozero::pbf_writer writer(message);
            writer.add_string(1, name);
            write(writer);
            messages_.push_back(message);
            return *this;
        }

        std::vector<std::string> messages_;
    };

    explicit OnnxWriter(std::int64_t opset) : opset_(opset) {}

    /// A dimension of 0 has no number.
    void input(const std::string& name, const Integers& dims, bool is_integer = false) {
        std::string shape;
        protozero::pbf_writer shape_writer(shape);
        for (const std::int64_t dim : dims) {
            std::string message;
            protozero::pbf_writer dim_writer(message);
            if (dim == 0) {
                dim_writer.add_string(2, "N");
            } else {
                dim_writer.add_int64(1, dim);
            }
            shape_writer.add_message(1, message);
        }
        std::string tensor;
        protozero::pbf_writer tensor_writer(tensor);
        tensor_writer.add_int32(1, is_integer ? 7 : 1);
        tensor_writer.add_message(2, shape);
        std::string type;
        protozero::pbf_writer(type).add_message(1, tensor);
        value(11, name, type);
    }

    void output(const std::string& name) { value(12, name, ""); }

    /// Without data, as of a model whose weights are elsewhere.
    void weights(const std::string& name, const Integers& dims) { initializer(name, dims, 1, {}, {}); }
    void integers(const std::string& name, const Integers& values) {
        initializer(name, {static_cast<std::int64_t>(values.size())}, 7, values, {});
    }
    void index(const std::string& name, std::int64_t value) { initializer(name, {}, 7, {value}, {}); }
    void number(const std::string& name, float value) { initializer(name, {}, 1, {}, {value}); }

    void node(const std::string& type, const std::vector<std::string>& inputs,
              const std::vector<std::string>& outputs, const Attributes& attributes = {},
              const std::string& name = {}, const std::string& domain = {}) {
        std::string message;
        protozero::pbf_writer writer(message);
        for (const std::string& input : inputs) writer.add_string(1, input);
        for (const std::string& output : outputs) writer.add_string(2, output);
        writer.add_string(3, name);
        writer.add_string(4, type);
        for (const std::string& attribute : attributes.messages()) writer.add_message(5, attribute);
        writer.add_string(7, domain);
        protozero::pbf_writer(graph_).add_message(1, message);
    }

    std::string model() const {
        std::string opset;
        protozero::pbf_writer opset_writer(opset);
        opset_writer.add_string(1, "");
        opset_writer.add_int64(2, opset_);
        std::string model;
        protozero::pbf_writer writer(model);
        writer.add_int64(1, 8);
        writer.add_message(7, graph_);
        writer.add_message(8, opset);
        return model;
    }

private:
    void value(protozero::pbf_tag_type tag, const std::string& name, const std::string& type) {
        std::string message;
        protozero::pbf_writer writer(message);
        writer.add_string(1, name);
        if (!type.empty()) writer.add_message(2, type);
        protozero::pbf_writer(graph_).add_message(tag, message);
    }

    void initializer(const std::string& name, const Integers& dims, std::int32_t type, const Integers& integers,
                     const std::vector<float>& reals) {
        std::string message;
        protozero::pbf_writer writer(message);
        writer.add_packed_int64(1, dims.begin(), dims.end());
        writer.add_int32(2, type);
        writer.add_packed_float(4, reals.begin(), reals.end());
        writer.add_packed_int64(7, integers.begin(), integers.end());
        writer.add_string(8, name);
        protozero::pbf_writer(graph_).add_message(5, message);
    }

    std::int64_t opset_;
    std::string graph_;
};

}  // namespace hypar
