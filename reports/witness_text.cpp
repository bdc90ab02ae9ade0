#include "reports/witness_text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace faultline::reports {
namespace {

/// A form of a sentence: "{}" stands for what differs.
struct Form {
  std::string_view english;
  std::string_view russian;
};
constexpr std::array<Form, 23> forms = {
    {{"Nobody wrote what {} found.", "Никто не писал того, что нашло {}."},
     {"Nothing explains the answer of {}.", "Ответ на {} ничем не объяснить."},
     {"No order of these operations that keeps to their times explains all answers.",
      "Никакой порядок этих операций, верный их времени, не объясняет всех ответов."},
     {"However these operations are ordered within their times, {} cannot be explained.",
      "Как ни упорядочить эти операции в пределах их времени, {} не объяснить."},
     {"No one order of these operations keeps to that of every session and explains all answers.",
      "Никакой единый порядок этих операций, верный порядку каждого сеанса, не объясняет всех "
      "ответов."},
     {"A read found neither the last write before it nor one that overlaps it.",
      "Чтение нашло не последнюю запись перед ним и не ту, что шла одновременно с ним."},
     {"By what sessions did and what they read, each of these comes before itself.",
      "По тому, что сеансы делали и что прочли, каждая из этих операций предшествует самой себе."},
     {"{} finds the initial value although {} must stand before it.",
      "{} находит начальное значение, хотя {} должна стоять раньше."},
     {"No view of one session keeps to the order of {} and explains its reads.",
      "Никакой порядок в глазах одного сеанса, верный модели {}, не объясняет его чтений."},
     {"{} read {}, which nobody wrote", "{} прочла {}, чего никто не писал"},
     {"no order of these {} transactions lets each of them read what it read",
      "ни при каком их порядке, а их {}, каждая не прочла бы того, что прочла"},
     {"{} read {}, which {} wrote and then aborted", "{} прочла {}, что {} записала и отменила"},
     {"{} read {}, which {} wrote before it wrote {} again",
      "{} прочла {}, что {} записала раньше, чем записала {} снова"},
     {"{} read {} after it had written {}", "{} прочла {} после того, как записала {}"},
     {"{} read {} after it had read {}", "{} прочла {} после того, как прочла {}"},
     {"{} read {} before it wrote it", "{} прочла {} раньше, чем сама это записала"},
     {"{} and {} both read {} of {} and then both replaced it",
      "{} и {} обе прочли {} от {} и обе потом это заменили"},
     {"whose write was read is not certain: {} and {} both have {}",
      "чья запись прочитана, не ясно: у {} и {} одно и то же {}"},
     {"the budget is spent", "шаги поиска исчерпаны"},
     {"not decided within {} steps", "не решено за {} шагов поиска"},
     {"values are written more than once, and which write each read found was not settled within "
      "the budget",
      "значения записаны не по одному разу, и какую запись нашло каждое чтение, за отведённые шаги "
      "не выяснено"},
     {"the recording ended before the run, at the bound operations_max",
      "запись кончилась раньше прогона, на пределе operations_max"},
     // Behind any of them.
     {"{} (The last {} of {} operations are shown.)",
      "{} (Показаны последние {} из {} операций.)"}}};
constexpr std::size_t sentences = forms.size() - 1;

/// What stands in the places of the form; nothing if `text` is not of it.
std::optional<std::vector<std::string_view>> places_of(std::string_view form,
                                                       std::string_view text) {
  std::vector<std::string_view> places;
  while (true) {
    const std::size_t place = form.find("{}");
    const std::string_view before = form.substr(0, place);
    if (!text.starts_with(before)) return std::nullopt;
    text.remove_prefix(before.size());
    if (place == std::string_view::npos) {
      if (!text.empty()) return std::nullopt;
      return places;
    }
    form.remove_prefix(place + 2);
    const std::string_view next = form.substr(0, form.find("{}"));
    const std::size_t end = next.empty() ? text.size() : text.find(next);
    if (end == std::string_view::npos) return std::nullopt;
    places.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::string filled(std::string_view form, const std::vector<std::string>& places) {
  std::string text;
  for (const std::string& place : places) {
    const std::size_t at = form.find("{}");
    text.append(form.substr(0, at)).append(place);
    form.remove_prefix(at + 2);
  }
  return text.append(form);
}

/// "\"read 5: 3\" of session 7", or something else, which stays.
std::string named(std::string_view english, Language language) {
  if (english == "the initial value") return "начального значения";
  if (english == "the initial state") return "начального состояния";
  const auto places = places_of("\"{}\" of session {}", english);
  if (!places) return std::string(english);
  return filled("«{}» сеанса {}",
                {checker_operation((*places)[0], language), std::string((*places)[1])});
}

/// A checker of causal convergence speaks of operations as of transactions: which one came before
/// which other, one after the other, and that this cannot be.
constexpr std::array<Form, 6> shapes = {{{"Lost update: ", "Потерянное обновление: "},
                                         {"Write skew: ", "Перекос записи: "},
                                         {"Fractured read: ", "Разорванное чтение: "},
                                         {"Read skew: ", "Перекос чтения: "},
                                         {"Long fork: ", "Длинная вилка: "},
                                         {"Stale read: ", "Устаревшее чтение: "}}};
constexpr std::array<Form, 6> clauses = {
    {{"{} (since {} saw {} and yet read {} of {})", "{} (ведь {} видела {}, а {} прочла от {})"},
     {"{} wrote {} before {} wrote {}", "{} записала {} раньше, чем {} записала {}"},
     {"{} wrote {}, which {} read", "{} записала {}, и это прочла {}"},
     {"{} read {} before {} wrote {}", "{} прочла {} раньше, чем {} записала {}"},
     {"{} came before {} in session {}", "{} была раньше {} в сеансе {}"},
     {"{} had ended when {} began", "{} кончилась раньше, чем началась {}"}}};
constexpr std::array<Form, 2> endings = {
    {{": no order of the two allows both", ": ни при каком порядке двух не бывает того и другого"},
     {": no order of them allows all of that", ": ни при каком порядке не бывает всего этого"}}};

std::optional<std::string> clause_of(std::string_view english) {
  for (const Form& form : clauses) {
    const auto places = places_of(form.english, english);
    if (!places) continue;
    std::vector<std::string> filling;
    for (const std::string_view place : *places) filling.emplace_back(place);
    if (&form == &clauses.front()) {
      const auto inner = clause_of((*places)[0]);
      if (!inner) return std::nullopt;
      filling[0] = *inner;
    }
    return filled(form.russian, filling);
  }
  return std::nullopt;
}

std::optional<std::string> chain_of(std::string_view english) {
  std::string russian;
  for (const Form& shape : shapes) {
    if (!english.starts_with(shape.english)) continue;
    russian = shape.russian;
    english.remove_prefix(shape.english.size());
    break;
  }
  const auto ending = std::find_if(endings.begin(), endings.end(), [english](const Form& each) {
    return english.ends_with(each.english);
  });
  if (ending == endings.end()) return std::nullopt;
  english.remove_suffix(ending->english.size());
  while (true) {
    // ", which" goes on with the clause.
    std::size_t comma = english.find(", ");
    if (comma != std::string_view::npos && english.substr(comma).starts_with(", which ")) {
      comma = english.find(", ", comma + 2);
    }
    const auto clause = clause_of(english.substr(0, comma));
    if (!clause) return std::nullopt;
    russian += *clause;
    if (comma == std::string_view::npos) return russian.append(ending->russian);
    russian += ", ";
    english.remove_prefix(comma + 2);
  }
}

}  // namespace

std::string checker_operation(std::string_view english, Language language) {
  if (language == Language::english) return std::string(english);
  // "read 5: 3, write 5 = 4": the statements of a transaction.
  if (const std::size_t comma = english.find(", "); comma != std::string_view::npos) {
    return checker_operation(english.substr(0, comma), language) + ", " +
           checker_operation(english.substr(comma + 2), language);
  }
  constexpr std::array<Form, 3> verbs = {
      {{"read ", "чтение "}, {"write ", "запись "}, {"abort", "отмена"}}};
  for (const Form& verb : verbs) {
    if (!english.starts_with(verb.english)) continue;
    return std::string(verb.russian).append(english.substr(verb.english.size()));
  }
  // "T3: read 5: 3": one by the number that a sentence calls it by.
  const std::size_t colon = english.find(": ");
  if (english.starts_with("T") && colon != std::string_view::npos) {
    return std::string(english.substr(0, colon + 2)) +
           checker_operation(english.substr(colon + 2), language);
  }
  return std::string(english);
}

std::optional<std::string> checker_sentence(std::string_view english, Language language) {
  if (language == Language::english) return std::string(english);
  if (const auto shortened = places_of(forms.back().english, english)) {
    const auto sentence = checker_sentence((*shortened)[0], language);
    if (!sentence) return std::nullopt;
    return filled(forms.back().russian,
                  {*sentence, std::string((*shortened)[1]), std::string((*shortened)[2])});
  }
  for (std::size_t i = 0; i < sentences; ++i) {
    const auto places = places_of(forms[i].english, english);
    if (!places) continue;
    std::vector<std::string> translated;
    for (const std::string_view place : *places) translated.push_back(named(place, language));
    return filled(forms[i].russian, translated);
  }
  return chain_of(english);
}

}  // namespace faultline::reports
