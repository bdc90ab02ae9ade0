#include "reports/witness_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "models/algorithms/random_source.hpp"
#include "sim/measure/consistency/check.hpp"
#include "sim/scenario/consistency_spec.hpp"

namespace faultline::reports {
namespace {

namespace consistency = sim::consistency;

/// Operations of three sessions on two keys, with values that may be anybody's or nobody's.
consistency::History random_history(models::SplitMixSource& dice) {
  consistency::History history;
  history.initial = 0;
  history.session_names = {"1", "2", "3"};
  std::map<std::uint32_t, sim::Time> free_from;
  consistency::Value written = 0;
  const std::uint64_t count = 2 + dice.below(7);
  for (std::uint64_t i = 0; i < count; ++i) {
    consistency::Operation operation;
    operation.session = static_cast<std::uint32_t>(dice.below(3));
    operation.key = dice.below(2);
    sim::Time& free = free_from[operation.session];
    operation.invoked = free + sim::Duration(1 + static_cast<std::int64_t>(dice.below(20)));
    operation.completed =
        operation.invoked + sim::Duration(1 + static_cast<std::int64_t>(dice.below(20)));
    free = operation.completed;
    if (dice.below(2) == 0) {
      operation.kind = consistency::Kind::write;
      operation.value = ++written;
    } else {
      operation.value = static_cast<consistency::Value>(dice.below(6));
    }
    history.operations.push_back(operation);
  }
  return history;
}

/// The words of a sentence without names of models and of what it numbers (T3).
std::string without_names(std::string text) {
  for (const std::string& level : consistency::level_names()) {
    for (std::size_t at = text.find(level); at != std::string::npos; at = text.find(level)) {
      text.erase(at, level.size());
    }
  }
  std::string rest;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_number = text[i] == 'T' && i + 1 < text.size() && text[i + 1] >= '0' &&
                           text[i + 1] <= '9' &&
                           (i == 0 || text[i - 1] == ' ' || text[i - 1] == '(');
    if (!is_number) rest += text[i];
  }
  return rest;
}
bool has_latin(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

/// Whatever a checker says of a history as runs record them is known by its form.
TEST(WitnessText, EverySentenceAboutReadsAndWritesIsThereInRussian) {
  models::SplitMixSource dice(7);
  std::map<std::string, int> first_words;
  for (int run = 0; run < 3000; ++run) {
    const consistency::History history = random_history(dice);
    for (const std::string_view name : sim::consistency_models) {
      const consistency::Level level = *consistency::level_of(name);
      const auto result = consistency::check(history, consistency::Model::rw_register, level);
      if (result.verdict != consistency::Verdict::violated) continue;
      const std::string& english = result.witness.why;
      const auto russian = checker_sentence(english, Language::russian);
      ASSERT_TRUE(russian) << english;
      EXPECT_FALSE(has_latin(without_names(*russian))) << *russian;
      EXPECT_EQ(checker_sentence(english, Language::english), english);
      ++first_words[russian->substr(0, russian->find(' '))];
      for (const auto& operation : result.witness.operations) {
        EXPECT_FALSE(has_latin(without_names(checker_operation(operation.text, Language::russian))))
            << operation.text;
        EXPECT_EQ(checker_operation(operation.text, Language::english), operation.text);
      }
    }
  }
  // "Никто", "Никакой", "Как", "Чтение", "По" and those that begin with an operation.
  EXPECT_GE(first_words.size(), 6u);
}

TEST(WitnessText, NamesTheOperationAndTheSession) {
  EXPECT_EQ(checker_sentence("However these operations are ordered within their times, \"read 5: "
                             "3\" of session 7 cannot be explained.",
                             Language::russian),
            "Как ни упорядочить эти операции в пределах их времени, «чтение 5: 3» сеанса 7 не "
            "объяснить.");
  EXPECT_EQ(checker_sentence("\"read 1: 0\" of session 2 finds the initial value although \"write "
                             "1 = 4\" of session 9 must stand before it.",
                             Language::russian),
            "«чтение 1: 0» сеанса 2 находит начальное значение, хотя «запись 1 = 4» сеанса 9 "
            "должна стоять раньше.");
  EXPECT_EQ(checker_operation("write 5 = 3", Language::russian), "запись 5 = 3");
}

TEST(WitnessText, SaysHowManyAreShown) {
  EXPECT_EQ(checker_sentence("By what sessions did and what they read, each of these comes before "
                             "itself. (The last 40 of 123 operations are shown.)",
                             Language::russian),
            "По тому, что сеансы делали и что прочли, каждая из этих операций предшествует самой "
            "себе. (Показаны последние 40 из 123 операций.)");
}

TEST(WitnessText, WhatIsNotKnownIsNotGuessed) {
  EXPECT_FALSE(checker_sentence("Transactions went in a circle.", Language::russian));
  EXPECT_FALSE(checker_sentence("", Language::russian));
  EXPECT_FALSE(checker_sentence("Nobody wrote what \"read 1: 2\" found, alas.", Language::russian));
  EXPECT_EQ(checker_operation("enqueue q 3", Language::russian), "enqueue q 3");
}

}  // namespace
}  // namespace faultline::reports
