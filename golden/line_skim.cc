#include "golden/line_skim.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <new>
#include <tuple>
#include <utility>

#include <simdjson.h>

#include "golden/projection.h"
#include "harness/normalize/guard.h"

namespace codex::golden {
namespace {

namespace dom = simdjson::dom;
using harness::Origin;
using harness::TranscriptLine;
using json::Kind;

// Below the depth from which json::parse() refuses.
constexpr std::size_t kDeepest = 500;
constexpr std::size_t kFirstCapacity = 65536;  // it grows

template <typename Number>
Token integer_token(Number number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return value_token(Kind::kInteger,
                     text_token({digits.data(), static_cast<std::size_t>(end - digits.data())}));
}

}  // namespace

bool Symbols::find(std::string_view text, std::uint32_t& number) const {
  const auto found = numbers_.find(text);
  if (found == numbers_.end()) return false;
  number = found->second;
  return true;
}

std::uint32_t Symbols::number(std::string_view text) {
  if (std::uint32_t known = 0; find(text, known)) return known;
  const auto added = numbers_.emplace(text, static_cast<std::uint32_t>(texts_.size())).first;
  texts_.push_back(&added->first);
  return added->second;
}

struct LineSkimmer::Parser {
  dom::parser parser;
  std::string padded;
};

// Through one value; what cannot be told of it makes `plain` false.
class LineSkimmer::Walk {
 public:
  explicit Walk(const IsMask& is_mask) : is_mask_(is_mask) {}

  Token token(dom::element value) {
    switch (value.type()) {
      case dom::element_type::ARRAY:
        return array(value.get_array().value_unsafe());
      case dom::element_type::OBJECT:
        return object(value.get_object().value_unsafe());
      case dom::element_type::STRING:
        return text(value.get_string().value_unsafe());
      case dom::element_type::INT64:
        return leaf(integer_token(value.get_int64().value_unsafe()));
      case dom::element_type::UINT64:
        return leaf(integer_token(value.get_uint64().value_unsafe()));
      case dom::element_type::DOUBLE:
        return leaf(value_token(
            Kind::kReal, text_token(json::real_text(value.get_double().value_unsafe()))));
      case dom::element_type::BOOL:
        return leaf(value_token(Kind::kBoolean, value.get_bool().value_unsafe() ? 1 : 2));
      default:
        return leaf(value_token(Kind::kNull, 0));
    }
  }

  LeafTally tally;
  bool plain = true;

 private:
  Token leaf(Token token) {
    ++tally.compared;
    return token;
  }

  Token text(std::string_view text) {
    const Token token = value_token(Kind::kString, text_token(text));
    if (!text.ends_with('>') || !harness::is_placeholder(text)) return leaf(token);
    std::string rule;
    if (is_mask_(json::Value(text), &rule)) {
      ++tally.masked;
      ++tally.by_rule[rule];
      return token;
    }
    if (is_identity(json::Value(text))) ++tally.identity;
    return leaf(token);
  }

  Token array(dom::array array) {
    Token result = value_token(Kind::kArray, 0);
    bool empty = true;
    for (const dom::element element : array) {
      result = with_element(result, token(element));
      empty = false;
    }
    return empty ? leaf(result) : result;
  }

  Token object(dom::object object) {
    Token result = value_token(Kind::kObject, 0);
    const std::size_t first = keys_.size();
    for (const auto [key, value] : object) {
      if (key == "$") plain = false;
      const Token key_token = text_token(key);
      // In a large object the search would be long: that is left to whoever reads exactly.
      if (keys_.size() - first == kMostKeys ||
          std::find(keys_.begin() + static_cast<std::ptrdiff_t>(first), keys_.end(), key_token) !=
              keys_.end()) {
        plain = false;
      } else {
        keys_.push_back(key_token);
      }
      result = with_member(result, key_token, token(value));
    }
    const bool empty = keys_.size() == first;
    keys_.resize(first);
    return empty ? leaf(result) : result;
  }

  static constexpr std::size_t kMostKeys = 64;
  const IsMask& is_mask_;
  std::vector<Token> keys_;
};

LineSkimmer::LineSkimmer(IsMask is_mask)
    : is_mask_(std::move(is_mask)), parser_(std::make_unique<Parser>()) {
  if (parser_->parser.allocate(kFirstCapacity, kDeepest) != simdjson::SUCCESS) throw std::bad_alloc();
}

LineSkimmer::~LineSkimmer() = default;

bool LineSkimmer::skim(std::string_view line, std::size_t after, SkimmedLine& skimmed) {
  if (!line.starts_with('{')) return false;  // not what a parser leaves out before it
  const char* bytes = line.data();
  if (after < simdjson::SIMDJSON_PADDING) {
    parser_->padded.assign(line).append(simdjson::SIMDJSON_PADDING, ' ');
    bytes = parser_->padded.data();
  }
  dom::object members;
  const auto parsed = parser_->parser.parse(bytes, line.size(), false);
  if (parsed.get(members) != simdjson::SUCCESS) return false;
  std::string_view lane, name, origin;
  dom::element data;
  unsigned seen = 0;
  for (const auto [key, value] : members) {
    const auto take_text = [&, text = value](std::string_view& to) {
      return text.get(to) == simdjson::SUCCESS;
    };
    unsigned bit = 0;
    bool taken = true;
    if (key == "lane") {
      bit = 1;
      taken = take_text(lane);
    } else if (key == "name") {
      bit = 2;
      taken = take_text(name);
    } else if (key == "origin") {
      bit = 4;
      taken = take_text(origin);
    } else if (key == "data") {
      bit = 8;
      data = value;
    }
    // Anything else, and anything twice, is somebody's own.
    if (!taken || bit == 0 || (seen & bit) != 0) return false;
    seen |= bit;
  }
  if (seen != 15 || (origin != "wire" && origin != "driver")) return false;
  Walk walk(is_mask_);
  skimmed.data = walk.token(data);
  if (!walk.plain) return false;
  // Whether it is the name of a lane is told where it comes for the first time.
  if (!lanes_.find(lane, skimmed.lane)) return false;
  skimmed.name = names_.number(name);
  skimmed.tally = tally_number(walk.tally);
  skimmed.origin = origin == "wire" ? Origin::kWire : Origin::kDriver;
  return true;
}

SkimmedLine LineSkimmer::number(const TranscriptLine& line) {
  const json::Value& data = line.observation.data;
  LeafCompare itself({}, is_mask_, false);
  itself.compare(data, data, "/data");
  return {.data = Projection({}, {"data"}).token(data),
          .lane = lanes_.number(line.observation.lane),
          .name = names_.number(line.observation.name),
          .tally = tally_number(itself.tally),
          .origin = line.origin};
}

bool LineSkimmer::TallyLess::operator()(const LeafTally& a, const LeafTally& b) const {
  return std::tie(a.compared, a.masked, a.identity, a.by_rule) <
         std::tie(b.compared, b.masked, b.identity, b.by_rule);
}

std::uint32_t LineSkimmer::tally_number(const LeafTally& tally) {
  const auto [found, is_new] =
      tally_numbers_.try_emplace(tally, static_cast<std::uint32_t>(tallies_.size()));
  if (is_new) tallies_.push_back(&found->first);
  return found->second;
}

}  // namespace codex::golden
