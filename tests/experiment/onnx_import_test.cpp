// Models as other programs write them, and the networks that come out: layer by layer, as the file has them.

#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/import/import.h"
#include "tests/experiment/onnx_writer.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;
using Attributes = OnnxWriter::Attributes;
using Integers = OnnxWriter::Integers;

ImportedFile imported(const OnnxWriter& model) { return import_bytes(model.model(), "model.onnx", {}); }

/// The lines of the layers.
std::string layers_of(const OnnxWriter& model) {
    const std::string yaml = imported(model).yaml;
    return yaml.substr(yaml.find("layers:\n") + 8);
}

std::string refusal_of(const OnnxWriter& model) {
    return message_of([&] { imported(model); });
}

Attributes window(const Integers& kernel, std::int64_t stride, const Integers& pads) {
    Attributes attributes;
    attributes.integers("kernel_shape", kernel).integers("strides", {stride, stride}).integers("pads", pads);
    return attributes;
}

/// A model of images of 8 channels, 9 x 9.
OnnxWriter of_images(std::int64_t opset, std::int64_t batch = 0) {
    OnnxWriter model(opset);
    model.input("x", {batch, 8, 9, 9});
    model.output("y");
    return model;
}

void add_residual_block(OnnxWriter& model) {
    model.weights("w1", {16, 8, 3, 3});
    model.weights("w2", {16, 16, 3, 3});
    model.weights("w3", {16, 8, 1, 1});
    model.weights("bias", {16});
    for (const std::string name : {"g", "b", "m", "v"}) model.weights(name, {16});
    model.node("Conv", {"x", "w1"}, {"c1"}, window({3, 3}, 2, {1, 1, 1, 1}), "conv1");
    model.node("BatchNormalization", {"c1", "g", "b", "m", "v"}, {"n1"}, {}, "bn1");
    model.node("Relu", {"n1"}, {"r1"}, {}, "relu1");
    model.node("Conv", {"r1", "w2", "bias"}, {"c2"}, window({3, 3}, 1, {1, 1, 1, 1}), "conv2");
    model.node("Conv", {"x", "w3"}, {"c3"}, window({1, 1}, 2, {0, 0, 0, 0}), "shortcut");
}

TEST(OnnxImport, KeepsAResidualBlock) {
    OnnxWriter model = of_images(13);
    add_residual_block(model);
    model.node("Add", {"c2", "c3"}, {"sum"}, {}, "sum");
    model.node("GlobalAveragePool", {"sum"}, {"gap"}, {}, "gap");
    model.weights("wf", {10, 16});
    model.weights("bf", {10});
    model.node("Flatten", {"gap"}, {"flat"});
    model.node("Gemm", {"flat", "wf", "bf"}, {"y"}, Attributes().integer("transB", 1), "fc");
    EXPECT_EQ(
        imported(model).yaml,
        "name: model\n"
        "source: \"model.onnx, ONNX opset 13\"\n"
        "input: {channels: 8, height: 9, width: 9}\n"
        "layers:\n"
        "  - {name: conv1, type: conv, out_channels: 16, kernel: 3, stride: 2, padding: 1, bias: false}\n"
        "  - {name: bn1, type: batch-norm}\n"
        "  - {name: relu1, type: relu}\n"
        "  - {name: conv2, type: conv, out_channels: 16, kernel: 3, padding: 1}\n"
        "  - {name: shortcut, type: conv, out_channels: 16, kernel: 1, stride: 2, bias: false, inputs: [input]}\n"
        "  - {name: sum, type: add, inputs: [conv2, shortcut]}\n"
        "  - {name: gap, type: pool, kind: average, global: true}\n"
        "  - {name: fc, type: fc, out_features: 10}\n");
    // 16 x 8 x 9 + 16 x 16 x 9 + 16 x 8 + 10 x 16, and 2 x 16 of the norm
    EXPECT_EQ(imported(model).network.weights(), 1152U + 2304 + 128 + 160 + 32);
}

TEST(OnnxImport, TakesABatchThatIsANumberForTheBatch) {
    OnnxWriter model = of_images(9, 4);
    model.weights("w", {5, 8 * 9 * 9});
    model.integers("shape", {4, -1});
    model.node("Reshape", {"x", "shape"}, {"flat"});
    model.node("Gemm", {"flat", "w"}, {"y"}, Attributes().integer("transB", 1), "fc");
    EXPECT_EQ(layers_of(model), "  - {name: fc, type: fc, out_features: 5, bias: false}\n");
}

/// Depthwise convolution, ReLU6, pools: as each opset writes them.
OnnxWriter mobile(std::int64_t opset) {
    OnnxWriter model = of_images(opset);
    model.weights("w", {8, 1, 3, 3});
    model.weights("wf", {8, 3});
    Attributes depthwise;
    depthwise.integer("group", 8).text("auto_pad", "SAME_UPPER").integers("strides", {2, 2});
    model.node("Conv", {"x", "w"}, {"c"}, depthwise, "depthwise");
    if (opset >= 11) {
        model.number("zero", 0);
        model.number("six", 6);
        model.node("Clip", {"c", "zero", "six"}, {"r"}, {}, "clip");
    } else {
        model.node("Clip", {"c"}, {"r"}, Attributes().real("min", 0).real("max", 6), "clip");
    }
    model.node("MaxPool", {"r"}, {"p"}, window({2, 2}, 2, {0, 0, 0, 0}).integer("ceil_mode", opset >= 10 ? 1 : 0),
               "pool");
    model.integers("axes", {2, 3});
    if (opset >= 18) {
        model.node("ReduceMean", {"p", "axes"}, {"m"}, {}, "mean");
    } else {
        model.node("ReduceMean", {"p"}, {"m"}, Attributes().integers("axes", {2, 3}), "mean");
    }
    if (opset >= 13) {
        model.node("Squeeze", {"m", "axes"}, {"s"});
    } else {
        model.node("Squeeze", {"m"}, {"s"}, Attributes().integers("axes", {2, 3}));
    }
    model.node("MatMul", {"s", "wf"}, {"y"}, {}, "fc");
    return model;
}

TEST(OnnxImport, ReadsAttributesThatBecameInputs) {
    for (const std::int64_t opset : {8, 13, 17, 18, 21}) {
        const std::string rounding = opset >= 10 ? ", rounding: up" : "";
        EXPECT_EQ(layers_of(mobile(opset)),
                  "  - {name: depthwise, type: conv, out_channels: 8, kernel: 3, stride: 2, padding: 1, groups: 8, "
                  "bias: false}\n"
                  "  - {name: clip, type: relu6}\n"
                  "  - {name: pool, type: pool, kind: max, size: 2" +
                      rounding +
                      "}\n"
                      "  - {name: mean, type: pool, kind: average, global: true}\n"
                      "  - {name: fc, type: fc, out_features: 3, bias: false}\n")
            << opset;
    }
}

TEST(OnnxImport, PutsPaddingBeforeALayerIntoIt) {
    OnnxWriter model = of_images(13);
    model.integers("pads", {0, 0, 0, 1, 0, 0, 1, 2});
    model.weights("w", {4, 8, 3, 3});
    model.node("Pad", {"x", "pads"}, {"p"});
    model.node("Conv", {"p", "w"}, {"y"}, window({3, 3}, 1, {1, 0, 0, 0}), "conv");
    // 1 above by the convolution's own, 1 below, 1 before and 2 behind
    EXPECT_EQ(layers_of(model),
              "  - {name: conv, type: conv, out_channels: 4, kernel: 3, padding: [1, 1, 1, 2], bias: false}\n");
}

TEST(OnnxImport, JoinsCutsAndGates) {
    OnnxWriter model = of_images(13);
    model.integers("parts", {2, 6});
    model.weights("w", {6, 6, 1, 1});
    model.node("Split", {"x", "parts"}, {"a", "b"}, Attributes().integer("axis", 1), "split");
    model.node("GlobalAveragePool", {"b"}, {"g"}, {}, "squeeze");
    model.node("Conv", {"g", "w"}, {"e"}, {}, "excite");
    model.node("Sigmoid", {"e"}, {"s"}, {}, "gate");
    model.node("Mul", {"s", "b"}, {"m"}, {}, "scale");
    model.node("Concat", {"a", "m"}, {"j"}, Attributes().integer("axis", 1), "join");
    model.node("Relu", {"j"}, {"y"}, {}, "relu");
    EXPECT_EQ(layers_of(model),
              "  - {name: split_1, type: slice, channels: [0, 2]}\n"
              "  - {name: split_2, type: slice, channels: [2, 8], inputs: [input]}\n"
              "  - {name: squeeze, type: pool, kind: average, global: true}\n"
              "  - {name: excite, type: conv, out_channels: 6, kernel: 1, bias: false}\n"
              "  - {name: gate, type: sigmoid}\n"
              "  - {name: scale, type: multiply, inputs: [gate, split_2]}\n"
              "  - {name: join, type: concat, inputs: [split_1, scale]}\n"
              "  - {name: relu, type: relu}\n");
}

void add_dense(OnnxWriter& model, const std::string& from, const std::string& name, std::int64_t in,
               std::int64_t out) {
    model.weights(name + ".w", {in, out});
    model.weights(name + ".b", {out});
    model.node("MatMul", {from, name + ".w"}, {name + ".m"}, {}, name);
    model.node("Add", {name + ".b", name + ".m"}, {name + ".o"});
}

/// [N, 6, 8] -> [N, 6, 2, 4], transposed; the shape computed as exporters do.
void add_heads(OnnxWriter& model, const std::string& from, const std::string& to, const Integers& order) {
    model.node("Shape", {from}, {to + ".shape"});
    model.node("Gather", {to + ".shape", "zero"}, {to + ".batch"});
    model.node("Unsqueeze", {to + ".batch", "first"}, {to + ".batches"});
    model.node("Concat", {to + ".batches", "tokens", "heads"}, {to + ".dims"}, Attributes().integer("axis", 0));
    model.node("Reshape", {from, to + ".dims"}, {to + ".parts"});
    model.node("Transpose", {to + ".parts"}, {to}, Attributes().integers("perm", order));
}

/// Two heads of four features, six tokens out of a table of 50; `masked`: by a second input.
OnnxWriter attention() {
    OnnxWriter model(17);
    model.input("ids", {0, 6}, true);
    model.input("mask", {0, 6});
    model.output("y");
    model.weights("table", {50, 8});
    model.weights("positions", {1, 6, 8});
    model.index("zero", 0);
    model.integers("first", {0});
    model.integers("inner", {1, 2});
    model.integers("tokens", {6});
    model.integers("heads", {2, 4});
    model.integers("whole", {0, -1, 8});
    model.number("scale", 2);
    model.node("Gather", {"table", "ids"}, {"e"}, {}, "embed");
    model.node("Add", {"e", "positions"}, {"p"}, {}, "pos");
    model.weights("g", {8});
    model.weights("b", {8});
    model.node("LayerNormalization", {"p", "g", "b"}, {"n"}, Attributes().integer("axis", -1), "norm");
    for (const std::string name : {"q", "k", "v"}) add_dense(model, "n", name, 8, 8);
    add_heads(model, "q.o", "qh", {0, 2, 1, 3});
    add_heads(model, "k.o", "kh", {0, 2, 3, 1});
    add_heads(model, "v.o", "vh", {0, 2, 1, 3});
    model.node("Unsqueeze", {"mask", "inner"}, {"wide"});
    model.node("MatMul", {"qh", "kh"}, {"s"}, {}, "scores");
    model.node("Div", {"s", "scale"}, {"scaled"});
    model.node("Add", {"scaled", "wide"}, {"masked"});
    model.node("Softmax", {"masked"}, {"a"}, Attributes().integer("axis", -1), "softmax");
    model.node("MatMul", {"a", "vh"}, {"c"}, {}, "context");
    model.node("Transpose", {"c"}, {"back"}, Attributes().integers("perm", {0, 2, 1, 3}));
    model.node("Reshape", {"back", "whole"}, {"rows"});
    add_dense(model, "rows", "proj", 8, 8);
    model.node("Add", {"proj.o", "p"}, {"sum"}, {}, "sum");
    model.node("Transpose", {"table"}, {"turned"});
    model.node("MatMul", {"sum", "turned"}, {"y"}, {}, "head");
    return model;
}

TEST(OnnxImport, SeesAttentionThroughReshapesAndTranspositions) {
    EXPECT_EQ(layers_of(attention()),
              "  - {name: embed, type: embedding, vocabulary: 50, features: 8}\n"
              "  - {name: pos, type: position}\n"
              "  - {name: norm, type: layer-norm}\n"
              "  - {name: q, type: fc, out_features: 8}\n"
              "  - {name: k, type: fc, out_features: 8, inputs: [norm]}\n"
              "  - {name: v, type: fc, out_features: 8, inputs: [norm]}\n"
              "  - {name: scores, type: product, heads: 2, transposed: true, inputs: [q, k]}\n"
              "  - {name: softmax, type: softmax, heads: 2}\n"
              "  - {name: context, type: product, heads: 2, inputs: [softmax, v]}\n"
              "  - {name: proj, type: fc, out_features: 8}\n"
              "  - {name: sum, type: add, inputs: [proj, pos]}\n"
              "  - {name: head, type: fc, out_features: 50, bias: false, weights: embed}\n");
}

TEST(OnnxImport, SaysWhatItLeavesOut) {
    const std::vector<std::string> notes = imported(attention()).notes;
    EXPECT_THAT(notes, Contains("Div with a single number left out"));
    EXPECT_THAT(notes, Contains("Add of a mask or a bias with scores left out"));
    EXPECT_THAT(notes, Contains("input \"mask\" beside the first"));
}

TEST(OnnxImport, PartsAFusedProjection) {
    OnnxWriter model(13);
    model.input("x", {0, 6, 8});
    model.output("y");
    add_dense(model, "x", "qkv", 8, 24);
    model.integers("thirds", {8, 8, 8});
    model.node("Split", {"qkv.o", "thirds"}, {"q", "k", "v"}, Attributes().integer("axis", 2), "split");
    model.node("Add", {"q", "k"}, {"s"}, {}, "sum");
    model.node("Mul", {"s", "v"}, {"y"}, {}, "product");
    EXPECT_EQ(layers_of(model),
              "  - {name: split_1, type: fc, out_features: 8}\n"
              "  - {name: split_2, type: fc, out_features: 8, inputs: [input]}\n"
              "  - {name: split_3, type: fc, out_features: 8, inputs: [input]}\n"
              "  - {name: sum, type: add, inputs: [split_1, split_2]}\n"
              "  - {name: product, type: multiply, inputs: [sum, split_3]}\n");
}

TEST(OnnxImport, KnowsOperatorsThatOlderModelsWriteInMany) {
    OnnxWriter model(11);
    model.input("x", {0, 6, 8});
    model.output("y");
    for (const auto& [name, value] : {std::pair("root", 1.41F), {"one", 1.0F}, {"half", 0.5F}, {"two", 2.0F}}) {
        model.number(name, value);
    }
    model.weights("g", {8});
    model.weights("b", {8});
    const Attributes over_features = Attributes().integers("axes", {-1});
    model.node("ReduceMean", {"x"}, {"m"}, over_features);
    model.node("Sub", {"x", "m"}, {"d"});
    model.node("Pow", {"d", "two"}, {"d2"});
    model.node("ReduceMean", {"d2"}, {"var"}, over_features);
    model.node("Add", {"var", "one"}, {"eps"});
    model.node("Sqrt", {"eps"}, {"std"});
    model.node("Div", {"d", "std"}, {"n"}, {}, "norm");
    model.node("Mul", {"n", "g"}, {"ng"});
    model.node("Add", {"ng", "b"}, {"nb"});
    model.node("Div", {"nb", "root"}, {"e1"});
    model.node("Erf", {"e1"}, {"e2"});
    model.node("Add", {"e2", "one"}, {"e3"});
    model.node("Mul", {"nb", "e3"}, {"e4"}, {}, "gelu");
    model.node("Mul", {"e4", "half"}, {"e5"});
    model.node("Sigmoid", {"e5"}, {"s"});
    model.node("Mul", {"e5", "s"}, {"y"}, {}, "silu");
    const ImportedFile file = imported(model);
    EXPECT_THAT(file.yaml, HasSubstr("  - {name: norm, type: layer-norm}\n"
                                     "  - {name: gelu, type: gelu}\n"
                                     "  - {name: silu, type: silu}\n"));
    EXPECT_TRUE(file.notes.empty());
}

TEST(OnnxImport, LeavesRotationsOut) {
    OnnxWriter model(13);
    model.input("x", {0, 6, 8});
    model.output("y");
    model.weights("cosines", {6, 8});
    model.weights("sines", {6, 8});
    for (const auto& [name, value] : {std::pair("0", 0), {"2", 2}, {"4", 4}, {"8", 8}}) model.integers(name, {value});
    add_dense(model, "x", "q", 8, 8);
    model.node("Slice", {"q.o", "0", "4", "2"}, {"q1"});
    model.node("Slice", {"q.o", "4", "8", "2"}, {"q2"});
    model.node("Neg", {"q2"}, {"turned"});
    model.node("Concat", {"turned", "q1"}, {"halves"}, Attributes().integer("axis", 2));
    model.node("Mul", {"q.o", "cosines"}, {"a"});
    model.node("Mul", {"halves", "sines"}, {"b"});
    model.node("Add", {"a", "b"}, {"y"});
    EXPECT_EQ(layers_of(model), "  - {name: q, type: fc, out_features: 8}\n");
    EXPECT_THAT(imported(model).notes, Contains("RotaryPositions left out"));
}

TEST(OnnxImport, NamesAllThatItCannotTake) {
    OnnxWriter model = of_images(13);
    add_residual_block(model);
    model.node("Softplus", {"c2"}, {"s"}, {}, "first");
    model.node("Relu", {"s"}, {"r"}, {}, "reads what is unknown");
    model.node("NonMaxSuppression", {"r"}, {"z"}, {}, "second");
    model.node("FusedConv", {"c3"}, {"f"}, {}, "third", "com.microsoft");
    model.node("Concat", {"z", "f"}, {"y"}, Attributes().integer("axis", 1));
    EXPECT_EQ(refusal_of(model),
              "model.onnx: cannot be imported:\n"
              "  node \"first\" (Softplus): the operator is not supported\n"
              "  node \"second\" (NonMaxSuppression): the operator is not supported\n"
              "  node \"third\" (com.microsoft.FusedConv): the operator is not supported");
}

TEST(OnnxImport, SeesNoBranchThatNothingReads) {
    OnnxWriter model = of_images(13);
    model.node("Relu", {"x"}, {"y"}, {}, "relu");
    model.node("NonMaxSuppression", {"y"}, {"unread"});
    EXPECT_EQ(layers_of(model), "  - {name: relu, type: relu}\n");
}

TEST(OnnxImport, MakesNamesUniqueAndPrintable) {
    OnnxWriter model = of_images(13);
    model.node("Relu", {"x"}, {"a"}, {}, "input");
    model.node("Relu", {"a"}, {"b"}, {}, "a\nb");
    model.node("Relu", {"b"}, {"c"}, {}, "block/relu:0");
    model.node("Relu", {"c"}, {"y"}, {}, "block/relu:0");
    const ImportedFile file = imported(model);
    EXPECT_THAT(file.network.layer_names(), testing::ElementsAre("input_2", "a_b", "block/relu:0", "block/relu:0_2"));
    EXPECT_THAT(file.notes, Contains("3 names changed, to be unique and printable"));
}

TEST(OnnxImport, AsksForSizesThatAModelOnlyNames) {
    OnnxWriter model(13);
    model.input("x", {0, 0, 8});
    model.output("y");
    model.node("Relu", {"x"}, {"y"});
    EXPECT_THAT(refusal_of(model), HasSubstr("dimension 1 of input \"x\" has no size; give one: --dim N=N"));
    EXPECT_EQ(import_bytes(model.model(), "model.onnx", {{"N", 5}}).network.input(), FeatureShape::sequence(5, 8));
}

TEST(OnnxImport, TellsWhatIsNoModel) {
    const auto refusal = [](const std::string& bytes) {
        return message_of([&] { import_bytes(bytes, "model.onnx", {}); });
    };
    EXPECT_EQ(refusal(""), "model.onnx: the file is empty");
    EXPECT_EQ(refusal("name: lenet\n"),
              "model.onnx: is no ONNX model, or not all of one: unknown pbf field type exception");
    const std::string model = mobile(13).model();
    EXPECT_THAT(refusal(model.substr(0, model.size() / 2)), StartsWith("model.onnx: is no ONNX model, or not all"));
    EXPECT_EQ(refusal(mobile(7).model()), "model.onnx: has opset 7; known: 8 to 21");
}

TEST(OnnxImport, DamagedModelsAreToldOrRead) {
    const std::string whole = attention().model();
    std::mt19937 random(20);
    for (int round = 0; round < 300; ++round) {
        std::string bytes = whole.substr(0, round % 3 == 0 ? random() % whole.size() : whole.size());
        for (int flip = 0; flip < round % 5 && !bytes.empty(); ++flip) {
            bytes[random() % bytes.size()] ^= static_cast<char>(1U << (random() % 8));
        }
        const std::string message = message_of([&] { import_bytes(bytes, "model.onnx", {}); });
        EXPECT_THAT(message, testing::AnyOf("", StartsWith("model.onnx: ")));
    }
}

}  // namespace
}  // namespace hypar
