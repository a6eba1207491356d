#include "experiment/yaml/yaml.h"

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/error.h"
#include "base/text.h"
#include "experiment/yaml/source_text.h"

namespace hypar {
namespace {

constexpr std::size_t kDeepest = 32;         // levels of nesting
constexpr std::size_t kLongestOption = 200;  // characters of it that messages show

/// Builds the tree from the parser's events. YAML::Load would lose the places of keys and all but the first of
/// several equal keys.
class TreeBuilder : public YAML::EventHandler {
public:
    explicit TreeBuilder(const SourceText& source) : source_(source) {}

    bool has_document() const { return has_document_; }
    YamlValue take() { return std::move(root_); }

    Place place_of(const YAML::Mark& mark) const {
        if (!source_.is_file || mark.is_null()) return Place(source_.label);
        return {source_.label, mark.line + 1, mark.column + 1};
    }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (has_document_) fail(mark, "a second document begins here; expected one in a file");
        has_document_ = true;
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_anchor(mark, anchor);
        if (expects_key()) fail(mark, "a key is missing here");
        YamlValue value;
        // The parser's mark is that of whatever comes next.
        value.place = !open_.empty() && open_.back().key ? open_.back().key->place : place_of(mark);
        add(std::move(value));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        fail(mark, "aliases are not supported; write the value out");
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        YamlValue value;
        value.kind = YamlValue::Kind::Scalar;
        value.place = place_of(mark);
        value.text = text;
        value.quoted = tag == "!";
        if (expects_key()) {
            begin_entry(std::move(value));
        } else {
            add(std::move(value));
        }
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, YamlValue::Kind::Sequence);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, YamlValue::Kind::Map);
    }
    void OnMapEnd() override { close(); }

private:
    struct Key {
        std::string text;
        Place place;
    };
    /// A map or a sequence whose end has not been seen yet.
    struct Open {
        YamlValue value;
        /// It stands for a key, which is refused at its end: to the parser, a bracket that is never closed does, too.
        bool is_key = false;
        std::optional<Key> key;      ///< of the entry whose value comes next
        std::set<std::string> keys;  ///< so far
    };

    [[noreturn]] void fail(const YAML::Mark& mark, const std::string& problem) const {
        throw ConfigError({}, problem, place_of(mark).text());
    }

    void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
        if (anchor != YAML::NullAnchor) fail(mark, "anchors are not supported");
    }

    void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
        if (!tag.empty() && tag != "!" && tag != "?") {
            fail(mark, fmt::format("tags such as \"{}\" are not supported", printable(tag)));
        }
    }

    bool expects_key() const {
        return !open_.empty() && open_.back().value.kind == YamlValue::Kind::Map && !open_.back().key;
    }

    void begin_entry(YamlValue key) {
        Open& map = open_.back();
        if (!map.keys.insert(key.text).second) {
            std::string problem = fmt::format("duplicate key \"{}\"", printable(key.text));
            if (key.place.has_line()) {
                problem += fmt::format("; the first is in line {}", map.value.find(key.text)->place.line());
            }
            throw ConfigError({}, problem, key.place.text());
        }
        map.key = Key{std::move(key.text), std::move(key.place)};
    }

    void add(YamlValue value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return;
        }
        Open& parent = open_.back();
        if (parent.key) {
            parent.value.entries.push_back(
                {std::move(parent.key->text), std::move(parent.key->place), std::move(value)});
            parent.key.reset();
        } else {
            parent.value.items.push_back(std::move(value));
        }
    }

    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlValue::Kind kind) {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        if (open_.size() == kDeepest) fail(mark, fmt::format("nested deeper than {} levels", kDeepest));
        Open opened;
        opened.is_key = expects_key();
        opened.value.kind = kind;
        opened.value.place = place_of(mark);
        open_.push_back(std::move(opened));
    }

    void close() {
        if (open_.back().is_key) {
            throw ConfigError({}, "expected a key, a word followed by a colon", open_.back().value.place.text());
        }
        YamlValue value = std::move(open_.back().value);
        open_.pop_back();
        add(std::move(value));
    }

    const SourceText& source_;
    YamlValue root_;
    std::vector<Open> open_;
    bool has_document_ = false;
};

YamlValue parse(const SourceText& source) {
    check_characters(source);
    TreeBuilder builder(source);
    std::istringstream stream(source.text);
    try {
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const YAML::Exception& error) {
        throw ConfigError({}, "not valid YAML: " + error.msg, builder.place_of(error.mark).text());
    }
    return builder.take();
}

}  // namespace

const YamlEntry* YamlValue::find(std::string_view key) const {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const YamlEntry& entry) { return entry.key == key; });
    return found == entries.end() ? nullptr : &*found;
}

YamlEntry* YamlValue::find(std::string_view key) {
    return const_cast<YamlEntry*>(static_cast<const YamlValue*>(this)->find(key));
}

YamlValue read_yaml_file(const std::filesystem::path& path, const std::string& label) {
    const SourceText source = read_source(path, label);
    YamlValue root = parse(source);
    if (root.kind == YamlValue::Kind::Null) throw ConfigError({}, "the file is empty", *source.label);
    if (root.kind != YamlValue::Kind::Map) {
        throw ConfigError({}, "expected a map, lines of the form \"key: value\"", root.place.text());
    }
    return root;
}

YamlValue read_yaml_option(const std::string& text, const std::string& place) {
    const SourceText source{std::make_shared<const std::string>(printable(place, kLongestOption)), text, false};
    YamlValue root = parse(source);
    if (root.kind == YamlValue::Kind::Null) root.place = Place(source.label);
    return root;
}

std::string quoted_yaml(const std::string& text) {
    std::string quoted = "\"";
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (character == '"' || character == '\\') quoted += '\\';
        quoted += byte < 0x20 || byte == 0x7F ? fmt::format("\\x{:02X}", byte) : std::string(1, character);
    }
    return quoted + "\"";
}

void sort_as(YamlValue& list, const std::vector<std::string>& texts) {
    const auto number = [&](const YamlValue& item) { return std::find(texts.begin(), texts.end(), item.text); };
    std::stable_sort(list.items.begin(), list.items.end(),
                     [&](const YamlValue& a, const YamlValue& b) { return number(a) < number(b); });
}

}  // namespace hypar
