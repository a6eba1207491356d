#include "experiment/yaml/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/experiment/support.h"

namespace hypar {
namespace {

std::string mistake_in(const std::string& text) {
    return message_of([&] { yaml_of(text); });
}

TEST(Yaml, KeepsTheOrderAndThePlaceOfKeysAndValues) {
    const YamlValue root = yaml_of("second: 2\nfirst: {inner: \"x\"}\nlist: [7, {a: b}]\n");
    ASSERT_EQ(root.entries.size(), 3U);
    EXPECT_EQ(root.entries[0].key, "second");
    EXPECT_EQ(root.entries[0].place.text(), "test.yaml:1:1");
    EXPECT_EQ(root.entries[0].value.place.text(), "test.yaml:1:9");
    EXPECT_EQ(root.entries[1].value.find("inner")->value.place.text(), "test.yaml:2:16");
    EXPECT_EQ(root.entries[2].value.items[0].place.text(), "test.yaml:3:8");
    EXPECT_EQ(root.entries[2].value.items[1].find("a")->value.place.text(), "test.yaml:3:15");
}

TEST(Yaml, KeepsTheTextOfAScalarAndWhetherItWasQuoted) {
    const YamlValue root = yaml_of("plain: 010\nquoted: '010'\n");
    EXPECT_EQ(root.find("plain")->value.text, "010");
    EXPECT_FALSE(root.find("plain")->value.quoted);
    EXPECT_EQ(root.find("quoted")->value.text, "010");
    EXPECT_TRUE(root.find("quoted")->value.quoted);
}

TEST(Yaml, PlacesAnEmptyValueAtItsKey) {
    const YamlValue root = yaml_of("batch:\nstrategy: hypar\n");
    EXPECT_EQ(root.find("batch")->value.kind, YamlValue::Kind::Null);
    EXPECT_EQ(root.find("batch")->value.place.text(), "test.yaml:1:1");
}

TEST(Yaml, ReadsWindowsLineEndsAndAByteOrderMark) {
    const YamlValue root = yaml_of(
        "\xEF\xBB\xBF"
        "a: 1\r\nb: 2\r\n");
    EXPECT_EQ(root.find("a")->value.text, "1");
    EXPECT_EQ(root.find("b")->value.text, "2");
}

TEST(Yaml, PlacesAMistakeInTheSyntax) {
    EXPECT_EQ(mistake_in("network: vgg-a\n  batch: 256\n"), "test.yaml:2:8: not valid YAML: illegal map value");
    EXPECT_EQ(mistake_in("a: [1, 2\n"), "test.yaml:2:1: not valid YAML: end of sequence flow not found");
}

TEST(Yaml, RefusesADuplicateKey) {
    EXPECT_EQ(mistake_in("batch: 1\nstrategy: data\nbatch: 2\n"),
              "test.yaml:3:1: duplicate key \"batch\"; the first is in line 1");
    EXPECT_EQ(mistake_in("a: {\"b\": 1, b: 2}\n"), "test.yaml:1:13: duplicate key \"b\"; the first is in line 1");
}

TEST(Yaml, RefusesAnchorsAliasesAndTags) {
    EXPECT_EQ(mistake_in("a: &x 1\nb: *x\n"), "test.yaml:1:4: anchors are not supported");
    EXPECT_EQ(mistake_in("a: &x {b: 1}\nc: {<<: *x}\n"), "test.yaml:1:4: anchors are not supported");
    EXPECT_EQ(mistake_in("a: *x\n"), "test.yaml:1:4: not valid YAML: the referenced anchor is not defined");
    EXPECT_EQ(mistake_in("a: !!int 1\n"), "test.yaml:1:4: tags such as \"tag:yaml.org,2002:int\" are not supported");
}

TEST(Yaml, RefusesASecondDocument) {
    EXPECT_EQ(mistake_in("a: 1\n---\nb: 2\n"),
              "test.yaml:2:1: a second document begins here; expected one in a file");
    EXPECT_EQ(mistake_in("a: 1\n...\nb: 2\n"),
              "test.yaml:3:1: a second document begins here; expected one in a file");
    EXPECT_EQ(mistake_in("{a: 1} b\n"), "test.yaml:1:8: a second document begins here; expected one in a file");
}

TEST(Yaml, RefusesAFileWithoutAMap) {
    EXPECT_EQ(mistake_in(""), "test.yaml: the file is empty");
    EXPECT_EQ(mistake_in("# nothing yet\n"), "test.yaml: the file is empty");
    EXPECT_EQ(mistake_in("---\n"), "test.yaml: the file is empty");
    EXPECT_EQ(mistake_in("- a\n- b\n"), "test.yaml:1:1: expected a map, lines of the form \"key: value\"");
    EXPECT_EQ(mistake_in("vgg-a\n"), "test.yaml:1:1: expected a map, lines of the form \"key: value\"");
}

TEST(Yaml, RefusesKeysThatAreNotWords) {
    EXPECT_EQ(mistake_in("{a: 1}: 2\n"), "test.yaml:1:1: expected a key, a word followed by a colon");
    EXPECT_EQ(mistake_in("~: 2\n"), "test.yaml:1:1: a key is missing here");
}

TEST(Yaml, RefusesATabThatIndents) {
    EXPECT_EQ(mistake_in("a:\n\tb: 1\n"), "test.yaml:2:1: a tab indents this line; YAML indents with spaces");
    EXPECT_EQ(mistake_in("a:\n  \tb: 1\n"), "test.yaml:2:3: a tab indents this line; YAML indents with spaces");
    EXPECT_EQ(mistake_in("a:\t1\t# a tab\n\t\n\t# another\n"), "");
}

TEST(Yaml, RefusesWhatIsNoText) {
    EXPECT_EQ(mistake_in(std::string("a: 1\nb: \0", 9)),
              "test.yaml:2:4: not a text file: it contains the control character U+0000");
    EXPECT_EQ(mistake_in("a: \x7F"
                         "ELF"),
              "test.yaml:1:4: not a text file: it contains the control character U+007F");
    EXPECT_EQ(mistake_in("a: 1\rb: 2"), "test.yaml:1:5: not a text file: it contains the control character U+000D");
    EXPECT_EQ(mistake_in("a: \xE2\x80\xAE"),
              "test.yaml:1:4: not a text file: it contains the control character U+202E");
    EXPECT_EQ(mistake_in("a: \xFF"), "test.yaml:1:4: not a text file: its bytes are not UTF-8");
    EXPECT_EQ(mistake_in("a: \xC3"), "test.yaml:1:4: not a text file: its bytes are not UTF-8");
    EXPECT_EQ(mistake_in("a: \xC0\x80"), "test.yaml:1:4: not a text file: its bytes are not UTF-8");      // overlong
    EXPECT_EQ(mistake_in("a: \xED\xA0\x80"), "test.yaml:1:4: not a text file: its bytes are not UTF-8");  // surrogate
    EXPECT_EQ(mistake_in("a: Andr\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\n"), "");
}

TEST(Yaml, RefusesDeepNesting) {
    const auto lists = [](int levels) {
        std::string text = "a:\n  ";
        for (int level = 0; level < levels; ++level) text += "- ";
        return text + "b\n";
    };
    EXPECT_EQ(mistake_in(lists(31)), "");                                              // the map is a level, too
    EXPECT_EQ(mistake_in(lists(32)), "test.yaml:2:65: nested deeper than 32 levels");  // 3 + 2 x 31
    EXPECT_EQ(mistake_in(lists(100000)), "test.yaml:2:65: nested deeper than 32 levels");
    EXPECT_THAT(mistake_in("a: " + std::string(100000, '[')), testing::HasSubstr("nested deeper than 32 levels"));
}

TEST(Yaml, RefusesFilesThatCannotBeRead) {
    const TemporaryFolder folder;
    const auto mistake = [](const std::string& path) { return message_of([&] { read_yaml_file(path, path); }); };
    EXPECT_EQ(mistake("missing.yaml"), "missing.yaml: cannot be read: No such file or directory");
    EXPECT_EQ(mistake(folder.path().string()), folder.path().string() + ": cannot be read: it is a directory");
    folder.write("large.yaml", "a: " + std::string((4U << 20U) - 2, 'x'));  // one byte above 4 MiB
    EXPECT_EQ(mistake("large.yaml"), "large.yaml: cannot be read: it is larger than 4 MiB");
}

TEST(Yaml, ReadsTheValueOfAnOption) {
    EXPECT_EQ(read_yaml_option("13.6 ns", "--set a=13.6 ns").text, "13.6 ns");
    EXPECT_EQ(read_yaml_option("[0011, 0010]", "--set a").items.size(), 2U);
    EXPECT_EQ(read_yaml_option("", "--set a=").kind, YamlValue::Kind::Null);
    EXPECT_EQ(read_yaml_option("{x: 1}", "--set a={x: 1}").find("x")->value.place.text(), "--set a={x: 1}");
    EXPECT_EQ(message_of([] { read_yaml_option("[1", "--set a=[1"); }),
              "--set a=[1: not valid YAML: end of sequence flow not found");
    EXPECT_EQ(message_of([] { read_yaml_option("{a: 1, a: 2}", "--set b"); }), "--set b: duplicate key \"a\"");
}

}  // namespace
}  // namespace hypar
