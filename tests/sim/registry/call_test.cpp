#include "sim/registry/call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/random_text.hpp"

namespace faultline::sim {
namespace {

using test::Lcg;
using ::testing::ElementsAre;

/// "name | key=value | value", or the error, or "no call".
std::string parsed(std::string_view text) {
  std::string error;
  const std::optional<CallText> call = parse_call(text, error);
  if (!call) return error.empty() ? "no call" : error;
  std::string out = call->name;
  for (const CallArgument& argument : call->arguments) {
    out += " | " + (argument.key.empty() ? "" : argument.key + "=") + std::string(argument.value);
  }
  return out;
}

TEST(ParseCallTest, ReadsNamesAndArguments) {
  EXPECT_EQ(parsed("lru"), "lru");
  EXPECT_EQ(parsed(" lru "), "lru");
  EXPECT_EQ(parsed("lru()"), "lru");
  EXPECT_EQ(parsed("exponential(4ms)"), "exponential | 4ms");
  EXPECT_EQ(parsed("zipf( n = 100000 , s=0.99 )"), "zipf | n=100000 | s=0.99");
  EXPECT_EQ(parsed("crash(app[0])"), "crash | app[0]");
  EXPECT_EQ(parsed("crash(zone:eu-a, 99%)"), "crash | zone:eu-a | 99%");
  EXPECT_EQ(parsed("cpu(exponential(4ms), [1, [2, 3]])"), "cpu | exponential(4ms) | [1, [2, 3]]");
  EXPECT_EQ(parsed("say(\"a, b) \\\" [\", x)"), "say | \"a, b) \\\" [\" | x");
  EXPECT_EQ(parsed("slo(latency < 50ms, a == b)"), "slo | latency < 50ms | a == b");
  EXPECT_EQ(parsed("f(a=g(b=c))"), "f | a=g(b=c)");
}

TEST(ParseCallTest, LeavesOtherTextsAlone) {
  for (const char* text :
       {"", " ", "5ms", "app[0]", "zone:eu-a", "eu-a", "(x)", "-1", "99.9%", "имя", "a b"}) {
    EXPECT_EQ(parsed(text), "no call") << text;
  }
  EXPECT_EQ(parsed("f (x)"), "f | x") << "a blank before the bracket is nothing";
}

TEST(ParseCallTest, NamesTheColumnOfWhatIsWrong) {
  EXPECT_EQ(parsed("f(4ms"), "in \"f(4ms\", column 6: expected \")\"");
  EXPECT_EQ(parsed("f("), "in \"f(\", column 3: expected \")\"");
  EXPECT_EQ(parsed("f(a]"), "in \"f(a]\", column 4: expected \")\", got \"]\"");
  EXPECT_EQ(parsed("f([a)"), "in \"f([a)\", column 5: expected \"]\", got \")\"");
  EXPECT_EQ(parsed("f(a,)"), "in \"f(a,)\", column 5: expected a value");
  EXPECT_EQ(parsed("f(,a)"), "in \"f(,a)\", column 3: expected a value");
  EXPECT_EQ(parsed("f(a=)"), "in \"f(a=)\", column 5: expected a value");
  EXPECT_EQ(parsed("f(a) b"),
            "in \"f(a) b\", column 6: expected nothing behind the closing bracket");
  EXPECT_EQ(parsed("f(\"a)"), "in \"f(\\\"a)\", column 3: this quote is never closed");
  EXPECT_EQ(parsed("f(\"a\\"), "in \"f(\\\"a\\\\\", column 3: this quote is never closed");
  EXPECT_EQ(parsed("f(\"a\" b)"),
            "in \"f(\\\"a\\\" b)\", column 6: expected a comma or a closing bracket");
  EXPECT_EQ(parsed("f(\"\\q\")"),
            "in \"f(\\\"\\\\q\\\")\", column 3: expected a text in quotes as JSON writes it");
  EXPECT_EQ(parsed("f([a] b)"), "in \"f([a] b)\", column 6: expected a comma or a closing bracket");
  EXPECT_EQ(parsed("f(g(h(,)))"), "in \"f(g(h(,)))\", column 7: expected a value")
      << "however deep";
  EXPECT_EQ(parsed("f(a, {\"b\": 1})"),
            "in \"f(a, {\\\"b\\\": 1})\", column 6: an object cannot stand in a call; "
            "write the call as an object with a \"type\"");
}

TEST(ParseCallTest, BoundsDepthAndLength) {
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "f(";
    return text + "x" + std::string(static_cast<std::size_t>(depth), ')');
  };
  EXPECT_EQ(parsed(nested(32)).substr(0, 4), "f | ");
  EXPECT_THAT(parsed(nested(33)), ::testing::EndsWith("more than 32 brackets inside each other"));
  EXPECT_THAT(parsed(nested(10000)),
              ::testing::EndsWith("more than 32 brackets inside each other"));
  EXPECT_EQ(parsed("f(" + std::string(65536, 'x') + ")"),
            "expected a call of at most 65536 bytes, got 65539");
}

TEST(ParseCallTest, AnyTextIsACallOrNotOrWrong) {
  Lcg chance(6);
  for (int i = 0; i < 50000; ++i) {
    const std::string text = "f(" + chance.text("a,=()[]\" \\{1", 12) + (i % 2 == 0 ? ")" : "");
    std::string error;
    const std::optional<CallText> call = parse_call(text, error);
    EXPECT_EQ(call.has_value(), error.empty()) << text;
    if (!call) continue;
    for (const CallArgument& argument : call->arguments) {
      ASSERT_FALSE(argument.value.empty()) << text;
      if (argument.value.front() == '[') split_list(argument.value);
    }
  }
}

TEST(SplitListTest, CutsAtItsOwnCommas) {
  EXPECT_THAT(split_list("[]"), ElementsAre());
  EXPECT_THAT(split_list("[ a , f(b, c), [d, e], \"x, y\" ]"),
              ElementsAre("a", "f(b, c)", "[d, e]", "\"x, y\""));
}

TEST(IsPlainArgumentTest, HoldsForWhatComesBackAsTheSameText) {
  for (const char* text : {"5ms", "app[0]", "f(x, y)", "latency < 50ms", "zone:eu-a", "1.2.3"}) {
    EXPECT_TRUE(is_plain_argument(text)) << text;
  }
  for (const char* text : {"", " a", "a ", "a, b", "a)", "[a]", "\"a\"", "k=v", "5", "true", "null",
                           "{", "a\\", "(((("}) {
    EXPECT_FALSE(is_plain_argument(text)) << text;
  }
}

}  // namespace
}  // namespace faultline::sim
