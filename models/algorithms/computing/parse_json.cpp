/// Parsing n bytes of a text like JSON: records with a number, a word and a list, made by chance,
/// read by recursive descent.
///
/// Counted: the bytes looked at, which are at least the n of the text and a few more for each
/// value. The answer is the sum of all numbers in the text modulo 2^64, which its maker knows too.
/// Source: RFC 8259 (the form of the text).
/// Does not model: escapes and Unicode in texts, floating-point numbers, memory for what was read.
#include <string>
#include <string_view>

#include "models/algorithms/computing/computation.hpp"
#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

/// A list of records, at least `n` bytes long and at most a record longer; empty for n = 0.
std::string records(std::int64_t n, RandomSource& random) {
  std::string text;
  if (n == 0) return text;
  text = "[";
  while (static_cast<std::int64_t>(text.size()) + 1 < n) {
    if (text.size() > 1) text += ',';
    text += "{\"id\":" + std::to_string(random.below(1'000'000)) + ",\"name\":\"";
    for (std::uint64_t letters = 4 + random.below(12); letters > 0; --letters) {
      text += static_cast<char>('a' + random.below(26));
    }
    text += "\",\"tags\":[";
    const std::uint64_t tags = random.below(4);
    for (std::uint64_t i = 0; i < tags; ++i) {
      if (i > 0) text += ',';
      text += std::to_string(random.below(100));
    }
    text += "]}";
  }
  text += "]";
  return text;
}

/// Reads one text; what is not as it made it itself ends the program.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}
  void value() {
    switch (look()) {
      case '{':
        return members();
      case '[':
        return elements();
      case '"':
        return word();
      default:
        return number();
    }
  }
  std::uint64_t looked_at() const { return looked_at_; }
  std::uint64_t sum() const { return sum_; }
  bool at_end() const { return at_ == text_.size(); }

 private:
  char look() {
    ++looked_at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void take(char expected) {
    const char found = look();
    SIM_ASSERT(found == expected);
    ++at_;
  }
  void members() {
    take('{');
    for (bool more = true; more;) {
      word();
      take(':');
      value();
      more = look() == ',';
      ++at_;
    }
  }
  void elements() {
    take('[');
    if (look() == ']') {
      ++at_;
      return;
    }
    for (bool more = true; more;) {
      value();
      more = look() == ',';
      ++at_;
    }
  }
  void word() {
    take('"');
    while (look() != '"') ++at_;
    ++at_;
  }
  void number() {
    std::uint64_t number = 0;
    for (char digit = look(); digit >= '0' && digit <= '9'; digit = look()) {
      number = number * 10 + static_cast<std::uint64_t>(digit - '0');
      ++at_;
    }
    sum_ += number;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint64_t looked_at_ = 0;
  std::uint64_t sum_ = 0;
};

class ParseJson final : public Computation {
 public:
  ParseJson(const sim::NoParams&, const MakeArgs&) {}

  Outcome run(std::int64_t n, RandomSource& random) const override {
    SIM_ASSERT(n >= 0);
    SIM_ASSERT(n <= size_max());
    const std::string text = records(n, random);
    if (text.empty()) return {};
    Parser parser(text);
    parser.value();
    SIM_ASSERT(parser.at_end());
    return {parser.looked_at(), parser.sum()};
  }
  std::int64_t size_max() const override { return 64'000'000; }
};

const sim::Registration<Computation, ParseJson, sim::NoParams> registered{
    {.name = "parse_json",
     .title = "Parsing of JSON",
     .summary =
         "Reads a text of about n bytes with records by recursive descent: somewhat more than n "
         "operations.",
     .source = "RFC 8259",
     .does_not_model =
         "escapes and Unicode in texts, floating-point numbers, memory for what was read"}};

}  // namespace
}  // namespace faultline::models
